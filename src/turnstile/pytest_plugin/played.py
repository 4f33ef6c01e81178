"""An execution in an open world, as a test sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from turnstile.pytest_plugin.trouble import direct, direct_async
from turnstile.report.report import STUCK, Case
from turnstile.source import unwritten
from turnstile.states.execution import Status

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.emulator import Emulator
    from turnstile.gate.trail import Entry
    from turnstile.pytest_plugin.hosted import Hosted
    from turnstile.states.execution import Execution
    from turnstile.states.standstill import Stuck
    from turnstile.world.world import World


class Played:
    """An execution as it stands; `stuck` are the Tasks that wait in a world in which nothing can happen any more."""

    def __init__(self, execution: Execution, hosted: Hosted, begun: int) -> None:
        self.execution = execution
        self.stuck: tuple[Stuck, ...] = ()
        self._hosted = hosted
        self._begun = begun
        self._until: int | None = None

    def __repr__(self) -> str:
        return f"<execution {self.arn} {self.status}>"

    @property
    def arn(self) -> str:
        """The ARN of the execution."""
        return self.execution.arn

    @property
    def status(self) -> str:
        """SUCCEEDED, FAILED, TIMED_OUT, ABORTED, RUNNING, or STUCK where nothing can end it any more."""
        stuck = self.stuck and self.execution.status is Status.RUNNING
        return STUCK if stuck else self.execution.status.value

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

    @property
    def trail(self) -> tuple[Entry, ...]:
        """The calls of the world since it was started, until somebody last waited for its end."""
        return tuple(self._hosted.emulator.gate.trail)[self._begun : self._until]

    @property
    def denied(self) -> tuple[Entry, ...]:
        """Those of these calls that were refused."""
        return tuple(entry for entry in self.trail if not entry.ruling.allowed)

    def history(self) -> list[Json]:
        """The events so far in the shape of GetExecutionHistory."""
        return self.execution.history()

    @direct
    def join(self) -> Self:
        """Wait until it has ended, or until nothing can end it any more.

        Raises:
            Unsupported: it came to something that is not emulated.
        """
        self._hosted.run(self.ended())
        return self

    @direct_async
    async def join_async(self) -> Self:
        """As `join`, in a loop."""
        await self._hosted.run_async(self.ended())
        return self

    async def ended(self) -> None:
        """As `join`, for work on the thread of the world."""
        emulator = self._hosted.emulator
        await emulator.join(self.execution)
        self._hosted.awaited.add(self.arn)
        self.stuck = emulator.stuck
        self._until = len(emulator.gate.trail)

    @property
    def world(self) -> World:
        """The world that it runs in."""
        return self._hosted.emulator.world

    def case(self) -> Case:
        """It as a case of a report, which is what explanations are made from."""
        return replace(told(self.execution, self._hosted.emulator), status=self.status, refused=self.denied)

    def case_of(self, execution_arn: str) -> Case:
        """An execution of its world as a case; one without a history if there is none."""
        return told(self._hosted.emulator.executions.get(execution_arn), self._hosted.emulator)


def told(execution: Execution | None, emulator: Emulator) -> Case:
    """An execution as a case of a report, with nothing refused; for None, one that never began."""
    now = emulator.world.clock.now()
    return Case(
        name=execution.name if execution else "",
        status=execution.status.value if execution else "",
        virtual=(execution.stopped or now) - execution.started if execution else 0.0,
        wall=0.0,
        output=execution.output if execution else None,
        error=execution.error if execution else None,
        cause=execution.cause if execution else None,
        findings=(),
        refused=(),
        history=tuple(execution.history()) if execution else (),
        judged=emulator.world.judged,
        where=unwritten("<test>").where(),
        stuck=emulator.stuck,
    )
