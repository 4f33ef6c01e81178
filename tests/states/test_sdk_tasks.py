"""SDK integrations in running machines: every kind of service through the gate, callbacks, and parameters refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.emulator import Emulator
from turnstile.running import EVERYTHING
from turnstile.world.world import default_world

CASES = json.loads((Path(__file__).parents[1] / "cases/states/sdk_services.json").read_text())
SDK = "arn:aws:states:::aws-sdk:"


async def run(emulator, resource, parameters, *, document=None, **fields):
    """The execution of a machine with one Task."""
    account = next(iter(emulator.world.accounts.values()))
    state = {"Type": "Task", "Resource": SDK + resource, "Parameters": parameters, "End": True, **fields}
    machine_arn = await emulator.create_state_machine(
        account.root,
        name=f"m{len(emulator.gate.trail)}",
        definition=json.dumps({"StartAt": "A", "States": {"A": state}}),
        role_arn=account.arn("iam", f"role/{EVERYTHING}"),
        region=account.region,
    )
    return await emulator.execute(account.root, machine_arn, document or {})


@pytest.mark.parametrize("case", CASES, ids=[case["service"] for case in CASES])
async def test_a_service_is_called_by_the_names_of_the_sdk(case):
    """Members of answers are as the SDK names them, and so are errors, modelled or not."""
    async with Emulator(default_world()) as emulator:
        for step in case["steps"]:
            execution = await run(emulator, f"{case['service']}:{step['action']}", step["parameters"])
            shows = step["shows"]
            if "error" in shows:
                assert (execution.error, execution.cause[: len(shows["cause"])]) == (shows["error"], shows["cause"])
                assert execution.cause.endswith(") (SDK Attempt Count: 1)")
            else:
                assert execution.status == "SUCCEEDED", execution.cause
                assert {name: execution.output.get(name) for name in shows} == shows
                assert not {"ResponseMetadata", "SdkHttpMetadata"} & set(execution.output)


async def test_a_callback_ends_with_what_comes_with_its_token():
    """The call's answer is only shown when the Task is submitted; here it is the message that sends the token back."""
    async with Emulator(default_world()) as emulator:
        inner = {"Type": "Task", "Resource": SDK + "sfn:sendTaskSuccess", "End": True}
        inner["Parameters"] = {"TaskToken.$": "$.token", "Output": {"done": True}}
        account = next(iter(emulator.world.accounts.values()))
        child = await emulator.create_state_machine(
            account.root,
            name="child",
            definition=json.dumps({"StartAt": "A", "States": {"A": inner}}),
            role_arn=account.arn("iam", f"role/{EVERYTHING}"),
            region=account.region,
        )
        parameters = {"StateMachineArn": child, "Input": {"token.$": "$$.Task.Token"}}
        execution = await run(emulator, "sfn:startExecution.waitForTaskToken", parameters)
    assert execution.output == {"done": True}
    submitted = next(event for event in execution.history() if event["type"] == "TaskSubmitted")
    shown = json.loads(submitted["taskSubmittedEventDetails"]["output"])
    assert set(shown) == {"ExecutionArn", "StartDate"}


async def test_an_express_machine_is_asked_for_its_answer():
    """`startSyncExecution` gives the child's output as text, whether it succeeded or not."""
    async with Emulator(default_world()) as emulator:
        account = next(iter(emulator.world.accounts.values()))
        child = await emulator.create_state_machine(
            account.root,
            name="child",
            definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
            role_arn=account.arn("iam", f"role/{EVERYTHING}"),
            region=account.region,
            type="EXPRESS",
        )
        parameters = {"StateMachineArn": child, "Input": {"a": 1}}
        execution = await run(emulator, "sfn:startSyncExecution", parameters)
    assert (execution.output["Status"], execution.output["Output"]) == ("SUCCEEDED", '{"a":1}')


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"tableName": "t"}, 'The field "tableName" is not supported by Step Functions'),
        ({"TableName": "t", "Key": "k"}, "The value of the field 'Key' has an invalid format"),
        ({"Key": {"id": {"BOOL": True}}}, 'The field "BOOL" is not supported by Step Functions'),
    ],
)
async def test_parameters_that_come_with_the_input_can_be_refused_only_then(given, reason):
    """Before the Task is scheduled, as `States.Runtime`, which no Catch of all errors catches."""
    async with Emulator(default_world()) as emulator:
        account = next(iter(emulator.world.accounts.values()))
        state = {"Type": "Task", "Resource": SDK + "dynamodb:getItem", "Next": "B"}
        state["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
        machine_arn = await emulator.create_state_machine(
            account.root,
            name="m",
            definition=json.dumps({"StartAt": "A", "States": {"A": state, "B": {"Type": "Succeed"}}}),
            role_arn=account.arn("iam", f"role/{EVERYTHING}"),
            region=account.region,
        )
        execution = await emulator.execute(account.root, machine_arn, given)
    text = json.dumps(given, separators=(",", ":"))
    assert execution.error == "States.Runtime"
    assert execution.cause == (
        "An error occurred while executing the state 'A' (entered at the event id #2). "
        f"The Parameters '{text}' could not be used to start the Task: [{reason}]"
    )
    assert [event["type"] for event in execution.history()][-2:] == ["TaskStateEntered", "ExecutionFailed"]


async def test_what_a_required_member_lacks_is_for_the_service_to_say():
    """A value that is `null` when the Task runs is not sent."""
    async with Emulator(default_world()) as emulator:
        parameters = {"TableName.$": "$.t", "Key": {"id": {"S": "1"}}}
        execution = await run(emulator, "dynamodb:getItem", parameters, document={"t": None})
    assert execution.error == "DynamoDb.DynamoDbException"
    assert execution.cause.startswith("1 validation error detected: Value null at 'tableName' failed")
