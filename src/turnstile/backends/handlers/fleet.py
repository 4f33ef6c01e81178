"""The execution environments of one function in one world: found or forked, asked, and ended when they fail.

Payloads of timeouts and crashes are as the Lambda service words them; no recording here has one (*inferred*).
"""

from __future__ import annotations

import asyncio
import heapq
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from turnstile.backends.handlers.link import Gone
from turnstile.backends.handlers.log import log
from turnstile.backends.handlers.memory import MemoryWatch
from turnstile.backends.handlers.process import INIT_SECONDS
from turnstile.backends.handlers.turn import Invocation
from turnstile.clock import Expired, RealWork
from turnstile.document import compact
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.handlers.link import Link
    from turnstile.backends.handlers.process import Handlers, Process, Report
    from turnstile.backends.handlers.turn import Turn
    from turnstile.document import Json
    from turnstile.world.function import Code, Function
    from turnstile.world.world import World

CONCURRENT = 10
"""Handlers of one function that compute at once; further invocations wait for one."""
_MOST = 100
"""Execution environments of one function, those blocked in calls included; ours, an account of Lambda has 1,000."""

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
class Event:
    """What a handler is asked: the ARN as it was invoked by, the payload, and the client context if one was sent."""

    arn: str
    payload: bytes
    client_context: Json = None
    logged: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: JSON text, whether it is an error's, virtual seconds (None: as declared), its log."""

    payload: str
    failed: bool = False
    seconds: float | None = None
    log: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """Credentials of an environment: what stands in its variables, and when they end, in seconds since 1970."""

    key: str
    variables: Mapping[str, str]
    expires: float


class Access(Protocol):
    """How handlers of a world reach its gate."""

    async def open(self, function: Function) -> Pass:
        """Credentials for a new environment.

        Raises:
            ServiceError: Lambda may not take the function's role.
        """
        ...

    def enter(self, opened: Pass, invocation: Invocation) -> None:
        """Calls with these credentials belong to that invocation from now on."""
        ...

    def leave(self, opened: Pass) -> None:
        """Calls with these credentials belong to no invocation."""
        ...

    def close_pass(self, opened: Pass) -> None:
        """The environment is gone, and so are its credentials."""
        ...


@dataclass(slots=True, eq=False)
class Environment:
    """A process with the credentials it was given."""

    process: Process
    opened: Pass | None


class Fleet:
    """Environments by number; the free one with the lowest number answers next, so runs are alike."""

    def __init__(self, function: Function, code: Code, handlers: Handlers, world: World, access: Access | None) -> None:
        self._function = function
        self._handlers = handlers
        self._world = world
        self._access = access
        self._prepared = handlers.start(function, code)
        self.places = asyncio.Semaphore(CONCURRENT)
        self._free = list(range(_MOST))
        self._environments: dict[int, Environment] = {}
        self.output = ""

    async def invoke(self, event: Event, turn: Turn, computing: dict[Invocation, None]) -> Outcome:
        """Have the handler answer an event, and return that in turn.

        Raises:
            ServiceError: the payload is not JSON, Lambda may not take the role, or too many environments are at work.
        """
        request_id = self._world.uuid()
        invocation = Invocation(turn, computing, self.places)
        await invocation.enter()
        try:
            if not self._free:
                raise ServiceError("TooManyRequestsException", "Rate Exceeded.", 429)
            number = heapq.heappop(self._free)
            try:
                outcome = await self._answer(number, event, request_id, invocation)
            finally:
                heapq.heappush(self._free, number)
            invocation.finish()
            await turn.reached()
        finally:
            invocation.finish()
            invocation.leave()
        return outcome

    def kill(self) -> list[tuple[Process, Link]]:
        """Order the end of all environments: each with the link on which it is confirmed."""
        environments, self._environments = self._environments, {}
        for environment in environments.values():
            self._forget(environment)
        return [(each.process, each.process.kill()) for each in environments.values()]

    async def _answer(self, number: int, event: Event, request_id: str, invocation: Invocation) -> Outcome:
        report = await self._prepared.report()
        if report.error is not None or report.end is not None:
            return self._unprepared(report, request_id)
        await self._renew(number)
        opened = await self._access.open(self._function) if self._access and number not in self._environments else None
        asking = RealWork(self._world.clock, self._ask(number, opened, event, request_id, invocation))
        invocation.works(asking)
        try:
            return await self._within(asking, request_id, number)
        finally:
            environment = self._environments.get(number)
            if self._access and environment and environment.opened:
                self._access.leave(environment.opened)

    async def _within(self, asking: RealWork[Outcome], request_id: str, number: int) -> Outcome:
        """The outcome, unless calls of the handler take longer than it may run, on the world's clock."""
        clock, began = self._world.clock, self._world.clock.now()
        limit = self._function.timeout + (0 if number in self._environments else INIT_SECONDS)
        try:
            async with clock.timeout(began + limit) as expiry:
                outcome = await asking.done()
        except Expired as expired:
            if expired is not expiry:
                raise
            outcome = self._timed_out(request_id, "")
        if outcome.seconds is None:
            return outcome
        return replace(outcome, seconds=max(0.0, outcome.seconds - (clock.now() - began)))

    async def _ask(
        self, number: int, opened: Pass | None, event: Event, request_id: str, invocation: Invocation
    ) -> Outcome:
        try:
            environment, error = await self._environment(number, opened, invocation)
        except TimeoutError:
            return self._timed_out(request_id, "")
        except Gone:
            return self._crashed(None, request_id, "")
        if error is not None:
            await self._lose(number)
            return self._failed(_named(error, request_id), request_id, self.output)
        return await self._exchange(number, environment, event, request_id)

    async def _exchange(self, number: int, environment: Environment, event: Event, request_id: str) -> Outcome:
        process = environment.process
        request = {
            "arn": event.arn,
            "request_id": request_id,
            "seconds": self._function.timeout,
            "version": self._function.version,
            "client_context": event.client_context,
        }
        watch = MemoryWatch(process.pid, self._function.memory, process.link.cut)
        try:
            async with asyncio.timeout(self._function.timeout):
                await process.link.send(request, event.payload)
                header, body = await process.link.receive()
        except TimeoutError:
            await self._lose(number)
            return self._timed_out(request_id, self.output)
        except Gone:
            status = await self._lose(number)
            return (
                self._exhausted(request_id, self.output)
                if watch.over
                else self._crashed(status, request_id, self.output)
            )
        except BaseException:
            lost = self._environments.pop(number, environment)
            self._forget(lost)
            lost.process.kill().close()
            raise
        finally:
            watch.stop()
        written = self._log(await process.read(), request_id) if event.logged else ""
        if header.get("ends"):
            await self._lose(number)
        return _outcome(header["outcome"], body.decode(), written)

    async def _environment(self, number: int, opened: Pass | None, invocation: Invocation) -> tuple[Environment, Json]:
        found = self._environments.get(number)
        if found is not None:
            if self._access and found.opened:
                self._access.enter(found.opened, invocation)
            return found, None
        day = time.strftime("%Y/%m/%d", time.gmtime(self._world.clock.now()))
        stream = f"{day}/[{self._function.version}]{self._world.uuid().replace('-', '')}"
        names = {**(opened.variables if opened else {}), "AWS_LAMBDA_LOG_STREAM_NAME": stream}
        if self._access and opened:
            self._access.enter(opened, invocation)
        try:
            process, error = await self._handlers.environment(self._prepared, names)
        except BaseException:
            if self._access and opened:
                self._access.close_pass(opened)
            raise
        environment = self._environments[number] = Environment(process, opened)
        return environment, error

    async def _renew(self, number: int) -> None:
        """End an environment whose credentials are over, as Lambda does before they are."""
        found = self._environments.get(number)
        if found and found.opened and found.opened.expires <= self._world.clock.now() + self._function.timeout:
            await self._lose(number)

    async def _lose(self, number: int) -> int | None:
        """End an environment; its exit status."""
        environment = self._environments.pop(number, None)
        if environment is None:
            return None
        self._forget(environment)
        end = await environment.process.end()
        self.output = end.output
        return end.status

    def _forget(self, environment: Environment) -> None:
        if self._access and environment.opened:
            self._access.close_pass(environment.opened)

    def _log(self, written: str, request_id: str, said: str = "", seconds: float | None = None) -> str:
        facts = self._function
        return log(written, request_id, facts.version, facts.takes if seconds is None else seconds, facts.memory, said)

    def _unprepared(self, report: Report, request_id: str) -> Outcome:
        if report.late:
            return self._timed_out(request_id, "")
        if report.end is not None:
            return self._crashed(report.end.status, request_id, report.end.output)
        return self._failed(_named(report.error, request_id), request_id, "")

    def _timed_out(self, request_id: str, written: str) -> Outcome:
        seconds = self._function.timeout
        text = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
        payload = {"errorType": "Sandbox.Timedout", "errorMessage": text}
        said = f"Task timed out after {seconds:.2f} seconds"
        return Outcome(
            compact(payload), failed=True, seconds=seconds, log=self._log(written, request_id, said, seconds)
        )

    def _exhausted(self, request_id: str, written: str) -> Outcome:
        text = f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
        return self._failed({"errorType": "Runtime.OutOfMemory", "errorMessage": text}, request_id, written)

    def _crashed(self, status: int | None, request_id: str, written: str) -> Outcome:
        reason = "Runtime exited without providing a reason"
        if status:
            number = -status
            how = f"signal: {_SIGNALS.get(number, number)}" if status < 0 else f"exit status {status}"
            reason = f"Runtime exited with error: {how}"
        text = f"RequestId: {request_id} Error: {reason}"
        return self._failed({"errorType": "Runtime.ExitError", "errorMessage": text}, request_id, written)

    def _failed(self, payload: Json, request_id: str, written: str) -> Outcome:
        said = str(payload.get("errorMessage", "")) if "RequestId:" in str(payload.get("errorMessage", "")) else ""
        return Outcome(compact(payload), failed=True, log=self._log(written, request_id, said))


def _named(error: Json, request_id: str) -> Json:
    """The payload of a failed import, with the id of the invocation where it belongs."""
    return {**error, "requestId": request_id} if "requestId" in error and error["requestId"] is None else error


def _outcome(kind: str, text: str, written: str) -> Outcome:
    if kind == "request":
        raise ServiceError("InvalidRequestContentException", f"Could not parse request body into json: {text}")
    return Outcome(text, failed=kind == "error", log=written)
