"""An emulator on a thread of its own, so that it belongs to no loop of a test and blocks none.

Time is virtual, and deterministic: it stands still while a test computes. While the test is blocked in a call, time
passes as far as the call itself needs it (a long poll, a wait for the end of an execution); a call is answered when
everything that can happen at that instant has happened. `door` holds the one exception, made for tests that poll.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from contextlib import nullcontext
from typing import TYPE_CHECKING

from turnstile.clock import RealWork
from turnstile.pytest_plugin.door import Door, rest
from turnstile.pytest_plugin.trouble import ClosedWorldError
from turnstile.states.execution import Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator
    from typing import Any, TypeVar

    from turnstile.backends.loopback import Loopback
    from turnstile.clock import Worker
    from turnstile.emulator import Emulator
    from turnstile.gate.trail import Entry
    from turnstile.states.execution import Execution

    T = TypeVar("T")


class _ClosedError(Exception):
    """The test has done with the world: executions that still run are ended."""


async def _nothing(_emulator: Emulator) -> None:
    """A world that needs no staging."""


class Hosted:
    """An emulator that lives from the first time it is needed until `close`; `prepare` stages its world.

    Work is given to it from any thread (`run`) or any loop (`run_async`). `awaited` are the ARNs of executions that
    somebody has waited for.
    """

    def __init__(self, emulator: Emulator, prepare: Callable[[Emulator], Awaitable[None]] = _nothing) -> None:
        self.emulator = emulator
        self.awaited: set[str] = set()
        self._prepare = prepare
        self._opening = threading.Lock()
        self._thread: threading.Thread | None = None
        self._opened: Future[str] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._raised: list[BaseException] = []
        self._loopback: Loopback | None = None
        self._test: RealWork[Any] | None = None
        self._door: Door | None = None
        self._closed = False

    @property
    def closed(self) -> bool:
        """Nothing can be done in it any more."""
        return self._closed

    @property
    def left_running(self) -> Iterator[Execution]:
        """The executions that still run and that nobody has waited for."""
        for one in self.emulator.executions.values():
            crashed = one.worker is not None and one.worker.done.given
            if one.status is Status.RUNNING and not crashed and one.arn not in self.awaited:
                yield one

    def check(self) -> None:
        """The world is not closed.

        Raises:
            ClosedWorldError: it is.
        """
        __tracebackhide__ = True
        if self._closed:
            raise ClosedWorldError

    def refused(self, request_id: str) -> Entry | None:
        """The call of a client that was refused with that request id."""
        return self._door.refused.get(request_id) if self._door is not None else None

    def open(self) -> str:
        """The address of the endpoint; the world lives from now on.

        Raises:
            Rejected: a service refuses to make what is declared.
            ServiceError: a service refuses a function or a state machine.
            Unsupported: something that is declared is not emulated.
            ClosedWorldError: the world is closed.
        """
        self.check()
        with self._opening:
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="turnstile", daemon=True)
                self._thread.start()
        return self._opened.result()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of work in the world; its exceptions are raised here."""
        return self._submitted(work).result()

    async def run_async(self, work: Coroutine[Any, Any, T]) -> T:
        """As `run`, without blocking the loop it is called in."""
        if self._thread is None or not self._opened.done():
            await asyncio.to_thread(self.open)
        return await asyncio.wrap_future(self._submitted(work))

    def close(self) -> None:
        """End the world, with what still runs in it.

        Raises:
            Unsupported: something came to what is not emulated, and nobody was told.
        """
        self._closed = True
        if self._thread is None:
            return
        if self._loop is not None and self._end is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed by itself
                self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        for trouble in self._troubles():
            self._raised.append(trouble)
            raise trouble

    def _troubles(self) -> Iterator[BaseException]:
        """What no test has been told, and is no outcome of the emulated world."""
        found = [self._failure, self._loopback.trouble if self._loopback else None]
        workers = (execution.worker for execution in self.emulator.executions.values())
        found += [_error(worker) for worker in workers if worker is not None]
        for trouble in found:
            if trouble is not None and not any(trouble is told for told in self._raised):
                yield trouble

    def _submitted(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        try:
            self.open()
            assert self._loop is not None, "an open world has a loop"
            return asyncio.run_coroutine_threadsafe(self._attended(work), self._loop)
        except BaseException:
            work.close()
            raise

    async def _attended(self, work: Coroutine[Any, Any, T]) -> T:
        """Do work while the test waits for it: its time passes."""
        assert self._test is not None, "an open world is hosted"
        clock = self.emulator.world.clock
        try:
            with clock.attend(), self._test.aside():
                result = await work
                await rest(clock)
        except Exception as error:
            self._raised.append(error)
            raise
        return result

    def _live(self) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
                runner.run(self._host())
        except BaseException as error:  # noqa: BLE001 - raised in the test's thread
            if self._opened.done():
                self._failure = error
            else:
                self._opened.set_exception(error)

    async def _host(self) -> None:
        """Hold the world open in a worker that nobody attends: what stands still is told to whoever waits in a call."""
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            worker = self.emulator.world.clock.start(group, self._stay(self._end))
        error = _error(worker)
        if error is not None:
            raise error

    async def _stay(self, end: asyncio.Event) -> None:
        from turnstile.backends.loopback import Loopback  # noqa: PLC0415 - loads aiohttp and botocore

        with contextlib.suppress(_ClosedError):
            async with self.emulator:
                await self._prepare(self.emulator)
                self._test = RealWork(self.emulator.world.clock, _until(end))
                self._door = Door(self.emulator, self._test)
                async with Loopback(self._door, lambda _key: nullcontext()) as self._loopback:
                    self._opened.set_result(await self._loopback.url())
                    await self._test.done()
                    raise _ClosedError


async def _until(end: asyncio.Event) -> None:
    await end.wait()


def _error(worker: Worker[Any]) -> Exception | None:
    """What a worker ended with, but for its own result and the end of the world."""
    value = worker.done.value if worker.done.given else None
    return value if isinstance(value, Exception) else None
