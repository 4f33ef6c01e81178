"""A world kept open, in which executions can be stopped and redriven: `open_session` and `open_session_async`.

    with turnstile.open_session() as session:
        execution = session.start("machine.asl.json", {"x": 1})  # begins, and stands still until time may pass
        session.sleep(10)                                        # ten seconds of virtual time
        execution.stop(error="Enough")
        execution.redrive()
        execution.join()                                         # .status .output .error .cause .history()

Time stands still between the calls on a session. Leaving the block waits for the executions that still run.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from turnstile.loops import outside_a_loop
from turnstile.running import NO_INPUT
from turnstile.session_async import Begun, SessionAsync, StartedAsync, open_session_async

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path
    from types import TracebackType
    from typing import Any, TypeVar

    from turnstile.asl.definition import StateMachine
    from turnstile.clock import Clock
    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.states.execution import Execution
    from turnstile.world.world import World

    T = TypeVar("T")


def open_session(*, world: World | None = None, clock: Clock | None = None, seed: int = 0) -> Session:
    """A session for code without a loop; world, clock and seed as in `run`."""
    return Session(open_session_async(world=world, clock=clock, seed=seed))


class Started(Begun):
    """An execution of a session; every method lets the world move on as far as it needs."""

    def __init__(self, inner: StartedAsync, session: Session) -> None:
        super().__init__(inner.execution)
        self._inner = inner
        self._session = session

    def join(self) -> Self:
        """Run it to its end; see `StartedAsync.join`."""
        self._session.run(self._inner.join())
        self.stuck = self._inner.stuck
        return self

    def stop(self, *, error: str | None = None, cause: str | None = None) -> None:
        """Abort it; see `StartedAsync.stop`."""
        self._session.run(self._inner.stop(error=error, cause=cause))

    def redrive(self) -> None:
        """Let it go on; see `StartedAsync.redrive`."""
        self._session.run(self._inner.redrive())


class Session:
    """A world kept open, for code without a loop."""

    def __init__(self, inner: SessionAsync) -> None:
        outside_a_loop("open_session", "async with open_session_async(...)")
        self._inner = inner
        self._runner = asyncio.Runner()
        self._requests: asyncio.Queue[tuple[Coroutine[Any, Any, Any], asyncio.Future[Any]] | None] = asyncio.Queue()
        self._host: asyncio.Task[None] | None = None

    @property
    def world(self) -> World:
        """The world of the session."""
        return self._inner.world

    @property
    def executions(self) -> tuple[Execution, ...]:
        """See `SessionAsync.executions`."""
        return self._inner.executions

    @property
    def calls(self) -> tuple[Entry, ...]:
        """See `SessionAsync.calls`."""
        return self._inner.calls

    def __enter__(self) -> Self:
        self._runner.run(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._close(failed=error is not None))
        finally:
            self._runner.close()

    def start(
        self,
        definition: StateMachine | dict[str, Json] | str | Path,
        document: Json = NO_INPUT,
        *,
        name: str | None = None,
        machine_name: str = "StateMachine",
        type: str = "STANDARD",  # noqa: A002 - the API's own word
        role_arn: str | None = None,
    ) -> Started:
        """Start an execution of a definition; see `SessionAsync.start`."""
        work = self._inner.start(
            definition, document, name=name, machine_name=machine_name, type=type, role_arn=role_arn
        )
        return Started(self.run(work), self)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.run(self._inner.sleep(seconds))

    def ask(self, operation: str, parameters: dict[str, Json]) -> Json:
        """Make a call of the Step Functions API; see `SessionAsync.ask`."""
        return self.run(self._inner.ask(operation, parameters))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs inside the session."""
        return self._runner.run(self._put(work))

    async def _open(self) -> None:
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._host = asyncio.create_task(self._serve(opened))
        await asyncio.wait((opened, self._host), return_when=asyncio.FIRST_COMPLETED)
        if self._host.done():
            self._host.result()

    async def _serve(self, opened: asyncio.Future[None]) -> None:
        """Hold the world open and do all work in this one task, which the world's task group belongs to."""
        async with self._inner:
            opened.set_result(None)
            while (request := await self._requests.get()) is not None:
                work, answer = request
                try:
                    answer.set_result(await work)
                except Exception as error:  # noqa: BLE001 - raised where the request was made
                    answer.set_exception(error)

    async def _put(self, work: Coroutine[Any, Any, T]) -> T:
        assert self._host is not None
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._requests.put_nowait((work, answer))
        await asyncio.wait((answer, self._host), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            self._host.result()
        return answer.result()

    async def _close(self, *, failed: bool) -> None:
        if self._host is None:
            return
        if failed:
            self._host.cancel()
            await asyncio.wait((self._host,))
        else:
            self._requests.put_nowait(None)
            await self._host
