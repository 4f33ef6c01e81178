"""What topics and rules bring to their targets: calls through the gate, as the service or as a role it takes.

A queue, function, topic, bus or state machine gets its message if its own policy admits `sns.amazonaws.com` or
`events.amazonaws.com` for this topic or rule (`aws:SourceArn`, `aws:SourceAccount`), in whatever account it is; where a
target names a role, the service takes that. A refusal stands in the trail and does not fail the call that published;
what cannot be delivered goes to the dead-letter queue, if there is one. There are no further attempts: nothing would
have changed (*inferred*; AWS repeats for hours). Facts: SNS Developer Guide, EventBridge User Guide, "Targets".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from turnstile import arn as arns
from turnstile.arn import partition_of
from turnstile.faults import Unsupported
from turnstile.gate.call import Backend, Call
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.backends.moto_outbox import Delivery
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.gate.gate import Gate
    from turnstile.world.caller import Caller


class Sending(Backend, Protocol):
    """A backend that says what is to be delivered after a call."""

    def sent(self) -> Iterable[Delivery]:
        """What came up since the last time."""


class Deliveries:
    """The backend behind, whose topics and rules deliver through the gate."""

    def __init__(self, behind: Sending, gate: Gate) -> None:
        self._behind = behind
        self._gate = gate

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            ServiceError: the service's own refusal.
            Unsupported: the operation, or the kind of a target, is not emulated.
        """
        output = await self._behind.perform(call, owner)
        for delivery in self._behind.sent():
            await self._deliver(delivery)
        return output

    async def _deliver(self, delivery: Delivery) -> None:
        source = arns.parse(delivery.source)
        service = ServicePrincipal(f"{delivery.service}.amazonaws.com", delivery.source, source.account)
        try:
            caller = await self._taken(service, delivery, source.region) if delivery.role else service
            await self._gate.call(_call(caller, delivery))
        except ServiceError as refused:
            if delivery.dead_letter:
                await self._give_up(service, delivery, refused)

    async def _taken(self, service: ServicePrincipal, delivery: Delivery, region: str) -> Caller:
        """A session of the role that the target names."""
        parameters: dict[str, Json] = {"RoleArn": delivery.role, "RoleSessionName": self._gate.world.uuid()}
        answer = await self._gate.call(Call(service, "sts", "AssumeRole", parameters, region))
        return self._gate.world.sessions[answer.output["Credentials"]["AccessKeyId"]]

    async def _give_up(self, service: ServicePrincipal, delivery: Delivery, refused: ServiceError) -> None:
        attributes: dict[str, Json] = {}
        if delivery.service == "events":
            facts = {
                "RULE_ARN": delivery.source,
                "TARGET_ARN": delivery.target,
                "ERROR_CODE": "NO_PERMISSIONS" if "Access" in refused.code else "SDK_CLIENT_ERROR",
                "ERROR_MESSAGE": refused.message or refused.code,
            }
            attributes = {name: {"DataType": "String", "StringValue": text} for name, text in facts.items()}
        options = {**delivery.options, **({"MessageAttributes": attributes} if attributes else {})}
        try:
            await self._gate.call(_message(service, delivery.dead_letter, delivery.text, options))
        except ServiceError:
            return


def _call(caller: Caller, delivery: Delivery) -> Call:
    """The call that brings a text to its target.

    Raises:
        Unsupported: nothing is known of such targets.
    """
    arn, target = arns.parse(delivery.target), delivery.target
    match arn.service:
        case "sqs":
            return _message(caller, target, delivery.text, delivery.options)
        case "lambda":
            asked = {"FunctionName": target, "InvocationType": "Event", "Payload": delivery.text}
            return Call(caller, "lambda", "Invoke", asked, arn.region)
        case "sns":
            return Call(caller, "sns", "Publish", {"TopicArn": target, "Message": delivery.text}, arn.region)
        case "states":
            return Call(
                caller,
                "stepfunctions",
                "StartExecution",
                {"stateMachineArn": target, "input": delivery.text},
                arn.region,
            )
        case "events":
            return Call(caller, "events", "PutEvents", {"Entries": [_entry(target, delivery.text)]}, arn.region)
        case "kinesis":
            asked = {"StreamName": arn.resource.partition("/")[2], "Data": delivery.text, "PartitionKey": "event"}
            return Call(caller, "kinesis", "PutRecord", asked, arn.region)
    raise Unsupported(f"targets of `{arn.service}` (a rule delivers to `{target}`)")


def _message(caller: Caller, queue: str, text: str, options: dict[str, Json]) -> Call:
    arn = arns.parse(queue)
    url = f"https://sqs.{arn.region}.{partition_of(arn.region).dns_suffix}/{arn.account}/{arn.resource}"
    return Call(caller, "sqs", "SendMessage", {"QueueUrl": url, "MessageBody": text, **options}, arn.region)


def _entry(bus: str, text: str) -> dict[str, Json]:
    """An event as the next bus takes it."""
    event = json.loads(text)
    return {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Resources": event.get("resources", []),
        "EventBusName": bus,
    }
