"""Looking at resources when a case is over, and comparing what they hold with `resources` of its expectation.

The root user of the owning account asks, past the gate: nothing is judged and nothing stands in the trail, since these
are questions of the test and no part of what it tests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.document import compact
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.report.report import Finding
from turnstile.scenario.comparing.difference import Difference, first_difference, shown
from turnstile.scenario.comparing.likeness import first_unlike, read_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.emulator import Emulator
    from turnstile.scenario.expectations.resource_states import State

_MOST_ASKED = 1000
"""How often a queue is asked for more messages."""
_ABSENT = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue", "NoSuchBucket", "NoSuchKey", "ParameterNotFound",
        "QueueDoesNotExist", "ResourceNotFoundException",
    }
)  # fmt: skip
"""Codes with which services say that something is not there: the API Reference of each."""

_HOLDER_ABSENT: Mapping[str, frozenset[str]] = {
    "item": frozenset({"ResourceNotFoundException"}),
    "object": frozenset({"NoSuchBucket"}),
}
"""Codes that speak of what holds the thing: a misspelt table has no items, which is not what `absent` means."""


class Nothing:
    """What stands for something that is not there; `why` is what the service says of it."""

    def __init__(self, why: str = "") -> None:
        self.why = why


@dataclass(frozen=True, slots=True)
class Looking:
    """A world when a case is over; `account` and `region` are those of the case's state machine."""

    emulator: Emulator
    account: str
    region: str
    started: str
    """The ARN of the case's own execution, empty for none."""
    received: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    """The bodies that were taken out of queues, by account, Region and name of the queue."""

    async def findings(self, states: Sequence[State]) -> tuple[Finding, ...]:
        """What is not as expected, in the order of the file.

        Raises:
            Unsupported: a service is not emulated.
        """
        found = [await self._finding(state) for state in states]
        return tuple(finding for finding in found if finding is not None)

    async def _finding(self, state: State) -> Finding | None:
        if state.kind == "execution":
            return self._executions(state)
        told = _TOLD[state.kind](state.entry)
        held = await _READ[state.kind](self, state)
        if state.kind == "message":
            return _messages(state, told, held)
        if isinstance(held, Nothing):
            if state.way == "absent" and not held.why:
                return None
            why = f": {held.why}" if held.why else ""
            message = f"{told} cannot be looked for{why}" if state.way == "absent" else f"{told} is not there{why}"
            return _finding(state, message, None)
        if state.way == "absent":
            return _finding(state, f"{told} is there: {shown(held)}", held)
        difference = _difference(state, held)
        return (
            None if difference is None else _finding(state, f"{told} differs: {difference.message}", held, difference)
        )

    def _executions(self, state: State) -> Finding | None:
        arn = state.entry["state_machine"]
        facts = [
            {
                "status": one.status.value,
                "input": one.input,
                "output": one.output,
                "error": one.error,
            }
            for one in self.emulator.executions.values()
            if one.machine.arn.split("/")[0] == arn and one.arn != self.started
        ]
        wanted = {key: state.entry[key] for key in ("status", "input", "output", "error") if key in state.entry}
        count = sum(first_unlike(wanted, one) is None for one in facts)
        name = arn.rpartition(":")[2]
        return _counted(state, count, f"executions of `{name}`{_such(wanted)}", facts)

    async def ask(self, state: State, service: str, operation: str, parameters: Mapping[str, Json]) -> Json:
        """The answer to a question of the root user; `Nothing` where the service says that it is not there.

        Raises:
            Unsupported: the operation is not emulated.
        """
        owner = state.account or self.account
        root = self.emulator.world.accounts[owner].root
        call = Call(root, service, operation, parameters, state.region or self.region)
        try:
            return await self.emulator.gate.look(call, owner)
        except ServiceError as error:
            known = error.code.rpartition("#")[2] in _ABSENT - _HOLDER_ABSENT.get(state.kind, frozenset())
            return Nothing("" if known else f"{error.code}: {error.message}")


async def _item(looking: Looking, state: State) -> Json:
    key = {name: _attribute(value) for name, value in state.entry["key"].items()}
    answer = await looking.ask(
        state, "dynamodb", "GetItem", {"TableName": state.entry["table"], "Key": key, "ConsistentRead": True}
    )
    if isinstance(answer, Nothing):
        return answer
    item = answer.get("Item")
    return {name: _plain(value) for name, value in item.items()} if item else Nothing()


def _attribute(value: Json) -> Json:
    """Plain JSON as an attribute value: DynamoDB API Reference, `AttributeValue`."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": compact(value)}
        case list():
            return {"L": [_attribute(element) for element in value]}
        case dict():
            return {"M": {name: _attribute(member) for name, member in value.items()}}
    return {"S": value}


def _plain(attribute: Json) -> Json:  # noqa: PLR0911 - one for each kind of value
    """An attribute value as plain JSON; sets become lists in their order."""
    ((kind, value),) = attribute.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return json.loads(value)
        case "L":
            return [_plain(element) for element in value]
        case "M":
            return {name: _plain(member) for name, member in value.items()}
        case "NS":
            return sorted(json.loads(number) for number in value)
        case "SS" | "BS":
            return sorted(map(_text, value))
    return _text(value) if isinstance(value, bytes) else value


def _text(value: Json) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


async def _object(looking: Looking, state: State) -> Json:
    answer = await looking.ask(state, "s3", "GetObject", {"Bucket": state.entry["bucket"], "Key": state.entry["key"]})
    return answer if isinstance(answer, Nothing) else _text(answer.get("Body", ""))


async def _secret(looking: Looking, state: State) -> Json:
    answer = await looking.ask(state, "secretsmanager", "GetSecretValue", {"SecretId": state.entry["name"]})
    if isinstance(answer, Nothing):
        return answer
    return _text(answer.get("SecretString", answer.get("SecretBinary", "")))


async def _parameter(looking: Looking, state: State) -> Json:
    answer = await looking.ask(state, "ssm", "GetParameter", {"Name": state.entry["name"], "WithDecryption": True})
    return answer if isinstance(answer, Nothing) else answer["Parameter"]["Value"]


async def _message(looking: Looking, state: State) -> Json:
    """The bodies of all messages that can be received; they are in flight afterwards, so they are kept."""
    queue = (state.account or looking.account, state.region or looking.region, state.entry["queue"])
    if queue in looking.received:
        return looking.received[queue]
    answer = await looking.ask(state, "sqs", "GetQueueUrl", {"QueueName": state.entry["queue"]})
    if isinstance(answer, Nothing):
        return answer
    asked = {"QueueUrl": answer["QueueUrl"], "MaxNumberOfMessages": 10, "VisibilityTimeout": 3600, "WaitTimeSeconds": 0}
    bodies: list[str] = []
    for _ in range(_MOST_ASKED):
        received = await looking.ask(state, "sqs", "ReceiveMessage", asked)
        messages = [] if isinstance(received, Nothing) else received.get("Messages") or []
        if not messages:
            break
        bodies += [message["Body"] for message in messages]
    looking.received[queue] = bodies
    return bodies


def _messages(state: State, told: str, held: Json) -> Finding | None:
    if isinstance(held, Nothing):
        why = f": {held.why}" if held.why else ""
        return _finding(state, f"{told} is not there{why}", None)
    if state.way == "absent":
        return _finding(state, f"{told} has messages: {shown(held[0])}", held) if held else None
    count = sum(_difference(state, body) is None for body in held)
    return _counted(state, count, f"messages of {told} such as {shown(state.entry[state.way])}", held)


def _counted(state: State, count: int, what: str, found: Json) -> Finding | None:
    if count == state.times or (state.times is None and count):
        return None
    wanted = "at least 1" if state.times is None else str(state.times)
    others = f" of {len(found)} in all" if len(found) > count else ""
    return _finding(state, f"{count or 'none'}{others} are {what}, not {wanted}", found)


def _such(wanted: Mapping[str, Json]) -> str:
    return f" with {', '.join(f'{key} {shown(value)}' for key, value in wanted.items())}" if wanted else ""


def _difference(state: State, held: Json) -> Difference | None:
    wanted = state.entry[state.way]
    if state.way == "like":
        return first_unlike(wanted, held, texts=True)
    if state.way == "document" and isinstance(held, str):
        held = read_text(held)
    return first_difference(wanted, held, partial=False)


def _finding(state: State, message: str, found: Json, difference: Difference | None = None) -> Finding:
    origin = state.origin if difference is None else state.origin.at(state.way).within(difference.pointer)
    return Finding("resources", message, {state.kind: dict(state.entry)}, found, origin.where())


_READ: Mapping[str, Callable[[Looking, State], Awaitable[Json]]] = {
    "item": _item,
    "object": _object,
    "message": _message,
    "secret": _secret,
    "parameter": _parameter,
}
_TOLD: Mapping[str, Callable[[Mapping[str, Json]], str]] = {
    "item": lambda entry: f"the item {shown(entry['key'])} of the table `{entry['table']}`",
    "object": lambda entry: f"the object `{entry['key']}` of the bucket `{entry['bucket']}`",
    "message": lambda entry: f"the queue `{entry['queue']}`",
    "secret": lambda entry: f"the secret `{entry['name']}`",
    "parameter": lambda entry: f"the parameter `{entry['name']}`",
}
