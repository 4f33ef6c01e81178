"""An emulator in which one Task runs at a time, in account `source`, permissions judged."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.source import unwritten
from turnstile.world.answers import Answers, read_script


class Site:
    """Makes calls as the root user of an account, and runs Tasks of a machine named Orders."""

    def __init__(self, emulator, accounts):
        self.emulator = emulator
        self.accounts = accounts
        self._runs = 0

    async def ask(self, service, operation, account=None, region="us-east-1", **parameters):
        """Call a service as the root user; the answer."""
        caller = (account or self.accounts.source).root
        return (await self.emulator.gate.call(Call(caller, service, operation, parameters, region))).output

    async def task(self, resource, parameters, **fields):
        """Run a machine of one Task to its end; the execution."""
        state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True, **fields}
        return await self.run({"StartAt": "Call", "States": {"Call": {**state, "Parameters": parameters}}})

    async def run(self, definition):
        """Run a machine to its end; the execution. The first one is named Orders."""
        self._runs += 1
        source = self.accounts.source
        machine = await self.emulator.create_state_machine(
            source.root,
            name="Orders" if self._runs == 1 else f"Orders{self._runs}",
            definition=json.dumps(definition),
            role_arn=self.accounts.execution.arn,
            region="us-east-1",
        )
        return await self.emulator.execute(source.root, machine, {})

    def called(self):
        """What stands in the trail since the execution role was taken: service, operation, allowed."""
        return [
            (entry.call.service, entry.call.operation, entry.ruling.allowed)
            for entry in self.emulator.gate.trail
            if entry.call.caller.arn.endswith(":root") is False
        ]


@pytest.fixture
def site(accounts):
    """Opens the emulator: `async with site() as here`."""

    @asynccontextmanager
    async def opened(**stubs):
        for name, answers in stubs.items():
            faults = []
            script = read_script(answers, unwritten("<stub>"), faults)
            assert not faults
            accounts.source.stubs[name.replace("__", ":").replace("_", "-")] = Answers(script)
        async with Emulator(accounts.world) as emulator:
            yield Site(emulator, accounts)

    return opened
