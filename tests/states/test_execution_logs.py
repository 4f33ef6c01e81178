"""Executions leave their events in the log group of their machine, by level and with or without their data."""

from __future__ import annotations

import json

import pytest

GROUP = "/aws/vendedlogs/states/m"
ARN = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*"
FAILING = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}}}
WAITING = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}


def logged(level, *, data=True):
    return {
        "level": level,
        "includeExecutionData": data,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": ARN}}],
    }


async def entries(client):
    """What stands in the group, stream by stream."""
    streams = (await client.ask("DescribeLogStreams", service="logs", logGroupName=GROUP))["logStreams"]
    found = []
    for name in (stream["logStreamName"] for stream in streams):
        answer = await client.ask("GetLogEvents", service="logs", logGroupName=GROUP, logStreamName=name)
        found += [json.loads(event["message"]) for event in answer["events"]]
    return found


@pytest.mark.parametrize(
    ("level", "types"),
    [
        ("ALL", ["ExecutionStarted", "PassStateEntered", "PassStateExited", "FailStateEntered", "ExecutionFailed"]),
        ("ERROR", ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
    ],
)
@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
async def test_a_level_says_which_events_are_logged(api, level, types, kind):
    """Each entry has what the event has in the history."""
    async with api() as client:
        await client.ask("CreateLogGroup", service="logs", logGroupName=GROUP)
        machine = await client.create(FAILING, type=kind, loggingConfiguration=logged(level))
        execution = await client.join(await client.start(machine, input='{"a":1}'))
        found = await entries(client)
    assert [entry["type"] for entry in found] == types
    assert found[-1] == {
        "id": "5",
        "type": "ExecutionFailed",
        "details": {"error": "E"},
        "previous_event_id": "4",
        "event_timestamp": str(round(execution.started * 1000)),
        "execution_arn": execution.arn,
        "redrive_count": "0",
    }


@pytest.mark.parametrize("data", [True, False])
async def test_execution_data_are_logged_where_they_are_asked_for(api, data):
    """Names, roles, errors and causes are always there."""
    async with api() as client:
        await client.ask("CreateLogGroup", service="logs", logGroupName=GROUP)
        machine = await client.create(FAILING, loggingConfiguration=logged("ALL", data=data))
        await client.join(await client.start(machine, input='{"a":1}'))
        details = [entry["details"] for entry in await entries(client)]
    given = {"input": '{"a":1}', "inputDetails": {"truncated": False}} if data else {}
    assert details[0] == {"roleArn": "arn:aws:iam::123456789012:role/r", **given}
    assert details[1] == {"name": "A", **given}
    assert details[-1] == {"error": "E"}


async def test_children_of_a_map_run_are_logged_with_their_parent(api):
    """They are executions of the same machine."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    processor = {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}, "ProcessorConfig": config}
    mapping = {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": processor, "End": True}}}
    async with api() as client:
        await client.ask("CreateLogGroup", service="logs", logGroupName=GROUP)
        machine = await client.create(mapping, loggingConfiguration=logged("ALL"))
        await client.join(await client.start(machine, input="[1,2]"))
        found = await entries(client)
    ended = [entry["execution_arn"].split(":")[5] for entry in found if entry["type"] == "ExecutionSucceeded"]
    assert sorted(ended) == ["execution", "express", "express"]


async def test_a_stopped_execution_that_is_redriven_goes_on_in_the_log(api):
    """Nothing is logged twice."""
    async with api() as client:
        await client.ask("CreateLogGroup", service="logs", logGroupName=GROUP)
        arn = await client.start(await client.create(WAITING, loggingConfiguration=logged("ALL")))
        await client.clock.sleep(1)
        await client.ask("StopExecution", executionArn=arn)
        await client.ask("RedriveExecution", executionArn=arn)
        await client.join(arn)
        found = await entries(client)
    assert [entry["id"] for entry in found] == [str(number) for number in range(1, len(found) + 1)]
    assert [entry["redrive_count"] for entry in found if entry["type"].startswith("Execution")] == ["0", "0", "1", "1"]


async def test_a_log_group_that_is_gone_gets_nothing(api):
    """The execution does not mind."""
    async with api() as client:
        await client.ask("CreateLogGroup", service="logs", logGroupName=GROUP)
        machine = await client.create(FAILING, loggingConfiguration=logged("ALL"))
        await client.ask("DeleteLogGroup", service="logs", logGroupName=GROUP)
        execution = await client.join(await client.start(machine))
    assert execution.status.value == "FAILED"
