"""A Task that waits for a nested execution: by the event, by polls, until it is done or the attempt is cut."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call


class Parent:
    """Creates a child that works for a minute, and a parent that waits for it."""

    def __init__(self, emulator, accounts):
        self.emulator = emulator
        self.accounts = accounts
        self.clock = emulator.world.clock

    async def create(self, account, name, definition, role_arn, kind="STANDARD"):
        return await self.emulator.create_state_machine(
            account.root, name=name, definition=json.dumps(definition), role_arn=role_arn, region="us-east-1", type=kind
        )

    async def child(self, account, *, seconds=60, last=None, kind="STANDARD"):
        """A machine that waits and then ends as `last` says; its ARN."""
        trusting = self.accounts.execution.trust
        role = self.accounts.role(account, "ChildRole", trusting)
        last = last or {"Type": "Pass", "Result": {"done": True}, "End": True}
        states = {"Work": {"Type": "Wait", "Seconds": seconds, "Next": "Last"}, "Last": last}
        return await self.create(account, "Child", {"StartAt": "Work", "States": states}, role.arn, kind)

    async def start(self, child, *, pattern=".sync", role=None, beside=None, **fields):
        """Start the parent; its execution."""
        state = {
            "Type": "Task",
            "Resource": f"arn:aws:states:::states:startExecution{pattern}",
            "Parameters": {"StateMachineArn": child, "Name": "c", "Input": {"n": 1}},
            "End": True,
            **fields,
        }
        if role is not None:
            state["Credentials"] = {"RoleArn": role}
        definition = {"StartAt": "Run", "States": {"Run": state}}
        if beside is not None:
            branches = [definition, {"StartAt": "Beside", "States": beside}]
            definition = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}}}
        machine = await self.create(self.accounts.source, "Orders", definition, self.accounts.execution.arn)
        return await self.emulator.start(self.accounts.source.root, machine, {})

    async def end(self, execution):
        await execution.join(self.clock)
        return execution.status.value

    def calls(self, operation):
        """The times of such calls after the start, and whether each was allowed."""
        entries = [entry for entry in self.emulator.gate.trail if entry.call.operation == operation]
        return [(entry.time - self.began, entry.ruling.allowed) for entry in entries]

    def callers(self, operation):
        """Who made such calls."""
        return [entry.call.caller for entry in self.emulator.gate.trail if entry.call.operation == operation]

    @property
    def began(self):
        return min(execution.started for execution in self.emulator.executions.values())

    @property
    def born(self):
        """The child."""
        return next(each for arn, each in self.emulator.executions.items() if ":Child:" in arn)


@asynccontextmanager
async def opened(accounts):
    async with Emulator(accounts.world) as emulator:
        yield Parent(emulator, accounts)


def only(accounts, write_policy, *actions):
    """Let the execution role do these things alone."""
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(allow))


RULE = ("events:PutRule", "events:PutTargets", "events:DescribeRule")


async def test_the_event_ends_the_wait_at_once(accounts):
    """Polls come at 5, 15 and 35 seconds; the end at 60 is known at 60."""
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source))
        assert await world.end(execution) == "SUCCEEDED"
        assert execution.stopped - execution.started == 60
        assert world.calls("DescribeExecution") == [(5, True), (15, True), (35, True)]
        sites = [entry.call.site for entry in world.emulator.gate.trail]
        assert [site.poll for site in sites if site and site.poll] == [1, 2, 3]
    assert execution.output["Status"] == "SUCCEEDED"
    assert execution.output["Output"] == '{"done":true}'
    assert execution.output["Input"] == '{"n":1}'


async def test_the_second_form_gives_json(accounts):
    """`.sync:2` shows input and output as documents."""
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source), pattern=".sync:2")
        assert await world.end(execution) == "SUCCEEDED"
    assert (execution.output["Output"], execution.output["Input"]) == ({"done": True}, {"n": 1})
    assert execution.history()[4]["taskSubmittedEventDetails"]["resource"] == "startExecution.sync:2"


async def test_in_another_account_only_polls_tell(accounts):
    """The end at 60 seconds is seen at the next poll, under the target role's session."""
    async with opened(accounts) as world:
        child = await world.child(accounts.target)
        execution = await world.start(child, role=accounts.invoke.arn)
        assert await world.end(execution) == "SUCCEEDED"
        assert [time for time, _ in world.calls("DescribeExecution")] == [5, 15, 35, 75]
        polls = [
            entry.call.caller for entry in world.emulator.gate.trail if entry.call.operation == "DescribeExecution"
        ]
        assert {caller.role_arn for caller in polls} == {accounts.invoke.arn}
    assert execution.stopped - execution.started == 75


async def test_a_long_interval_stays_at_the_longest(accounts):
    """From the fifth poll on there is one each minute."""
    accounts.world.settings = replace(accounts.world.settings, events=False)
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source, seconds=300))
        assert await world.end(execution) == "SUCCEEDED"
        assert [time for time, _ in world.calls("DescribeExecution")] == [5, 15, 35, 75, 135, 195, 255, 315]


@pytest.mark.parametrize(
    ("last", "shown"),
    [
        ({"Type": "Fail", "Error": "E", "Cause": "why"}, {"Error": "E", "Cause": "why", "Status": "FAILED"}),
        ({"Type": "Fail"}, {"Status": "FAILED"}),
    ],
)
async def test_a_child_that_fails_fails_the_task(accounts, last, shown):
    """The error is always States.TaskFailed, the cause describes the child."""
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source, last=last))
        assert await world.end(execution) == "FAILED"
    assert execution.error == "States.TaskFailed"
    cause = json.loads(execution.cause)
    assert {name: cause.get(name) for name in ("Error", "Cause", "Status", "Output") if name in cause} == shown


async def test_without_the_right_to_poll_the_event_still_comes(accounts, write_policy):
    """The gap stays hidden: polls are refused silently."""
    only(accounts, write_policy, "states:StartExecution", *RULE)
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source))
        assert await world.end(execution) == "SUCCEEDED"
        assert world.calls("DescribeExecution") == [(5, False), (15, False), (35, False)]
    assert execution.stopped - execution.started == 60


async def test_without_the_right_to_poll_and_without_events_it_is_stuck(accounts, write_policy):
    """Only its timeout ends it."""
    only(accounts, write_policy, "states:StartExecution", *RULE)
    accounts.world.settings = replace(accounts.world.settings, events=False)
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source), TimeoutSeconds=600)
        assert await world.end(execution) == "FAILED"
    assert execution.error == "States.Timeout"
    assert execution.stopped - execution.started == 600


async def test_polls_that_can_see_nothing_new_are_left_out(accounts, write_policy):
    """A denied poll is repeated when something has happened, and what never changes takes no polls."""
    only(accounts, write_policy, "states:StartExecution", *RULE)
    accounts.world.settings = replace(accounts.world.settings, events=False)
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source))
        await world.emulator.join(execution)
        assert execution.status.value == "RUNNING"
        assert [one.missing.action for one in world.emulator.stuck] == ["states:DescribeExecution"]
        assert world.calls("DescribeExecution") == [(5, False), (15, False), (35, False), (75, False)]
        assert world.clock.now() - execution.started == 75


async def test_a_right_that_is_given_later_is_noticed_at_the_next_poll(accounts, write_policy):
    """Whatever happens in the world brings the polls back."""
    only(accounts, write_policy, "states:StartExecution", *RULE)
    accounts.world.settings = replace(accounts.world.settings, events=False)
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source))
        await world.clock.sleep(10_000)
        only(accounts, write_policy, "states:DescribeExecution")
        given = world.clock.now()
        assert await world.end(execution) == "SUCCEEDED"
        assert 0 <= execution.stopped - given <= 60


async def test_a_child_that_waits_for_ever_costs_no_polls(accounts):
    """Nobody answers its token: the parent's time runs out after few polls."""
    function = accounts.function(accounts.source, "f", lambda _event: {})
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": function},
        "End": True,
    }
    async with opened(accounts) as world:
        definition = {"StartAt": "T", "States": {"T": task}}
        child = await world.create(accounts.source, "Child", definition, accounts.execution.arn)
        execution = await world.start(child, TimeoutSeconds=86_400)
        assert await world.end(execution) == "FAILED"
        assert len(world.calls("DescribeExecution")) < 5
        assert world.born.status == "ABORTED"
    assert execution.stopped - execution.started == 86_400


async def test_a_refused_start_is_not_submitted(accounts, write_policy):
    """TaskFailed follows TaskStarted, by the names of the integration."""
    only(accounts, write_policy, *RULE)
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source))
        assert await world.end(execution) == "FAILED"
    assert [event["type"] for event in execution.history()][3:] == ["TaskStarted", "TaskFailed", "ExecutionFailed"]
    assert execution.error == "StepFunctions.AWSStepFunctionsException"


async def test_stopping_the_parent_stops_the_child(accounts):
    """By a call under the Task's session, of which the parent's history says nothing."""
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source))
        await world.clock.sleep(7)
        stop = Call(
            accounts.source.root, "stepfunctions", "StopExecution", {"executionArn": execution.arn}, "us-east-1"
        )
        await world.emulator.gate.call(stop)
        assert world.born.status == "ABORTED"
        assert world.calls("StopExecution") == [(7, True), (7, True)]
        assert world.callers("StopExecution")[1].role_arn == accounts.execution.arn
    assert [event["type"] for event in execution.history()][-2:] == ["TaskSubmitted", "ExecutionAborted"]


async def test_a_timeout_of_the_task_stops_the_child(accounts):
    """The Task times out when it should, and the child ends then."""
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source), TimeoutSeconds=20)
        assert await world.end(execution) == "FAILED"
        assert (world.born.status, world.born.stopped - world.began) == ("ABORTED", 20)
    assert execution.error == "States.Timeout"


async def test_a_failing_sibling_stops_the_child(accounts):
    """A branch that fails cuts the one that waits."""
    beside = {"Beside": {"Type": "Wait", "Seconds": 3, "Next": "No"}, "No": {"Type": "Fail", "Error": "Beside"}}
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source), beside=beside)
        assert await world.end(execution) == "FAILED"
        assert (world.born.status, world.born.stopped - world.began) == ("ABORTED", 3)
    assert execution.error == "Beside"


async def test_the_machine_running_out_of_time_stops_the_child(accounts):
    """So does the end of the execution's own time."""
    async with opened(accounts) as world:
        child = await world.child(accounts.source)
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": child},
            "End": True,
        }
        definition = {"StartAt": "Run", "TimeoutSeconds": 8, "States": {"Run": state}}
        machine = await world.create(accounts.source, "Orders", definition, accounts.execution.arn)
        execution = await world.emulator.start(accounts.source.root, machine, {})
        assert await world.end(execution) == "TIMED_OUT"
        assert world.born.status == "ABORTED"


async def test_without_the_right_to_stop_the_child_goes_on(accounts, write_policy):
    """Nobody hears of it but the trail."""
    only(accounts, write_policy, "states:StartExecution", "states:DescribeExecution", *RULE)
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source), TimeoutSeconds=20)
        assert await world.end(execution) == "FAILED"
        assert world.calls("StopExecution") == [(20, False)]
        assert world.born.status == "RUNNING"
        assert await world.end(world.born) == "SUCCEEDED"


async def test_a_session_is_taken_again_when_it_has_expired(accounts):
    """A target role's session lasts an hour; a trust policy that changed meanwhile makes polls fail silently."""
    async with opened(accounts) as world:
        child = await world.child(accounts.target, seconds=7200)
        execution = await world.start(child, role=accounts.invoke.arn, TimeoutSeconds=10_000)
        await world.clock.sleep(1800)
        accounts.role(accounts.target, "InvokeRole", accounts.execution.trust)
        assert await world.end(execution) == "FAILED"
        trail = [entry for entry in world.emulator.gate.trail if entry.call.operation == "AssumeRole"]
        assumed = [entry for entry in trail if entry.call.parameters["RoleArn"] == accounts.invoke.arn]
        assert assumed[0].ruling.allowed
        assert len(assumed) > 1
        assert not any(entry.ruling.allowed for entry in assumed[1:])
    assert execution.error == "States.Timeout"


async def test_an_express_child_cannot_be_waited_for(accounts):
    """No event tells of it, and the first poll refuses its ARN (inferred)."""
    async with opened(accounts) as world:
        execution = await world.start(await world.child(accounts.source, seconds=1, kind="EXPRESS"))
        assert await world.end(execution) == "FAILED"
    assert execution.error == "StepFunctions.InvalidArnException"
