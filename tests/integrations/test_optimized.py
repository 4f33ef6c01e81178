"""Optimized integrations of one call: what is sent, what the Task shows, how errors are named."""

from __future__ import annotations

import json

import pytest

from turnstile.asl.errors import StatesError
from turnstile.gate.call import Answer
from turnstile.gate.errors import ServiceError
from turnstile.integrations.catalog import emulated, integration, shaped
from turnstile.integrations.work import Origin, Work

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:m"
EXECUTION = "arn:aws:states:us-east-1:111122223333:execution:m:e"


class Models:
    """Knows the errors of no service but these, and members by the names they have."""

    def request(self, service, operation, members):
        return dict(members)

    def error_codes(self, service):
        return frozenset({"sns": {"NotFound"}, "dynamodb": {"ConditionalCheckFailedException"}}.get(service, ()))


class Service:
    """Answers one call, and remembers it."""

    def __init__(self, output=None, error=None):
        self.output = output or {}
        self.error = error
        self.asked = ()

    async def ask(self, service, operation, members):
        self.asked = (service, operation, dict(members))
        if self.error:
            raise self.error
        return Answer(self.output, "id")

    async def start(self, resource, parameters):
        text = f"arn:aws:states:::{resource}"
        return await integration(text).start(Work(text, parameters, self.ask, Models(), Origin(MACHINE, EXECUTION)))


@pytest.mark.parametrize(
    ("resource", "parameters", "sent"),
    [
        (
            "sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody": {"a": [1]}},
            ("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": '{"a":[1]}'}),
        ),
        (
            "sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "q", "MessageBody": "text"},
            ("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": "text"}),
        ),
        ("sqs:sendMessage", {"QueueUrl": "q", "MessageBody": None}, ("sqs", "SendMessage", {"QueueUrl": "q"})),
        ("sns:publish", {"TopicArn": "t", "Message": 5}, ("sns", "Publish", {"TopicArn": "t", "Message": "5"})),
        (
            "dynamodb:putItem",
            {"TableName": "t", "Item": {"id": {"S": "1"}}},
            ("dynamodb", "PutItem", {"TableName": "t", "Item": {"id": {"S": "1"}}}),
        ),
    ],
)
async def test_values_for_texts_go_as_json(resource, parameters, sent):
    """Text stays text, any other value is written; what is null is not sent; the rest is as given."""
    service = Service()
    await service.start(resource, parameters)
    assert service.asked == sent


async def test_an_event_tells_of_the_execution():
    """Its detail is text, and the ARNs of machine and execution come after the resources that were given."""
    service = Service({"Entries": [{"EventId": "1"}], "FailedEntryCount": 0})
    entries = [{"Detail": {"a": 1}, "Resources": ["r"]}, {"Detail": "{}"}]
    shown = await service.start("events:putEvents", {"Entries": entries})
    assert service.asked[2]["Entries"] == [
        {"Detail": '{"a":1}', "Resources": ["r", MACHINE, EXECUTION]},
        {"Detail": "{}", "Resources": [MACHINE, EXECUTION]},
    ]
    assert shown == {"Entries": [{"EventId": "1"}], "FailedEntryCount": 0}


async def test_an_event_that_is_not_taken_fails_the_task():
    """The answer is the cause, in order of its members' names."""
    answer = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    with pytest.raises(StatesError) as failed:
        await Service(answer).start("events:putEvents", {"Entries": [{}]})
    assert failed.value.error == "EventBridge.FailedEntry"
    assert list(json.loads(failed.value.cause)) == ["Entries", "FailedEntryCount"]


async def test_a_result_has_metadata_in_order_of_names():
    """The members of the answer and the two of the SDK."""
    shown = await Service({"MessageId": "1", "MD5OfMessageBody": "x"}).start("sqs:sendMessage", {})
    assert list(shown) == ["MD5OfMessageBody", "MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]
    assert shown["SdkResponseMetadata"] == {"RequestId": "id"}


@pytest.mark.parametrize(
    ("resource", "code", "name", "service"),
    [
        ("sns:publish", "NotFound", "SNS.NotFoundException", "AmazonSNS"),
        ("sns:publish", "AccessDenied", "SNS.AmazonSNSException", "AmazonSNS"),
        (
            "dynamodb:putItem",
            "ConditionalCheckFailedException",
            "DynamoDB.ConditionalCheckFailedException",
            "AmazonDynamoDBv2",
        ),
        ("dynamodb:getItem", "ValidationException", "DynamoDB.AmazonDynamoDBException", "AmazonDynamoDBv2"),
        ("sqs:sendMessage", "AWS.SimpleQueueService.NonExistentQueue", "SQS.QueueDoesNotExistException", "AmazonSQS"),
        ("sqs:sendMessage", "AccessDenied", "SQS.AmazonSQSException", "AmazonSQS"),
        ("events:putEvents", "x", "EventBridge.AmazonEventBridgeException", "AmazonEventBridge"),
    ],
)
async def test_an_error_has_the_name_of_its_class(resource, code, name, service):
    """The cause keeps the code of the service."""
    with pytest.raises(StatesError) as failed:
        await Service(error=ServiceError(code, "text", 400, request_id="id")).start(resource, {})
    assert failed.value.error == name
    assert (
        failed.value.cause
        == f"text (Service: {service}; Status Code: 400; Error Code: {code}; Request ID: id; Proxy: null)"
    )


def test_parameters_that_are_no_object_are_refused():
    """As an input can be that was given on whole."""
    with pytest.raises(StatesError, match="The value is not a JSON object") as failed:
        shaped(emulated("arn:aws:states:::sns:publish"), [1], Models())
    assert failed.value.error == "States.Runtime"
