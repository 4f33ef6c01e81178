"""A world kept open for code in a loop: `open_session_async`; `session` is the same for code without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from turnstile.arn import Arn
from turnstile.asl.definition import StateMachine
from turnstile.asl.parse import parse
from turnstile.document import Json, compact
from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.running import EVERYTHING, NO_INPUT
from turnstile.world.world import World, default_world

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from turnstile.clock import Clock
    from turnstile.gate.trail import Entry
    from turnstile.states.execution import Execution
    from turnstile.states.standstill import Stuck
    from turnstile.world.world import Account


def open_session_async(*, world: World | None = None, clock: Clock | None = None, seed: int = 0) -> SessionAsync:
    """A session for code in a loop; world, clock and seed as in `run_async`."""
    return SessionAsync(world or default_world(clock=clock, seed=seed))


class Begun:
    """An execution of a session, as it stands."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.stuck: tuple[Stuck, ...] = ()

    @property
    def arn(self) -> str:
        """The ARN of the execution."""
        return self.execution.arn

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self.execution.status.value

    @property
    def output(self) -> Json:
        """The output of an execution that succeeded, else None."""
        return self.execution.output

    @property
    def error(self) -> str | None:
        """The error name of an execution that did not succeed, if it has one."""
        return self.execution.error

    @property
    def cause(self) -> str | None:
        """What the error says, if it says anything."""
        return self.execution.cause

    def history(self) -> list[Json]:
        """The events so far in the shape of GetExecutionHistory."""
        return self.execution.history()


class StartedAsync(Begun):
    """An execution of a session in a loop."""

    def __init__(self, execution: Execution, session: SessionAsync) -> None:
        super().__init__(execution)
        self._session = session

    async def join(self) -> Self:
        """Wait for its end, or until the world stands still: then it runs on, and `stuck` says what it waits for.

        Raises:
            Unsupported: it came to something that is not emulated.
        """
        self.stuck = await self._session.joined(self.execution)
        return self

    async def stop(self, *, error: str | None = None, cause: str | None = None) -> None:
        """Abort it by StopExecution; one that has ended stays as it is."""
        given = {"error": error, "cause": cause}
        members = {name: text for name, text in given.items() if text is not None}
        await self._session.ask("StopExecution", {"executionArn": self.arn, **members})

    async def redrive(self) -> None:
        """Let it go on from the state that did not succeed, by RedriveExecution.

        Raises:
            ServiceError: it runs, or succeeded, or its time to be redriven is over.
        """
        await self._session.ask("RedriveExecution", {"executionArn": self.arn})


class SessionAsync:
    """A world kept open, for code in a loop."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._definitions: dict[str, StateMachine] = {}
        self._emulator = Emulator(world, definitions=self._definitions)

    async def __aenter__(self) -> Self:
        await self._emulator.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._emulator.__aexit__(kind, error, trace)

    @property
    def executions(self) -> tuple[Execution, ...]:
        """All executions so far: those that were started, then the children of distributed Maps."""
        return (*self._emulator.executions.values(), *self._emulator.children.values())

    @property
    def calls(self) -> tuple[Entry, ...]:
        """All calls so far, with what was said to them."""
        return tuple(self._emulator.gate.trail)

    async def start(
        self,
        definition: StateMachine | dict[str, Json] | str | Path,
        document: Json = NO_INPUT,
        *,
        name: str | None = None,
        machine_name: str = "StateMachine",
        type: str = "STANDARD",  # noqa: A002 - the API's own word
        role_arn: str | None = None,
    ) -> StartedAsync:
        """Start an execution of a definition, which becomes a state machine unless it is one already; see `run_async`.

        Raises:
            Rejected: the definition is faulty; it holds every fault.
            ServiceError: the state machine or the execution was refused.
            Unsupported: the definition uses something that is not emulated.
        """
        machine = definition if isinstance(definition, StateMachine) else parse(definition)
        account = self._account()
        text = compact(machine.document)
        self._definitions.setdefault(text, machine)
        machine_arn = await self._emulator.create_state_machine(
            account.root,
            name=machine_name,
            definition=text,
            role_arn=role_arn or str(Arn(account.partition, "iam", "", account.id, f"role/{EVERYTHING}")),
            region=account.region,
            type=type,
        )
        execution = await self._emulator.start(account.root, machine_arn, document, name=name)
        return StartedAsync(execution, self)

    async def joined(self, execution: Execution) -> tuple[Stuck, ...]:
        """Wait for the end of an execution; the Tasks that are stuck if the world stands still before."""
        await self._emulator.join(execution)
        return self._emulator.stuck

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        await self.world.clock.sleep(seconds)

    async def ask(self, operation: str, parameters: dict[str, Json]) -> Json:
        """Make a call of the Step Functions API as the root user of the first account; the answer's members.

        Raises:
            ServiceError: it was refused.
        """
        account = self._account()
        call = Call(account.root, "stepfunctions", operation, parameters, account.region)
        return (await self._emulator.gate.call(call)).output

    def _account(self) -> Account:
        return next(iter(self.world.accounts.values()))
