"""Real work that a worker waits for: a process, a socket. Time stands still for it, but for where it is put aside.

A Lambda handler that asks the gate for something is such work: while it is blocked in its call it computes nothing, and
what it asked for may take virtual time. So the worker that waits for the handler is counted as blocked for as long.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from turnstile.clock.interface import Clock, Worker

T = TypeVar("T")


class RealWork(Generic[T]):
    """A coroutine that blocks by real work only; waited for once, by `done`."""

    __slots__ = ("_away", "_clock", "_waiter", "_work", "_worker")

    def __init__(self, clock: Clock, work: Coroutine[Any, Any, T]) -> None:
        self._clock = clock
        self._work = work
        self._worker: Worker[Any] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._away = 0

    async def done(self) -> T:
        """What the work gives. Whatever ends the wait early cancels the work, and sees it gone."""
        current = asyncio.current_task()
        self._worker = self._clock._workers.get(current) if current else None  # noqa: SLF001 - one mechanism
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(self._work)
        task.add_done_callback(self._finished)
        try:
            await waiter
        except BaseException:
            self._clock._wake_only(waiter)  # noqa: SLF001 - it runs again, to clean up
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        finally:
            self._waiter = None
            if self._worker is not None:
                self._worker._blocked = None  # noqa: SLF001 - one mechanism
        return task.result()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Count the waiting worker as blocked: the work itself waits for the body. Bodies may overlap."""
        self._away += 1
        if self._away == 1 and self._waiter is not None and self._worker is not None:
            self._clock._rest(self._worker, self._waiter)  # noqa: SLF001 - one mechanism
        try:
            yield
        finally:
            self._away -= 1
            if self._away == 0 and self._waiter is not None and self._worker is not None:
                self._clock._wake_only(self._waiter)  # noqa: SLF001 - one mechanism
                self._worker._blocked = None  # noqa: SLF001 - one mechanism

    def _finished(self, _task: asyncio.Future[T]) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            self._clock._wake_only(waiter)  # noqa: SLF001 - one mechanism
            waiter.set_result(None)
