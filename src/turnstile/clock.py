"""Time. Nothing else in the project asks what time it is or puts a worker to sleep.

A *worker* is a coroutine that is started by `Clock.start` (or stands inside `Clock.attend`) and blocks only by
`sleep_until`, `wait` or real work (a process, a socket). Two clocks give it time:

* `VirtualClock` jumps. It counts the workers that can run; a worker in real work counts as running. When none can,
  it goes to the next deadline and wakes exactly the one worker (or timeout) that is due, ties in order of arrival. So a
  deadline is met only when everything that could happen before it has happened, and a year of Waits takes no time.
* `WallClock` waits, for serving clients that live in real time.

`loop.time()` is never touched. A `Signal` is how one worker wakes another: a wake counts as running from the moment
it is given, so time cannot slip between a wake and the worker taking it up.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

T = TypeVar("T")

DAWN = 1_767_225_600.0
"""Where virtual time starts when nobody says otherwise: 2026-01-01T00:00:00Z, in seconds since 1970."""


class Expired(Exception):  # noqa: N818 - a deadline passed; not an error of ours
    """The time given by `Clock.timeout` is over."""


class Stalled(Exception):  # noqa: N818 - the world stands still
    """No worker can run, none is in real work and no deadline is left: nothing will ever happen again."""


class Signal(Generic[T]):
    """A value that one worker gives once and any number of workers wait for."""

    __slots__ = ("_clock", "_value", "_waiters", "given")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._value: T | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self.given = False

    @property
    def value(self) -> T:
        """What was given; only after `given`."""
        return self._value  # type: ignore[return-value]

    def give(self, value: T) -> None:
        """Give the value and wake the waiters in order of arrival; the first value stays."""
        if self.given:
            return
        self.given = True
        self._value = value
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            self._clock._wake(waiter)  # noqa: SLF001 - the two are one mechanism

    def _enter(self, waiter: asyncio.Future[None]) -> None:
        self._waiters.append(waiter)

    def _leave(self, waiter: asyncio.Future[None]) -> None:
        if waiter in self._waiters:
            self._waiters.remove(waiter)


class Worker(Generic[T]):
    """A started coroutine: its outcome arrives at `done`; `cancel` ends it early."""

    __slots__ = ("_blocked", "_clock", "_task", "done")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._task: asyncio.Task[Any] | None = None
        self._blocked: asyncio.Future[None] | None = None
        self.done: Signal[T | BaseException] = Signal(clock)

    def cancel(self) -> None:
        """Ask the coroutine to end; it counts as running until it has."""
        if self._task is None or self._task.done():
            return
        if self._blocked is not None:
            self._clock._wake_only(self._blocked)  # noqa: SLF001 - the two are one mechanism
            self._blocked = None
        self._task.cancel()


class Clock(ABC):
    """What both clocks share: starting workers and waiting for signals."""

    def __init__(self) -> None:
        self._workers: dict[asyncio.Task[Any], Worker[Any]] = {}

    @abstractmethod
    def now(self) -> float:
        """Seconds since 1970, UTC."""

    @abstractmethod
    async def sleep_until(self, when: float) -> None:
        """Return at `when`, at once if it has passed."""

    @abstractmethod
    async def wait(self, signal: Signal[T]) -> T:
        """The value of the signal, when it is given."""

    @abstractmethod
    def timeout(self, when: float) -> AbstractAsyncContextManager[Expired]:
        """A body that ends with the yielded `Expired` if it still waits at `when`."""

    @abstractmethod
    def _wake(self, waiter: asyncio.Future[None], error: Exception | None = None) -> None: ...

    @abstractmethod
    def _wake_only(self, waiter: asyncio.Future[None]) -> None: ...

    @abstractmethod
    def _began(self) -> None: ...

    @abstractmethod
    def _ended(self) -> None: ...

    def signal(self) -> Signal[Any]:
        """A signal that this clock's workers can wait for."""
        return Signal(self)

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""
        await self.sleep_until(self.now() + seconds)

    def start(self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, T]) -> Worker[T]:
        """Run a coroutine as a worker inside a task group; its errors go to its `done` signal."""
        worker: Worker[T] = Worker(self)
        self._began()
        task = group.create_task(_outcome(work))
        worker._task = task  # noqa: SLF001 - made here
        self._workers[task] = worker
        task.add_done_callback(lambda task: self._finish(worker, task, work))
        return worker

    def _finish(self, worker: Worker[T], task: asyncio.Task[T | Exception], work: Coroutine[Any, Any, T]) -> None:
        """Runs even for a task that was cancelled before its first step; until then the worker counts as running."""
        work.close()
        del self._workers[task]
        worker.done.give(asyncio.CancelledError() if task.cancelled() else task.result())
        self._ended()

    async def result(self, worker: Worker[T]) -> T:
        """Wait for a worker; its error is raised here."""
        outcome = await self.wait(worker.done)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    @contextmanager
    def attend(self) -> Iterator[None]:
        """Count the current coroutine as a worker: for the outermost call, which nobody started."""
        task = asyncio.current_task()
        if task is None or task in self._workers:
            yield
            return
        worker: Worker[None] = Worker(self)
        worker._task = task  # noqa: SLF001 - made here
        self._workers[task] = worker
        self._began()
        try:
            yield
        finally:
            del self._workers[task]
            self._ended()


@dataclass(order=True, slots=True)
class _Deadline:
    """An entry of the heap; `then` is None once nobody waits for it, and then it moves no time."""

    when: float
    sequence: int
    then: Callable[[], None] | None = field(compare=False)


async def _outcome(work: Coroutine[Any, Any, T]) -> T | Exception:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - handed on to whoever waits for the worker
        return error


class VirtualClock(Clock):
    """Time that jumps to the next deadline when nothing else can happen."""

    def __init__(self, start: float = DAWN) -> None:
        super().__init__()
        self._now = start
        self._deadlines: list[_Deadline] = []
        self._sequence = 0
        self._running = 0
        self._blocked: dict[asyncio.Future[None], None] = {}

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now

    async def sleep_until(self, when: float) -> None:
        """Return at `when`, at once if it has passed."""
        if when <= self._now:
            return
        waiter = asyncio.get_running_loop().create_future()
        deadline = self._at(when, lambda: self._wake(waiter))
        try:
            await self._block(waiter)
        finally:
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
    async def timeout(self, when: float) -> AsyncIterator[Expired]:
        """End the body with the yielded `Expired` if it still waits at `when`.

        A deadline comes up only while every worker is blocked, so it always meets the body in a wait.
        """
        task = asyncio.current_task()
        worker = self._workers[task] if task is not None else None
        expired = Expired()

        def expire() -> None:
            if worker is not None and worker._blocked is not None:  # noqa: SLF001 - made in this file
                self._wake(worker._blocked, expired)  # noqa: SLF001 - made in this file

        deadline = self._at(when, expire)
        try:
            yield expired
        finally:
            deadline.then = None

    def _at(self, when: float, then: Callable[[], None]) -> _Deadline:
        self._sequence += 1
        deadline = _Deadline(when, self._sequence, then)
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

    def _began(self) -> None:
        self._running += 1

    def _ended(self) -> None:
        self._running -= 1
        self._advance()

    def _advance(self) -> None:
        """INVARIANT: returns with a worker running, or with nothing blocked; time never moves backwards."""
        while self._running == 0 and self._blocked:
            if not self._deadlines:
                self._wake(next(iter(self._blocked)), Stalled("nothing left in the world can move"))
                return
            deadline = heapq.heappop(self._deadlines)
            if deadline.then is not None:
                self._now = max(self._now, deadline.when)
                deadline.then()


class WallClock(Clock):
    """Real time."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    async def sleep_until(self, when: float) -> None:
        """Return at `when`, at once if it has passed."""
        while (left := when - self.now()) > 0:
            await asyncio.sleep(min(left, 3600.0))  # noqa: ASYNC110 - there is no event, only time

    async def wait(self, signal: Signal[T]) -> T:
        """The value of the signal, when it is given."""
        if not signal.given:
            waiter = asyncio.get_running_loop().create_future()
            signal._enter(waiter)  # noqa: SLF001 - the two are one mechanism
            try:
                await waiter
            finally:
                signal._leave(waiter)  # noqa: SLF001 - the two are one mechanism
        return signal.value

    @asynccontextmanager
    async def timeout(self, when: float) -> AsyncIterator[Expired]:
        """End the body with the yielded `Expired` if it still waits at `when`."""
        expired = Expired()
        left = asyncio.timeout(max(0.0, when - self.now()))
        try:
            async with left:
                yield expired
        except TimeoutError:
            if left.expired():
                raise expired from None
            raise

    def _wake(self, waiter: asyncio.Future[None], error: Exception | None = None) -> None:
        if not waiter.done():
            waiter.set_exception(error) if error else waiter.set_result(None)

    def _wake_only(self, waiter: asyncio.Future[None]) -> None: ...

    def _began(self) -> None: ...

    def _ended(self) -> None: ...


def stopwatch() -> Callable[[], float]:
    """Start to measure how long our own work takes; the answer says the seconds of wall time since then."""
    began = time.perf_counter()
    return lambda: time.perf_counter() - began
