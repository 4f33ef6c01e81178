"""The state that TestState is asked about: a definition that is the state itself, or one that holds it somewhere.

A state alone is read as the only one of a machine and goes by the name `StateName` (recorded:
test_state.state_mock_validation/test_parallel_state_empty_branches); where its transitions lead is not asked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.asl import check
from turnstile.asl.check import aws_text
from turnstile.asl.definition import Map, Parallel
from turnstile.asl.parse import parse_document
from turnstile.document import pointer
from turnstile.gate.errors import ServiceError
from turnstile.integrations.definition import findings
from turnstile.source import unwritten
from turnstile.states.test_request import refuse
from turnstile.states.unreadable import located_complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.definition import Branch, State, StateMachine
    from turnstile.document import Json
    from turnstile.integrations.work import Models
    from turnstile.states.test_request import Request

ALONE = "StateName"
"""How the service names a state that came without a name."""
PLACE = pointer("", "States", ALONE)
"""Where it then stands, as a JSON pointer."""


def whole(document: Json) -> Json:
    """A definition around one state."""
    return {"StartAt": ALONE, "States": {ALONE: document}}


def find(request: Request, models: Models) -> tuple[StateMachine, State]:
    """The definition and the state in it.

    Raises:
        ServiceError: InvalidDefinition, or ValidationException where no state has the name.
        Unsupported: the definition uses what is not emulated.
    """
    document = _read(request.definition)
    lone = request.state_name is None
    if lone:
        document = whole(document)
    found = findings(document, models, lone=lone)
    if found:
        raise ServiceError("InvalidDefinition", aws_text(found))
    machine = parse_document(document, unwritten("<state>"), lone=lone)
    state = next((each for each in _states(machine.states) if each.name == (request.state_name or ALONE)), None)
    if state is None:
        refuse("State not found in definition")
    _check_origin(request, state)
    return machine, state


def _read(text: str) -> Json:
    if not text.strip():
        raise ServiceError("InvalidDefinition", aws_text(check.findings(None)))
    problem = located_complaint(text)
    if problem is not None:
        message = f"Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {problem}'"
        raise ServiceError("InvalidDefinition", message)
    return json.loads(text)


def _check_origin(request: Request, state: State) -> None:
    """The state that a mocked error comes from is one inside the state; that it is refused is inferred."""
    name = request.configuration.error_from
    if name is not None and all(each.name != name for each in _inside(state)):
        refuse("State not found in definition")


def _states(states: Mapping[str, State]) -> Iterator[State]:
    """Every state of a definition, each before those inside it."""
    for state in states.values():
        yield state
        yield from _inside(state)


def _inside(state: State) -> Iterator[State]:
    branches: tuple[Branch, ...] = ()
    if isinstance(state, Parallel):
        branches = state.branches
    elif isinstance(state, Map):
        branches = (state.item_processor,)
    for branch in branches:
        yield from _states(branch.states)
