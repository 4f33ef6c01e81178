"""A definition as states and the transitions between them, scope by scope.

Reads the document as written, so that a definition with faults has a picture as well; what is no state or leads
nowhere is left out. Amazon States Language: https://states-language.net/spec.html, "Transitions", "Errors", "Choice
State".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from turnstile.report.pictures.rule import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json


class Way(StrEnum):
    """Why a transition is taken."""

    NEXT = "next"
    CHOICE = "choice"
    DEFAULT = "default"
    CATCH = "catch"


@dataclass(frozen=True, slots=True)
class Transition:
    """From one state to another of the same scope; `label` is the rule or the errors, empty for a plain Next."""

    source: str
    target: str
    way: Way
    label: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A state; `detail` says what it does in a few words, `ends` that its scope may end with it.

    `inside` are the branches of a Parallel, or the one of a Map.
    """

    name: str
    type: str
    detail: str = ""
    ends: bool = False
    inside: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """An object with StartAt and States; states stand in the order they are written in."""

    start: str
    nodes: tuple[Node, ...]
    transitions: tuple[Transition, ...]


def scope(document: Json) -> Scope:
    """The states and transitions of a definition or of a branch in it; an empty scope where there are none."""
    body = document if isinstance(document, dict) else {}
    written = body.get("States")
    states = {name: state for name, state in (written if isinstance(written, dict) else {}).items() if _is_state(state)}
    found = tuple(one for name, state in states.items() for one in _leaving(name, state) if one.target in states)
    start = str(body.get("StartAt"))
    return Scope(start if start in states else "", tuple(_node(*pair) for pair in states.items()), found)


def _is_state(state: Json) -> bool:
    return isinstance(state, dict)


def _node(name: str, state: dict[str, Json]) -> Node:
    kind = str(state.get("Type") or "?")
    ends = state.get("End") is True or kind in ("Succeed", "Fail")
    return Node(name, kind, _detail(kind, state), ends, tuple(_inside(kind, state)))


def _inside(kind: str, state: dict[str, Json]) -> Iterator[Scope]:
    if kind == "Parallel" and isinstance(state.get("Branches"), list):
        yield from (scope(branch) for branch in state["Branches"])
    if kind == "Map":
        yield scope(state.get("ItemProcessor") or state.get("Iterator"))


def _detail(kind: str, state: dict[str, Json]) -> str:
    match kind:
        case "Task":
            return _resource(str(state.get("Resource") or ""))
        case "Wait":
            fields = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
            found = next((field for field in fields if field in state), "")
            return f"{state[found]}{' s' if found == 'Seconds' else ''}" if found else ""
        case "Fail":
            return str(state.get("Error") or "")
        case "Map":
            mode = _member(_member(state.get("ItemProcessor"), "ProcessorConfig"), "Mode")
            return "distributed" if mode == "DISTRIBUTED" else "each item"
    return ""


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _resource(arn: str) -> str:
    """`lambda:invoke`, `aws-sdk:s3:getObject`, or the function or activity that a bare ARN names."""
    service, _, rest = arn.partition(":states:::")
    return rest or ":".join(service.split(":")[-2:])


def _leaving(name: str, state: dict[str, Json]) -> Iterator[Transition]:
    if isinstance(state.get("Next"), str):
        yield Transition(name, state["Next"], Way.NEXT)
    for rule in _listed(state.get("Choices")):
        yield Transition(name, rule["Next"], Way.CHOICE, summary(rule))
    if isinstance(state.get("Default"), str):
        yield Transition(name, state["Default"], Way.DEFAULT, "default")
    for catcher in _listed(state.get("Catch")):
        errors = catcher.get("ErrorEquals")
        label = ", ".join(map(str, errors)) if isinstance(errors, list) else ""
        yield Transition(name, catcher["Next"], Way.CATCH, f"catch {label}".rstrip())


def _listed(rules: Json) -> Iterator[dict[str, Json]]:
    for rule in rules if isinstance(rules, list) else ():
        if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
            yield rule
