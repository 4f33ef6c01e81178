"""A client of the Step Functions API in an emulator of its own."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.world.world import default_world

ROLE = "arn:aws:iam::123456789012:role/r"


class Api:
    """Makes calls as the root user of the first account."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.clock = emulator.world.clock
        self.account = next(iter(emulator.world.accounts.values()))

    async def ask(self, operation, service="stepfunctions", **parameters):
        call = Call(self.account.root, service, operation, parameters, "us-east-1")
        return (await self.emulator.gate.call(call)).output

    async def create(self, definition, name="m", **parameters):
        text = json.dumps(definition)
        answer = await self.ask("CreateStateMachine", name=name, definition=text, roleArn=ROLE, **parameters)
        return answer["stateMachineArn"]

    async def start(self, machine, **parameters):
        return (await self.ask("StartExecution", stateMachineArn=machine, **parameters))["executionArn"]

    async def join(self, arn):
        """Let an execution run to its end; it."""
        execution = self.emulator.executions[arn]
        await execution.join(self.clock)
        return execution


@pytest.fixture
def api():
    """Opens an emulator and gives its client: `async with api() as client`."""

    @asynccontextmanager
    async def opened(world=None):
        async with Emulator(world or default_world()) as emulator:
            yield Api(emulator)

    return opened
