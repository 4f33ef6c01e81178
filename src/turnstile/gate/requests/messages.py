"""SQS, SNS and EventBridge: queues by their URLs, topics by their ARNs, one check for each bus that events go to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from turnstile import arn as arns
from turnstile.gate.requests.endpoints import retrieve_credentials
from turnstile.gate.requests.place import anywhere, local, on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission, Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


def _on_queue(action: str) -> Row:
    """A row on the queue of a URL, `https://host/account/name`; a bare name is one of the caller's."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        url = urlsplit(str(call.parameters.get("QueueUrl", "")))
        parts = url.path.strip("/").split("/")
        account = parts[-2] if len(parts) > 1 else call.caller.account
        region = queue_region(url.netloc) or call.region
        queue = arns.Arn(arns.partition_of(region).name, "sqs", region, account, parts[-1])
        return (on(action, str(queue), call, world),)

    return row


_HOST = re.compile(r"(?:sqs(?:-fips)?\.)?([a-z]{2,4}(?:-[a-z]+)+-\d+)\.(?:queue\.)?(?:api\.aws$|" + "|".join(
    sorted({re.escape(each.dns_suffix) + "$" for each in arns.PARTITIONS})
) + ")")  # fmt: skip
"""Hosts of AWS's own queues; of any other host, as of an emulator, the Region is not told."""


def queue_region(host: str) -> str:
    """The Region that the host of a queue's URL tells, empty where it tells none."""
    if host == "queue.amazonaws.com":  # the first Region has the oldest form
        return "us-east-1"
    found = _HOST.match(host)
    return found[1] if found and any(each.regions.fullmatch(found[1]) for each in arns.PARTITIONS) else ""


def _named_queue(call: Call, world: World) -> tuple[Permission, ...]:
    """CreateQueue and GetQueueUrl name the queue; only the latter may ask for another account's."""
    account = str(call.parameters.get("QueueOwnerAWSAccountId", "")) or None
    queue = local(call, "sqs", str(call.parameters.get("QueueName", "")), account)
    return (on(f"sqs:{call.operation}", queue, call, world),)


_QUEUE_ACTIONS: Mapping[str, str] = {
    **{
        name: f"sqs:{name}"
        for name in (
            "AddPermission", "ChangeMessageVisibility", "DeleteMessage", "DeleteQueue", "GetQueueAttributes",
            "ListDeadLetterSourceQueues", "ListQueueTags", "PurgeQueue", "ReceiveMessage", "RemovePermission",
            "SendMessage", "SetQueueAttributes", "TagQueue", "UntagQueue",
        )
    },
    "ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "DeleteMessageBatch": "sqs:DeleteMessage",
    "SendMessageBatch": "sqs:SendMessage",
}  # fmt: skip
"""A batch has no action of its own; all its entries are for one queue, so one check does."""

SQS: Mapping[str, Row] = {
    **{name: _on_queue(action) for name, action in _QUEUE_ACTIONS.items()},
    "CreateQueue": _named_queue,
    "GetQueueUrl": _named_queue,
    "ListQueues": anywhere("sqs:ListQueues"),
}
"""By operation of `sqs`."""


def _publish(call: Call, world: World) -> tuple[Permission, ...]:
    """On the topic or the endpoint of a device; a message to a telephone number is checked on `*`."""
    target = call.parameters.get("TopicArn") or call.parameters.get("TargetArn") or "*"
    return (on("sns:Publish", str(target), call, world),)


def _subscribe(call: Call, world: World) -> tuple[Permission, ...]:
    context: dict[str, ContextValue] = {
        key: str(call.parameters[name])
        for name, key in (("Protocol", "sns:Protocol"), ("Endpoint", "sns:Endpoint"))
        if name in call.parameters
    }
    return (on("sns:Subscribe", str(call.parameters.get("TopicArn", "*")), call, world, context),)


def _unsubscribe(call: Call, world: World) -> tuple[Permission, ...]:
    """The topic is that in the ARN of the subscription."""
    return (on(f"sns:{call.operation}", str(call.parameters["SubscriptionArn"]).rpartition(":")[0], call, world),)


def _create_topic(call: Call, world: World) -> tuple[Permission, ...]:
    return (on("sns:CreateTopic", local(call, "sns", str(call.parameters.get("Name", ""))), call, world),)


SNS: Mapping[str, Row] = {
    "CreateTopic": _create_topic,
    "GetSubscriptionAttributes": _unsubscribe,
    "Publish": _publish,
    "PublishBatch": _publish,
    "SetSubscriptionAttributes": _unsubscribe,
    "Subscribe": _subscribe,
    "Unsubscribe": _unsubscribe,
}
"""By operation of `sns`."""


def _bus(call: Call, name: Json) -> str:
    text = str(name or "default")
    return text if text.startswith("arn:") else local(call, "events", f"event-bus/{text}")


def _put_events(call: Call, world: World) -> tuple[Permission, ...]:
    """Entry by entry: one that is denied refuses them all (reference/iam-actions.md)."""
    entries = call.parameters.get("Entries") or []
    found = (
        on("events:PutEvents", _bus(call, entry.get("EventBusName")), call, world, _event(entry)) for entry in entries
    )
    asked = {(one.resource, tuple(one.context.items())): one for one in found}
    return tuple(asked.values())


def _event(entry: Mapping[str, Json]) -> dict[str, ContextValue]:
    keys = (("Source", "events:source"), ("DetailType", "events:detail-type"))
    return {key: str(entry[name]) for name, key in keys if name in entry}


def _on_rule(call: Call, world: World) -> tuple[Permission, ...]:
    """A rule of another bus than the default one carries the bus in its ARN."""
    name = str(call.parameters.get("Rule") or call.parameters.get("Name") or "")
    bus = _bus(call, call.parameters.get("EventBusName")).rpartition("event-bus/")
    rule = name if bus[2] == "default" else f"{bus[2]}/{name}"
    arn = bus[0].removesuffix(":") + f":rule/{rule}"
    return (on(f"events:{call.operation}", arn, call, world, _targets(call)),)


def _targets(call: Call) -> dict[str, ContextValue]:
    arns = tuple(str(target.get("Arn", "")) for target in call.parameters.get("Targets") or ())
    return {"events:TargetArn": arns} if arns else {}


def _on_bus(call: Call, world: World) -> tuple[Permission, ...]:
    name = call.parameters.get("Name") or call.parameters.get("EventBusName")
    return (on(f"events:{call.operation}", _bus(call, name), call, world),)


EVENTS: Mapping[str, Row] = {
    **dict.fromkeys(
        ("DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "ListTargetsByRule", "PutRule", "PutTargets",
         "RemoveTargets"),
        _on_rule,
    ),
    **dict.fromkeys(
        ("CreateEventBus", "DeleteEventBus", "DescribeEventBus", "PutPermission", "RemovePermission"), _on_bus
    ),
    "PutEvents": _put_events,
    "RetrieveConnectionCredentials": retrieve_credentials,
}  # fmt: skip
"""By operation of `events`."""
