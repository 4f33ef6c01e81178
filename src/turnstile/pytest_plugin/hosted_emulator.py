"""The clock and the emulator of an open world, for tests with and without a loop of their own.

Every method that waits has a twin whose name ends in `_async`; both do the same on the thread of the world.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from turnstile.asl.definition import StateMachine
from turnstile.asl.parse import parse
from turnstile.document import Json, compact
from turnstile.pytest_plugin.played import Played
from turnstile.pytest_plugin.trouble import NotThereError, UnusableError, direct, direct_async

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.emulator import Emulator
    from turnstile.pytest_plugin.hosted import Hosted
    from turnstile.world.caller import Caller
    from turnstile.world.world import Account

_NO_INPUT: Mapping[str, Json] = {}


class HostedClock:
    """The virtual time of an open world."""

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted

    def now(self) -> float:
        """Seconds since 1970."""
        return self._hosted.emulator.world.clock.now()

    @direct
    def advance(self, seconds: float) -> None:
        """Let so much time pass, in seconds; everything that is due until then happens.

        Raises:
            UnusableError: the seconds are negative, or no finite number.
        """
        self._hosted.run(self._sleep(seconds))

    @direct_async
    async def advance_async(self, seconds: float) -> None:
        """As `advance`, in a loop."""
        await self._hosted.run_async(self._sleep(seconds))

    async def _sleep(self, seconds: float) -> None:
        if not 0 <= seconds < math.inf:
            raise UnusableError(f"`{seconds}` seconds cannot pass; give a finite number from 0")
        await self._hosted.emulator.world.clock.sleep(seconds)


class HostedEmulator:
    """Starts executions in an open world and waits for them. A machine is told by its ARN, or by its name alone."""

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted

    @direct
    def create(
        self, account: Account, name: str, definition: StateMachine | Mapping[str, Json] | str, role_arn: str, kind: str
    ) -> str:
        """Create a state machine as the root user of an account; its ARN. See `OpenWorld.state_machine`."""
        machine = definition if isinstance(definition, StateMachine) else parse(_writable(definition))
        return self._hosted.run(
            self._emulator.create_state_machine(
                account.root,
                name=name,
                definition=compact(machine.document),
                role_arn=role_arn,
                region=account.region,
                type=kind,
            )
        )

    @direct
    def start(
        self, machine: str, document: Json = _NO_INPUT, *, name: str | None = None, caller: Caller | None = None
    ) -> Played:
        """Start an execution, by default as the root user of the machine's account; it has run as far as it gets now.

        Raises:
            NotThereError: there is no such machine.
            ServiceError: the execution is refused.
        """
        return self._hosted.run(self._start(machine, document, name, caller))

    @direct_async
    async def start_async(
        self, machine: str, document: Json = _NO_INPUT, *, name: str | None = None, caller: Caller | None = None
    ) -> Played:
        """As `start`, in a loop."""
        return await self._hosted.run_async(self._start(machine, document, name, caller))

    @direct
    def execute(
        self, machine: str, document: Json = _NO_INPUT, *, name: str | None = None, caller: Caller | None = None
    ) -> Played:
        """Start an execution and wait until it has ended, or until nothing can end it any more; see `start`.

        Raises:
            Unsupported: it came to something that is not emulated.
        """
        return self._hosted.run(self._execute(machine, document, name, caller))

    @direct_async
    async def execute_async(
        self, machine: str, document: Json = _NO_INPUT, *, name: str | None = None, caller: Caller | None = None
    ) -> Played:
        """As `execute`, in a loop."""
        return await self._hosted.run_async(self._execute(machine, document, name, caller))

    @property
    def _emulator(self) -> Emulator:
        return self._hosted.emulator

    async def _start(self, machine: str, document: Json, name: str | None, caller: Caller | None) -> Played:
        arn = self._arn(machine)
        account = self._emulator.world.owner(arn)
        assert account is not None, "a machine has an owner"
        begun = len(self._emulator.gate.trail)
        execution = await self._emulator.start(caller or account.root, arn, document, name=name)
        return Played(execution, self._hosted, begun)

    async def _execute(self, machine: str, document: Json, name: str | None, caller: Caller | None) -> Played:
        played = await self._start(machine, document, name, caller)
        await played.ended()
        return played

    def _arn(self, machine: str) -> str:
        """The ARN of a machine; one that was never created is refused by the service."""
        if machine.startswith("arn:"):
            return machine
        there = [arn for account in self._emulator.world.accounts.values() for arn in account.machines]
        found = [arn for arn in there if arn.rpartition(":")[2] == machine]
        if len(found) == 1:
            return found[0]
        listed = ", ".join(f"`{arn}`" for arn in found or there) or "none"
        problem = "several state machines are" if found else "no state machine is"
        raise NotThereError(f"{problem} called `{machine}`; there are: {listed}")


def _writable(definition: Mapping[str, Json] | str) -> dict[str, Json] | str:
    return definition if isinstance(definition, str) else dict(definition)
