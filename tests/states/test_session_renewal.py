"""Sessions in loops of polls that outlast them: when they are taken again, from whom, and what is noticed then."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.world.job_plan import Ending, JobPlan, JobPlans, JobRule

SOURCE, TARGET = "111122223333", "444455556666"
EXECUTION, INVOKE = f"arn:aws:iam::{SOURCE}:role/ExecutionRole", f"arn:aws:iam::{TARGET}:role/InvokeRole"
HOUR = 3600
LOOP = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "j"}}


class Loop:
    """A running execution that polls a job."""

    def __init__(self, emulator, accounts):
        self.emulator = emulator
        self.accounts = accounts

    async def __aenter__(self):
        await self.emulator.__aenter__()

    async def __aexit__(self, *error):
        await self.emulator.__aexit__(*error)

    async def start(self, role=None, **more):
        state = {**LOOP, "End": True, **({"Credentials": {"RoleArn": role}} if role else {}), **more}
        self.machine = await self.emulator.create_state_machine(
            self.accounts.source.root,
            name="Orders",
            definition=json.dumps({"StartAt": "Work", "States": {"Work": state}}),
            role_arn=EXECUTION,
            region="us-east-1",
        )
        self.execution = await self.emulator.start(self.accounts.source.root, self.machine, {})
        return self.execution

    async def sleep(self, seconds):
        await self.emulator.world.clock.sleep(seconds)

    async def end(self):
        await self.emulator.join(self.execution)
        return self.execution.status.value

    def taken(self, role):
        """When after the start the role was assumed, at which poll, and whether it was let through."""
        return [
            (entry.time - self.execution.started, entry.call.site.poll if entry.call.site else 0, entry.ruling.allowed)
            for entry in self.emulator.gate.trail
            if entry.call.operation == "AssumeRole" and entry.resource == role
        ]

    def polls(self):
        return [entry for entry in self.emulator.gate.trail if entry.call.operation == "GetJobRun"]


@pytest.fixture
def loop(accounts):
    """A loop over a job of three hours."""
    for account in (accounts.source, accounts.target):
        plan = JobPlan(takes=3 * HOUR, answer={"JobRunId": "r"})
        account.jobs["glue:StartJobRun"] = JobPlans((JobRule(plan),))
    return Loop(Emulator(accounts.world), accounts)


def trusts(accounts, role_arn, trust):
    account = accounts.source if role_arn == EXECUTION else accounts.target
    account.roles[role_arn] = replace(account.roles[role_arn], trust=trust)


async def test_a_chained_session_lasts_an_hour_whatever_the_role_says(loop, accounts):
    """MaxSessionDuration of twelve hours is for others; no session serves longer than an hour."""
    async with loop:
        accounts.target.roles[INVOKE] = replace(accounts.target.roles[INVOKE], max_session=12 * HOUR)
        await loop.start(INVOKE)
        assert await loop.end() == "SUCCEEDED"
        served = {}
        for entry in loop.polls():
            served.setdefault(entry.call.caller.arn, []).append(entry)
            assert entry.time < entry.call.caller.expires
            assert entry.call.caller.expires - entry.call.caller.issued == HOUR
        assert len(served) == len(loop.taken(INVOKE)) == 4
        assert all(allowed for _, _, allowed in loop.taken(INVOKE))


async def test_a_renewal_is_made_by_the_poll_that_needs_it_and_from_the_execution_role(loop):
    """The trail names the poll; the source session, as old as the first one, is taken again as well."""
    async with loop:
        await loop.start(INVOKE)
        await loop.end()
        assert [poll > 0 for _, poll, _ in loop.taken(INVOKE)] == [False, True, True, True]
        assert len(loop.taken(EXECUTION)) >= 4
        asked = [one.call.caller for one in loop.emulator.gate.trail if one.resource == INVOKE]
        assert {caller.role_arn for caller in asked} == {EXECUTION}
        assert all(caller.expires > one.time for caller, one in zip(asked, _of(loop, INVOKE), strict=True))


def _of(loop, resource):
    return [one for one in loop.emulator.gate.trail if one.resource == resource]


async def test_a_trust_policy_that_changed_is_noticed_at_the_renewal_and_not_before(loop, accounts, write_trust):
    """Polls go on until the hour is over; then the assumption is refused again and again, until the time limit."""
    async with loop:
        execution = await loop.start(INVOKE, TimeoutSeconds=2 * HOUR)
        await loop.sleep(600)
        trusts(accounts, INVOKE, write_trust({"Principal": {"AWS": TARGET}}))
        assert await loop.end() == "FAILED"
        assert execution.error == "States.Timeout"
        polls = loop.polls()
        assert all(entry.ruling.allowed for entry in polls)
        assert 3500 < max(entry.time for entry in polls) - execution.started < HOUR
        first, *later = loop.taken(INVOKE)
        assert first == (0, 0, True)
        assert later[0][0] >= HOUR
        assert not any(allowed for _, _, allowed in later)
        (orphan,) = loop.emulator.orphans
        assert orphan.missing.action == "sts:AssumeRole"


async def test_a_trust_policy_that_is_put_right_is_noticed_too(loop, accounts, write_trust):
    """Refused renewals are repeated; the Task sees the end of its job."""
    async with loop:
        await loop.start(INVOKE)
        kept = accounts.target.roles[INVOKE].trust
        await loop.sleep(600)
        trusts(accounts, INVOKE, write_trust({"Principal": {"AWS": TARGET}}))
        await loop.sleep(2 * HOUR)
        trusts(accounts, INVOKE, kept)
        assert await loop.end() == "SUCCEEDED"
        ruled = [allowed for _, _, allowed in loop.taken(INVOKE)]
        assert ruled[0]
        assert False in ruled
        assert ruled[-1]


@pytest.mark.parametrize("role", [INVOKE, None], ids=["credentials", "none"])
async def test_an_execution_role_that_no_longer_trusts_the_service_is_noticed_at_the_renewal(
    loop, accounts, write_trust, role
):
    """With Credentials or without, the source of every session is the service's own assumption."""
    async with loop:
        execution = await loop.start(role, TimeoutSeconds=2 * HOUR)
        await loop.sleep(600)
        trusts(accounts, EXECUTION, write_trust({"Principal": {"Service": "lambda.amazonaws.com"}}))
        assert await loop.end() == "FAILED"
        assert execution.error == "States.Timeout"
        refused = [entry for entry in loop.emulator.gate.trail.refused() if entry.resource == EXECUTION]
        assert refused
        assert refused[0].time - execution.started >= HOUR
        assert refused[0].ruling.broken[0].link.value == "service-trust"


async def test_rights_that_are_taken_away_are_noticed_with_the_next_poll(loop, accounts, write_policy):
    """A session carries no rights of its own."""
    async with loop:
        execution = await loop.start(INVOKE, TimeoutSeconds=HOUR)
        await loop.sleep(600)
        start = write_policy({"Effect": "Allow", "Action": "glue:StartJobRun", "Resource": "*"})
        accounts.target.roles[INVOKE] = replace(accounts.target.roles[INVOKE], policies=(start,))
        assert await loop.end() == "FAILED"
        denied = [entry for entry in loop.polls() if not entry.ruling.allowed]
        assert denied[0].time - execution.started <= 660


async def test_a_cancellation_after_the_hour_takes_the_role_again(loop, accounts):
    """The job is stopped under a new session of the same role."""
    async with loop:
        plan = JobPlan(Ending.NEVER, answer={"JobRunId": "r"})
        accounts.target.jobs["glue:StartJobRun"] = JobPlans((JobRule(plan),))
        execution = await loop.start(INVOKE, TimeoutSeconds=90 * 60)
        assert await loop.end() == "FAILED"
        (stop,) = [entry for entry in loop.emulator.gate.trail if entry.call.operation == "BatchStopJobRun"]
        assert (stop.ruling.allowed, stop.call.caller.role_arn) == (True, INVOKE)
        assert stop.call.caller.expires > stop.time
        assert stop.time - execution.started == 90 * 60


@pytest.mark.parametrize("role", [INVOKE, None], ids=["credentials", "none"])
async def test_polls_that_are_left_out_go_on_when_the_session_is_over(loop, accounts, write_trust, role):
    """Nothing can change what is told of a job without an end, but its Task needs a new session after an hour."""
    async with loop:
        for account in (accounts.source, accounts.target):
            account.jobs["glue:StartJobRun"] = JobPlans((JobRule(JobPlan(Ending.NEVER, answer={"JobRunId": "r"})),))
        execution = await loop.start(role, TimeoutSeconds=5 * HOUR)
        await loop.sleep(1.5 * HOUR)
        trusts(accounts, role or EXECUTION, write_trust({"Principal": {"AWS": TARGET}}))
        assert await loop.end() == "FAILED"
        assert execution.stopped - execution.started == 5 * HOUR
        refused = [time for time, _, allowed in loop.taken(role or EXECUTION) if not allowed]
        assert 2 * HOUR <= refused[0] <= 2 * HOUR + 120
        assert [time for time in refused[1:] if time < 5 * HOUR] == []


async def test_a_session_that_would_be_taken_again_as_before_is_taken_once(loop, accounts):
    """Where nothing happens, the second renewal would be like the first: a day costs two sessions and few polls."""
    async with loop:
        plan = JobPlan(Ending.NEVER, answer={"JobRunId": "r"})
        accounts.target.jobs["glue:StartJobRun"] = JobPlans((JobRule(plan),))
        await loop.start(INVOKE, TimeoutSeconds=24 * HOUR)
        assert await loop.end() == "FAILED"
        assert [poll > 0 for _, poll, _ in loop.taken(INVOKE)] == [False, True, False]
        assert len(loop.polls()) <= 3


async def test_a_trust_policy_that_asks_for_the_time_is_asked_at_every_renewal(loop, accounts, write_trust):
    """It holds for two hours and a half, so the third renewal is refused though nothing has happened."""
    async with loop:
        plan = JobPlan(Ending.NEVER, answer={"JobRunId": "r"})
        accounts.target.jobs["glue:StartJobRun"] = JobPlans((JobRule(plan),))
        until = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T02:30:00Z"}}
        trusts(accounts, INVOKE, write_trust({"Principal": {"AWS": EXECUTION}, "Condition": until}))
        await loop.start(INVOKE, TimeoutSeconds=5 * HOUR)
        assert await loop.end() == "FAILED"
        refused = [time for time, _, allowed in loop.taken(INVOKE) if not allowed]
        assert 3 * HOUR <= refused[0] <= 3 * HOUR + 240
