"""Declared results of Tasks in scenario files: by state, held against the API that answers the Task.

Members stand as the Task shows them. A result of an API that has no model, of a function and of an activity may be any
document, and so may what comes with a task token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.integrations.answered import answered
from turnstile.scenario.declarations.operations import every_task
from turnstile.scenario.declarations.reference import substitute
from turnstile.spelling import hint
from turnstile.world.answers import Returned, read_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.declarations.reference import Names
    from turnstile.source import Origin
    from turnstile.world.answers import Script


def read_results(
    stubs: Mapping[str, Json], definition: StateMachine, names: Names, origin: Origin, faults: list[Fault]
) -> dict[str, Script]:
    """Scripts by state; what is wrong with the others joins the faults."""
    tasks = every_task(definition.states)
    found: dict[str, Script] = {}
    for state, document in stubs.items():
        place, before = origin.at(state), len(faults)
        if state not in tasks:
            message = f"`{state}` is no Task of the state machine"
            faults.append(place.fault("unknown-state", message, hint(state, tasks, "Tasks")))
            continue
        script = read_script(substitute(document, names.texts, place, faults), place, faults)
        if script is None:
            continue
        faults += _misfits(tasks[state].resource, script)
        if len(faults) == before:
            found[state] = script
    return found


def _misfits(resource: str, script: Script) -> Iterator[Fault]:
    """Results that the API would never give."""
    api = answered(resource)
    if api is None:
        return
    from turnstile.backends.answer_models import complaint  # noqa: PLC0415 - loads botocore, for results of APIs only

    for rule in script.rules:
        if isinstance(rule.outcome, Returned):
            document, origin = rule.outcome.document, rule.outcome.origin
            problem = complaint(api.service, api.operation, api.path, api.free, document, complete=True, sdk=api.sdk)
            if problem is not None:
                remedy = f"write what `{api.service}:{api.operation}` answers, as the Task shows it"
                yield origin.fault("answer-shape", problem[:1].lower() + problem[1:].rstrip("."), remedy)
