"""Time that jumps to the next deadline when nothing else can happen."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from turnstile.clock.interface import Clock, Expired, Signal, Stalled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

    from turnstile.clock.interface import Worker

T = TypeVar("T")

DAWN = 1_767_225_600.0
"""Where virtual time starts when nobody says otherwise: 2026-01-01T00:00:00Z, in seconds since 1970."""


@dataclass(order=True, slots=True)
class _Deadline:
    """An entry of the heap; `then` is None once nobody waits for it, and then it moves no time.

    `idle` is how much had happened when somebody began to wait who only looks whether something has; None for all
    others. A `weak` one is no reason for time to pass.
    """

    when: float
    sequence: int
    then: Callable[[], None] | None = field(compare=False)
    idle: int | None = field(compare=False, default=None)
    weak: bool = field(compare=False, default=False)


class VirtualClock(Clock):
    """Time that jumps to the next deadline when nothing else can happen."""

    def __init__(self, start: float = DAWN) -> None:
        super().__init__()
        self._now = start
        self._deadlines: list[_Deadline] = []
        self._sequence = 0
        self._running = 0
        self._blocked: dict[asyncio.Future[None], None] = {}
        self._sleeping = 0
        self._happened = 0
        self._dozing: list[_Deadline] = []
        self._dozed_at = 0

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now

    @property
    def happened(self) -> int:
        """Grows with whatever those can see who only look."""
        return self._happened

    async def sleep_until(self, when: float) -> None:
        """Return at `when`, at once if it has passed."""
        if when <= self._now:
            return
        waiter = asyncio.get_running_loop().create_future()
        deadline = self._at(when, lambda: self._wake(waiter))
        self._sleeping += 1
        try:
            await self._block(waiter)
        finally:
            self._sleeping -= 1
            deadline.then = None

    async def wait(self, signal: Signal[T]) -> T:
        """The value of the signal, when it is given."""
        if not signal.given:
            waiter = asyncio.get_running_loop().create_future()
            signal._enter(waiter)  # noqa: SLF001 - the two are one mechanism
            try:
                await self._block(waiter)
            finally:
                signal._leave(waiter)  # noqa: SLF001 - the two are one mechanism
        return signal.value

    @asynccontextmanager
    async def timeout(self, when: float, *, idle: bool = False, weak: bool = False) -> AsyncIterator[Expired]:
        """End the body with the yielded `Expired` if it still waits at `when`.

        A deadline comes up only while every worker is blocked, so it always meets the body in a wait. An idle one is
        passed over while nobody sleeps and nothing has happened since: who only looks whether something has happened
        would see the same again. It comes up as soon as something has. When only weak ones are left, time stands still.
        """
        task = asyncio.current_task()
        worker = self._workers[task] if task is not None else None
        expired = Expired()

        def expire() -> None:
            if worker is not None and worker._blocked is not None:  # noqa: SLF001 - made in this file
                self._wake(worker._blocked, expired)  # noqa: SLF001 - made in this file

        deadline = self._at(when, expire, self._happened if idle else None, weak=weak)
        if worker is not None and idle:
            worker._idle = True  # noqa: SLF001 - made in this file
        try:
            yield expired
        finally:
            deadline.then = None
            if worker is not None and idle:
                worker._idle = False  # noqa: SLF001 - made in this file

    def _at(self, when: float, then: Callable[[], None], idle: int | None = None, *, weak: bool = False) -> _Deadline:
        self._sequence += 1
        deadline = _Deadline(when, self._sequence, then, idle, weak)
        heapq.heappush(self._deadlines, deadline)
        return deadline

    async def _block(self, waiter: asyncio.Future[None]) -> None:
        task = asyncio.current_task()
        worker = self._workers.get(task) if task is not None else None
        if worker is None:
            raise RuntimeError("only a worker may wait on the clock: use Clock.attend or Clock.start")
        worker._blocked = waiter  # noqa: SLF001 - made in this file
        self._blocked[waiter] = None
        self._running -= 1
        self._happened += not worker._idle  # noqa: SLF001 - made in this file
        self._advance()
        try:
            await waiter
        except asyncio.CancelledError:
            self._wake_only(waiter)  # cancelled from outside: it runs again, to clean up
            raise
        finally:
            worker._blocked = None  # noqa: SLF001 - made in this file

    def _wake(self, waiter: asyncio.Future[None], error: Exception | None = None) -> None:
        if waiter not in self._blocked:
            return
        self._wake_only(waiter)
        if not waiter.done():
            waiter.set_exception(error) if error else waiter.set_result(None)

    def _wake_only(self, waiter: asyncio.Future[None]) -> None:
        if waiter in self._blocked:
            del self._blocked[waiter]
            self._running += 1

    def _rest(self, worker: Worker[Any], waiter: asyncio.Future[None]) -> None:
        if not waiter.done():
            worker._blocked = waiter  # noqa: SLF001 - made in this file
            self._blocked[waiter] = None
            self._running -= 1
            self._happened += 1
            self._advance()

    def _began(self) -> None:
        self._running += 1

    def _ended(self) -> None:
        self._running -= 1
        self._happened += 1
        self._advance()

    def _advance(self) -> None:
        """INVARIANT: returns with a worker running, or with nothing blocked; time never moves backwards."""
        self._rouse()
        while self._running == 0 and self._blocked:
            if not self._deadlines:
                self._stall()
                return
            deadline = heapq.heappop(self._deadlines)
            if deadline.then is None:
                continue
            if self._dozes(deadline):
                self._dozing.append(deadline)
                self._dozed_at = self._happened
                continue
            if deadline.weak and not any(map(self._matters, self._deadlines)):
                heapq.heappush(self._deadlines, deadline)
                self._stall()
                return
            self._now = max(self._now, deadline.when)
            deadline.then()

    def _dozes(self, deadline: _Deadline) -> bool:
        return deadline.idle == self._happened and not self._sleeping

    def _matters(self, deadline: _Deadline) -> bool:
        """Whether time has to go on to a deadline."""
        return deadline.then is not None and not deadline.weak and not self._dozes(deadline)

    def _stall(self) -> None:
        """Tell whoever runs the world that nothing moves; a worker that was started, where no such waits."""
        outermost = (
            worker._blocked  # noqa: SLF001 - made in this file
            for worker in self._workers.values()
            if worker._outermost and worker._blocked is not None  # noqa: SLF001 - made in this file
        )
        waiter = next(outermost, None) or next(iter(self._blocked))
        self._wake(waiter, Stalled("nothing left in the world can move"))

    def _rouse(self) -> None:
        """Put the deadlines that were passed over back when there is something to see again."""
        if self._dozing and (self._sleeping or self._dozed_at != self._happened):
            for deadline in self._dozing:
                heapq.heappush(self._deadlines, deadline)
            self._dozing.clear()
