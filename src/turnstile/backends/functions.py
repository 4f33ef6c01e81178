"""Lambda functions behind the gate: `Invoke`, answered in this process or by a real Python handler.

Time stands still while a handler runs; afterwards the clock moves by the function's declared duration, or by its
timeout if it was killed. Concurrent invocations of one function have an execution environment each, as in Lambda, and
results of invocations that began at one instant are delivered in the order of their start, so a run does not depend
on how fast a machine is. What a handler itself sees of time is real time.

Facts: reference/recorded-behaviour.md and the Lambda API Reference, Invoke; the texts of refused requests are
*inferred*. An invocation of type `Event` runs the handler once, at once, and drops what comes of it; Lambda's retries
and destinations are not emulated.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.backends.handlers.code import LARGEST_RESPONSE, failure, too_large
from turnstile.backends.handlers.fleet import Fleet, Outcome, Turn
from turnstile.document import compact, octets
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.world.function import FunctionError, HandlerFile, resolve_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.handlers.process import Handlers
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.world.function import Answer, Function, FunctionName
    from turnstile.world.world import World

LATEST = "$LATEST"

_LARGEST = {"RequestResponse": 6_291_456, "Event": 1_048_576}
"""Bytes of a payload by type of invocation (Lambda quotas)."""

_NAME_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)"
    r"(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)


class Functions:
    """The Lambda service of one world. Handler files run in processes forked from `handlers`, until `close`."""

    def __init__(self, world: World, handlers: Handlers) -> None:
        self._world = world
        self._handlers = handlers
        self._fleets: dict[str, Fleet] = {}
        self._turns: dict[Turn, None] = {}

    async def perform(self, call: Call, owner: str) -> Output:
        """Invoke a function, or read or write its policy; a name without an account means one of the owner's.

        Raises:
            ServiceError: there is no such function, or the request is none that Lambda takes.
            Unsupported: another operation, a version or alias, a handler where nothing can fork.
        """
        if call.operation != "Invoke":
            from turnstile.backends import function_policies  # noqa: PLC0415 - loads the policy language

            if call.operation not in function_policies.OPERATIONS:
                raise Unsupported(f"lambda:{call.operation}")
            return function_policies.perform(self._world, call, owner)
        name = _name(call, owner)
        qualifier = _qualifier(name, call.parameters.get("Qualifier"))
        function = self._world.function(name.arn)
        if function is None:
            text = f"Function not found: {name.arn}:{qualifier or LATEST}"
            raise ServiceError("ResourceNotFoundException", text, 404)
        if qualifier not in ("", LATEST):
            raise Unsupported(f"the version or alias `{qualifier}` of a Lambda function", name.arn)
        arn = f"{name.arn}:{qualifier}" if qualifier else name.arn
        return await self._invoke(function, arn, call.parameters)

    def written(self, function: Function) -> str:
        """The end of what a handler's last ended process had written to stdout and stderr; mostly for messages."""
        fleet = self._fleets.get(function.arn)
        return fleet.output if fleet else ""

    async def close(self) -> None:
        """End all execution environments. They are as good as dead when the first await begins."""
        ordered = [(fleet, *each) for fleet in self._fleets.values() for each in fleet.kill()]
        for fleet, process, reply in ordered:
            fleet.output = (await process.gone(reply)).output

    async def _invoke(self, function: Function, arn: str, parameters: Mapping[str, Json]) -> Output:
        kind = parameters.get("InvocationType") or "RequestResponse"
        if kind == "DryRun":
            return {"StatusCode": 204}
        outcome = await self._run(function, arn, _payload(parameters, kind))
        if kind == "Event":
            return {"StatusCode": 202, "Payload": ""}
        seconds = function.takes if outcome.seconds is None else outcome.seconds
        if seconds > 0:
            await self._world.clock.sleep(seconds)
        output = {"StatusCode": 200, "ExecutedVersion": LATEST, "Payload": outcome.payload}
        return {**output, "FunctionError": "Unhandled"} if outcome.failed else output

    async def _run(self, function: Function, arn: str, payload: bytes) -> Outcome:
        if not isinstance(function.code, HandlerFile):
            return _answer(function.code, payload, self._world)
        fleet = self._fleets.get(function.arn)
        if fleet is None:
            fleet = self._fleets[function.arn] = Fleet(function, function.code, self._handlers, self._world)
        turn = Turn(self._world.clock.now(), self._turns)
        self._turns[turn] = None
        try:
            return await fleet.invoke(arn, payload, turn)
        finally:
            del self._turns[turn]
            turn.leave()


def _name(call: Call, owner: str) -> FunctionName:
    text = call.parameters.get("FunctionName")
    partition = partition_of(call.region).name
    name = resolve_name(str(text), partition=partition, region=call.region, account=owner)
    if name is None:
        value = f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: "
        pattern = f"Member must satisfy regular expression pattern: {_NAME_PATTERN}"
        raise ServiceError("ValidationException", value + pattern)
    return name


def _qualifier(name: FunctionName, given: str | None) -> str:
    if given and name.qualifier and given != name.qualifier:
        text = "The derived qualifier from the function name does not match the specified qualifier."
        raise ServiceError("InvalidParameterValueException", text)
    return name.qualifier or given or ""


def _payload(parameters: Mapping[str, Json], kind: str) -> bytes:
    if kind not in _LARGEST:
        text = f"1 validation error detected: Value '{kind}' at 'invocationType' failed to satisfy constraint: "
        allowed = "Member must satisfy enum value set: [RequestResponse, Event, DryRun]"
        raise ServiceError("ValidationException", text + allowed)
    given = parameters.get("Payload") or "{}"
    payload = octets(given) if isinstance(given, str) else bytes(given)
    if len(payload) > _LARGEST[kind]:
        text = f"Request must be smaller than {_LARGEST[kind]} bytes for the InvokeFunction operation"
        raise ServiceError("RequestTooLargeException", text, 413)
    return payload


def _answer(answer: Answer, payload: bytes, world: World) -> Outcome:
    """The outcome of an answer declared in this process; it takes no time but what is declared."""
    try:
        event = json.loads(payload)
    except ValueError as error:
        text = f"Could not parse request body into json: {error}"
        raise ServiceError("InvalidRequestContentException", text) from None
    try:
        value, failed = answer(event), False
    except FunctionError as error:
        value, failed = error.payload, True
    try:
        text = compact(value)
        length = len(text.encode())  # half of a surrogate pair is refused as the runtime of a handler refuses it
    except (TypeError, ValueError, RecursionError) as error:
        reason = f"Unable to marshal response: {error}"
        return Outcome(compact(failure("Runtime.MarshalError", reason, world.uuid(), [])), failed=True)
    if length > LARGEST_RESPONSE:
        return Outcome(compact(too_large(length)), failed=True)
    return Outcome(text, failed)
