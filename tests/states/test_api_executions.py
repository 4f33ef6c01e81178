"""Executions by the API: aliases that draw versions, pages, deleting, stopping, redriving, Express."""

from __future__ import annotations

from collections import Counter

import pytest

from turnstile.gate.errors import ServiceError
from turnstile.source import unwritten
from turnstile.world.function import Function, FunctionError
from turnstile.world.world import default_world

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
FAIL = {"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "E"}}}


def function(account, answer):
    """Declare a function that answers in this process; its ARN."""
    arn = account.arn("lambda", "function:f")
    account.functions[arn] = Function(arn, "f", account.id, account.region, answer, unwritten("<f>"))
    return arn


def fragile(events):
    """A function that fails for an event with `fail` the first time, and keeps what it saw in `events`."""

    def answer(event):
        events.append(event)
        if event.get("fail") and events.count(event) == 1:
            raise FunctionError({"errorMessage": "no", "errorType": "Broken"})
        return event["n"]

    return answer


async def aliased(client, weights):
    """A machine with two versions and an alias that draws them by these weights."""
    machine = await client.create(PASS, publish=True)
    await client.ask(
        "UpdateStateMachine", stateMachineArn=machine, tracingConfiguration={"enabled": True}, publish=True
    )
    routes = [
        {"stateMachineVersionArn": f"{machine}:{number}", "weight": weight} for number, weight in enumerate(weights, 1)
    ]
    answer = await client.ask("CreateStateMachineAlias", name="live", routingConfiguration=routes)
    return answer["stateMachineAliasArn"]


async def drawn(client, alias, times):
    """How often each version ran."""
    arns = [await client.start(alias) for _ in range(times)]
    shown = [await client.ask("DescribeExecution", executionArn=arn) for arn in arns]
    assert {each["stateMachineAliasArn"] for each in shown} == {alias}
    return Counter(each["stateMachineVersionArn"][-1] for each in shown)


async def test_an_alias_draws_versions_by_weight_and_seed(api):
    """One seed draws alike, and about as often as the weights say."""
    counts = []
    for _ in range(2):
        async with api() as client:
            counts.append(await drawn(client, await aliased(client, [80, 20]), 200))
    assert counts[0] == counts[1]
    assert 20 <= counts[0]["2"] <= 60


async def test_an_alias_with_one_whole_weight_never_draws_the_other(api):
    """A weight of zero is no share at all."""
    async with api() as client:
        assert await drawn(client, await aliased(client, [0, 100]), 20) == {"2": 20}


async def test_a_running_execution_keeps_the_revision_it_was_started_with(api):
    """An update changes what starts later, and DescribeStateMachineForExecution tells which revision runs."""
    async with api() as client:
        machine = await client.create(WAIT)
        arn = await client.start(machine, input="1")
        changed = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": 2, "End": True}}}
        await client.ask(
            "UpdateStateMachine",
            stateMachineArn=machine,
            definition=str(changed).replace("'", '"').replace("True", "true"),
        )
        shown = await client.ask("DescribeStateMachineForExecution", executionArn=arn)
        before = await client.join(arn)
        after = await client.join(await client.start(machine, input="1"))
    assert ("Wait" in shown["definition"], before.output, after.output) == (True, 1, 2)


async def test_a_deleted_machine_waits_for_its_executions(api):
    """It starts no more, cannot be made again, and is gone when the last one has ended."""
    async with api() as client:
        machine = await client.create(WAIT)
        arn = await client.start(machine)
        await client.ask("DeleteStateMachine", stateMachineArn=machine)
        shown = await client.ask("DescribeStateMachine", stateMachineArn=machine)
        with pytest.raises(ServiceError, match="StateMachineDeleting"):
            await client.start(machine)
        with pytest.raises(ServiceError, match="StateMachineDeleting"):
            await client.create(WAIT)
        ended = await client.join(arn)
        with pytest.raises(ServiceError, match="StateMachineDoesNotExist"):
            await client.ask("DescribeStateMachine", stateMachineArn=machine)
    assert (shown["status"], ended.status) == ("DELETING", "SUCCEEDED")


async def test_a_history_comes_in_pages(api):
    """Each page begins where the last ended, in either direction, and a token serves no other list."""
    async with api() as client:
        arn = await client.start(await client.create(PASS))
        await client.join(arn)
        seen, token = [], {}
        for _ in range(2):
            page = await client.ask("GetExecutionHistory", executionArn=arn, reverseOrder=True, maxResults=3, **token)
            seen += [event["id"] for event in page["events"]]
            token = {"nextToken": page.get("nextToken")}
        first = await client.ask("GetExecutionHistory", executionArn=arn, maxResults=1)
        with pytest.raises(ServiceError, match="InvalidToken"):
            await client.ask("GetExecutionHistory", executionArn=arn, reverseOrder=True, nextToken=first["nextToken"])
    assert (seen, token) == ([4, 3, 2, 1], {"nextToken": None})


async def test_a_history_without_data_has_no_inputs_and_outputs(api):
    """includeExecutionData False leaves names and errors."""
    async with api() as client:
        arn = await client.start(await client.create(PASS))
        await client.join(arn)
        page = await client.ask("GetExecutionHistory", executionArn=arn, includeExecutionData=False)
    details = [value for event in page["events"] for value in event.values() if isinstance(value, dict)]
    assert {name for each in details for name in each} == {"roleArn", "name"}


async def test_a_redrive_goes_on_in_the_task_that_failed(api):
    """The state is not entered again, its retries begin anew, and the context object counts."""
    events = []
    world = default_world()
    arn = function(next(iter(world.accounts.values())), fragile(events))
    task = {"Type": "Task", "Resource": arn, "Parameters": {"n": 1, "fail": True}, "ResultPath": "$.n", "Next": "B"}
    shown = {"Type": "Pass", "Parameters": {"n.$": "$.n", "count.$": "$$.Execution.RedriveCount"}, "End": True}
    async with api(world) as client:
        execution = await client.join(
            await client.start(await client.create({"StartAt": "A", "States": {"A": task, "B": shown}}))
        )
        failed = execution.status.value
        answer = await client.ask("RedriveExecution", executionArn=execution.arn)
        await client.join(execution.arn)
        described = await client.ask("DescribeExecution", executionArn=execution.arn)
        listed = await client.ask("ListExecutions", stateMachineArn=execution.machine.arn, redriveFilter="REDRIVEN")
    kinds = [(event.id, event.previous, event.type) for event in execution.events]
    assert (failed, execution.output) == ("FAILED", {"n": 1, "count": 1})
    assert kinds[5:9] == [
        (6, 5, "ExecutionFailed"),
        (7, 6, "ExecutionRedriven"),
        (8, 7, "LambdaFunctionScheduled"),
        (9, 8, "LambdaFunctionStarted"),
    ]
    assert (described["redriveCount"], described["redriveDate"]) == (1, answer["redriveDate"])
    assert [each["redriveCount"] for each in listed["executions"]] == [1]


async def test_a_fail_state_is_entered_again_and_fails_again(api):
    """As documented; each redrive counts."""
    async with api() as client:
        execution = await client.join(await client.start(await client.create(FAIL)))
        for _ in range(2):
            await client.ask("RedriveExecution", executionArn=execution.arn)
            await client.join(execution.arn)
    kinds = [event.type for event in execution.events]
    assert (
        kinds[1:]
        == ["FailStateEntered", "ExecutionFailed"] + ["ExecutionRedriven", "FailStateEntered", "ExecutionFailed"] * 2
    )
    assert [event.details["redriveCount"] for event in execution.events if event.type == "ExecutionRedriven"] == [1, 2]


PARALLEL = "Parallel"


@pytest.mark.parametrize("kind", [PARALLEL, "Map"])
async def test_a_redrive_runs_only_the_branches_that_did_not_succeed(api, kind):
    """What succeeded is kept with its output, and the order of outputs is that of the branches."""
    events = []
    world = default_world()
    arn = function(next(iter(world.accounts.values())), fragile(events))
    items = [{"n": 1, "fail": False}, {"n": 2, "fail": True}, {"n": 3, "fail": False}]
    state = {"Type": "Task", "Resource": arn, "End": True}
    if kind == PARALLEL:
        branches = [
            {"StartAt": f"T{n}", "States": {f"T{n}": {**state, "Parameters": item}}} for n, item in enumerate(items)
        ]
        outer = {"Type": "Parallel", "Branches": branches, "End": True}
    else:
        processor = {"StartAt": "T", "States": {"T": state}}
        outer = {"Type": "Map", "MaxConcurrency": 1, "ItemsPath": "$.items", "ItemProcessor": processor, "End": True}
    async with api(world) as client:
        machine = await client.create({"StartAt": "P", "States": {"P": outer}})
        started = await client.start(machine, input='{"items": [{"n": 1}, {"n": 2, "fail": true}, {"n": 3}]}')
        failed = (await client.join(started)).status.value
        await client.ask("RedriveExecution", executionArn=started)
        execution = await client.join(started)
    assert (failed, execution.status, execution.output) == ("FAILED", "SUCCEEDED", [1, 2, 3])
    assert Counter(event["n"] for event in events) == {1: 1, 2: 2, 3: 1}
    assert sum(event.type == f"{kind}StateStarted" for event in execution.events) == 1


async def test_a_caught_branch_is_no_matter_of_a_later_redrive(api):
    """A Parallel that failed and was caught stays behind; the next one begins with all its branches."""
    events = []
    world = default_world()
    arn = function(next(iter(world.accounts.values())), fragile(events))

    def parallel(number, **more):
        task = {"Type": "Task", "Resource": arn, "Parameters": {"n": number, "fail": True}, "End": True}
        return {"Type": "Parallel", "Branches": [{"StartAt": f"T{number}", "States": {f"T{number}": task}}], **more}

    states = {
        "A": parallel(1, Next="C", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]),
        "B": {"Type": "Pass", "InputPath": "$.absent", "Next": "C"},
        "C": parallel(2, End=True),
    }
    async with api(world) as client:
        started = await client.start(await client.create({"StartAt": "A", "States": states}))
        assert (await client.join(started)).error == "States.Runtime"
        await client.ask("RedriveExecution", executionArn=started)
        assert (await client.join(started)).error == "States.Runtime"
    assert [event["n"] for event in events] == [1]


async def test_a_stopped_wait_waits_anew(api):
    """An aborted execution goes on in the state it was in, and its error is gone."""
    async with api() as client:
        execution = client.emulator.executions[await client.start(await client.create(WAIT))]
        await client.clock.sleep(10)
        await client.ask("StopExecution", executionArn=execution.arn, error="E", cause="c")
        stopped = (execution.status.value, execution.error, execution.cause)
        await client.ask("RedriveExecution", executionArn=execution.arn)
        await client.join(execution.arn)
    assert stopped == ("ABORTED", "E", "c")
    assert (execution.status, execution.error, execution.stopped - execution.started) == ("SUCCEEDED", None, 70)


async def test_the_time_of_a_machine_starts_anew_with_a_redrive(api):
    """TimeoutSeconds counts from the redrive on."""
    async with api() as client:
        execution = await client.join(await client.start(await client.create({**WAIT, "TimeoutSeconds": 5})))
        await client.ask("RedriveExecution", executionArn=execution.arn)
        await client.join(execution.arn)
    assert (execution.status, execution.stopped - execution.started) == ("TIMED_OUT", 10)


@pytest.mark.parametrize(
    ("definition", "later", "reason"),
    [
        (PASS, 0, "Execution is SUCCEEDED and cannot be redriven"),
        (FAIL, 14 * 86400 + 1, "Execution redrivable period exceeded"),
        (FAIL, 366 * 86400, "Execution has exceeded the max execution time"),
    ],
)
async def test_some_executions_cannot_be_redriven(api, definition, later, reason):
    """The reason stands in DescribeExecution and in the refusal."""
    async with api() as client:
        arn = await client.start(await client.create(definition))
        await client.join(arn)
        await client.clock.sleep(later)
        shown = await client.ask("DescribeExecution", executionArn=arn)
        with pytest.raises(ServiceError) as refused:
            await client.ask("RedriveExecution", executionArn=arn)
    assert (shown["redriveStatus"], shown["redriveStatusReason"]) == ("NOT_REDRIVABLE", reason)
    assert str(refused.value) == f"ExecutionNotRedrivable: {reason}"


async def test_a_redrive_with_the_same_token_is_one_redrive(api):
    """The second request answers with the date of the first."""
    async with api() as client:
        execution = await client.join(await client.start(await client.create(FAIL)))
        first = await client.ask("RedriveExecution", executionArn=execution.arn, clientToken="t")
        await client.join(execution.arn)
        await client.clock.sleep(1)
        again = await client.ask("RedriveExecution", executionArn=execution.arn, clientToken="t")
    assert (first, execution.redrives) == (again, 1)


async def test_an_express_execution_ends_after_five_minutes(api):
    """With States.Timeout, and a bill in steps of 100 milliseconds."""
    definition = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 301, "End": True}}}
    async with api() as client:
        machine = await client.create(definition, type="EXPRESS")
        answer = await client.ask("StartSyncExecution", stateMachineArn=machine)
    assert (answer["status"], answer["error"], answer["stopDate"] - answer["startDate"]) == (
        "TIMED_OUT",
        "States.Timeout",
        300,
    )
    assert answer["billingDetails"]["billedDurationInMilliseconds"] == 300_000


async def test_one_name_starts_any_number_of_express_executions(api):
    """Each has an ARN of its own, of the kind that nothing can be asked about, and no redrives in its context."""
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"e.$": "$$.Execution"}, "End": True}}}
    async with api() as client:
        machine = await client.create(definition, type="EXPRESS")
        arns = [await client.start(machine, name="n") for _ in range(2)]
        ended = [await client.join(arn) for arn in arns]
    assert arns[0] != arns[1]
    assert all(arn.split(":")[5:8] == ["express", "m", "n"] for arn in arns)
    assert set(ended[0].output["e"]) == {"Id", "Input", "Name", "RoleArn", "StartTime"}


async def test_a_log_group_must_exist(api):
    """The execution role looks for it when the machine is made, and when its logging changes."""
    async with api() as client:
        group = {"cloudWatchLogsLogGroup": {"logGroupArn": client.account.arn("logs", "log-group:/states/m:*")}}
        logging = {"level": "ERROR", "destinations": [group]}
        with pytest.raises(ServiceError, match=r"InvalidLoggingConfiguration: .* Log Destination not found\."):
            await client.create(PASS, loggingConfiguration=logging)
        await client.ask("CreateLogGroup", service="logs", logGroupName="/states/m")
        machine = await client.create(PASS, loggingConfiguration=logging)
        shown = await client.ask("DescribeStateMachine", stateMachineArn=machine)
    assert shown["loggingConfiguration"] == {**logging, "includeExecutionData": False}


async def test_the_machine_of_a_child_is_told_with_its_map_run(api):
    """The label says which Map of the machine started it."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}, "ProcessorConfig": config}
    state = {"Type": "Map", "Label": "each", "ItemProcessor": processor, "End": True}
    async with api() as client:
        machine = await client.create({"StartAt": "M", "States": {"M": state}})
        arn = await client.start(machine, input="[1]")
        await client.join(arn)
        (run,) = (await client.ask("ListMapRuns", executionArn=arn))["mapRuns"]
        (child,) = (await client.ask("ListExecutions", mapRunArn=run["mapRunArn"]))["executions"]
        shown = await client.ask("DescribeStateMachineForExecution", executionArn=child["executionArn"])
    assert (shown["mapRunArn"], shown["label"]) == (run["mapRunArn"], "each")
