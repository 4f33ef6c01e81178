"""AWS::SQS queues and AWS::SNS topics with their policies and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Attached, Called, as_text
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow


def _fifo(item: Item) -> str:
    name = "FifoQueue" if "Queue" in item.type else "FifoTopic"
    return ".fifo" if str(item.properties.get(name)).lower() == "true" else ""


_QUEUE = Name("QueueName", 80, ending=_fifo)
_TOPIC = Name("TopicName", 256, ending=_fifo)
_QUEUE_ATTRIBUTES = frozenset({
    "ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue", "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "MaximumMessageSize", "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout",
})  # fmt: skip
_TOPIC_ATTRIBUTES = frozenset({
    "ContentBasedDeduplication", "DisplayName", "FifoTopic", "KmsMasterKeyId", "SignatureVersion", "TracingConfig",
})  # fmt: skip
_SUBSCRIPTION_ATTRIBUTES = frozenset({
    "DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy",
    "ReplayPolicy", "SubscriptionRoleArn",
})  # fmt: skip


def _gathered(item: Item, attributes: frozenset[str]) -> dict[str, Json]:
    """The properties, those that the API takes as attributes under `Attributes`."""
    apart = {name: value for name, value in item.properties.items() if name not in attributes}
    together = {name: value for name, value in item.properties.items() if name in attributes}
    return apart | ({"Attributes": together} if together else {})


def _queue(item: Item) -> Mapping[str, Json]:
    return _gathered(item, _QUEUE_ATTRIBUTES)


def _topic(item: Item) -> Mapping[str, Json]:
    return {name: value for name, value in _gathered(item, _TOPIC_ATTRIBUTES).items() if name != "Subscription"}


def _subscriptions(item: Item, _name: str) -> Iterator[Follow]:
    topic = KINDS[item.type].reference(item)
    for each in item.properties.get("Subscription") or ():
        parameters = {"TopicArn": topic, "Protocol": each.get("Protocol"), "Endpoint": each.get("Endpoint")}
        yield "Subscribe", parameters


def _queue_policy(item: Item, text: str) -> Iterator[Follow]:
    for queue in item.properties.get("Queues") or (item.properties.get("Queue"),):
        yield "SetQueueAttributes", {"QueueUrl": queue, "Attributes": {"Policy": text}}


def _topic_policy(item: Item, text: str) -> Iterator[Follow]:
    for topic in item.properties.get("Topics") or (item.properties.get("TopicArn"),):
        yield "SetTopicAttributes", {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": text}


def _subscription(item: Item) -> Mapping[str, Json]:
    properties = _gathered(item, _SUBSCRIPTION_ATTRIBUTES)
    if "Attributes" in properties:
        attributes = properties["Attributes"]
        properties["Attributes"] = {
            name: as_text(value) if isinstance(value, dict) else value for name, value in attributes.items()
        }
    return {**properties, "ReturnSubscriptionArn": True}


_QUEUE_URL = "https://sqs.{region}.{domain}/{account}/{name}"
_TOPIC_ARN = "arn:{partition}:sns:{region}:{account}:{name}"

KINDS: Mapping[str, Kind] = {
    "AWS::SNS::Subscription": Called(
        "{TopicArn}:{uuid}",
        {"Arn": "{TopicArn}:{uuid}"},
        service="sns",
        operation="Subscribe",
        silent=("Region",),
        adapt=_subscription,
        made={"SubscriptionArn": "{TopicArn}:{uuid}"},
    ),
    "AWS::SNS::Topic": Called(
        _TOPIC_ARN,
        {"TopicArn": _TOPIC_ARN, "TopicName": "{name}"},
        _TOPIC,
        "sns",
        "CreateTopic",
        renamed={"TopicName": "Name"},
        silent=("ArchivePolicy", "DataProtectionPolicy", "DeliveryStatusLogging", "FifoThroughputScope"),
        adapt=_topic,
        after=_subscriptions,
    ),
    "AWS::SNS::TopicInlinePolicy": Attached("{TopicArn}", service="sns", required=("TopicArn",), calls=_topic_policy),
    "AWS::SNS::TopicPolicy": Attached(
        "{unnamed}", {"Id": "{unnamed}"}, service="sns", required=("Topics",), calls=_topic_policy
    ),
    "AWS::SQS::Queue": Called(
        _QUEUE_URL,
        {
            "Arn": "arn:{partition}:sqs:{region}:{account}:{name}",
            "QueueName": "{name}",
            "QueueUrl": _QUEUE_URL,
        },
        _QUEUE,
        "sqs",
        "CreateQueue",
        adapt=_queue,
    ),
    "AWS::SQS::QueueInlinePolicy": Attached("{Queue}", service="sqs", required=("Queue",), calls=_queue_policy),
    "AWS::SQS::QueuePolicy": Attached(
        "{unnamed}", {"Id": "{unnamed}"}, service="sqs", required=("Queues",), calls=_queue_policy
    ),
}
