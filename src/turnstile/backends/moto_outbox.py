"""What SNS and EventBridge would deliver, taken out of moto's hands.

Moto puts messages into queues of the owner's own account, unjudged, and knows no function or state machine of the
world. While an outbox is open, its topics and rules write into it instead; `deliveries` makes the calls. Bodies and
events: SNS Developer Guide, "Amazon SNS message and JSON formats"; EventBridge User Guide, "Input transformation".
Without an outbox moto delivers by itself.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

KEPT_BY_MOTO = frozenset(("logs",))
"""Targets of rules that moto may go on to write itself, for they are in the rule's account: groups of logs."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A text on its way from a topic or rule (`source`) to a resource; `role` is whose session brings it, if any.

    `options` are parameters of the call that brings it, such as a group of messages; `dead_letter` is the ARN of the
    queue that gets what cannot be delivered, empty for none.
    """

    service: str
    source: str
    target: str
    text: str
    role: str
    options: dict[str, Json]
    dead_letter: str


_open: list[list[Delivery]] = []


@contextmanager
def outbox(found: list[Delivery] | None) -> Iterator[None]:
    """Let topics and rules write into the list meanwhile; None leaves moto as it is."""
    if found is None:
        yield
        return
    _open.append(found)
    try:
        yield
    finally:
        _open.pop()


def correct_sns(module: Any) -> None:
    """Let subscriptions of queues and functions write into the outbox; others get nothing, least of all over HTTP."""
    by_moto = module.Subscription.publish

    def publish(subscription: Any, message: str, message_id: str, **facts: Any) -> None:
        if not _open:
            by_moto(subscription, message, message_id, **facts)
            return
        matcher = subscription._filter_policy_matcher  # noqa: SLF001 - moto's own
        if matcher is not None and not matcher.matches(facts.get("message_attributes"), message):
            return
        if facts.get("message_structure") == "json":
            message = subscription._parse_message_structure(message, subscription.protocol)  # noqa: SLF001 - as above
        if subscription.protocol in ("sqs", "lambda"):
            _open[-1].append(_published(subscription, message, message_id, facts))

    module.Subscription.publish = publish


def _published(subscription: Any, message: str, message_id: str, facts: dict[str, Any]) -> Delivery:
    attributes = facts.get("message_attributes") or {}
    options: dict[str, Json] = {}
    if facts.get("group_id"):
        options["MessageGroupId"] = facts["group_id"]
    if facts.get("deduplication_id"):
        options["MessageDeduplicationId"] = facts["deduplication_id"]
    raw = str(subscription.attributes.get("RawMessageDelivery")).lower() == "true" and subscription.protocol == "sqs"
    if raw and attributes:
        options["MessageAttributes"] = {name: _raw(value) for name, value in attributes.items()}
    body = message if raw else _body(subscription, message, message_id, facts.get("subject"), attributes)
    dead = json.loads(subscription.attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn", "")
    return Delivery("sns", subscription.topic.arn, subscription.endpoint, body, "", options, dead)


def _raw(value: dict[str, Any]) -> dict[str, Json]:
    kind = "BinaryValue" if value["Type"].startswith("Binary") else "StringValue"
    return {"DataType": value["Type"], kind: str(value["Value"])}


def _body(subscription: Any, message: str, message_id: str, subject: str | None, attributes: dict[str, Any]) -> str:
    """The notification: as it is for a queue, as a record of an event for a function."""
    region = subscription.topic.arn.split(":")[3]
    to_function = subscription.protocol == "lambda"
    url = "Url" if to_function else "URL"
    facts: dict[str, Json] = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": subscription.topic.arn,
        **({"Subject": subject} if subject or to_function else {}),
        "Message": message,
        "Timestamp": _now(),
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        f"SigningCert{url}": f"https://sns.{region}.amazonaws.com/SimpleNotificationService-example.pem",
        f"Unsubscribe{url}": f"https://sns.{region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
    }
    if attributes or to_function:
        facts["MessageAttributes"] = attributes
    if not to_function:
        return json.dumps(facts)
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn,
        "Sns": facts,
    }
    return json.dumps({"Records": [record]})


def _now() -> str:
    from moto.core.utils import unix_time  # noqa: PLC0415 - the world's time, once moto is there

    return datetime.fromtimestamp(unix_time(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def correct_events(module: Any) -> None:
    """Let rules write into the outbox; what is for a group of logs or an archive stays with moto."""
    by_moto = module.Rule.send_to_targets

    def send_to_targets(rule: Any, original_event: dict[str, Any], transform_input: bool = True) -> None:  # noqa: FBT001, FBT002 - moto's own
        if not _open:
            by_moto(rule, original_event, transform_input)
            return
        if rule.state == "DISABLED" or not rule.event_pattern.get_pattern():
            return  # a rule with nothing but a schedule; moto matches it with every event
        if not rule.event_pattern.matches_event(original_event):
            return
        for target in rule.targets:
            service, kind = target["Arn"].split(":")[2], target["Arn"].split(":", 5)[-1]
            if service in KEPT_BY_MOTO or (service == "events" and not kind.startswith("event-bus/")):
                _by_moto_alone(by_moto, rule, target, original_event, transform_input)
            else:
                _open[-1].append(_sent(module, rule, target, original_event))

    module.Rule.send_to_targets = send_to_targets


def _by_moto_alone(by_moto: Any, rule: Any, target: Any, event: dict[str, Any], transform_input: bool) -> None:  # noqa: FBT001 - moto's own
    kept, rule.targets = rule.targets, [target]
    try:
        by_moto(rule, event, transform_input)
    finally:
        rule.targets = kept


def _sent(module: Any, rule: Any, target: dict[str, Any], original: dict[str, Any]) -> Delivery:
    event = {name: value for name, value in original.items() if name not in ("ingestion-time", "replay-name")}
    event["time"] = datetime.fromtimestamp(float(original["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    options: dict[str, Json] = {}
    group = target.get("SqsParameters", {}).get("MessageGroupId")
    if group:
        options["MessageGroupId"] = group
    dead = target.get("DeadLetterConfig", {}).get("Arn", "")
    text = _input(module, target, event)
    return Delivery("events", rule.arn, target["Arn"], text, target.get("RoleArn") or "", options, dead)


def _part(path: str, event: dict[str, Any]) -> Json:
    """What a path leads to in an event, null where it leads nowhere.

    Raises:
        Unsupported: it is no path that is known.
    """
    from jsonpath_ng.exceptions import JSONPathError  # noqa: PLC0415 - for targets that take a part
    from jsonpath_ng.ext import parse  # noqa: PLC0415 - as above

    try:
        found = parse(path).find(event)
    except JSONPathError:
        raise Unsupported(f"the input path `{path}` of a rule's target") from None
    return found[0].value if found else None


def _input(module: Any, target: dict[str, Any], event: dict[str, Any]) -> str:
    """What the target gets of an event: all, a constant, a part, or what a template makes."""
    if target.get("Input"):
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_part(target["InputPath"], event))
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    made = module.EventTemplateParser.parse(
        input_template=transformer.get("InputTemplate"),
        input_paths_map=transformer.get("InputPathsMap", {}),
        event=event,
    )
    return made if isinstance(made, str) else json.dumps(made)
