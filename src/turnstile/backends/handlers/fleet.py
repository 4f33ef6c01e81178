"""The execution environments of one function in one world: found or forked, asked, and ended when they fail.

Payloads of timeouts and crashes are as the Lambda service words them; no recording here has one (*inferred*).
"""

from __future__ import annotations

import asyncio
import heapq
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.backends.handlers.link import Gone
from turnstile.document import compact
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.backends.handlers.link import Link
    from turnstile.backends.handlers.process import Handlers, Process, Report
    from turnstile.document import Json
    from turnstile.world.function import Function, HandlerFile
    from turnstile.world.world import World

_CONCURRENT = 10
"""Execution environments of one function at most; further invocations wait for one."""

_SIGNALS = {
    1: "hangup",
    2: "interrupt",
    4: "illegal instruction",
    6: "aborted",
    7: "bus error",
    8: "floating point exception",
    9: "killed",
    11: "segmentation fault",
    15: "terminated",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: JSON text, whether it is an error's, virtual seconds (None: as declared)."""

    payload: str
    failed: bool = False
    seconds: float | None = None


class Turn:
    """A place in a queue; it is reached when all that stood before have left."""

    def __init__(self, instant: float, before: Iterable[Turn]) -> None:
        self.instant = instant
        self._before = tuple(turn for turn in before if turn.instant == instant)
        self._left = asyncio.Event()

    async def reached(self) -> None:
        """Wait for the others."""
        for turn in self._before:
            await turn._left.wait()  # noqa: SLF001 - a turn like this one
        self._before = ()

    def leave(self) -> None:
        """Let the next one go."""
        self._left.set()


class Fleet:
    """Environments by number; the free one with the lowest number answers next, so runs are alike."""

    def __init__(self, function: Function, code: HandlerFile, handlers: Handlers, world: World) -> None:
        self._function = function
        self._code = code
        self._handlers = handlers
        self._world = world
        self._prepared = handlers.start(function, code)
        self._places = asyncio.Semaphore(_CONCURRENT)
        self._free = list(range(_CONCURRENT))
        self._environments: dict[int, Process] = {}
        self.output = ""

    async def invoke(self, arn: str, payload: bytes, turn: Turn) -> Outcome:
        """Have the handler answer an event, and return that in turn.

        Raises:
            ServiceError: the payload is not JSON.
        """
        request_id = self._world.uuid()
        async with self._places:
            number = heapq.heappop(self._free)
            try:
                outcome = await self._answer(number, arn, request_id, payload)
                await turn.reached()
            finally:
                heapq.heappush(self._free, number)
        return outcome

    def kill(self) -> list[tuple[Process, Link]]:
        """Order the end of all environments: each with the link on which it is confirmed."""
        environments, self._environments = self._environments, {}
        return [(process, process.kill()) for process in environments.values()]

    async def _answer(self, number: int, arn: str, request_id: str, payload: bytes) -> Outcome:
        report = await self._prepared.report()
        if report.error is not None or report.end is not None:
            return self._unprepared(report, request_id)
        try:
            process = await self._environment(number)
        except Gone:
            return _crashed(None, request_id)
        request = {"arn": arn, "request_id": request_id, "seconds": self._function.timeout}
        try:
            async with asyncio.timeout(self._function.timeout):
                await process.link.send(request, payload)
                header, body = await process.link.receive()
        except TimeoutError:
            await self._lose(number)
            return self._timed_out(request_id)
        except Gone:
            return _crashed(await self._lose(number), request_id)
        except BaseException:
            self._environments.pop(number, process).kill().close()
            raise
        return _outcome(header["outcome"], body.decode())

    async def _environment(self, number: int) -> Process:
        if number not in self._environments:
            day = time.strftime("%Y/%m/%d", time.gmtime(self._world.clock.now()))
            stream = f"{day}/[$LATEST]{self._world.uuid().replace('-', '')}"
            self._environments[number] = await self._handlers.environment(self._prepared, stream)
        return self._environments[number]

    async def _lose(self, number: int) -> int | None:
        """End an environment; its exit status."""
        process = self._environments.pop(number, None)
        if process is None:
            return None
        end = await process.end()
        self.output = end.output
        return end.status

    def _unprepared(self, report: Report, request_id: str) -> Outcome:
        if report.late:
            return self._timed_out(request_id)
        if report.end is not None:
            return _crashed(report.end.status, request_id)
        own = report.error["requestId"]
        return _failed({**report.error, "requestId": request_id if own is None else own})

    def _timed_out(self, request_id: str) -> Outcome:
        seconds = self._function.timeout
        text = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
        return _failed({"errorType": "Sandbox.Timedout", "errorMessage": text}, seconds)


def _outcome(kind: str, text: str) -> Outcome:
    if kind == "request":
        raise ServiceError("InvalidRequestContentException", f"Could not parse request body into json: {text}")
    return Outcome(text, failed=kind == "error")


def _crashed(status: int | None, request_id: str) -> Outcome:
    reason = "Runtime exited without providing a reason"
    if status:
        number = -status
        how = f"signal: {_SIGNALS.get(number, number)}" if status < 0 else f"exit status {status}"
        reason = f"Runtime exited with error: {how}"
    text = f"RequestId: {request_id} Error: {reason}"
    return _failed({"errorType": "Runtime.ExitError", "errorMessage": text})


def _failed(payload: Json, seconds: float | None = None) -> Outcome:
    return Outcome(compact(payload), failed=True, seconds=seconds)
