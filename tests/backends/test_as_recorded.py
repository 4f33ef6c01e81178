"""Where moto answers otherwise than AWS was recorded to, it is put right."""

from __future__ import annotations

import pytest

from turnstile.backends.as_recorded import AsRecorded
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import Root

ROOT = Root("arn:aws:iam::111122223333:root", "111122223333")


class Behind:
    """Answers always the same."""

    def __init__(self, answer):
        self.answer = answer

    async def perform(self, _call, _owner):
        if isinstance(self.answer, ServiceError):
            raise self.answer
        return self.answer


async def ask(service, operation, answer=None, **parameters):
    call = Call(ROOT, service, operation, parameters, "us-east-1")
    return await AsRecorded(Behind(answer or {})).perform(call, ROOT.account)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "text"),
    [
        ("dynamodb", "PutItem", {"TableName": "t"}, "ValidationException", "Value null at 'item' failed"),
        ("dynamodb", "GetItem", {"TableName": "/t", "Key": {}}, "ValidationException", "Value '/t' at 'tableName'"),
        ("sqs", "SendMessage", {"QueueUrl": "q"}, "MissingParameter", "must contain the parameter MessageBody."),
    ],
)
async def test_what_the_service_refuses_is_refused_in_its_words(service, operation, parameters, code, text):
    """Before anything reaches the store."""
    with pytest.raises(ServiceError) as refused:
        await ask(service, operation, **parameters)
    assert refused.value.code == code
    assert text in refused.value.message


async def test_used_capacity_is_shown_to_those_who_asked():
    """And to nobody else."""
    answer = {"Item": {}, "ConsumedCapacity": {"CapacityUnits": 0.5}}
    parameters = {"TableName": "arn:aws:dynamodb:us-east-1:1:table/t", "Key": {}}
    assert await ask("dynamodb", "GetItem", answer, **parameters) == {"Item": {}}
    assert await ask("dynamodb", "GetItem", answer, **parameters, ReturnConsumedCapacity="TOTAL") == answer


async def test_a_topic_that_does_not_exist_is_called_so():
    """The store says the same of topics as of endpoints."""
    missing = ServiceError("NotFound", "Endpoint does not exist", 404)
    with pytest.raises(ServiceError, match="Topic does not exist"):
        await ask("sns", "Publish", missing, TopicArn="arn:aws:sns:us-east-1:1:t")
    with pytest.raises(ServiceError, match="Endpoint does not exist"):
        await ask("sns", "Publish", missing, TargetArn="arn:aws:sns:us-east-1:1:endpoint/a/b/c")


async def test_messages_of_an_ordered_topic_are_numbered():
    """Twenty digits that rise from message to message; no other topic has them."""
    behind = AsRecorded(Behind({"MessageId": "1"}))
    topic = "arn:aws:sns:us-east-1:1:t.fifo"
    call = Call(ROOT, "sns", "Publish", {"TopicArn": topic, "Message": "m", "MessageGroupId": "g"}, "us-east-1")
    numbers = [(await behind.perform(call, ROOT.account))["SequenceNumber"] for _ in range(2)]
    assert numbers == ["10000000000000000001", "10000000000000000002"]
    assert await ask("sns", "Publish", {"MessageId": "1"}, TopicArn=topic.removesuffix(".fifo")) == {"MessageId": "1"}
