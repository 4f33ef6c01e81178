"""The external id that target roles are assumed with: the machine's ARN, or by a setting what was started."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Orders"


def _definition(accounts, *, children=False):
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:lambda:us-east-1:{accounts.target.id}:function:Work",
        "Credentials": {"RoleArn": accounts.invoke.arn},
        "End": True,
    }
    inner = {"StartAt": "Work", "States": {"Work": task}}
    if not children:
        return inner
    processor = {**inner, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    assign = {"Type": "Pass", "Result": {"items": [1]}, "Next": "Each"}
    each = {"Type": "Map", "Label": "L", "ItemsPath": "$.items", "ItemProcessor": processor, "End": True}
    return {"StartAt": "In", "States": {"In": assign, "Each": each}}


@pytest.mark.parametrize(
    ("setting", "started", "children", "sent"),
    [
        ("unqualified", MACHINE, False, MACHINE),
        ("unqualified", f"{MACHINE}:1", False, MACHINE),
        ("unqualified", f"{MACHINE}:live", False, MACHINE),
        ("unqualified", MACHINE, True, MACHINE),
        ("qualified", MACHINE, False, MACHINE),
        ("qualified", f"{MACHINE}:1", False, f"{MACHINE}:1"),
        ("qualified", f"{MACHINE}:live", False, f"{MACHINE}:live"),
        ("qualified", MACHINE, True, f"{MACHINE}/L"),
    ],
)
async def test_the_external_id(accounts, setting, started, children, sent):
    """A trust policy for the plain ARN admits what was started in any way, unless the setting says otherwise."""
    accounts.function(accounts.target, "Work", lambda event: event)
    accounts.world.settings = replace(accounts.world.settings, external_id=setting)
    async with Emulator(accounts.world) as emulator:
        root = accounts.source.root

        async def ask(operation, **members):
            return (await emulator.gate.call(Call(root, "stepfunctions", operation, members, "us-east-1"))).output

        await emulator.create_state_machine(
            root,
            name="Orders",
            definition=json.dumps(_definition(accounts, children=children)),
            role_arn=accounts.execution.arn,
            region="us-east-1",
        )
        version = (await ask("PublishStateMachineVersion", stateMachineArn=MACHINE))["stateMachineVersionArn"]
        routes = [{"stateMachineVersionArn": version, "weight": 100}]
        await ask("CreateStateMachineAlias", name="live", routingConfiguration=routes)
        arn = (await ask("StartExecution", stateMachineArn=started, input="{}"))["executionArn"]
        execution = emulator.executions[arn]
        await emulator.join(execution)
        taken = [entry.call for entry in emulator.gate.trail if entry.resource == accounts.invoke.arn]
    assert {call.parameters["ExternalId"] for call in taken} == {sent}
    assert (execution.status.value == "SUCCEEDED") is (sent == MACHINE)
