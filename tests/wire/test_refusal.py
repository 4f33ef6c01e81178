"""botocore's clients read refusals as they read those of AWS."""

from __future__ import annotations

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

from turnstile.gate.errors import ServiceError
from turnstile.wire.message import Message
from turnstile.wire.models import protocols, service_model
from turnstile.wire.refusal import likely_protocol, write_refusal

SERVICES = (
    "dynamodb",
    "sqs",
    "sns",
    "iam",
    "ec2",
    "lambda",
    "s3",
    "s3control",
    "route53",
    "cloudwatch",
    "codepipeline",
)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("status", [400, 403, 500])
def test_clients_read_code_message_and_id(service, status):
    """In each protocol that the service speaks."""
    error = ServiceError("SomeCode", "what <is> wrong & Zoë", status)
    for protocol in protocols(service_model(service)):
        reply = write_refusal(service, "", error, "an-id", protocol)
        read = _parsed(reply, protocol)
        assert (read["Error"]["Code"], read["Error"]["Message"]) == ("SomeCode", "what <is> wrong & Zoë")
        assert read["ResponseMetadata"]["RequestId"] == "an-id"
        assert reply.status == status


def _parsed(reply, protocol):
    answer = {"status_code": reply.status, "headers": HeadersDict(reply.headers), "body": reply.body}
    return create_parser(protocol).parse(answer, None)


@pytest.mark.parametrize("code", ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"])
def test_services_that_once_spoke_query_keep_its_codes(code):
    """Whichever name the error came with."""
    reply = write_refusal("sqs", "GetQueueUrl", ServiceError(code, "none"), "an-id")
    assert reply.headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"
    read = _parsed(reply, "json")["Error"]
    assert (read["Code"], read["QueryErrorCode"]) == ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def test_answers_to_head_have_no_body():
    """The status says it all."""
    reply = write_refusal("s3", "HeadObject", ServiceError("NoSuchKey", "none", 404), "an-id")
    assert (reply.status, reply.body) == (404, b"")
    assert _parsed(reply, "rest-xml")["Error"]["Code"] == "404"


def test_the_id_of_the_error_goes_first():
    """It is the one in the trail."""
    error = ServiceError("SomeCode", "x", request_id="from-the-gate")
    assert write_refusal("dynamodb", "", error, "other").headers["x-amzn-requestid"] == "from-the-gate"


@pytest.mark.parametrize(
    ("message", "protocol"),
    [
        (Message("POST", "/", "", {"x-amz-target": "a.b"}), "json"),
        (Message("POST", "/", "", {"smithy-protocol": "rpc-v2-cbor"}), "smithy-rpc-v2-cbor"),
        (Message("POST", "/", "Action=A", {}), "query"),
        (Message("GET", "/", "", {}), "rest-json"),
    ],
)
def test_refusals_of_what_nobody_knows(message, protocol):
    """In the protocol that it looks like."""
    assert likely_protocol(message) == protocol
    reply = write_refusal("", "", ServiceError("NotImplemented", "no", 501), "an-id", protocol)
    assert _parsed(reply, protocol)["Error"]["Code"] == "NotImplemented"
