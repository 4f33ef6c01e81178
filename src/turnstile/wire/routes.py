"""Which operation of a REST service a method and a path mean. Patterns are compiled once for each service.

Smithy, `http` trait: literal segments go before labels, labels before greedy ones; constant parameters of the query
belong to the pattern. Where several operations share all that (S3), those that are not deprecated go first, and
required headers and query parameters decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from turnstile.wire.models import service_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.wire.message import Message

_LABEL = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation's method and path; `rank` orders those that fit a request, the highest wins.

    `constants` are parameters of the query with the value they must have, None for any; `needed_query` and
    `needed_headers` names that every sound request has.
    """

    operation: str
    pattern: re.Pattern[str]
    labels: tuple[str, ...]
    constants: tuple[tuple[str, str | None], ...]
    needed_query: frozenset[str]
    needed_headers: frozenset[str]
    rank: tuple[tuple[int, ...], int, bool, int]

    @property
    def literal(self) -> bool:
        """The path begins with a name of the service, not with one of its user's."""
        return self.rank[0][0] > 1


@dataclass(frozen=True, slots=True)
class Found:
    """The operation that a request means, with the decoded labels of its path."""

    route: Route
    labels: Mapping[str, str]


def find(service: str, message: Message) -> Found | None:
    """The operation of a REST service that a message is for, None if it has no such path."""
    asked: dict[str, str] = {}
    for name, value in message.asked():
        asked.setdefault(name, value)
    fitting = [
        (route, match)
        for route in _routes(service).get(message.method, ())
        if (match := route.pattern.fullmatch(message.path)) and _constant(route, asked)
    ]
    if not fitting:
        return None
    sound = [each for each in fitting if _sound(each[0], asked, message)]
    route, match = max(sound or fitting, key=lambda each: each[0].rank)
    return Found(route, {name: unquote(value) for name, value in zip(route.labels, match.groups(), strict=True)})


def _constant(route: Route, asked: Mapping[str, str]) -> bool:
    return all(name in asked and value in (None, asked[name]) for name, value in route.constants)


def _sound(route: Route, asked: Mapping[str, str], message: Message) -> bool:
    return route.needed_query <= asked.keys() and route.needed_headers <= message.headers.keys()


@cache
def _routes(service: str) -> Mapping[str, list[Route]]:
    model = service_model(service)
    found: dict[str, list[Route]] = {}
    for name in model.operation_names:
        operation = model.operation_model(name)
        found.setdefault(operation.http.get("method", "POST"), []).append(_route(operation))
    return found


def _route(operation: Any) -> Route:
    path, _, query = operation.http["requestUri"].partition("?")
    constants = tuple((name, value or None) for name, value in parse_qsl(query, keep_blank_values=True))
    needed_query, needed_headers = _needed(operation)
    segments = path.strip("/").split("/")
    labels = tuple(label.rstrip("+") for label in _LABEL.findall(path))
    needed = len(needed_query) + len(needed_headers)
    rank = (tuple(map(_kind, segments)), len(constants), not operation.deprecated, needed)
    pattern = re.compile("".join(f"/{_segment(each)}" for each in segments) + "/?")
    return Route(operation.name, pattern, labels, constants, needed_query, needed_headers, rank)


def _kind(segment: str) -> int:
    """3 for a literal, 2 for a label with text around it, 1 for a label, 0 for a greedy one."""
    labels = _LABEL.findall(segment)
    if not labels:
        return 3
    if any(label.endswith("+") for label in labels):
        return 0
    return 1 if _LABEL.fullmatch(segment) else 2


def _segment(segment: str) -> str:
    """The pattern of a segment."""
    parts = _LABEL.split(segment)
    return "".join(
        re.escape(part) if not place % 2 else "(.+)" if part.endswith("+") else "([^/]+)"
        for place, part in enumerate(parts)
    )


def _needed(operation: Any) -> tuple[frozenset[str], frozenset[str]]:
    shape = operation.input_shape
    if shape is None:
        return frozenset(), frozenset()
    places = [(shape.members[name].serialization, name) for name in shape.required_members]
    named = [(place.get("location"), place.get("name", name)) for place, name in places]
    query = frozenset(name for location, name in named if location == "querystring")
    return query, frozenset(name.lower() for location, name in named if location == "header")
