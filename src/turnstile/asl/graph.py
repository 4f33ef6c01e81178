"""The transitions between states: where they lead, what they never reach, and whether they end.

Each object with StartAt and States is a scope of its own; a transition cannot leave it. Codes, texts, places and what
suppresses what: measured by users with ValidateStateMachineDefinition (https://github.com/floci-io/floci/pull/2786).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.fields import did_you_mean
from turnstile.asl.finding import END_STATE, TARGET, Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json


def transitions(scope: dict[str, Json], place: Place) -> Iterator[Finding]:
    """Findings of one scope; what is not an object or not text is passed over, the schema tells of it."""
    states = {name: body for name, body in scope["States"].items() if isinstance(body, dict)}
    edges = {name: list(_edges(body)) for name, body in states.items()}
    yield from _dangling(scope, states, edges, place)
    if not place and states and not any(map(_terminal, states.values())):
        remedy = "end a state with `End: true`, or add a Succeed or Fail state"
        yield Finding(END_STATE, "Workflow has no terminal state", None, remedy)
    else:
        yield from _unreachable(scope, states, edges, place)


def _edges(body: dict[str, Json]) -> Iterator[tuple[Place, str]]:
    """The place and the target of every transition out of a state."""
    for field in ("Next", "Default"):
        if isinstance(body.get(field), str):
            yield (field,), body[field]
    for field in ("Choices", "Catch"):
        rules = body.get(field)
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
                yield (field, index, "Next"), rule["Next"]


def _dangling(
    scope: dict[str, Json], states: dict[str, Json], edges: dict[str, list[tuple[Place, str]]], place: Place
) -> Iterator[Finding]:
    start = scope.get("StartAt")
    if isinstance(start, str) and start not in scope["States"]:
        yield _missing(start, states, (*place, "StartAt"))
    for name, leaving in edges.items():
        for where, target in leaving:
            if target not in scope["States"]:
                yield _missing(target, states, (*place, "States", name, *where))


def _missing(target: str, states: dict[str, Json], place: Place) -> Finding:
    remedy = did_you_mean(target, states) or "a transition leads to a state of the same `States` object"
    return Finding(TARGET, f"Missing 'Next' target: {target}", place, remedy)


def _terminal(body: dict[str, Json]) -> bool:
    """Whether the state ends the scope, or is broken in a way that leaves this open: one fault is told once."""
    if body.get("End") is True or body.get("Type") in ("Succeed", "Fail"):
        return True
    return body.get("Type") != "Choice" and "Next" not in body


def _unreachable(
    scope: dict[str, Json], states: dict[str, Json], edges: dict[str, list[tuple[Place, str]]], place: Place
) -> Iterator[Finding]:
    start = scope.get("StartAt")
    reached: set[str] = set()
    pending = [start] if isinstance(start, str) else list(states)
    while pending:
        name = pending.pop()
        if name not in reached and name in edges:
            reached.add(name)
            pending.extend(target for _, target in edges[name])
    for name in states:
        if name not in reached:
            remedy = "lead a transition to it or take it out"
            yield Finding(TARGET, f'State "{name}" is not reachable.', (*place, "States", name), remedy)
