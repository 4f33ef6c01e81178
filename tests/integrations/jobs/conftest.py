"""Tasks of any service: what they work on is made first, by calls of the account's root user."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.jobs.table import JOBS
from turnstile.world.job_plan import JobPlans, JobRule

REGION = "us-east-1"
WORK = "Work"
"""The role that services work with."""


class Workplace:
    """A machine of one Task in account `source`, and its job in `account`."""

    def __init__(self, emulator, accounts, account, write_policy):
        self.emulator = emulator
        self.accounts = accounts
        self.account = account
        self._write_policy = write_policy
        self.made = {"account": account.id}
        self.began = 0.0

    async def prepare(self, calls):
        """Make what the Task works on; `keep` are parts of the answers that later texts name by `${...}`."""
        for each in calls:
            answer = await self.ask(each["service"], each["operation"], self.fill(each.get("parameters", {})))
            self.made |= {name: _at(answer, place) for name, place in each.get("keep", {}).items()}

    async def ask(self, service, operation, parameters):
        call = Call(self.account.root, service, operation, parameters, REGION)
        return (await self.emulator.gate.call(call)).output

    def fill(self, document):
        """The document with what was kept."""
        text = re.sub(r"\$\{(\w+)\}", lambda match: str(self.made[match[1]]), json.dumps(document))
        return json.loads(text)

    def plan(self, row, plan):
        """Let the jobs of a kind live so."""
        self.account.jobs[f"{row.client}:{row.start}"] = JobPlans((JobRule(plan),))

    def deny(self, *actions):
        """Take rights away from the role that works."""
        role = self.accounts.execution if self.account is self.accounts.source else self.accounts.invoke
        denial = self._write_policy({"Effect": "Deny", "Action": list(actions), "Resource": "*"}, name="Denied")
        self.account.roles[role.arn] = replace(role, policies=(*role.policies, denial))

    async def run(self, resource, parameters, **fields):
        """Execute a machine of one Task; its execution."""
        state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": self.fill(parameters)}
        if self.account is not self.accounts.source:
            state["Credentials"] = {"RoleArn": self.accounts.invoke.arn}
        definition = {"StartAt": "Do", "States": {"Do": {**state, "End": True, **fields}}}
        machine = await self.emulator.create_state_machine(
            self.accounts.source.root,
            name="Orders",
            definition=json.dumps(definition),
            role_arn=self.accounts.execution.arn,
            region=REGION,
        )
        self.began = self.emulator.world.clock.now()
        return await self.emulator.execute(self.accounts.source.root, machine, {})

    def calls(self, action):
        """When the Task made the call of that action, in seconds after its start, and whether it was allowed."""
        operation = action.partition(":")[2]
        role = self.accounts.execution if self.account is self.accounts.source else self.accounts.invoke
        return [
            (entry.time - self.began, entry.ruling.allowed)
            for entry in self.emulator.gate.trail
            if getattr(entry.call.caller, "role_arn", "") == role.arn and entry.call.operation == operation
        ]

    def stands(self, row):
        """The state of the thing that was started last."""
        lives = self.emulator._services.jobs.backend.lives[self.account.id, row.client].values()
        about = [life for life in lives if life.row.describe.operation == row.describe.operation]
        return about[-1].state(self.emulator.world.clock.now())


def _at(answer, place):
    for step in place.split("."):
        answer = answer[int(step) if step.isdecimal() else step]
    return answer


@pytest.fixture
def workplace(accounts, write_policy, write_trust):
    """Opens a workplace: `async with workplace(calls, remote=False) as place`."""

    @asynccontextmanager
    async def opened(calls=(), *, remote=False, events=True):
        accounts.world.settings = replace(accounts.world.settings, events=events)
        account = accounts.target if remote else accounts.source
        everything = write_policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
        accounts.role(account, WORK, write_trust({"Principal": {"Service": "glue.amazonaws.com"}}), everything)
        async with Emulator(accounts.world) as emulator:
            place = Workplace(emulator, accounts, account, write_policy)
            await place.prepare(calls)
            yield place

    return opened


@pytest.fixture
def row_of():
    """The row of a job by its resource."""
    return lambda job: JOBS[tuple(f"{job}.sync".split(":", 1))]
