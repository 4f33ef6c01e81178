"""Which route of an API a request takes: the most specific path that fits, then the method itself before any.

Paths have fixed segments, `{name}` for one segment, and `{name+}` for the rest. Facts: API Gateway Developer Guide,
"Set up a proxy integration with a proxy resource" and "Create routes for HTTP APIs". Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.document import Json

DEFAULT = "$default"
_FIXED, _ONE, _REST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Route:
    """A method on a path, `ANY` for every method; `said` is what the service keeps of it."""

    method: str
    path: str
    said: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """The route that a request took, with the values of its path's parameters."""

    route: Route
    values: Mapping[str, str]


def take(routes: Iterable[Route], method: str, path: str) -> Taken | None:
    """The route for a request, None where there is none; the default route is the last resort."""
    found: list[tuple[tuple[int, ...], bool, Taken]] = []
    for route in routes:
        if route.path == DEFAULT:
            found.append(((_REST + 1,), True, Taken(route, {})))
        elif route.method in (method, "ANY"):
            fit = _fit(route.path, path)
            if fit is not None:
                found.append((fit[0], route.method == "ANY", Taken(route, fit[1])))
    return min(found, key=lambda each: each[:2])[2] if found else None


def _fit(pattern: str, path: str) -> tuple[tuple[int, ...], dict[str, str]] | None:
    """How general each segment of a path that fits is, and the values of its parameters."""
    wanted, given = _segments(pattern), _segments(path)
    ranks: list[int] = []
    values: dict[str, str] = {}
    for place, segment in enumerate(wanted):
        if segment.startswith("{") and segment.endswith("+}"):
            if place >= len(given):
                return None
            values[segment[1:-2]] = "/".join(given[place:])
            return (*ranks, _REST), values
        if place >= len(given):
            return None
        if segment.startswith("{") and segment.endswith("}"):
            values[segment[1:-1]] = given[place]
            ranks.append(_ONE)
        elif segment == given[place]:
            ranks.append(_FIXED)
        else:
            return None
    return (tuple(ranks), values) if len(wanted) == len(given) else None


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]
