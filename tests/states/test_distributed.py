"""Distributed Map with items from the input: children, counts, tolerance, time, cuts, batches, and its API."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from turnstile.clock import DAWN
from turnstile.emulator import Emulator
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.running import run
from turnstile.source import unwritten
from turnstile.world.function import Function, FunctionError
from turnstile.world.settings import Settings
from turnstile.world.world import default_world

ROLE = "arn:aws:iam::123456789012:role/r"
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
ODD_FAIL = {
    "StartAt": "C",
    "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericLessThan": 0, "Next": "F"}], "Default": "S"},
        "F": {"Type": "Fail", "Error": "Negative", "Cause": "below zero"},
        "S": {"Type": "Succeed"},
    },
}
"""Fails for negative items."""
SLEEP = {"StartAt": "W", "States": {"W": {"Type": "Wait", "SecondsPath": "$", "End": True}}}


def processor(body=PASS, kind="STANDARD"):
    return {**body, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind}}


def mapped(body=PASS, kind="STANDARD", **fields):
    """A machine of one distributed Map, labelled L."""
    state = {"Type": "Map", "Label": "L", "ItemProcessor": processor(body, kind), "End": True, **fields}
    return {"StartAt": "M", "States": {"M": state}}


def told(execution):
    """Types and predecessors of all events."""
    return [f"{event.id} {event.previous} {event.type}" for event in execution.events]


class Stage:
    """A world whose machine `m` is to be run; `ask` makes calls as its root user."""

    def __init__(self, definition, **settings):
        self.world = default_world(settings=Settings(**settings))
        self.definition = definition
        self.emulator = Emulator(self.world)
        self.root = next(iter(self.world.accounts.values())).root

    async def ask(self, operation, **parameters):
        call = Call(self.root, "stepfunctions", operation, parameters, "us-east-1")
        return (await self.emulator.gate.call(call)).output

    async def start(self, document):
        text = json.dumps(self.definition)
        machine = await self.ask("CreateStateMachine", name="m", definition=text, roleArn=ROLE)
        started = await self.ask(
            "StartExecution", stateMachineArn=machine["stateMachineArn"], name="e", input=json.dumps(document)
        )
        return self.emulator.executions[started["executionArn"]]

    async def run(self, document):
        execution = await self.start(document)
        await execution.join(self.world.clock)
        return execution

    async def described(self, execution):
        runs = (await self.ask("ListMapRuns", executionArn=execution.arn))["mapRuns"]
        return await self.ask("DescribeMapRun", mapRunArn=runs[0]["mapRunArn"])

    async def children(self, execution):
        """The children of the newest Map Run, in the order of their items."""
        runs = (await self.ask("ListMapRuns", executionArn=execution.arn))["mapRuns"]
        listed = await self.ask("ListExecutions", mapRunArn=runs[0]["mapRunArn"])
        return listed["executions"][::-1]


def counts(shown):
    """The counts that are not zero."""
    return {name: number for name, number in shown.items() if number}


def test_the_history_of_the_parent_tells_only_of_the_map_run():
    """The state is left after MapRunStarted; children stand in histories of their own."""
    execution = run(mapped(), [1, 2])
    assert execution.output == [1, 2]
    assert told(execution) == [
        "1 0 ExecutionStarted",
        "2 0 MapStateEntered",
        "3 2 MapStateStarted",
        "4 3 MapRunStarted",
        "5 4 MapRunSucceeded",
        "6 5 MapStateSucceeded",
        "7 4 MapStateExited",
        "8 7 ExecutionSucceeded",
    ]


async def test_a_child_is_an_execution_with_its_own_arn_and_history():
    """Its machine is the machine with the label; it names the Map Run it belongs to."""
    stage = Stage(mapped())
    async with stage.emulator:
        execution = await stage.run([7])
        (child,) = await stage.children(execution)
        shown = await stage.ask("DescribeExecution", executionArn=child["executionArn"])
        history = await stage.ask("GetExecutionHistory", executionArn=child["executionArn"])
    prefix = "arn:aws:states:us-east-1:123456789012"
    assert child["executionArn"] == f"{prefix}:execution:m/L:{child['name']}"
    assert shown["stateMachineArn"] == f"{prefix}:stateMachine:m/L"
    assert shown["mapRunArn"].startswith(f"{prefix}:mapRun:m/L:")
    assert (shown["input"], shown["output"], shown["status"]) == ("7", "7", "SUCCEEDED")
    assert [event["type"] for event in history["events"]] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


async def test_a_map_without_a_label_has_one_that_stays_the_same():
    """Every run of the state is under the same made-up label."""
    definition = mapped()
    del definition["States"]["M"]["Label"]
    arns = set()
    for _ in range(2):
        stage = Stage(definition)
        async with stage.emulator:
            execution = await stage.run([1])
            arns.add((await stage.children(execution))[0]["stateMachineArn"])
    assert len(arns) == 1


def test_a_child_sees_its_own_context_and_no_outer_variables():
    """Execution and machine are the child's; a variable of the parent is not there, in the ItemSelector it is."""
    seen = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Parameters": {"id.$": "$$.Execution.Id", "in.$": "$$.Execution.Input"}, "End": True}
        },
    }
    state = {
        "Type": "Map",
        "Label": "L",
        "ItemSelector": {"v.$": "$v", "n.$": "$$.Map.Item.Value", "from.$": "$$.Map.Item.Source"},
        "ItemProcessor": processor(seen),
        "End": True,
    }
    start = {"Type": "Pass", "Assign": {"v": 5}, "Next": "M"}
    execution = run({"StartAt": "S", "States": {"S": start, "M": state}}, [1])
    (output,) = execution.output
    assert ":execution:StateMachine/L:" in output["id"]
    assert output["in"] == {"v": 5, "n": 1, "from": "STATE_DATA"}
    blind = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"v.$": "$v"}, "End": True}}}
    state["ItemProcessor"] = processor(blind)
    with pytest.raises(Rejected, match="outer scope cannot be referenced"):
        run({"StartAt": "S", "States": {"S": start, "M": state}}, [1])


def test_the_members_of_an_object_are_items():
    """The value is the child's input, the name stands in the context object."""
    selector = {"k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value"}
    assert run(mapped(), {"a": 1, "b": 2}).output == [1, 2]
    assert run(mapped(ItemSelector=selector), {"a": 1, "b": 2}).output == [{"k": "a", "v": 1}, {"k": "b", "v": 2}]


def test_a_world_can_refuse_objects_as_items():
    """As AWS did before September 2025."""
    world = default_world(settings=Settings(object_items=False))
    execution = run(mapped(), {"a": 1}, world=world)
    assert execution.error == "States.Runtime"
    assert 'Reference path "$" must point to array.' in execution.cause


@pytest.mark.parametrize(("value", "output"), [("[1, 2]", [1, 2]), ("{'a': 3}", [3])])
def test_items_in_jsonata_give_an_array_or_an_object(value, output):
    """A distributed Map takes both from its expression."""
    definition = {**mapped(Items=f"{{% {value} %}}"), "QueryLanguage": "JSONata"}
    assert run(definition, {}).output == output


@pytest.mark.parametrize(
    ("fields", "items", "output"),
    [
        ({}, [1, -1, 2], None),
        ({"ToleratedFailureCount": 1}, [1, -1, 2], [1, 2]),
        ({"ToleratedFailureCount": 1}, [-1, -1, 2], None),
        ({"ToleratedFailurePercentage": 50}, [-1, 1], [1]),
        ({"ToleratedFailurePercentage": 49.9}, [-1, 1], None),
        ({"ToleratedFailurePercentage": 100, "ToleratedFailureCount": 0}, [-1, 1], None),
        ({"ToleratedFailureCountPath": "$[0]"}, [1, -1], [1]),
        ({"ToleratedFailurePercentage": 100}, [-1, -1], []),
    ],
)
def test_failures_are_tolerated_as_far_as_it_says(fields, items, output):
    """What failed gives no result; one too many fails the state."""
    execution = run(mapped(ODD_FAIL, **fields), items)
    if output is not None:
        assert execution.output == output
        return
    assert execution.error == "States.ExceedToleratedFailureThreshold"
    assert execution.cause == "The specified tolerated failure threshold was exceeded"
    assert [event.type for event in execution.events][-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    assert told(execution)[4:] == ["5 4 MapRunFailed", "6 5 MapStateFailed", "7 6 ExecutionFailed"]


async def test_counts_tell_what_became_of_items_and_executions():
    """One batch failed, the ones beside it did not; what was not started is pending."""
    stage = Stage(mapped(SLEEP_OR_FAIL, ToleratedFailureCount=2, ItemBatcher={"MaxItemsPerBatch": 2}))
    async with stage.emulator:
        execution = await stage.run([0, 0, -1, -1, 5])
        shown = await stage.described(execution)
    assert shown["status"] == "SUCCEEDED"
    assert counts(shown["itemCounts"]) == {"total": 5, "succeeded": 3, "failed": 2, "resultsWritten": 3}
    assert counts(shown["executionCounts"]) == {"total": 3, "succeeded": 2, "failed": 1, "resultsWritten": 2}
    assert (shown["toleratedFailureCount"], shown["toleratedFailurePercentage"]) == (2, 0.0)


SLEEP_OR_FAIL = {
    "StartAt": "C",
    "States": {
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.Items[0]", "NumericLessThan": 0, "Next": "F"}],
            "Default": "W",
        },
        "F": {"Type": "Fail"},
        "W": {"Type": "Wait", "SecondsPath": "$.Items[0]", "End": True},
    },
}
"""Takes a batch: fails for a negative first item, else waits that long."""


async def test_too_many_failures_abort_the_children_that_run():
    """Those that run are aborted, those that wait for their turn stay pending."""
    body = {
        "StartAt": "C",
        "States": {
            "C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericLessThan": 0, "Next": "D"}], "Default": "W"},
            "D": {"Type": "Wait", "Seconds": 1, "Next": "F"},
            "F": {"Type": "Fail"},
            "W": {"Type": "Wait", "Seconds": 100, "End": True},
        },
    }
    stage = Stage(mapped(body, MaxConcurrency=3))
    async with stage.emulator:
        execution = await stage.run([1, -1, 1, 1, 1])
        shown = await stage.described(execution)
        statuses = [child["status"] for child in await stage.children(execution)]
    assert execution.stopped == DAWN + 1
    assert shown["status"] == "FAILED"
    assert counts(shown["executionCounts"]) == {"total": 5, "pending": 2, "aborted": 2, "failed": 1}
    assert statuses == ["ABORTED", "FAILED", "ABORTED"]


@pytest.mark.parametrize(("most", "seconds"), [(0, 10), (2, 20), (3, 20), (1, 40)])
def test_as_many_children_run_at_once_as_it_says(most, seconds):
    """Four children wait ten seconds each."""
    execution = run(mapped(SLEEP, MaxConcurrency=most), [10] * 4)
    assert execution.stopped - DAWN == seconds


def test_a_caught_map_run_goes_on_elsewhere():
    """States.ALL takes the error of the Map Run."""
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$", "Next": "Z"}]
    definition = mapped(ODD_FAIL, Catch=catch)
    definition["States"]["Z"] = {"Type": "Pass", "End": True}
    assert run(definition, [-1]).output["Error"] == "States.ExceedToleratedFailureThreshold"


async def test_a_retry_is_a_map_run_of_its_own():
    """All items are run again (documented)."""
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "IntervalSeconds": 1}]
    stage = Stage(mapped(ODD_FAIL, Retry=retry))
    async with stage.emulator:
        execution = await stage.run([1, -1])
        runs = (await stage.ask("ListMapRuns", executionArn=execution.arn))["mapRuns"]
    assert len(runs) == 3
    assert [event.type for event in execution.events].count("MapStateStarted") == 3


async def test_stopping_the_parent_aborts_its_children():
    """Nothing of the Map Run outlives the execution."""
    stage = Stage(mapped(SLEEP))
    async with stage.emulator:
        execution = await stage.start([50, 60])
        await stage.world.clock.sleep(5)
        await stage.ask("StopExecution", executionArn=execution.arn)
        shown = await stage.described(execution)
        (first, _) = await stage.children(execution)
        history = await stage.ask("GetExecutionHistory", executionArn=first["executionArn"])
    assert shown["status"] == "ABORTED"
    assert counts(shown["executionCounts"]) == {"total": 2, "aborted": 2}
    assert history["events"][-1]["type"] == "ExecutionAborted"
    assert execution.stopped == DAWN + 5


async def test_a_parent_out_of_time_aborts_its_children():
    """The timeout of the machine is not that of its children."""
    stage = Stage({**mapped(SLEEP), "TimeoutSeconds": 7})
    async with stage.emulator:
        execution = await stage.run([50])
        shown = await stage.described(execution)
    assert execution.status == "TIMED_OUT"
    assert shown["status"] == "ABORTED"


async def test_a_map_run_that_is_cut_by_a_failing_branch_is_aborted():
    """The history of the parent tells of it."""
    machine = mapped(SLEEP)
    failing = {
        "StartAt": "W",
        "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}},
    }
    machine["States"]["M"]["ItemProcessor"]["States"] = {"X": {"Type": "Wait", "Seconds": 99, "End": True}}
    machine["States"]["M"]["ItemProcessor"]["StartAt"] = "X"
    both = {"Type": "Parallel", "Branches": [machine, failing], "End": True}
    stage = Stage({"StartAt": "P", "States": {"P": both}})
    async with stage.emulator:
        execution = await stage.run([1])
        shown = await stage.described(execution)
    assert execution.error == "E"
    assert shown["status"] == "ABORTED"
    assert [event.type for event in execution.events][-5:] == [
        "FailStateEntered",
        "MapStateAborted",
        "MapRunAborted",
        "ParallelStateFailed",
        "ExecutionFailed",
    ]


async def test_an_express_child_has_five_minutes_and_no_history():
    """It times out like any Express execution, and the API has no operation on it."""
    stage = Stage(mapped(SLEEP, "EXPRESS", ToleratedFailureCount=1))
    async with stage.emulator:
        execution = await stage.run([301, 3])
        shown = await stage.described(execution)
        late, _ = await stage.children(execution)
        with pytest.raises(ServiceError, match="Resource type not valid in this context: express"):
            await stage.ask("DescribeExecution", executionArn=late["executionArn"])
    assert execution.output == [3]
    assert counts(shown["executionCounts"]) == {"total": 2, "succeeded": 1, "timedOut": 1, "resultsWritten": 1}
    assert late["executionArn"].startswith("arn:aws:states:us-east-1:123456789012:express:m/L:")
    assert execution.stopped - DAWN == 300


async def test_a_child_has_a_quota_of_events_of_its_own():
    """A looping child fails, and starves neither the clock nor the others."""
    loop = {
        "StartAt": "C",
        "States": {
            "C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericLessThan": 0, "Next": "L"}], "Default": "S"},
            "L": {"Type": "Pass", "Next": "C"},
            "S": {"Type": "Succeed"},
        },
    }
    stage = Stage(mapped(loop, ToleratedFailureCount=1), event_quota=200)
    async with stage.emulator:
        execution = await stage.run([-1, 1])
        first, _ = await stage.children(execution)
        shown = await stage.ask("DescribeExecution", executionArn=first["executionArn"])
    assert execution.output == [1]
    assert (shown["status"], shown["error"]) == ("FAILED", "States.Runtime")
    assert "maximum number of history events (200)" in shown["cause"]


async def test_a_world_keeps_as_many_histories_of_children_as_it_says():
    """What a child came to is always kept."""
    stage = Stage(mapped(), child_histories=1)
    async with stage.emulator:
        execution = await stage.run([1, 2])
        first, second = await stage.children(execution)
        kept = await stage.ask("GetExecutionHistory", executionArn=first["executionArn"])
        shown = await stage.ask("DescribeExecution", executionArn=second["executionArn"])
        with pytest.raises(Unsupported, match="child_histories"):
            await stage.ask("GetExecutionHistory", executionArn=second["executionArn"])
    assert len(kept["events"]) == 4
    assert shown["output"] == "2"


async def test_a_redriven_map_run_runs_only_what_did_not_succeed():
    """The Map Run and its children keep their ARNs; those that were never started are started."""
    stage = Stage(CAREFUL)
    answers = iter([False, True, True, True])

    def answer(event):
        if event == 2 and not next(answers):
            raise FunctionError({"errorType": "E", "errorMessage": "no"})
        return event

    declare(stage.world, answer)
    async with stage.emulator:
        execution = await stage.run([1, 2, 3])
        before = await stage.children(execution)
        assert [child["status"] for child in before] == ["SUCCEEDED", "FAILED"]
        await stage.ask("RedriveExecution", executionArn=execution.arn)
        await execution.join(stage.world.clock)
        after = await stage.children(execution)
        shown = await stage.described(execution)
    assert execution.output == [1, 2, 3]
    assert [child["executionArn"] for child in after][:2] == [child["executionArn"] for child in before]
    assert [child["redriveCount"] for child in after] == [0, 1, 0]
    assert (shown["status"], shown["redriveCount"]) == ("SUCCEEDED", 1)
    assert counts(shown["executionCounts"]) == {"total": 3, "succeeded": 3, "resultsWritten": 3}
    assert told(execution)[6:] == [
        "7 6 ExecutionFailed",
        "8 7 ExecutionRedriven",
        "9 8 MapRunRedriven",
        "10 9 MapRunSucceeded",
        "11 10 MapStateSucceeded",
        "12 9 MapStateExited",
        "13 12 ExecutionSucceeded",
    ]


CAREFUL = mapped(
    {
        "StartAt": "T",
        "States": {
            "T": {
                "Type": "Task",
                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "End": True,
            }
        },
    },
    MaxConcurrency=1,
)


def declare(world, answer):
    """A function named f."""
    (account,) = world.accounts.values()
    arn = account.arn("lambda", "function:f")
    account.functions[arn] = Function(arn, "f", account.id, account.region, answer, unwritten("<f>"))


async def test_a_child_is_redriven_by_its_map_run_only():
    """DescribeExecution says so, and RedriveExecution refuses it."""
    stage = Stage(mapped(ODD_FAIL))
    async with stage.emulator:
        execution = await stage.run([-1])
        (child,) = await stage.children(execution)
        shown = await stage.ask("DescribeExecution", executionArn=child["executionArn"])
        with pytest.raises(ServiceError) as caught:
            await stage.ask("RedriveExecution", executionArn=child["executionArn"])
    assert shown["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    assert caught.value.code == "ExecutionNotRedrivable"


async def test_updating_a_map_run_changes_its_limits():
    """More children run at once from then on; one that has ended cannot be updated."""
    stage = Stage(mapped(SLEEP, MaxConcurrency=1))
    async with stage.emulator:
        execution = await stage.start([10] * 5)
        await stage.world.clock.sleep(5)
        arn = (await stage.described(execution))["mapRunArn"]
        await stage.ask("UpdateMapRun", mapRunArn=arn, maxConcurrency=4, toleratedFailurePercentage=20.0)
        shown = await stage.described(execution)
        await execution.join(stage.world.clock)
        with pytest.raises(ServiceError, match="cannot be updated"):
            await stage.ask("UpdateMapRun", mapRunArn=arn, maxConcurrency=2)
    assert (shown["maxConcurrency"], shown["toleratedFailurePercentage"]) == (4, 20.0)
    assert counts(shown["executionCounts"]) == {"total": 5, "running": 4, "pending": 1}
    assert execution.stopped - DAWN == 20


async def test_a_child_can_be_stopped_alone():
    """The next one takes its place."""
    stage = Stage(mapped(SLEEP, MaxConcurrency=1))
    async with stage.emulator:
        execution = await stage.start([50, 10])
        await stage.world.clock.sleep(5)
        (child,) = await stage.children(execution)
        await stage.ask("StopExecution", executionArn=child["executionArn"], error="Enough")
        await execution.join(stage.world.clock)
        shown = await stage.described(execution)
    assert execution.output == [10]
    assert execution.stopped - DAWN == 15
    assert counts(shown["executionCounts"]) == {"total": 2, "succeeded": 1, "aborted": 1, "resultsWritten": 1}


@pytest.mark.parametrize(
    ("batcher", "items", "batches"),
    [
        ({"MaxItemsPerBatch": 2}, [1, 2, 3], [[1, 2], [3]]),
        ({"MaxInputBytesPerBatch": len('{"Items":[1,2]}')}, [1, 2, 3, 4, 5], [[1, 2], [3, 4], [5]]),
        ({"MaxInputBytesPerBatch": 20, "MaxItemsPerBatch": 1}, [1, 2], [[1], [2]]),
        ({"MaxInputBytesPerBatch": 15}, ["a long item", 1, 2], [["a long item"], [1, 2]]),
        ({"MaxItemsPerBatch": 5}, [], []),
    ],
)
def test_batches_keep_both_limits(batcher, items, batches):
    """Each child gets its items under `Items`."""
    execution = run(mapped(ItemBatcher=batcher), items)
    assert execution.output == [{"Items": batch} for batch in batches]


def test_batch_input_comes_with_every_batch():
    """It is computed once from the input of the state; items are selected before."""
    fields = {
        "ItemsPath": "$.items",
        "ItemSelector": {"n.$": "$$.Map.Item.Value"},
        "ItemBatcher": {"MaxItemsPerBatchPath": "$.most", "BatchInput": {"k.$": "$.k"}},
    }
    execution = run(mapped(**fields), {"items": [1, 2], "k": "v", "most": 2})
    assert execution.output == [{"BatchInput": {"k": "v"}, "Items": [{"n": 1}, {"n": 2}]}]


@pytest.mark.parametrize("most", [0, 1.5, "x"])
def test_a_limit_of_batches_must_be_a_positive_number(most):
    """The state fails before a Map Run starts."""
    execution = run(mapped(ItemsPath="$.i", ItemBatcher={"MaxItemsPerBatchPath": "$.most"}), {"i": [1], "most": most})
    assert execution.error == "States.Runtime"
    assert [event.type for event in execution.events][-2:] == ["MapStateStarted", "ExecutionFailed"]


@pytest.mark.parametrize(
    ("config", "output"),
    [
        ({"Transformation": "COMPACT"}, [[1, 2], [3]]),
        ({"Transformation": "FLATTEN", "OutputType": "JSON"}, [1, 2, 3]),
        ({"OutputType": "JSONL"}, "[1,2]\n[3]"),
    ],
)
def test_results_that_stay_are_shaped_by_the_writer(config, output):
    """A ResultWriter without S3 only says how the output looks."""
    assert run(mapped(ResultWriter={"WriterConfig": config}), [[1, 2], [3]]).output == output


def test_untransformed_results_tell_all_about_the_children():
    """Input and output are JSON text there."""
    (record,) = run(mapped(ResultWriter={"WriterConfig": {"Transformation": "NONE"}}), [{"a": 1}]).output
    assert (record["Input"], record["Output"], record["Status"]) == ('{"a":1}', '{"a":1}', "SUCCEEDED")
    assert record["ExecutionArn"].endswith(record["Name"])
    assert (record["StartDate"], record["RedriveStatus"]) == ("2026-01-01T00:00:00.000Z", "NOT_REDRIVABLE")


def test_maps_inside_children_are_run_too():
    """A child's own Map Run belongs to the same machine."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Map", "ItemProcessor": processor(), "End": True}}}
    assert run(mapped(inner), [[1, 2], [], [3]]).output == [[1, 2], [], [3]]


def test_the_same_seed_gives_the_same_map_run():
    """ARNs, outputs and histories follow the seed."""
    body = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "End": True}}}
    first, second, other = (run(mapped(body), [0] * 20, name="e", seed=seed) for seed in (1, 1, 2))
    assert first.history() == second.history()
    assert first.output != other.output


def test_an_output_over_the_limit_fails_the_state():
    """Results that do not fit into a document need a ResultWriter."""
    assert run(mapped(), ["x" * 100_000] * 2).output
    execution = run(
        mapped({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "x" * 100_000, "End": True}}}), [1, 2, 3]
    )
    assert execution.error == "States.DataLimitExceeded"


def test_items_in_the_input_need_no_aws_libraries():
    """Neither moto nor botocore is imported."""
    code = (
        "import sys; from turnstile.running import run\n"
        f"execution = run({mapped()!r}, [1])\n"
        "assert execution.output == [1]\n"
        "print([name for name in ('moto', 'botocore', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_what_is_no_map_run_is_refused():
    """Malformed ARNs and unknown ones are told apart."""
    stage = Stage(mapped())
    async with stage.emulator:
        for arn, code in (
            ("arn:aws:states:us-east-1:123456789012:mapRun:m/L:x", "ResourceNotFound"),
            ("arn:aws:states:us-east-1:123456789012:execution:m:e", "InvalidArn"),
        ):
            with pytest.raises(ServiceError) as caught:
                await stage.ask("DescribeMapRun", mapRunArn=arn)
            assert caught.value.code == code
