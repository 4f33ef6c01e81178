"""Real time, and the stopwatch for durations of our own."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from turnstile.clock.interface import Clock, Expired, Signal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

    from turnstile.clock.interface import Worker

T = TypeVar("T")


class WallClock(Clock):
    """Real time."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    async def sleep_until(self, when: float) -> None:
        """Return at `when`, at once if it has passed."""
        while (left := when - self.now()) > 0:  # noqa: ASYNC110 - there is no event, only time
            await asyncio.sleep(min(left, 3600.0))

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
    async def timeout(
        self,
        when: float,
        *,
        idle: bool = False,  # noqa: ARG002 - see below
        weak: bool = False,  # noqa: ARG002 - see below
    ) -> AsyncIterator[Expired]:
        """End the body with the yielded `Expired` if it still waits at `when`, idle or not: time passes by itself."""
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

    def _rest(self, worker: Worker[Any], waiter: asyncio.Future[None]) -> None: ...

    def _began(self) -> None: ...

    def _ended(self) -> None: ...


def stopwatch() -> Callable[[], float]:
    """Start to measure how long our own work takes; the answer says the seconds of wall time since then."""
    began = time.perf_counter()
    return lambda: time.perf_counter() - began


def pause(seconds: float) -> None:
    """Let real time pass, outside of any world."""
    time.sleep(seconds)
