"""What there is to cover in a definition, and how often executions came there.

Pure: a definition and the counts of `world.turns` go in. Items of a definition are found once and shared by all cases
that run it. Choice rules, catchers and retriers are known by their place among their kind, as in the definition.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.asl.definition import Choice, Map, Parallel, Task
from turnstile.report.tally import CATCHES, CHOICES, RETRIES, STATES, TRANSITIONS, Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.definition import Branch, State, StateMachine

CHANGED = "/cases/"
"""How the pointer begins of what a case writes for itself."""


@lru_cache(maxsize=256)
def ways(machine_arn: str, definition: StateMachine) -> tuple[tuple[str, Item], ...]:
    """Every item of a definition, with the pointer its turns are counted under."""
    if definition.origin.written.pointer.startswith(CHANGED):
        return ()
    found = []
    for state in states(definition):
        for kind, pointer, name in _ways(state):
            where = definition.origin.within(pointer).written.where()
            found.append((pointer, Item(kind, where, machine_arn, name)))
    return tuple(found)


def turned(machine_arn: str, definition: StateMachine, taken: Mapping[str, int]) -> dict[Item, int]:
    """How often each item of a definition happened."""
    return {item: taken.get(pointer, 0) for pointer, item in ways(machine_arn, definition)}


def states(scope: StateMachine | Branch) -> Iterator[State]:
    """Every state of a definition, with those inside of others."""
    for state in scope.states.values():
        yield state
        match state:
            case Parallel(branches=branches):
                for branch in branches:
                    yield from states(branch)
            case Map(item_processor=processor):
                yield from states(processor)


def _ways(state: State) -> Iterator[tuple[str, str, str]]:
    """Kind, pointer and name of everything that can happen at a state."""
    yield STATES, state.pointer, state.name
    if isinstance(state, Choice):
        yield from _choices(state)
        return
    if state.next is not None:
        yield TRANSITIONS, f"{state.pointer}/Next", f"{state.name} -> {state.next}"
    if isinstance(state, Task | Parallel | Map):
        for index, retrier in enumerate(state.retry):
            listed = ", ".join(retrier.error_equals)
            yield RETRIES, f"{state.pointer}/Retry/{index}", f"{state.name}, retry {index + 1} on {listed}"
        for index, catcher in enumerate(state.catch):
            listed = ", ".join(catcher.error_equals)
            name = f"{state.name} -> {catcher.next}, catch {index + 1} on {listed}"
            yield CATCHES, f"{state.pointer}/Catch/{index}", name
            yield TRANSITIONS, f"{state.pointer}/Catch/{index}", f"{state.name} -> {catcher.next}"


def _choices(state: Choice) -> Iterator[tuple[str, str, str]]:
    for index, rule in enumerate(state.rules):
        yield CHOICES, f"{state.pointer}/Choices/{index}", f"{state.name} -> {rule.next}, rule {index + 1}"
        yield TRANSITIONS, f"{state.pointer}/Choices/{index}", f"{state.name} -> {rule.next}"
    if state.default is not None:
        yield CHOICES, f"{state.pointer}/Default", f"{state.name} -> {state.default}, by default"
        yield TRANSITIONS, f"{state.pointer}/Default", f"{state.name} -> {state.default}"
