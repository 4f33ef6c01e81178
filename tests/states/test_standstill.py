"""Jobs whose end cannot be learnt of, and what they leave behind: polls left out, stuck Tasks, orphans, late ends."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.event_rule import rule_arn
from turnstile.world.job_plan import Ending, JobPlan, JobPlans, JobRule

RULE = ("events:PutRule", "events:PutTargets", "events:DescribeRule")
BATCH_RULE = "StepFunctionsGetEventsForBatchJobsRule"
GLUE = ("glue:startJobRun", {"JobName": "j"}, "glue:StartJobRun", {"JobRunId": "r"})
BATCH = ("batch:submitJob", {"JobName": "j", "JobDefinition": "d", "JobQueue": "q"}, "batch:SubmitJob", None)
HOUR = 3600.0


class Bench:
    """A machine of the source account with one Task that waits for a job."""

    def __init__(self, emulator, accounts):
        self.emulator = emulator
        self.world = accounts.world
        self.accounts = accounts

    async def create(self, job, *, role=None, beside=None, machine_timeout=None, name="Orders", **fields):
        """Create the machine; its ARN."""
        resource, parameters, *_ = job
        state = {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{resource}.sync",
            "Parameters": parameters,
            "End": True,
            **fields,
        }
        if role is not None:
            state["Credentials"] = {"RoleArn": role}
        definition = {"StartAt": "Run", "States": {"Run": state}}
        if beside is not None:
            branches = [definition, {"StartAt": "Beside", "States": beside}]
            definition = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}}}
        if machine_timeout is not None:
            definition["TimeoutSeconds"] = machine_timeout
        return await self.emulator.create_state_machine(
            self.accounts.source.root,
            name=name,
            definition=json.dumps(definition),
            role_arn=self.accounts.execution.arn,
            region="us-east-1",
        )

    async def run(self, job, **fields):
        """Create the machine, run it to its end or standstill; the execution."""
        return await self.emulator.execute(self.accounts.source.root, await self.create(job, **fields), {})

    def polls(self):
        """The times of polls after the start, and whether each was allowed."""
        began = min(one.started for one in self.emulator.executions.values())
        entries = [one for one in self.emulator.gate.trail if one.call.site is not None and one.call.site.poll]
        return [(one.time - began, one.ruling.allowed) for one in entries]

    @property
    def collapses(self):
        return [(one.times, one.until and one.until - one.since) for one in self.emulator.gate.trail.collapses]


@pytest.fixture
def bench(accounts, write_policy):
    """Opens a bench whose execution role may do these things, with one plan for its jobs."""

    @asynccontextmanager
    async def opened(*actions, job=GLUE, plan=None, **settings):
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(allow))
        accounts.world.settings = replace(accounts.world.settings, **settings)
        answer = job[3] or {"jobName": "j", "jobId": "b-1"}
        plan = replace(plan or JobPlan(), answer=answer)
        for account in (accounts.source, accounts.target):
            account.jobs[job[2]] = JobPlans((JobRule(plan),))
        async with Emulator(accounts.world) as emulator:
            yield Bench(emulator, accounts)

    return opened


async def test_a_denied_poll_without_events_leaves_the_task_stuck(bench):
    """Glue sends no events: the first denied poll is the last, time does not move, the missing right is known."""
    async with bench("glue:StartJobRun") as it:
        execution = await it.run(GLUE)
        assert execution.status.value == "RUNNING"
        (stuck,) = it.emulator.stuck
        assert (stuck.site.state, stuck.waits_for.value, stuck.missing.action) == ("Run", "job", "glue:GetJobRun")
        assert stuck.refused.call.site.poll == 1
        assert it.polls() == [(5, False)]
        assert it.world.clock.now() - execution.started == 5
    assert it.collapses == [(None, None)]
    assert it.emulator.orphans == []
    assert [entry.call.operation for entry in it.emulator.gate.trail][-1] == "GetJobRun"


async def test_a_stuck_task_runs_into_its_timeout(bench):
    """With TimeoutSeconds, time jumps there: one entry counts the polls between, and the job is an orphan."""
    async with bench("glue:StartJobRun", plan=JobPlan(Ending.NEVER)) as it:
        execution = await it.run(GLUE, TimeoutSeconds=3600)
        assert (execution.status.value, execution.error) == ("FAILED", "States.Timeout")
        assert it.polls() == [(5, False)]
        (collapse,) = it.emulator.gate.trail.collapses
        assert (collapse.times, collapse.until - execution.started) == (61, 3600)
        assert (collapse.service, collapse.operation, collapse.site.poll) == ("glue", "GetJobRun", 1)
        (orphan,) = it.emulator.orphans
        assert (orphan.missing.action, orphan.left) == ("glue:BatchStopJobRun", False)
        assert it.emulator.stuck == ()


async def test_the_timeout_of_the_machine_is_real_too(bench):
    """TimeoutSeconds of the machine ends a stuck Task."""
    async with bench("glue:*") as it:
        it.accounts.source.jobs["glue:StartJobRun"] = JobPlans((JobRule(JobPlan(Ending.NEVER, answer=GLUE[3])),))
        execution = await it.run(GLUE, machine_timeout=600)
        assert execution.status.value == "TIMED_OUT"
        assert execution.stopped - execution.started == 600


async def test_a_job_that_never_ends_leaves_its_task_stuck(bench):
    """Its polls are allowed, and say the same for ever; no right is missing."""
    async with bench("glue:*", plan=JobPlan(Ending.NEVER)) as it:
        execution = await it.run(GLUE)
        assert execution.status.value == "RUNNING"
        (stuck,) = it.emulator.stuck
        assert (stuck.waits_for.value, stuck.missing) == ("job", None)


@pytest.mark.parametrize(
    ("plan", "ended", "collapsed"),
    [
        (JobPlan(takes=100), 100, [(3, 95)]),
        (JobPlan(takes=100, event=50), 150, [(4, 145)]),
        (JobPlan(takes=100, event=None), None, [(None, None)]),
    ],
    ids=["event", "delayed", "lost"],
)
async def test_an_event_saves_a_task_that_may_not_poll(bench, plan, ended, collapsed):
    """With the rule, the gap stays hidden; a delayed event ends the Task late, a lost one never."""
    async with bench("batch:SubmitJob", *RULE, job=BATCH, plan=plan) as it:
        execution = await it.run(BATCH)
        if ended is None:
            assert it.emulator.stuck[0].missing.action == "batch:DescribeJobs"
        else:
            assert execution.status.value == "SUCCEEDED"
            assert execution.stopped - execution.started == ended
        assert it.polls() == [(5, False)]
    assert it.collapses == collapsed


async def test_a_lost_event_is_made_up_for_by_the_next_poll(bench):
    """With the right to poll, a Task whose event is lost ends at the next poll."""
    async with bench("batch:*", *RULE, job=BATCH, plan=JobPlan(takes=100, event=None)) as it:
        execution = await it.run(BATCH)
        assert execution.stopped - execution.started == 135


async def test_a_rule_that_is_deleted_makes_ends_late(bench):
    """The event needs the rule at the moment the job ends; the next create of a machine makes the rule again."""
    async with bench("batch:*", *RULE, job=BATCH, plan=JobPlan(takes=100)) as it:
        machine = await it.create(BATCH)
        arn = rule_arn("aws", "us-east-1", it.accounts.source.id, BATCH_RULE)
        rules = it.accounts.source.event_rules
        assert list(rules) == [arn]
        forced = {"Name": BATCH_RULE, "Force": True}
        await it.emulator.gate.call(Call(it.accounts.source.root, "events", "DeleteRule", forced, "us-east-1"))
        assert not rules
        execution = await it.emulator.execute(it.accounts.source.root, machine, {})
        assert execution.stopped - execution.started == 135
        await it.create(BATCH, name="Other")
        assert list(rules) == [arn]


@pytest.mark.parametrize("missing", RULE)
async def test_without_the_rights_for_the_rule_no_machine_is_made(bench, missing):
    """Each of the three is needed; the trail has the refused call."""
    async with bench("batch:*", *(action for action in RULE if action != missing), job=BATCH) as it:
        with pytest.raises(ServiceError) as refused:
            await it.create(BATCH)
        text = f"'{it.accounts.execution.arn}' is not authorized to create managed-rule."
        assert (refused.value.code, refused.value.message) == ("AccessDeniedException", text)
        denied = it.emulator.gate.trail.refused()
        assert [f"events:{entry.call.operation}" for entry in denied] == [missing]
        arn = rule_arn("aws", "us-east-1", it.accounts.source.id, BATCH_RULE)
        assert denied[0].resource == arn
        assert not it.accounts.source.machines


async def test_the_check_can_be_lifted(bench):
    """Then the machine is made without its rule, and ends are seen late."""
    async with bench("batch:*", job=BATCH, plan=JobPlan(takes=100), managed_rule_check=False) as it:
        execution = await it.run(BATCH)
        assert execution.stopped - execution.started == 135
        assert not it.accounts.source.event_rules


async def test_a_task_under_a_role_of_another_account_needs_no_rule(bench):
    """Its execution role needs no right for events, and no event reaches it."""
    async with bench("sts:AssumeRole", job=BATCH, plan=JobPlan(takes=100)) as it:
        execution = await it.run(BATCH, role=it.accounts.invoke.arn)
        assert execution.stopped - execution.started == 135
        assert not it.accounts.source.event_rules


async def test_a_refused_cancel_makes_an_orphan(bench):
    """A sibling branch fails: the job is to be ended, may not be, and runs on."""
    failing = {"Beside": {"Type": "Wait", "Seconds": 7, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}}
    async with bench("glue:StartJobRun", "glue:GetJobRun") as it:
        execution = await it.run(GLUE, beside=failing)
        assert execution.error == "E"
        (orphan,) = it.emulator.orphans
        assert (orphan.site.state, orphan.missing.action) == ("Run", "glue:BatchStopJobRun")
        assert orphan.time - execution.started == 7


async def test_a_granted_cancel_leaves_nothing(bench):
    """A timeout ends the job under the same session."""
    async with bench("glue:*") as it:
        execution = await it.run(GLUE, TimeoutSeconds=20)
        assert execution.error == "States.Timeout"
        assert it.emulator.orphans == []


async def test_a_job_that_has_ended_unseen_is_no_orphan(bench):
    """The refusal of its cancellation means nothing."""
    async with bench("glue:StartJobRun") as it:
        await it.run(GLUE, TimeoutSeconds=300)
        assert it.emulator.orphans == []


async def test_a_job_is_left_running_where_its_token_came_early(bench):
    """Nobody tried to end it, so it is no orphan by refusal."""
    async with bench("glue:*", plan=JobPlan(takes=HOUR)) as it:
        parameters = {"JobName": "j", "Arguments": {"--token.$": "$$.Task.Token"}}
        machine = await it.create((GLUE[0], parameters), name="Token")
        execution = await it.emulator.start(it.accounts.source.root, machine, {})
        await it.world.clock.sleep(8)
        token = it.emulator.token(execution.arn, "Run")
        sent = {"taskToken": token, "output": '{"early":true}'}
        call = Call(it.accounts.source.root, "stepfunctions", "SendTaskSuccess", sent, "us-east-1")
        await it.emulator.gate.call(call)
        await it.emulator.join(execution)
        assert execution.output == {"early": True}
        (orphan,) = it.emulator.orphans
        assert (orphan.left, orphan.missing) == (True, None)


async def test_a_grant_is_seen_at_the_next_poll(bench, write_policy):
    """Polls keep their cadence while the world sleeps: what is granted at 100 s is seen at 135 s."""
    async with bench("glue:StartJobRun", plan=JobPlan(takes=20)) as it:
        machine = await it.create(GLUE)
        execution = await it.emulator.start(it.accounts.source.root, machine, {})
        await it.world.clock.sleep(100)
        allow = {"Effect": "Allow", "Action": "glue:GetJobRun", "Resource": "*"}
        it.accounts.role(it.accounts.source, "ExecutionRole", it.accounts.execution.trust, write_policy(allow))
        await it.emulator.join(execution)
        assert execution.stopped - execution.started == 135


async def test_a_policy_that_asks_for_the_time_keeps_polls_going(bench, write_policy):
    """A denied poll whose statement opens later is no reason to stand still."""
    async with bench("glue:StartJobRun", plan=JobPlan(takes=20)) as it:
        later = "2026-01-01T00:10:00Z"
        timed = {
            "Effect": "Allow",
            "Action": "glue:GetJobRun",
            "Resource": "*",
            "Condition": {"DateGreaterThan": {"aws:CurrentTime": later}},
        }
        start = {"Effect": "Allow", "Action": "glue:StartJobRun", "Resource": "*"}
        it.accounts.role(it.accounts.source, "ExecutionRole", it.accounts.execution.trust, write_policy(start, timed))
        execution = await it.run(GLUE)
        assert execution.status.value == "SUCCEEDED"
        assert execution.stopped - execution.started == 615
        assert it.collapses == []


async def test_a_long_loop_renews_its_session(bench):
    """A job of three hours under a target role takes its role four times: once an hour."""
    async with bench("sts:AssumeRole", plan=JobPlan(takes=3 * HOUR)) as it:
        execution = await it.run(GLUE, role=it.accounts.invoke.arn)
        assert execution.status.value == "SUCCEEDED"
        taken = [
            entry
            for entry in it.emulator.gate.trail
            if entry.call.operation == "AssumeRole" and entry.call.parameters["RoleArn"] == it.accounts.invoke.arn
        ]
        assert len(taken) == 4
        assert [entry.call.site.poll > 0 for entry in taken] == [False, True, True, True]


async def test_a_trust_that_ends_meanwhile_stops_the_polls(bench, write_trust):
    """The renewal is refused like a poll and repeated silently: the Task is stuck, for want of the role."""
    async with bench("sts:AssumeRole", plan=JobPlan(takes=3 * HOUR)) as it:
        machine = await it.create(GLUE, role=it.accounts.invoke.arn)
        execution = await it.emulator.start(it.accounts.source.root, machine, {})
        await it.world.clock.sleep(60)
        it.accounts.role(
            it.accounts.target,
            "InvokeRole",
            write_trust({"Principal": {"AWS": it.accounts.target.id}}),
            *it.accounts.invoke.policies,
        )
        await it.emulator.join(execution)
        assert execution.status.value == "RUNNING"
        (stuck,) = it.emulator.stuck
        assert stuck.missing.action == "sts:AssumeRole"
        assert stuck.refused.call.site.poll > 0
        assert stuck.refused.time - execution.started >= HOUR


async def test_a_token_that_nobody_sends_leaves_its_task_stuck(bench):
    """A callback without a timeout waits in a world that stands still."""
    async with bench("sqs:SendMessage") as it:
        it.accounts.world.judged = False
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sns:publish.waitForTaskToken",
            "Parameters": {"Message.$": "$$.Task.Token", "PhoneNumber": "+15550100"},
            "End": True,
        }
        definition = json.dumps({"StartAt": "Ask", "States": {"Ask": state}})
        root, role = it.accounts.source.root, it.accounts.execution.arn
        machine = await it.emulator.create_state_machine(
            root, name="Asks", definition=definition, role_arn=role, region="us-east-1"
        )
        execution = await it.emulator.execute(root, machine, {})
        assert execution.status.value == "RUNNING"
        assert it.emulator.stuck[0].waits_for.value == "callback"


async def test_an_activity_without_workers_leaves_its_task_stuck(bench):
    """Nobody polls for its task."""
    async with bench("states:*") as it:
        root, role = it.accounts.source.root, it.accounts.execution.arn
        call = Call(root, "stepfunctions", "CreateActivity", {"name": "a"}, "us-east-1")
        arn = (await it.emulator.gate.call(call)).output["activityArn"]
        definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": arn, "End": True}}})
        machine = await it.emulator.create_state_machine(
            root, name="Works", definition=definition, role_arn=role, region="us-east-1"
        )
        await it.emulator.execute(root, machine, {})
        (stuck,) = it.emulator.stuck
        assert (stuck.waits_for.value, stuck.what) == ("activity", arn)
