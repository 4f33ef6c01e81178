"""What a clock is: starting workers, waiting for signals, deadlines. Both clocks keep these promises."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

T = TypeVar("T")


class Expired(Exception):  # noqa: N818 - a deadline passed; not an error of ours
    """The time given by `Clock.timeout` is over."""


class Stalled(Exception):  # noqa: N818 - the world stands still
    """No worker can run, none is in real work and no deadline that matters is left: nothing will ever happen again.

    It is raised in the outermost call that waits, so whoever runs the world learns of it, and time has not moved.
    """


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


class Group(Protocol):
    """Whoever keeps tasks until they have ended: `asyncio.TaskGroup` is one."""

    def create_task(self, coro: Coroutine[Any, Any, Any], /) -> asyncio.Task[Any]:
        """Start a task and keep it."""
        ...


class Worker(Generic[T]):
    """A started coroutine: its outcome arrives at `done`; `cancel` ends it early."""

    __slots__ = ("_blocked", "_clock", "_idle", "_outermost", "_task", "done")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._task: asyncio.Task[Any] | None = None
        self._blocked: asyncio.Future[None] | None = None
        self._idle = False
        self._outermost = False
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

    @property
    def happened(self) -> int:
        """Grows with whatever those can see who only look; always 0 in real time, where everybody looks."""
        return 0

    @abstractmethod
    async def sleep_until(self, when: float) -> None:
        """Return at `when`, at once if it has passed."""

    @abstractmethod
    async def wait(self, signal: Signal[T]) -> T:
        """The value of the signal, when it is given."""

    @abstractmethod
    def timeout(self, when: float, *, idle: bool = False, weak: bool = False) -> AbstractAsyncContextManager[Expired]:
        """A body that ends with the yielded `Expired` if it still waits at `when`.

        `idle`: what follows only looks whether something has happened, so it may come when something has. `weak`: the
        deadline comes with the time, but is no reason for time to pass.
        """

    @abstractmethod
    def _wake(self, waiter: asyncio.Future[None], error: Exception | None = None) -> None: ...

    @abstractmethod
    def _wake_only(self, waiter: asyncio.Future[None]) -> None: ...

    @abstractmethod
    def _rest(self, worker: Worker[Any], waiter: asyncio.Future[None]) -> None: ...

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

    def start(self, group: Group, work: Coroutine[Any, Any, T]) -> Worker[T]:
        """Run a coroutine as a worker inside a group of tasks; its errors go to its `done` signal."""
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
        worker._outermost = True  # noqa: SLF001 - made here
        self._workers[task] = worker
        self._began()
        try:
            yield
        finally:
            del self._workers[task]
            self._ended()


async def _outcome(work: Coroutine[Any, Any, T]) -> T | Exception:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - handed on to whoever waits for the worker
        return error
