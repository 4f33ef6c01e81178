"""Parallel and inline Map that fail, are tried again, caught, stopped or run out of time; nothing outlives them."""

from __future__ import annotations

import asyncio
import json

import pytest

from turnstile.clock import DAWN, VirtualClock, WallClock
from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.running import run
from turnstile.world.settings import Settings
from turnstile.world.world import default_world

ROLE = "arn:aws:iam::123456789012:role/r"


def fail(error="Boom", name="F"):
    """A branch that fails at once."""
    return {"StartAt": name, "States": {name: {"Type": "Fail", "Error": error, "Cause": "because"}}}


def wait(seconds, name="W"):
    """A branch that waits."""
    return {"StartAt": name, "States": {name: {"Type": "Wait", "Seconds": seconds, "End": True}}}


def late(seconds, error="Boom", name="F"):
    """A branch that waits, then fails."""
    pause = f"Before{name}"
    states = {
        pause: {"Type": "Wait", "Seconds": seconds, "Next": name},
        name: {"Type": "Fail", "Error": error, "Cause": "because"},
    }
    return {"StartAt": pause, "States": states}


def alone(body, name="S", **more):
    """A machine of one state and a second one to go to."""
    return {"StartAt": name, "States": {name: {"Next": "Z", **body}, "Z": {"Type": "Pass", "End": True}}, **more}


def parallel(*branches, **fields):
    """A Parallel state."""
    return {"Type": "Parallel", "Branches": list(branches), **fields}


def inside(body, name="I"):
    """A branch of one state."""
    return {"StartAt": name, "States": {name: {"End": True, **body}}}


BY_KIND = {
    "StartAt": "Route",
    "States": {
        "Route": {
            "Type": "Choice",
            "Choices": [{"Variable": "$", "NumericLessThan": 0, "Next": "Pause"}],
            "Default": "Long",
        },
        "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Boom"},
        "Boom": {"Type": "Fail", "Error": "Boom", "Cause": "because"},
        "Long": {"Type": "Wait", "SecondsPath": "$", "End": True},
    },
}
"""A processor whose negative items fail after a second, and whose others wait as many seconds as they say."""


def tail(execution, count):
    """Types and predecessors of the last events."""
    return [f"{event.previous} {event.type}" for event in list(execution.events)[-count:]]


def kinds(execution):
    """The types of all events."""
    return [event.type for event in execution.events]


def test_a_failing_branch_cuts_the_others():
    """The states they were in are aborted after the failing event, and time does not wait for them."""
    execution = run(alone(parallel(wait(60, "A"), late(1), wait(60, "B"))), {})
    assert (execution.error, execution.cause, execution.stopped - DAWN) == ("Boom", "because", 1)
    (cause,) = (event.id for event in execution.events if event.type == "FailStateEntered")
    failed = len(execution.events) - 1
    assert tail(execution, 4) == [
        f"{cause} WaitStateAborted",
        f"{cause} WaitStateAborted",
        f"{cause} ParallelStateFailed",
        f"{failed} ExecutionFailed",
    ]


def test_a_failing_iteration_cuts_the_others():
    """Each cut iteration is told of with the state it was in, before the one that failed."""
    execution = run(alone({"Type": "Map", "ItemProcessor": BY_KIND}), [20, -1, 0, 30])
    (cause,) = (event.id for event in execution.events if event.type == "FailStateEntered")
    failed = len(execution.events) - 1
    assert tail(execution, 7) == [
        f"{cause} MapIterationAborted",
        f"{cause} WaitStateAborted",
        f"{cause} MapIterationAborted",
        f"{cause} WaitStateAborted",
        f"{cause} MapIterationFailed",
        f"{cause} MapStateFailed",
        f"{failed} ExecutionFailed",
    ]
    indexes = [event.details["index"] for event in execution.events if event.type == "MapIterationAborted"]
    assert indexes == [0, 3]


def test_what_runs_deeper_inside_is_cut_as_well():
    """A Map inside a cut branch is aborted with its iterations."""
    deep = inside({"Type": "Map", "ItemProcessor": wait(60)})
    execution = run(alone(parallel(deep, late(1))), [1, 2])
    assert [each.split()[1] for each in tail(execution, 7)] == [
        "MapStateAborted",
        "MapIterationAborted",
        "WaitStateAborted",
        "MapIterationAborted",
        "WaitStateAborted",
        "ParallelStateFailed",
        "ExecutionFailed",
    ]
    assert execution.stopped - DAWN == 1


def test_a_branch_that_ended_before_is_not_cut():
    """Only what still ran is aborted."""
    execution = run(alone(parallel(wait(1, "A"), late(2))), {})
    assert [kind for kind in kinds(execution) if "Aborted" in kind] == []


def missing():
    """A branch whose function does not exist."""
    resource, parameters = "arn:aws:states:::lambda:invoke", {"FunctionName": "missing", "Payload.$": "$"}
    return inside({"Type": "Task", "Resource": resource, "Parameters": parameters}, "T")


def test_a_task_that_ends_its_branch_is_aborted():
    """Recorded: TaskStateAborted beside the failure, which ParallelStateFailed follows as well."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Z", "ResultPath": None}]
    execution = run(alone(parallel(missing(), Catch=catch)), {})
    assert tail(execution, 7)[:4] == [
        "6 TaskFailed",
        "7 TaskStateAborted",
        "7 ParallelStateFailed",
        "9 ParallelStateExited",
    ]


def test_a_task_that_ends_its_iteration_is_aborted_before_the_iteration_failed():
    """All of it follows the event of the failure."""
    execution = run(alone({"Type": "Map", "ItemProcessor": missing(), "MaxConcurrency": 1}), [1, 2])
    assert tail(execution, 5) == [
        "7 TaskFailed",
        "8 TaskStateAborted",
        "8 MapIterationFailed",
        "8 MapStateFailed",
        "11 ExecutionFailed",
    ]


def test_a_real_clock_is_not_waited_for_after_a_failure():
    """On the wall clock a cut branch ends at once as well."""
    execution = run(alone(parallel(wait(3600), late(0))), {}, clock=WallClock())
    assert execution.error == "Boom"
    assert "WaitStateAborted" in kinds(execution)


def test_a_runtime_error_fails_the_execution_without_a_word_about_the_others():
    """`States.Runtime` inside leaves neither failed nor aborted events, and cannot be caught by States.ALL."""
    broken = inside({"Type": "Pass", "Parameters": {"a.$": "$.nope"}})
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]
    execution = run(alone(parallel(wait(60), broken, Catch=catch)), {})
    assert execution.error == "States.Runtime"
    assert "the state 'I' (entered at the event id #5)" in execution.cause
    assert tail(execution, 2) == ["3 PassStateEntered", "5 ExecutionFailed"]


def test_a_caught_failure_goes_where_the_catcher_says():
    """The error output takes its place in the input of the whole state."""
    catch = [{"ErrorEquals": ["Boom"], "Next": "Z", "ResultPath": "$.e"}]
    execution = run(alone(parallel(fail(), Catch=catch)), {"n": 1})
    assert execution.output == {"n": 1, "e": {"Error": "Boom", "Cause": "because"}}
    assert kinds(execution)[3:7] == [
        "FailStateEntered",
        "ParallelStateFailed",
        "ParallelStateExited",
        "PassStateEntered",
    ]


def test_a_failure_inside_is_caught_by_the_innermost_catcher():
    """The outer state does not hear of it."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "C"}]
    branch = inside({**parallel(fail()), "Catch": catch})
    branch["States"]["C"] = {"Type": "Pass", "Result": "caught", "End": True}
    execution = run(alone(parallel(branch, wait(1))), {})
    assert execution.output == ["caught", {}]
    assert kinds(execution).count("ParallelStateFailed") == 1


def test_a_map_is_tried_again_as_a_whole():
    """Every attempt starts all iterations anew, with the wait of the retrier between them."""
    retry = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 10, "MaxAttempts": 2, "BackoffRate": 2.0}]
    execution = run(alone({"Type": "Map", "ItemProcessor": BY_KIND, "Retry": retry}), [0, -1])
    assert kinds(execution).count("MapStateStarted") == 3
    assert kinds(execution).count("MapIterationStarted") == 6
    assert kinds(execution).count("MapStateFailed") == 1
    assert execution.stopped - DAWN == 3 * 1 + 10 + 20


def test_a_retry_is_counted_in_the_context_object():
    """Inside, `$$.State` is that of the inner state; the ItemSelector sees the Map's own count."""
    retry = [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}]
    selector = {"count.$": "$$.State.RetryCount"}
    body = {"Type": "Map", "ItemProcessor": fail(), "ItemSelector": selector, "Retry": retry}
    execution = run(alone(body), [0])
    inputs = [event.details["input"] for event in execution.events if event.type == "FailStateEntered"]
    assert inputs == [{"count": 0}, {"count": 1}]


def test_a_machine_out_of_time_ends_all_branches():
    """No aborted events are recorded, and no branch goes on."""
    execution = run(alone(parallel(wait(60, "A"), inside(parallel(wait(90, "B")))), TimeoutSeconds=5), {})
    assert (execution.status.value, execution.stopped - DAWN) == ("TIMED_OUT", 5)
    assert [kind for kind in kinds(execution) if "Aborted" in kind or "Exited" in kind] == []
    assert kinds(execution)[-1] == "ExecutionTimedOut"


class Overseen(VirtualClock):
    """A virtual clock that says how many workers there are."""

    @property
    def workers(self):
        return len(self._workers)


@pytest.mark.parametrize(
    "definition",
    [
        alone(parallel(wait(60, "A"), late(1), inside(parallel(wait(60, "B"), wait(70, "C"))))),
        alone({"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": BY_KIND}),
        alone(parallel(wait(60, "A"), inside(parallel(wait(90, "B")))), TimeoutSeconds=5),
        alone(parallel(wait(1, "A"), wait(2, "B"))),
    ],
)
async def test_no_worker_outlives_its_execution(definition):
    """When an execution has ended, nothing of it is left on the clock or in the loop."""
    clock = Overseen()
    tasks = asyncio.all_tasks()
    async with Emulator(default_world(clock=clock)) as emulator:
        root = next(iter(emulator.world.accounts.values())).root
        machine = await emulator.create_state_machine(
            root, name="m", definition=json.dumps(definition), role_arn=ROLE, region="us-east-1"
        )
        execution = await emulator.execute(root, machine, {"items": [30, -1, 40]})
        assert execution.status.value != "RUNNING"
        assert clock.workers == 1
        assert asyncio.all_tasks() == tasks


async def test_stopping_an_execution_ends_all_branches_at_once():
    """The last event is ExecutionAborted, whatever still ran."""
    definition = alone(parallel(wait(60, "A"), inside({"Type": "Map", "ItemProcessor": wait(50)})))
    clock = Overseen()
    async with Emulator(default_world(clock=clock)) as emulator:
        root = next(iter(emulator.world.accounts.values())).root
        machine = await emulator.create_state_machine(
            root, name="m", definition=json.dumps(definition), role_arn=ROLE, region="us-east-1"
        )

        async def ask(operation, **parameters):
            return (await emulator.gate.call(Call(root, "stepfunctions", operation, parameters, "us-east-1"))).output

        arn = (await ask("StartExecution", stateMachineArn=machine, input="[1,2,3]"))["executionArn"]
        await clock.sleep(7)
        await ask("StopExecution", executionArn=arn)
        execution = emulator.executions[arn]
        assert clock.workers == 1
        count = len(execution.events)
        await clock.sleep(100)
    assert kinds(execution)[-1] == "ExecutionAborted"
    assert len(execution.events) == count
    assert kinds(execution).count("WaitStateEntered") == 4


@pytest.mark.parametrize("quota", [25, 26, 27, 100])
def test_too_many_events_end_the_execution(quota):
    """The last event the quota allows is ExecutionFailed, also from inside iterations that wait."""
    world = default_world(settings=Settings(event_quota=quota))
    body = {"Type": "Map", "ItemProcessor": wait(1), "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]}
    execution = run(alone(body), [0] * 100, world=world)
    assert (len(execution.events), kinds(execution)[-1]) == (quota, "ExecutionFailed")
    assert execution.error == "States.Runtime"
    assert execution.cause == f"The execution reached the maximum number of history events ({quota})."


def test_a_machine_that_loops_for_ever_ends_at_the_quota():
    """The standard quota holds without any setting."""
    rule = {"Variable": "$$.never", "IsPresent": True, "Next": "E"}
    states = {
        "L": {"Type": "Pass", "Next": "M"},
        "M": {"Type": "Choice", "Choices": [rule], "Default": "L"},
        "E": {"Type": "Succeed"},
    }
    loop = {"StartAt": "L", "States": states}
    execution = run(loop, {})
    assert (len(execution.events), execution.error) == (25_000, "States.Runtime")
