"""Whatever comes in, a request is read or refused: no other exception."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.wire.message import Message
from turnstile.wire.request import read_request
from turnstile.wire.signature import is_sound, signature_of
from turnstile.world.caller import Root
from turnstile.world.credentials import Credentials

KEYS = Credentials("AKIAX", "secret", "", Root("arn:aws:iam::111122223333:root", "111122223333"))
NAMES = st.sampled_from(("s3", "dynamodb", "sqs", "ec2", "sns", "lambda", "monitoring", "route53", "none"))
ODD = st.text(max_size=30) | st.sampled_from(("", "gzip", "aws-chunked", "[", "100", "Wed, 04 Mar 2026 05:06:07 GMT"))
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "content-encoding",
            "content-type",
            "expires",
            "host",
            "if-modified-since",
            "range",
            "x-amz-content-sha256",
            "x-amz-copy-source",
            "x-amz-meta-a",
            "x-amz-security-token",
            "x-amz-trailer",
        ]
    ),
    ODD,
)
TARGETS = st.sampled_from(
    ("DynamoDB_20120810.PutItem", "AmazonSQS.SendMessage", "GraniteServiceVersion20100801.PutMetricData")
)
PATHS = st.sampled_from(
    ("/", "/bucket", "/b/k", "/2015-03-31/functions/f/invocations", "//", "/%", "/2013-04-01/hostedzone")
)
BODIES = st.binary(max_size=60) | st.sampled_from(
    (
        b"{}",
        b"[1]",
        b"5\r\nhello\r\n0\r\n\r\n",
        b"<a/>",
        b"Action=Publish&a.1.b=c",
        b'{"TableName":{"a":1},"Item":[]}',
        b"\xa1\x01",
    )
)


@st.composite
def messages(draw):
    """Half-sound requests: signed under a name that exists, with anything else."""
    headers = draw(HEADERS)
    if draw(st.booleans()):
        headers["x-amz-target"] = draw(TARGETS)
    if draw(st.booleans()):
        headers["content-type"] = "application/x-www-form-urlencoded"
    if draw(st.booleans()):
        headers["smithy-protocol"] = "rpc-v2-cbor"
    scope = draw(st.sampled_from(("AKIAX/20260101/eu-west-1/{}/aws4_request", "{}", "//{}//aws4_request")))
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={scope.format(draw(NAMES))}, "
        f"SignedHeaders=host;x-amz-meta-a, Signature={draw(ODD)}"
    )
    headers["x-amz-date"] = draw(ODD)
    method = draw(st.sampled_from(("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "X")))
    return Message(method, draw(PATHS), draw(st.text(max_size=20)), headers, draw(BODIES))


@settings(max_examples=300, deadline=None)
@given(messages())
def test_requests_are_read_or_refused(message):
    """And their signatures are sound or not."""
    try:
        signature = signature_of(message)
        assert signature is None or not is_sound(message, signature, KEYS)
        read_request(message)
    except (ServiceError, Unsupported):
        return
