"""Test cases of Step Functions Local in the API: `#TestCase` behind the ARN of a machine."""

import json

import pytest

from turnstile.emulator import Emulator
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.importers.mock_config import read_mock_config
from turnstile.source import unwritten
from turnstile.world.world import default_world

CONFIG = {
    "StateMachines": {"Orders": {"TestCases": {"Happy": {"Charge": "Charged"}, "Broken": {"Charge": "Broken"}}}},
    "MockedResponses": {
        "Charged": {"0": {"Return": {"Payload": "paid"}}},
        "Broken": {"0": {"Throw": {"Error": "Lambda.ServiceException", "Cause": "down"}}},
    },
}
CHARGE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "charge"},
    "Retry": [{"ErrorEquals": ["Lambda.ServiceException"]}],
    "OutputPath": "$.Payload",
    "End": True,
}
INLINE = {"StartAt": "Charge", "States": {"Charge": CHARGE}}


async def run(definition, case):
    """Run a machine called `Orders` with the configuration, in a world that judges nothing."""
    world = default_world()
    read_mock_config(CONFIG, unwritten("<mocks>")).enact(world.rehearsals)
    account = next(iter(world.accounts.values()))
    async with Emulator(world) as emulator:
        arn = await emulator.create_state_machine(
            account.root,
            name="Orders",
            definition=json.dumps(definition),
            role_arn=account.arn("iam", "role/Any"),
            region=account.region,
        )
        return await emulator.execute(account.root, f"{arn}{case}", [1]), emulator.gate.trail


async def test_a_test_case_is_chosen_behind_the_arn():
    """No function is there, and none is asked; the call stands in the trail as rehearsed."""
    execution, trail = await run(INLINE, "#Happy")
    assert (execution.status, execution.output, execution.judged) == ("SUCCEEDED", "paid", False)
    assert [list(trail)[number - 1].call.operation for number in trail.rehearsed] == ["Invoke"]


async def test_children_of_a_map_run_have_the_results_of_their_execution():
    """Each attempt of the state counts, wherever it is."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **INLINE}
    definition = {"StartAt": "All", "States": {"All": {"Type": "Map", "ItemProcessor": processor, "End": True}}}
    execution, _ = await run(definition, "#Happy")
    assert execution.output == ["paid"]


async def test_an_attempt_without_a_response_is_not_made():
    """A mocked Task never calls its service."""
    with pytest.raises(Unsupported, match="one more attempt of `Charge`"):
        await run(INLINE, "#Broken")


async def test_an_unknown_test_case_is_no_machine():
    """As a machine whose name has that sign would be."""
    with pytest.raises(ServiceError, match="StateMachineDoesNotExist"):
        await run(INLINE, "#Sad")


async def test_without_a_test_case_the_function_is_called():
    """The configuration alone changes nothing."""
    execution, _ = await run(INLINE, "")
    assert execution.error == "Lambda.ResourceNotFoundException"
