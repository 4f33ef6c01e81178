"""What CreateStateMachine refuses in a definition: what the States Language has against it, then what services have.

The language's own rules are `asl.check`'s; here those of integrations are added, so every place that reads a definition
finds the same. What knows the services of a Task is loaded for definitions that have such Tasks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl import check
from turnstile.faults import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.asl.definition import StateMachine
    from turnstile.asl.finding import Finding, Place
    from turnstile.document import Json
    from turnstile.integrations.work import Models

    _Found: TypeAlias = tuple[dict[str, Json], Place, Json]

_SDK = ":states:::aws-sdk:"
_SERVICE = re.compile(r"arn:[^:]*:(?!lambda:)[^:]+:[^:]*:[^:]*:(?!activity:)")


def findings(document: Json, models: Models, *, express: bool = False, lone: bool = False) -> tuple[Finding, ...]:
    """Everything that is wrong with a definition; `express` and `lone` as in `asl.check.findings`."""
    found = check.findings(document, express=express, lone=lone)
    return found if check.TOO_DEEP in found else (*found, *of_integrations(document, models, lone=lone))


def of_integrations(document: Json, models: Models, *, lone: bool = False) -> Iterator[Finding]:
    """What services have against the Tasks of a definition, in the order of the document.

    Of one state that is tested alone optimized integrations do not judge the parameters (*inferred*).
    """
    tasks = _tasks(document, (), document.get("QueryLanguage", "JSONPath")) if isinstance(document, dict) else ()
    yield from _judged(tasks, models, lone=lone)


def of_machine(machine: StateMachine, models: Models) -> Iterator[Finding]:
    """What services have against the Tasks of a definition that was parsed; its Tasks are looked for once."""
    yield from _judged(_tasks_of(machine), models, lone=False)


def _judged(tasks: Iterable[_Found], models: Models, *, lone: bool) -> Iterator[Finding]:
    for state, place, language in tasks:
        resource = str(state.get("Resource"))
        if _SDK in resource:
            from turnstile.integrations import sdk_definition  # noqa: PLC0415 - as said above

            yield from sdk_definition.findings(state, place, models.sdk, jsonata=language == "JSONata")
        elif _SERVICE.match(resource):
            from turnstile.integrations import optimized_definition  # noqa: PLC0415 - as said above

            found = optimized_definition.findings(state, place, models, jsonata=language == "JSONata")
            yield from (each for each in found if not lone or each.place == (*place, "Resource"))


def checked(machine: StateMachine, models: Models) -> StateMachine:
    """The same definition, if services have nothing against its Tasks.

    Raises:
        Rejected: they have; each fault stands where the user wrote it.
    """
    faults = [found.fault(machine.origin) for found in of_machine(machine, models)]
    if faults:
        raise Rejected(faults)
    return machine


@lru_cache(maxsize=256)
def _tasks_of(machine: StateMachine) -> tuple[_Found, ...]:
    """One definition can be created in many worlds, and a definition is a value."""
    return tuple(_tasks(machine.document, (), machine.query_language.value))


def _tasks(body: dict[str, Json], place: Place, language: Json) -> Iterator[_Found]:
    """The Tasks of a machine, a branch or an item processor: the state, its place and its query language."""
    states = body.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        if state.get("Type") == "Task":
            yield state, (*place, "States", name), state.get("QueryLanguage", language)
        for inner, part in _inside(state):
            if isinstance(part, dict):
                yield from _tasks(part, (*place, "States", name, *inner), language)


def _inside(state: dict[str, Json]) -> Iterator[tuple[Place, Json]]:
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        yield ("Branches", index), branch
    for field in ("ItemProcessor", "Iterator"):
        if field in state:
            yield (field,), state[field]
