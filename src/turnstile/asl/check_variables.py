"""What CreateStateMachine refuses about variables: names that an outer scope has, and those a child cannot see.

A scope is the machine, a branch of a Parallel or what a Map does with each item. The rules are documented
(reference/limits.md: "not the name of a variable of an outer scope", "states inside cannot refer to outer variables").
What the state around sets itself after its work does not count (recorded:
states_variables.error_output/test_parallel_catch_error); that all else in the outer scope does, whatever runs first,
and both texts are *inferred*.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from turnstile.asl.fields import broken
from turnstile.asl.finding import VARIABLE_NAME, Finding, Place
from turnstile.asl.references import referred

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json


def shadowed(definition: dict[str, Json]) -> Iterator[Finding]:
    """Variables of inner scopes that have the name of one outside; what has no sound shape is passed over."""
    return _shadowed(definition, (), frozenset())


def _shadowed(scope: Json, place: Place, outer: frozenset[str]) -> Iterator[Finding]:
    states = list(_states(scope, place))
    for body, at in states:
        for name, where in _assigned(body, at):
            if name in outer:
                message = f"Invalid variable name '{name}': the variable is already assigned in an outer scope."
                yield Finding(VARIABLE_NAME, message, where, "give the inner variable a name of its own")
    others = _Others(states)
    for body, at in states:
        for inner, where in _inner(body, at):
            yield from _shadowed(inner, where, outer | others.than(body, at))


def unseen(definition: dict[str, Json]) -> Iterator[Finding]:
    """References from inside a distributed Map to variables outside it; the definition must be sound otherwise."""
    return _unseen(definition, (), definition.get("QueryLanguage"), frozenset(), frozenset())


def _unseen(
    scope: dict[str, Json], place: Place, language: Json, outer: frozenset[str], hidden: frozenset[str]
) -> Iterator[Finding]:
    states = list(_states(scope, place))
    others = _Others(states)
    for body, at in states:
        for name in referred(body, language) if hidden else ():
            if name in hidden:
                message = f"The variable '{name}' of an outer scope cannot be referenced inside a distributed Map"
                yield broken(message, at, "hand its value to the children in `ItemSelector` or `BatchInput`")
        for inner, where in _inner(body, at):
            seen = outer | others.than(body, at)
            yield from _unseen(inner, where, language, seen, seen if _distributed(inner) else hidden)


class _Others:
    """How many states of a scope set each variable, to know what is set outside of one of them."""

    def __init__(self, states: list[tuple[dict[str, Json], Place]]) -> None:
        self._counts = Counter(name for body, at in states for name in {name for name, _ in _assigned(body, at)})
        self._all = frozenset(self._counts)

    def than(self, body: dict[str, Json], place: Place) -> frozenset[str]:
        """The variables that other states of the scope set."""
        return self._all.difference(name for name, _ in _assigned(body, place) if self._counts[name] == 1)


def _distributed(processor: dict[str, Json]) -> bool:
    return bool(processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED")


def _states(scope: Json, place: Place) -> Iterator[tuple[dict[str, Json], Place]]:
    states = scope.get("States") if isinstance(scope, dict) else None
    for name, body in states.items() if isinstance(states, dict) else ():
        if isinstance(body, dict):
            yield body, (*place, "States", name)


def _inner(body: dict[str, Json], place: Place) -> Iterator[tuple[Json, Place]]:
    """The scopes inside a state."""
    branches = body.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        yield branch, (*place, "Branches", index)
    for field in ("ItemProcessor", "Iterator"):
        if field in body:
            yield body[field], (*place, field)


def _assigned(body: dict[str, Json], place: Place) -> Iterator[tuple[str, Place]]:
    """The variables that a state, its catchers and its rules set."""
    parts: list[tuple[Json, Place]] = [(body, place)]
    for field in ("Catch", "Choices"):
        rules = body.get(field)
        parts.extend((rule, (*place, field, at)) for at, rule in enumerate(rules if isinstance(rules, list) else ()))
    for part, at in parts:
        assign = part.get("Assign") if isinstance(part, dict) else None
        for name in assign if isinstance(assign, dict) else ():
            yield name.removesuffix(".$"), (*at, "Assign")
