"""Asynchronous invocations: accepted at once, tried beside everything else, retried, and reported to destinations.

An event that fails is tried again after one minute and then after two, unless the function is configured otherwise;
what is left of it goes to the destination on failure and to the dead-letter queue, what succeeded to the destination
on success: calls of the function's role. A refused delivery stands in the trail and changes nothing else. Facts:
Lambda Developer Guide, "Invoking a Lambda function asynchronously"; records: "Capturing records of Lambda asynchronous
invocations". That the waits are exact, and the names of objects in S3, is *inferred*.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import partition_of
from turnstile.backends.function_roles import function_session
from turnstile.backends.handlers.outcome import Outcome
from turnstile.document import Json, compact
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.function import LATEST, EventConfig

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping
    from typing import Any

    from turnstile.backends.handlers.outcome import Event
    from turnstile.clock import Worker
    from turnstile.gate.gate import Gate
    from turnstile.world.function import Function
    from turnstile.world.world import World

_RETRIES = 2
_WAITS = (60.0, 120.0)
_OLDEST = 21_600
"""Seconds that an event may wait: six hours."""


@dataclass(frozen=True, slots=True, eq=False)
class _Accepted:
    function: Function
    arn: str
    config: EventConfig
    event: Event
    request_id: str
    at: float


class Events:
    """The events that one world's functions were sent; `run` is one attempt of a function."""

    def __init__(self, world: World, gate: Gate | None, run: Callable[[Function, Event], Awaitable[Outcome]]) -> None:
        self._world = world
        self._gate = gate
        self._run = run
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._workers: dict[Worker[None], None] = {}

    def accept(self, function: Function, wanted: str, event: Event) -> None:
        """Take an event, sent to the version or alias `wanted`, and begin to work on it beside the caller."""
        configs = self._configs(function)
        config = configs.get(wanted or LATEST) or EventConfig()
        arn = f"{function.arn}:{wanted or LATEST}"
        accepted = _Accepted(function, arn, config, event, self._world.uuid(), self._world.clock.now())
        worker = self._world.clock.start(self, self._work(accepted))
        self._workers[worker] = None

    def create_task(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Keep a task until it has ended, as a task group does."""
        task = asyncio.create_task(work)
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))
        return task

    async def settle(self) -> bool:
        """Wait until nothing is left to try; whether there was anything.

        Raises:
            Unsupported: an event came to something that is not emulated.
        """
        waited = bool(self._workers)
        while self._workers:
            worker = next(iter(self._workers))
            try:
                await self._world.clock.result(worker)
            finally:
                self._workers.pop(worker, None)
        return waited

    async def close(self) -> None:
        """Give up what is under way."""
        for worker in self._workers:
            worker.cancel()
        self._workers.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _configs(self, function: Function) -> Mapping[str, EventConfig]:
        current = self._world.function(function.arn)
        return current.published.events if current else {}

    async def _work(self, accepted: _Accepted) -> None:
        clock, config = self._world.clock, accepted.config
        retries = _RETRIES if config.retries is None else config.retries
        oldest = _OLDEST if config.age is None else config.age
        count = 0
        while True:
            count += 1
            outcome = await self._attempt(accepted)
            if not outcome.failed:
                await self._deliver(accepted, config.on_success, "Success", outcome, count)
                return
            if count > retries:
                break
            if clock.now() + _WAITS[count - 1] - accepted.at > oldest:
                await self._give_up(accepted, "EventAgeExceeded", outcome, count)
                return
            await clock.sleep(_WAITS[count - 1])
        await self._give_up(accepted, "RetriesExhausted", outcome, count)

    async def _attempt(self, accepted: _Accepted) -> Outcome:
        try:
            return await self._run(accepted.function, accepted.event)
        except ServiceError as error:
            return Outcome(compact({"errorType": error.code, "errorMessage": error.message}), failed=True)

    async def _give_up(self, accepted: _Accepted, condition: str, outcome: Outcome, count: int) -> None:
        await self._deliver(accepted, accepted.config.on_failure, condition, outcome, count)
        if accepted.function.dead_letter:
            await self._send(accepted, accepted.function.dead_letter, accepted.event.payload.decode(), condition)

    async def _deliver(
        self, accepted: _Accepted, destination: str, condition: str, outcome: Outcome, count: int
    ) -> None:
        if destination:
            await self._send(
                accepted, destination, compact(self._record(accepted, condition, outcome, count)), condition
            )

    def _record(self, accepted: _Accepted, condition: str, outcome: Outcome, count: int) -> Json:
        response: dict[str, Json] = {"statusCode": 200, "executedVersion": accepted.function.version}
        if outcome.failed:
            response["functionError"] = "Unhandled"
        return {
            "version": "1.0",
            "timestamp": _timestamp(self._world.clock.now()),
            "requestContext": {
                "requestId": accepted.request_id,
                "functionArn": accepted.arn,
                "condition": condition,
                "approximateInvokeCount": count,
            },
            "requestPayload": json.loads(accepted.event.payload),
            "responseContext": response,
            "responsePayload": json.loads(outcome.payload),
        }

    async def _send(self, accepted: _Accepted, destination: str, text: str, condition: str) -> None:
        """Deliver a text by a call of the function's role; a refusal is the trail's business."""
        function = accepted.function
        if self._gate is None or not function.role:
            return
        service, operation, parameters = _delivery(accepted, destination, text, condition, self._world.clock.now())
        region = arns.parse(destination).region or function.region
        try:
            session = await function_session(self._gate, function)
            await self._gate.call(Call(session, service, operation, parameters, region))
        except ServiceError:
            return


def _delivery(
    accepted: _Accepted, destination: str, text: str, condition: str, now: float
) -> tuple[str, str, dict[str, Json]]:
    """Service, operation and parameters of the call that brings a text to a destination."""
    arn = arns.parse(destination)
    match arn.service:
        case "sqs":
            suffix = partition_of(arn.region).dns_suffix
            url = f"https://sqs.{arn.region}.{suffix}/{arn.account}/{arn.resource}"
            return "sqs", "SendMessage", {"QueueUrl": url, "MessageBody": text}
        case "sns":
            return "sns", "Publish", {"TopicArn": destination, "Message": text}
        case "lambda":
            parameters = {"FunctionName": destination, "InvocationType": "Event", "Payload": text}
            return "lambda", "Invoke", parameters
        case "s3":
            day = datetime.fromtimestamp(now, UTC)
            key = f"aws/lambda/async/{accepted.function.name}/{day:%Y/%m/%d}/{day:%Y-%m-%dT%H.%M.%S}-"
            return "s3", "PutObject", {"Bucket": arn.resource, "Key": f"{key}{accepted.request_id}", "Body": text}
        case _:
            result = "Success" if condition == "Success" else "Failure"
            entry = {
                "Source": "lambda",
                "DetailType": f"Lambda Function Invocation Result - {result}",
                "Detail": text,
                "EventBusName": destination,
                "Resources": [destination, accepted.arn],
            }
            return "events", "PutEvents", {"Entries": [entry]}


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
