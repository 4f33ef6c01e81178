"""What services refuse, as a Task shows it: in the services' own words, whoever keeps the resources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.running import EVERYTHING
from turnstile.world.world import default_world

CASES = json.loads((Path(__file__).parents[1] / "cases/integrations/refusals.json").read_text(encoding="utf-8"))
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
RESOURCES = [
    ("sqs", "CreateQueue", {"QueueName": "queue"}),
    ("sns", "CreateTopic", {"Name": "topic"}),
    ("sns", "CreateTopic", {"Name": "topic.fifo", "Attributes": {"FifoTopic": "true"}}),
    (
        "dynamodb",
        "CreateTable",
        {
            "TableName": "table",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": KEY,
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        },
    ),
    (
        "dynamodb",
        "CreateTable",
        {
            "TableName": "ranged",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [*KEY, {"AttributeName": "at", "KeyType": "RANGE"}],
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "at")],
        },
    ),
]


async def run(resource, given):
    async with Emulator(default_world()) as emulator:
        account = next(iter(emulator.world.accounts.values()))
        for service, operation, parameters in RESOURCES:
            if service in resource:
                await emulator.gate.call(Call(account.root, service, operation, parameters, account.region))
        places = {"@queue": f"https://sqs.{account.region}.amazonaws.com/{account.id}/queue"}
        places |= {f"@{name}": account.arn("sns", name) for name in ("topic", "topic.fifo")}
        known = {name: places.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
        parameters = {f"{name}.$": f"$.{name}" for name in known}
        state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, "End": True}
        machine_arn = await emulator.create_state_machine(
            account.root,
            name="m",
            definition=json.dumps({"StartAt": "A", "States": {"A": state}}),
            role_arn=account.arn("iam", f"role/{EVERYTHING}"),
            region=account.region,
        )
        return await emulator.execute(account.root, machine_arn, known)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['resource']} {json.dumps(case['given'])}"[:90])
async def test_a_refusal_has_the_words_of_the_service(case):
    """Parameters that are none of the operation fail the Task before it is scheduled, all others fail the call."""
    execution = await run(case["resource"], case["given"])
    types = [event["type"] for event in execution.history()]
    if "unusable" in case:
        assert execution.error == "States.Runtime"
        assert execution.cause.endswith(f"could not be used to start the Task: [{case['unusable']}]")
        assert types == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]
    else:
        assert execution.error == case["error"]
        assert execution.cause.startswith(case["cause"])
        assert types[2:] == ["TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"]


async def test_an_update_of_nothing_makes_the_item():
    """Neither an expression nor updates are needed."""
    given = {"TableName": "table", "Key": {"id": {"S": "a"}}, "ReturnValues": "ALL_NEW"}
    execution = await run("dynamodb:updateItem", given)
    assert execution.output["Attributes"] == {"id": {"S": "a"}}


async def test_numbers_may_be_given_as_text():
    """As they are in SDK integrations."""
    execution = await run("sqs:sendMessage", {"QueueUrl": "@queue", "MessageBody": "x", "DelaySeconds": "5"})
    assert execution.status == "SUCCEEDED"


@pytest.mark.parametrize(("values", "shown"), [("UPDATED_NEW", {"n": {"N": "5"}}), ("UPDATED_OLD", None)])
async def test_numbers_are_kept_plainly_and_shown_where_the_update_names_them(values, shown):
    """Without zeros that say nothing; an attribute that was not there has no old value."""
    given = {
        "TableName": "table",
        "Key": {"id": {"S": "a"}},
        "UpdateExpression": "SET n = :n",
        "ExpressionAttributeValues": {":n": {"N": "5.0"}},
        "ReturnValues": values,
    }
    execution = await run("dynamodb:updateItem", given)
    assert execution.output.get("Attributes") == shown
