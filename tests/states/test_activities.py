"""Workers poll an activity for tasks and send their tokens back."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from turnstile.gate.errors import AccessDenied, ServiceError


class Workers:
    """An activity, a machine that uses it, and workers."""

    def __init__(self, client, group):
        self.client = client
        self.group = group
        self.clock = client.clock
        self.activity = ""
        self.executions = []

    async def start(self, document=None, **fields):
        """Start an execution whose Task is for the activity."""
        if not self.activity:
            self.activity = (await self.client.ask("CreateActivity", name="work"))["activityArn"]
        state = {"Type": "Task", "Resource": self.activity, "End": True, **fields}
        machine = await self.client.create({"StartAt": "A", "States": {"A": state}}, name=f"m{len(self.executions)}")
        arn = await self.client.start(machine, input=json.dumps(document or {}))
        execution = self.client.emulator.executions[arn]
        self.executions.append(execution)
        await self.clock.sleep(1)
        return execution

    def poll(self, **parameters):
        """A worker that waits for a task; its answer is what the worker of the clock gives."""
        return self.clock.start(self.group, self.take(**parameters))

    async def take(self, **parameters):
        return await self.client.ask("GetActivityTask", activityArn=self.activity, **parameters)

    async def succeed(self, answer, output="1"):
        await self.client.ask("SendTaskSuccess", taskToken=answer["taskToken"], output=output)

    async def end(self, execution):
        await execution.join(self.clock)
        return execution.status.value


@pytest.fixture
def workers(api):
    """Opens an emulator with workers."""

    @asynccontextmanager
    async def opened(world=None):
        async with api(world) as client, asyncio.TaskGroup() as group:
            yield Workers(client, group)

    return opened


def types(execution):
    return [event["type"] for event in execution.history()]


async def test_a_worker_takes_the_task_and_sends_its_result(workers):
    """Started when it takes it, with its name; the input is JSON text."""
    async with workers() as world:
        execution = await world.start({"x": 1})
        assert types(execution)[-1] == "ActivityScheduled"
        answer = await world.take(workerName="ann")
        assert answer["input"] == '{"x":1}'
        await world.succeed(answer, '{"y":2}')
        assert await world.end(execution) == "SUCCEEDED"
    assert execution.output == {"y": 2}
    assert types(execution)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert execution.history()[3]["activityStartedEventDetails"] == {"workerName": "ann"}


async def test_a_worker_without_a_name_leaves_none(workers):
    """The event of the start has empty details then."""
    async with workers() as world:
        execution = await world.start()
        await world.succeed(await world.take())
        await world.end(execution)
    assert execution.history()[3]["activityStartedEventDetails"] == {}


async def test_a_poll_waits_a_minute(workers):
    """With nothing to do it is answered with nothing after sixty seconds."""
    async with workers() as world:
        execution = await world.start()
        await world.succeed(await world.take())
        await world.end(execution)
        before = world.clock.now()
        assert await world.take() == {}
        assert world.clock.now() == before + 60


async def test_a_waiting_worker_gets_a_task_as_soon_as_there_is_one(workers):
    """It takes no time, and the worker that came first gets it."""
    async with workers() as world:
        first = await world.start()
        await world.succeed(await world.take())
        await world.end(first)
        early, late = world.poll(workerName="early"), world.poll(workerName="late")
        await world.clock.sleep(10)
        execution = await world.start()
        await world.succeed(await world.clock.result(early))
        assert await world.end(execution) == "SUCCEEDED"
        assert await world.clock.result(late) == {}
    assert execution.history()[3]["activityStartedEventDetails"] == {"workerName": "early"}
    assert execution.history()[3]["timestamp"] == execution.started


async def test_tasks_are_taken_in_the_order_they_were_scheduled(workers):
    """Each by one worker only."""
    async with workers() as world:
        for number in range(3):
            await world.start({"n": number})
        answers = [await world.take() for _ in range(3)]
        assert [json.loads(answer["input"])["n"] for answer in answers] == [0, 1, 2]
        for answer in answers:
            await world.succeed(answer)
        assert [await world.end(execution) for execution in world.executions] == ["SUCCEEDED"] * 3


async def test_a_task_nobody_takes_times_out(workers):
    """The time counts from the schedule, and the task leaves the queue."""
    async with workers() as world:
        execution = await world.start(TimeoutSeconds=30)
        assert await world.end(execution) == "FAILED"
        assert execution.stopped - execution.started == 30
        assert await world.take() == {}
    assert types(execution)[2:] == ["ActivityScheduled", "ActivityTimedOut", "ExecutionFailed"]
    assert execution.history()[3]["activityTimedOutEventDetails"] == {"error": "States.Timeout"}


async def test_heartbeats_count_from_the_start_of_the_work(workers):
    """A task may wait in its queue as long as it likes."""
    async with workers() as world:
        execution = await world.start(HeartbeatSeconds=10)
        await world.clock.sleep(100)
        answer = await world.take()
        await world.clock.sleep(8)
        await world.client.ask("SendTaskHeartbeat", taskToken=answer["taskToken"])
        began = world.clock.now()
        assert await world.end(execution) == "FAILED"
        assert world.clock.now() == began + 10
    assert types(execution)[-2:] == ["ActivityTimedOut", "ExecutionFailed"]
    assert execution.history()[2]["activityScheduledEventDetails"]["heartbeatInSeconds"] == 10


async def test_a_worker_says_that_it_failed(workers):
    """ActivityFailed has error and cause, and a retry schedules anew."""
    async with workers() as world:
        execution = await world.start(Retry=[{"ErrorEquals": ["E"], "IntervalSeconds": 1, "MaxAttempts": 1}])
        for _ in range(2):
            answer = await world.take()
            await world.client.ask("SendTaskFailure", taskToken=answer["taskToken"], error="E", cause="why")
            await world.clock.sleep(2)
        assert await world.end(execution) == "FAILED"
    assert types(execution).count("ActivityScheduled") == 2
    failed = [each["activityFailedEventDetails"] for each in execution.history() if each["type"] == "ActivityFailed"]
    assert failed == [{"error": "E", "cause": "why"}] * 2


async def test_an_activity_that_is_gone_fails_the_state(workers):
    """Nothing is scheduled, and nothing catches it."""
    async with workers() as world:
        first = await world.start()
        await world.succeed(await world.take())
        await world.end(first)
        await world.client.ask("DeleteActivity", activityArn=world.activity)
        execution = await world.start()
        assert await world.end(execution) == "FAILED"
        with pytest.raises(ServiceError, match="Activity Does Not Exist"):
            await world.take()
    assert execution.error == "States.Runtime"
    assert execution.cause.endswith(f"The activity {world.activity} does not exist.")
    assert types(execution) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


async def test_a_stopped_execution_takes_its_task_back(workers):
    """A worker that polls afterwards gets nothing."""
    async with workers() as world:
        execution = await world.start()
        await world.client.ask("StopExecution", executionArn=execution.arn)
        assert await world.take() == {}
    assert types(execution)[-2:] == ["ActivityScheduled", "ExecutionAborted"]


async def test_a_name_that_is_too_long_is_refused(workers):
    """As the model of the API says."""
    async with workers() as world:
        execution = await world.start()
        with pytest.raises(ServiceError, match=r"Value 'x+' at 'workerName' failed to satisfy constraint"):
            await world.take(workerName="x" * 81)
        await world.succeed(await world.take())
        await world.end(execution)


async def test_polling_needs_the_permission(accounts, api):
    """The role of another machine may not take tasks it was not given."""
    async with api(accounts.world) as client:
        arn = (await client.ask("CreateActivity", name="work"))["activityArn"]
        client.account = accounts.target
        with pytest.raises(AccessDenied, match="states:GetActivityTask"):
            await client.ask("GetActivityTask", activityArn=arn)
