"""Jobs that are waited for: 10,000 polls (P1), a Task that is stuck (P2), a job of six hours (P3).

Permissions are judged; the answer of the start call is declared, so no service stands behind the job but its life.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import turnstile
from benchmarks.job import ACCOUNT, seconds
from benchmarks.workload import Failed, Sample, Workload, scaled
from turnstile.emulator import Emulator
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import unwritten
from turnstile.world.job_plan import Ending, JobPlan, JobPlans, JobRule
from turnstile.world.role import Role
from turnstile.world.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.workload import Measure
    from turnstile.iam.policy import Policy

HOUR = 3_600
ALLOWED = ("batch:SubmitJob", "events:PutRule", "events:PutTargets", "events:DescribeRule")
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::batch:submitJob.sync",
    "Parameters": {"JobName": "j", "JobDefinition": "d", "JobQueue": "q"},
    "End": True,
}
TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}


@dataclass(frozen=True, slots=True)
class Wait:
    """A Task that waits for a job of that plan, under a role that may do these things; how it must end."""

    plan: JobPlan
    actions: tuple[str, ...]
    status: str
    events: bool = False

    def world(self) -> turnstile.World:
        """A world whose permissions are judged."""
        world = turnstile.World(settings=Settings(events=self.events))
        account = world.add_account(ACCOUNT)
        arn = account.arn("iam", "role/R")
        trust = _policy(Kind.TRUST, TRUST)
        allow = _policy(Kind.IDENTITY, {"Effect": "Allow", "Action": list(self.actions), "Resource": "*"})
        account.roles[arn] = Role(arn, "R", account.id, trust, (allow,), unwritten("<R>"))
        plan = replace(self.plan, answer={"jobName": "j", "jobId": "b-1"})
        account.jobs["batch:SubmitJob"] = JobPlans((JobRule(plan),))
        return world

    async def run(self) -> int:
        """Run it; how many polls there were.

        Raises:
            Failed: it ended otherwise than it must.
        """
        world = self.world()
        (account,) = world.accounts.values()
        (role_arn,) = account.roles
        definition = json.dumps({"StartAt": "Run", "States": {"Run": TASK}})
        async with Emulator(world) as emulator:
            machine = await emulator.create_state_machine(
                account.root, name="M", definition=definition, role_arn=role_arn, region=account.region
            )
            execution = await emulator.execute(account.root, machine, {})
        if execution.status != self.status:
            raise Failed(f"{execution.status} {execution.error} {execution.cause}")
        return sum(entry.call.operation == "DescribeJobs" for entry in emulator.gate.trail)


def _policy(kind: Kind, statement: object) -> Policy:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return parse(document, kind=kind, name="p", origin=unwritten("<p>"))


def _measured(wait: Callable[[float], Wait], polls: Callable[[float], int], unit: int) -> Callable[[float], Measure]:
    def prepare(scale: float) -> Measure:
        job = wait(scale)

        def measure() -> Sample:
            found: list[int] = []
            cpu = seconds(lambda: found.append(asyncio.run(job.run())))
            if found != [polls(scale)]:
                raise Failed(f"{found} polls, not {polls(scale)}")
            return Sample(cpu * unit, cpu)

        return measure

    return prepare


def many(scale: float) -> Wait:
    """A job that ends when it is asked about for the 10,000th time."""
    return Wait(JobPlan(polls=scaled(10_000, scale)), (*ALLOWED, "batch:DescribeJobs"), "SUCCEEDED")


def stuck(_scale: float) -> Wait:
    """A job that never ends, asked about without the right to."""
    return Wait(JobPlan(Ending.NEVER), ALLOWED, "RUNNING")


def six_hours(_scale: float) -> Wait:
    """A job of six hours, asked about every minute until its event comes."""
    return Wait(JobPlan(takes=6 * HOUR), (*ALLOWED, "batch:DescribeJobs"), "SUCCEEDED", events=True)


PREPARED = (
    _measured(many, lambda scale: scaled(10_000, scale), 1),
    _measured(stuck, lambda _: 1, 1_000),
    _measured(six_hours, lambda _: 362, 1_000),
)
WORKLOADS = (
    Workload("P1", "10,000 polls of a job", "s", 3.0, more=False, prepare=PREPARED[0]),
    Workload("P2", "a stuck job without timeout", "ms", 50.0, more=False, prepare=PREPARED[1]),
    Workload("P3", "a job of 6 h", "ms", 50.0, more=False, prepare=PREPARED[2]),
)
