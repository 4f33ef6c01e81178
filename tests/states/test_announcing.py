"""Rules of EventBridge hear of executions of Standard machines: started, redriven, ended."""

from __future__ import annotations

import json

import pytest

from turnstile.faults import Unsupported

ACCOUNT, REGION = "123456789012", "us-east-1"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/heard"
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
FAIL = {"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}}}
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}


async def listen(client, target=f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard", **pattern):
    """A rule that brings every event of executions to a target."""
    await client.ask("CreateQueue", "sqs", QueueName="heard")
    text = json.dumps({"source": ["aws.states"], **pattern})
    await client.ask("PutRule", "events", Name="executions", EventPattern=text)
    await client.ask("PutTargets", "events", Rule="executions", Targets=[{"Id": "1", "Arn": target}])


async def heard(client):
    """The events in the queue, oldest first."""
    answer = await client.ask("ReceiveMessage", "sqs", QueueUrl=QUEUE, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


async def test_the_event_of_a_success(api):
    """Every member of the detail is there, null where it says nothing; times are milliseconds."""
    async with api() as client:
        await listen(client)
        arn = await client.start(await client.create(PASS), input='{"x": 1}')
        execution = await client.join(arn)
        first, last = await heard(client)
    assert (first["source"], first["detail-type"]) == ("aws.states", "Step Functions Execution Status Change")
    assert (first["account"], first["region"], first["resources"]) == (ACCOUNT, REGION, [arn])
    assert last["detail"] == {
        "executionArn": arn,
        "stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m",
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "name": execution.name,
        "status": "SUCCEEDED",
        "startDate": round(execution.started * 1000),
        "stopDate": round(execution.stopped * 1000),
        "input": '{"x": 1}',
        "inputDetails": {"included": True},
        "output": '{"x":1}',
        "outputDetails": {"included": True},
        "error": None,
        "cause": None,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }
    running = {"status": "RUNNING", "stopDate": None, "output": None, "outputDetails": None}
    running["redriveStatusReason"] = "Execution is RUNNING and cannot be redriven"
    assert first["detail"] == last["detail"] | running


async def test_failures_stops_and_redrives(api):
    """Each change of the status is an event; a redriven execution runs again."""
    async with api() as client:
        await listen(client)
        failed = await client.start(await client.create(FAIL))
        await client.join(failed)
        await client.ask("RedriveExecution", executionArn=failed)
        await client.join(failed)
        stopped = await client.start(await client.create(WAIT, name="w"))
        await client.clock.sleep(1)
        await client.ask("StopExecution", executionArn=stopped, error="Enough")
        details = [event["detail"] for event in await heard(client)]
    told = [(each["status"], each["error"], each["redriveCount"], each["redriveStatus"]) for each in details]
    assert told == [
        ("RUNNING", None, 0, "NOT_REDRIVABLE"),
        ("FAILED", "Broken", 0, "REDRIVABLE"),
        ("RUNNING", None, 1, "NOT_REDRIVABLE"),
        ("FAILED", "Broken", 1, "REDRIVABLE"),
        ("RUNNING", None, 0, "NOT_REDRIVABLE"),
        ("ABORTED", "Enough", 0, "REDRIVABLE"),
    ]


async def test_a_pattern_chooses(api):
    """The pattern of the rule decides what is brought."""
    async with api() as client:
        await listen(client, detail={"status": ["FAILED", "TIMED_OUT"]})
        await client.join(await client.start(await client.create(PASS)))
        await client.join(await client.start(await client.create(FAIL, name="f")))
        assert [event["detail"]["status"] for event in await heard(client)] == ["FAILED"]


async def test_a_rule_with_a_schedule_alone_hears_nothing(api):
    """Without a pattern no event is a rule's, though another rule is heard."""
    async with api() as client:
        await listen(client)
        await client.ask("PutRule", "events", Name="nightly", ScheduleExpression="rate(1 day)")
        target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard"}
        await client.ask("PutTargets", "events", Rule="nightly", Targets=[target])
        await client.join(await client.start(await client.create(PASS)))
        assert len(await heard(client)) == 2


async def test_express_executions_are_silent(api):
    """There are no events of Express executions."""
    async with api() as client:
        await listen(client)
        machine = await client.create(PASS, type="EXPRESS")
        await client.ask("StartSyncExecution", stateMachineArn=machine)
        assert await heard(client) == []


async def test_large_data_is_left_out(api):
    """Above 248 KB of input and output together the event says that it has neither."""
    async with api() as client:
        await listen(client)
        await client.join(await client.start(await client.create(PASS), input=json.dumps("x" * 130_000)))
        first, last = (event["detail"] for event in await heard(client))
    assert first["inputDetails"] == {"included": True}
    assert (last["input"], last["output"]) == (None, None)
    assert last["inputDetails"] == last["outputDetails"] == {"included": False}


async def test_a_rule_that_starts_what_it_hears_of_comes_to_an_end(api):
    """An endless chain of executions is told of as such."""

    async def chain():
        async with api() as client:
            machine = await client.create(PASS)
            await listen(client, target=machine, detail={"status": ["SUCCEEDED"]})
            await client.start(machine)

    with pytest.raises(Unsupported, match="each started by an event"):
        await chain()
