"""The execution environments of one function in one world: found or forked, asked, and ended when they fail."""

from __future__ import annotations

import asyncio
import heapq
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.backends.handlers.link import Gone
from turnstile.backends.handlers.memory import MemoryWatch
from turnstile.backends.handlers.outcome import Failures, Outcome, named
from turnstile.backends.handlers.prepared import INIT_SECONDS
from turnstile.backends.handlers.turn import Invocation
from turnstile.clock import Expired, RealWork
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from turnstile.backends.handlers.access import Access, Pass
    from turnstile.backends.handlers.link import Link
    from turnstile.backends.handlers.outcome import Event
    from turnstile.backends.handlers.pool import Handlers
    from turnstile.backends.handlers.process import Process
    from turnstile.backends.handlers.turn import Turn
    from turnstile.document import Json
    from turnstile.world.function import Code, Function
    from turnstile.world.world import World

CONCURRENT = 10
"""Handlers of one function that compute at once; further invocations wait for one."""
_MOST = 100
"""Execution environments of one function, those blocked in calls included; ours, an account of Lambda has 1,000."""


@dataclass(slots=True, eq=False)
class Environment:
    """A process with the credentials it was given."""

    process: Process
    opened: Pass | None


class Fleet:
    """Environments by number; the free one with the lowest number answers next, so runs are alike."""

    def __init__(self, function: Function, code: Code, handlers: Handlers, world: World, access: Access | None) -> None:
        self._function = function
        self._failures = Failures(function)
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
            return self._failures.unprepared(report, request_id)
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
            outcome = self._failures.timed_out(request_id, "")
        if outcome.seconds is None:
            return outcome
        return replace(outcome, seconds=max(0.0, outcome.seconds - (clock.now() - began)))

    async def _ask(
        self, number: int, opened: Pass | None, event: Event, request_id: str, invocation: Invocation
    ) -> Outcome:
        try:
            environment, error = await self._environment(number, opened, invocation)
        except TimeoutError:
            return self._failures.timed_out(request_id, "")
        except Gone:
            return self._failures.crashed(None, request_id, "")
        if error is not None:
            await self._lose(number)
            return self._failures.failed(named(error, request_id), request_id, self.output)
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
            return self._failures.timed_out(request_id, self.output)
        except Gone:
            status = await self._lose(number)
            return (
                self._failures.exhausted(request_id, self.output)
                if watch.over
                else self._failures.crashed(status, request_id, self.output)
            )
        except BaseException:
            lost = self._environments.pop(number, environment)
            self._forget(lost)
            lost.process.kill().close()
            raise
        finally:
            watch.stop()
        written = self._failures.log(await process.read(), request_id) if event.logged else ""
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


def _outcome(kind: str, text: str, written: str) -> Outcome:
    if kind == "request":
        raise ServiceError("InvalidRequestContentException", f"Could not parse request body into json: {text}")
    return Outcome(text, failed=kind == "error", log=written)
