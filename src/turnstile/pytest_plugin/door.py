"""What stands before the gate of a world in a test: when calls of a test's clients are answered, and when time passes.

A call is answered when everything that can happen at that instant has happened, so that what a test does next never
races with what its last call began. Whoever looks at an execution that still runs lets time pass: after the first look
one second, after each further one in a row twice as much, at most until it ends. So a test that polls comes
to the end of any workflow in a few looks, and one that does not poll can answer a callback before its timeout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.clock import Expired
from turnstile.gate.errors import AccessDenied

if TYPE_CHECKING:
    from typing import Any

    from turnstile.clock import Clock
    from turnstile.clock.real import RealWork
    from turnstile.emulator import Emulator
    from turnstile.gate.call import Answer, Call
    from turnstile.gate.trail import Entry
    from turnstile.world.world import World

_LONGEST = 86_400.0
"""Virtual seconds that one look lets pass at most."""


async def rest(clock: Clock) -> None:
    """Wait until nothing more can happen at this instant of the world's time; for a worker of its clock."""
    try:
        async with clock.timeout(clock.now()) as over:
            await clock.wait(clock.signal())
    except Expired as expired:
        if expired is not over:
            raise


class Door:
    """The gate as clients of a test reach it; `test` is the work that is put aside while they wait."""

    def __init__(self, emulator: Emulator, test: RealWork[Any]) -> None:
        self._emulator = emulator
        self._gate = emulator.gate
        self._test = test
        self._looked_at = ""
        self._pace = 1.0
        self.refused: dict[str, Entry] = {}

    @property
    def world(self) -> World:
        """The world behind it."""
        return self._gate.world

    async def call(self, call: Call) -> Answer:
        """See `Gate.call`; the caller is a worker of the world's clock."""
        with self._test.aside():
            answer = await self._judged(call)
            await rest(self.world.clock)
            looked_at = _looked_at(call, answer)
            if looked_at:
                await self._pass(looked_at)
            else:
                self._looked_at = ""
        return answer

    async def _judged(self, call: Call) -> Answer:
        """Keep what was refused by the id of its answer: clients tell by it which call it was."""
        try:
            return await self._gate.call(call)
        except AccessDenied as denied:
            self.refused[denied.request_id] = denied.entry
            raise

    async def _pass(self, looked_at: str) -> None:
        """Let time pass after a look at an execution that runs."""
        self._pace = min(2 * self._pace, _LONGEST) if looked_at == self._looked_at else 1.0
        self._looked_at = looked_at
        clock = self.world.clock
        try:
            async with clock.timeout(clock.now() + self._pace) as over:
                await self._emulator.executions[looked_at].join(clock)
        except Expired as expired:
            if expired is not over:
                raise
        await rest(clock)


def _looked_at(call: Call, answer: Answer) -> str:
    """The ARN of the running execution that a call looks at, empty for none."""
    looks = call.service == "stepfunctions" and call.operation == "DescribeExecution"
    return str(call.parameters["executionArn"]) if looks and answer.output.get("status") == "RUNNING" else ""
