"""Testing one state, without a scenario file: the functions `test_state` and `test_state_async`.

They ask the API's TestState in an emulator of their own, and give its answer with the documents read. What the API
refuses in a definition is a fault of the user's file here, as in `turnstile.run`.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.definition import StateMachine
from turnstile.asl.parse import written
from turnstile.backends.task_models import TaskModels
from turnstile.document import Json, compact
from turnstile.emulator import Emulator, written_input
from turnstile.faults import Rejected
from turnstile.gate.call import Call
from turnstile.integrations.definition import findings
from turnstile.loops import outside_a_loop
from turnstile.running import EVERYTHING, NO_INPUT
from turnstile.states.test_definition import PLACE, whole
from turnstile.world.world import World, default_world

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from turnstile.asl.finding import Finding
    from turnstile.clock import Clock
    from turnstile.faults import Fault
    from turnstile.source import Origin
    from turnstile.world.world import Account

_MOCK = frozenset({"result", "errorOutput", "fieldValidationMode"})
_CONFIGURATION = frozenset({"retrierRetryCount", "errorCausedByState", "mapIterationFailureCount", "mapItemReaderData"})
_NO_TEXT = frozenset({"errorDetails", "maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage"})
"""Members of inspectionData that the API does not give as JSON text."""


@dataclass(frozen=True, slots=True)
class StateResult:
    """How a state went; `status` is SUCCEEDED, FAILED, RETRIABLE or CAUGHT_ERROR.

    `output` and the values of `inspection` are documents, `inspection` goes by the API's names. `response` is the
    answer as the API gives it, with JSON text in the place of documents.
    """

    status: str
    output: Json
    error: str | None
    cause: str | None
    next_state: str | None
    inspection: Mapping[str, Json]
    response: Mapping[str, Json]

    def documents(self) -> dict[str, Json]:
        """The answer with documents in the place of JSON text."""
        read = dict(self.response)
        if "output" in read:
            read["output"] = self.output
        if "inspectionData" in read:
            read["inspectionData"] = dict(self.inspection)
        return read


def test_state(
    definition: StateMachine | dict[str, Json] | str | Path,
    document: Json = NO_INPUT,
    *,
    state_name: str | None = None,
    context: Mapping[str, Json] | None = None,
    variables: Mapping[str, Json] | None = None,
    mock: Mapping[str, Json] | None = None,
    state_configuration: Mapping[str, Json] | None = None,
    inspection_level: str = "INFO",
    world: World | None = None,
    role_arn: str | None = None,
    clock: Clock | None = None,
    seed: int = 0,
) -> StateResult:
    """Test one state and return how it went; see `test_state_async`."""
    outside_a_loop("test_state", "await test_state_async(...)")
    return asyncio.run(
        test_state_async(
            definition,
            document,
            state_name=state_name,
            context=context,
            variables=variables,
            mock=mock,
            state_configuration=state_configuration,
            inspection_level=inspection_level,
            world=world,
            role_arn=role_arn,
            clock=clock,
            seed=seed,
        )
    )


async def test_state_async(
    definition: StateMachine | dict[str, Json] | str | Path,
    document: Json = NO_INPUT,
    *,
    state_name: str | None = None,
    context: Mapping[str, Json] | None = None,
    variables: Mapping[str, Json] | None = None,
    mock: Mapping[str, Json] | None = None,
    state_configuration: Mapping[str, Json] | None = None,
    inspection_level: str = "INFO",
    world: World | None = None,
    role_arn: str | None = None,
    clock: Clock | None = None,
    seed: int = 0,
) -> StateResult:
    """Test one state, as the API's TestState does.

    `definition` is the state itself, or with `state_name` a whole definition that holds it. `document` is its input,
    `{}` if not given. `mock` says what its work gives: `{"result": ...}` or `{"errorOutput": {"error", "cause"}}`, with
    `fieldValidationMode` STRICT, PRESENT or NONE; text as `result` is JSON text, as in the API, anything else the
    document itself. `context` replaces the context object and needs a mock, and so does `state_configuration`
    (`retrierRetryCount`, `errorCausedByState`, `mapIterationFailureCount`, `mapItemReaderData`). With
    `inspection_level` DEBUG or TRACE the result shows the data on its way. World, role, clock and seed as in `run`.

    Raises:
        Rejected: the definition is faulty; it holds every fault.
        ServiceError: the request was refused.
        Unsupported: it came to something that is not emulated.
        ValueError: the mock or the configuration has a member that the API does not know.
    """
    check_members(mock, state_configuration)
    world = world or default_world(clock=clock, seed=seed)
    account = next(iter(world.accounts.values()))
    parameters: dict[str, Json] = {
        "definition": compact(_document(definition, lone=state_name is None)),
        "input": written_input(document),
        "inspectionLevel": inspection_level,
        "roleArn": _role(account, role_arn, mocked=mock is not None),
        "stateName": state_name,
        "context": None if context is None else compact(context),
        "variables": None if variables is None else compact(variables),
        "mock": _mock(mock),
        "stateConfiguration": _configuration(state_configuration),
    }
    given = {name: value for name, value in parameters.items() if value is not None}
    async with Emulator(world) as emulator:
        answer = await emulator.gate.call(Call(account.root, "stepfunctions", "TestState", given, account.region))
    return _result(answer.output)


test_state.__test__ = False  # type: ignore[attr-defined]
test_state_async.__test__ = False  # type: ignore[attr-defined]
"""Nor are they tests for pytest to collect where a test file imports them."""


def _document(definition: StateMachine | dict[str, Json] | str | Path, *, lone: bool) -> Json:
    """The document of a sound definition; its faults are told in their places."""
    if isinstance(definition, StateMachine):
        document, origin = definition.document, definition.origin
    else:
        document, origin = written(definition)
    found = findings(whole(document) if lone else document, TaskModels(), lone=lone)
    if found:
        raise Rejected(_fault(each, origin, lone=lone) for each in found)
    return document


def _fault(found: Finding, origin: Origin, *, lone: bool) -> Fault:
    """A fault in the file, where a state alone stands at the root."""
    place = found.pointer.removeprefix(PLACE) if lone else found.pointer
    return origin.within(place).fault(found.code, found.message, found.help)


def _role(account: Account, role_arn: str | None, *, mocked: bool) -> str | None:
    if role_arn is not None or mocked:
        return role_arn
    return account.arn("iam", f"role/{EVERYTHING}")


def check_members(mock: Mapping[str, Json] | None, configuration: Mapping[str, Json] | None) -> None:
    """Refuse members that a mock or a state configuration does not have.

    Raises:
        ValueError: there is one.
    """
    for given, called, allowed in ((mock, "mock", _MOCK), (configuration, "state configuration", _CONFIGURATION)):
        for name in given or ():
            if name not in allowed:
                raise ValueError(f"a {called} has no member `{name}`, only {', '.join(sorted(allowed))}")


def _mock(given: Mapping[str, Json] | None) -> dict[str, Json] | None:
    if given is None:
        return None
    mock = dict(given)
    if "result" in mock and not isinstance(mock["result"], str):
        mock["result"] = compact(mock["result"])
    return mock


def _configuration(given: Mapping[str, Json] | None) -> dict[str, Json] | None:
    if given is None:
        return None
    configuration = dict(given)
    read = configuration.get("mapItemReaderData")
    if read is not None and not isinstance(read, str):
        configuration["mapItemReaderData"] = compact(read)
    return configuration


def _result(response: Mapping[str, Json]) -> StateResult:
    inspected = response.get("inspectionData", {}).items()
    return StateResult(
        status=response["status"],
        output=json.loads(response["output"]) if "output" in response else None,
        error=response.get("error"),
        cause=response.get("cause"),
        next_state=response.get("nextState"),
        inspection={name: value if name in _NO_TEXT else json.loads(value) for name, value in inspected},
        response=response,
    )
