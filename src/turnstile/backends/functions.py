"""Lambda functions behind the gate: `Invoke`, answered in this process or by a real handler, and the rest of the API.

Time stands still while a handler computes; afterwards the clock moves by the function's declared duration, or by its
timeout if it was killed. Concurrent invocations of one function have an execution environment each, as in Lambda, and
results of invocations that began at one instant are delivered in the order of their start, so a run does not depend
on how fast a machine is. What a handler itself sees of time is real time.

Facts: reference/recorded-behaviour.md and the Lambda API Reference, Invoke; the texts of refused requests are
*inferred*.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, TypeAlias

from turnstile.backends.function_events import Events
from turnstile.backends.function_names import missing, named, qualifier, version
from turnstile.backends.handlers.code import LARGEST_RESPONSE, failure, too_large
from turnstile.backends.handlers.fleet import Fleet
from turnstile.backends.handlers.log import log, tail
from turnstile.backends.handlers.outcome import Event, Outcome
from turnstile.backends.handlers.turn import Invocation, Turn
from turnstile.document import compact, octets
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.world.answers import Answers, Raised, Script
from turnstile.world.function import LATEST, Archive, Folder, FunctionError, HandlerFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.function_access import GateAccess
    from turnstile.backends.handlers.pool import Handlers
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.gate.gate import Gate
    from turnstile.world.function import Answer, Function
    from turnstile.world.world import World

_Revision: TypeAlias = tuple[str, str, str]
_LARGEST = {"RequestResponse": 6_291_456, "Event": 1_048_576, "DryRun": 6_291_456}
"""Bytes of a payload by type of invocation (Lambda quotas)."""


class Functions:
    """The Lambda service of one world. Handlers run in processes forked from `handlers`, until `close`.

    Without a `gate` nothing is called from here: no roles, no destinations; without `access` handlers reach nothing.
    """

    def __init__(
        self, world: World, handlers: Handlers, gate: Gate | None = None, access: GateAccess | None = None
    ) -> None:
        self._world = world
        self._handlers = handlers
        self._gate = gate
        self._access = access
        self._fleets: dict[_Revision, Fleet] = {}
        self._answers: dict[_Revision, Answers] = {}
        self._turns: dict[Turn, None] = {}
        self._computing: dict[Invocation, None] = {}
        self._events = Events(world, gate, self.run)

    async def perform(self, call: Call, owner: str) -> Output:
        """Do what the call asks; a name without an account means one of the owner's.

        Raises:
            ServiceError: there is no such function, or the request is none that Lambda takes.
            Unsupported: another operation, a handler where nothing can fork, answers of which none matches.
        """
        if call.operation != "Invoke":
            from turnstile.backends import function_api  # noqa: PLC0415 - loads the policy language

            return function_api.perform(self._world, call, owner, self._gate)
        name = named(call, owner)
        wanted = qualifier(name, call.parameters.get("Qualifier"))
        function = self._world.function(name.arn)
        if function is None:
            raise missing(f"{name.arn}:{wanted or LATEST}")
        arn = f"{name.arn}:{wanted}" if wanted else name.arn
        return await self._invoke(version(self._world, function, wanted), arn, wanted, call.parameters)

    def written(self, function: Function) -> str:
        """The end of what a handler's last ended process had written to stdout and stderr; mostly for messages."""
        fleet = self._fleets.get(_revision(function))
        return fleet.output if fleet else ""

    async def settle(self) -> bool:
        """Wait until asynchronous invocations are done with; whether there were any."""
        return await self._events.settle()

    async def close(self) -> None:
        """End all execution environments. They are as good as dead when the first await begins."""
        ordered = [(fleet, *each) for fleet in self._fleets.values() for each in fleet.kill()]
        try:
            await self._events.close()
        finally:
            for fleet, process, reply in ordered:
                fleet.output = (await process.gone(reply)).output
            if self._access is not None:
                await self._access.close()

    async def _invoke(self, function: Function, arn: str, wanted: str, parameters: Mapping[str, Json]) -> Output:
        kind = parameters.get("InvocationType") or "RequestResponse"
        event = Event(arn, _payload(parameters, kind), _client_context(parameters), _logged(parameters, kind))
        if kind == "DryRun":
            return {"StatusCode": 204}
        if kind == "Event":
            _parsed(event.payload)
            self._events.accept(function, wanted, event)
            return {"StatusCode": 202, "Payload": ""}
        outcome = await self.run(function, event)
        output = {"StatusCode": 200, "ExecutedVersion": function.version, "Payload": outcome.payload}
        if event.logged:
            output["LogResult"] = tail(outcome.log)
        return {**output, "FunctionError": "Unhandled"} if outcome.failed else output

    async def run(self, function: Function, event: Event) -> Outcome:
        """One attempt: the outcome, after the time it takes."""
        outcome = await self._outcome(function, event)
        if self._access is not None:
            self._access.check()
        seconds = function.takes if outcome.seconds is None else outcome.seconds
        if seconds > 0:
            await self._world.clock.sleep(seconds)
        return outcome

    async def _outcome(self, function: Function, event: Event) -> Outcome:
        code = function.code
        if isinstance(code, Script):
            return self._answered(function, lambda asked: self._scripted(function, code, asked), event)
        if not isinstance(code, HandlerFile | Folder | Archive):
            return self._answered(function, code, event)
        fleet = self._fleets.get(_revision(function))
        if fleet is None:
            fleet = Fleet(function, code, self._handlers, self._world, self._access)
            self._fleets[_revision(function)] = fleet
        turn = Turn(self._world.clock.now(), self._turns)
        self._turns[turn] = None
        try:
            return await fleet.invoke(event, turn, self._computing)
        finally:
            del self._turns[turn]
            turn.leave()

    def _scripted(self, function: Function, script: Script, event: Json) -> Json:
        """What is declared for the event."""
        outcome = self._answers.setdefault(_revision(function), Answers(script)).next(event)
        if outcome is None:
            remedy = f"declare one under `answers:` of function `{function.name}`"
            raise Unsupported(
                f"an answer of `{function.name}` that matches the event ({remedy})", script.origin.where()
            )
        if isinstance(outcome, Raised):
            raise FunctionError({"errorType": outcome.code, "errorMessage": outcome.message})
        return outcome.document

    def _answered(self, function: Function, answer: Answer, event: Event) -> Outcome:
        """The outcome of an answer declared in this process; it takes no time but what is declared."""
        request_id = self._world.uuid() if event.logged else ""
        asked = _parsed(event.payload)
        try:
            value, failed = answer(asked), False
        except FunctionError as error:
            value, failed = error.payload, True
        written = ""
        if event.logged:
            written = log("", request_id, function.version, function.takes, function.memory)
        try:
            text = compact(value)
            length = len(text.encode())  # half of a surrogate pair is refused as the runtime of a handler refuses it
        except (TypeError, ValueError, RecursionError) as error:
            reason = f"Unable to marshal response: {error}"
            payload = compact(failure("Runtime.MarshalError", reason, self._world.uuid(), []))
            return Outcome(payload, failed=True, log=written)
        if length > LARGEST_RESPONSE:
            return Outcome(compact(too_large(length)), failed=True, log=written)
        return Outcome(text, failed, log=written)


def _revision(function: Function) -> _Revision:
    """What is the same as long as environments may be used again."""
    return function.arn, function.version, function.revision


def _parsed(payload: bytes) -> Json:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):  # whose words are Python's, and not the service's
        text = "Could not parse request body into json: it is not valid JSON"
        raise ServiceError("InvalidRequestContentException", text) from None


def _octets(given: str | bytes) -> bytes:
    """The bytes of a payload; what came over HTTP and is no text stands in Base64, as a text of its own kind."""
    if type(given) is str:
        return octets(given)
    from turnstile.wire.content import content  # noqa: PLC0415 - loads botocore, as whatever made the text has

    return content(given)


def _payload(parameters: Mapping[str, Json], kind: str) -> bytes:
    if kind not in _LARGEST:
        text = f"1 validation error detected: Value '{kind}' at 'invocationType' failed to satisfy constraint: "
        allowed = "Member must satisfy enum value set: [Event, RequestResponse, DryRun]"
        raise ServiceError("ValidationException", text + allowed)
    given = parameters.get("Payload") or "{}"
    payload = _octets(given)
    if len(payload) > _LARGEST[kind]:
        text = f"Request must be smaller than {_LARGEST[kind]} bytes for the InvokeFunction operation"
        raise ServiceError("RequestTooLargeException", text, 413)
    return payload


def _logged(parameters: Mapping[str, Json], kind: str) -> bool:
    given = parameters.get("LogType") or "None"
    if given not in ("None", "Tail"):
        text = f"1 validation error detected: Value '{given}' at 'logType' failed to satisfy constraint: "
        raise ServiceError("ValidationException", text + "Member must satisfy enum value set: [None, Tail]")
    return bool(given == "Tail") and kind == "RequestResponse"


def _client_context(parameters: Mapping[str, Json]) -> Json:
    given = parameters.get("ClientContext")
    if not given:
        return None
    try:
        return json.loads(base64.b64decode(str(given), validate=True))
    except (ValueError, binascii.Error):
        text = "Client context must be a valid Base64-encoded JSON object."
        raise ServiceError("InvalidRequestContentException", text) from None
