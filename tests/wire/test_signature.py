"""Signatures are worked out again, and only what was signed by the secret passes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys
from tests.wire.shapes import sent

from turnstile.gate.errors import ServiceError
from turnstile.wire.message import Message
from turnstile.wire.signature import is_sound, signature_of
from turnstile.world.caller import Root
from turnstile.world.credentials import Credentials

KEYS = Credentials("AKIAX", "secret", "token", Root("arn:aws:iam::111122223333:root", "111122223333"))
SIGNERS = {
    "header": lambda keys: auth.SigV4Auth(keys, "sqs", "eu-west-1"),
    "query": lambda keys: auth.SigV4QueryAuth(keys, "sqs", "eu-west-1"),
    "s3": lambda keys: auth.S3SigV4Auth(keys, "s3", "eu-west-1"),
    "s3 presigned": lambda keys: auth.S3SigV4QueryAuth(keys, "s3", "eu-west-1"),
    "s3 of old": auth.HmacV1QueryAuth,
}


def signed(kind, path="/a b//c/../d?x=1&y=%20&acl"):
    """A request as botocore signs it."""
    url = f"http://127.0.0.1:1234{path.replace(' ', '%20')}"
    headers = {"Host": "127.0.0.1:1234", "x-amz-meta-a": "b  c", "User-Agent": "me"}
    body = b"" if kind in ("query", "s3 presigned", "s3 of old") else b"body"  # botocore makes parameters of it
    request = AWSRequest("PUT", url, data=body, headers=headers)
    SIGNERS[kind](Keys(KEYS.access_key, KEYS.secret_key, KEYS.token)).add_auth(request)
    return sent(request.prepare(), "", "") if kind in ("header", "s3") else _without_header(request.prepare())


def _without_header(prepared):
    message = sent(prepared, "", "")
    return replace(
        message,
        headers={key: each for key, each in message.headers.items() if key not in ("authorization", "x-amz-date")},
    )


@pytest.mark.parametrize("kind", SIGNERS)
def test_botocores_signatures_are_sound(kind):
    """Of each scheme, with the token that belongs to it; not with another secret, path, method or parameter."""
    message = signed(kind)
    signature = signature_of(message)
    assert (signature.access_key, signature.token) == ("AKIAX", "token")
    assert is_sound(message, signature, KEYS)
    assert not is_sound(message, signature, replace(KEYS, secret_key="other"))
    assert not is_sound(replace(message, path=message.path + "x"), signature, KEYS)
    assert not is_sound(replace(message, method="GET"), signature, KEYS)
    assert not is_sound(replace(message, headers={**message.headers, "x-amz-meta-a": "z"}), signature, KEYS)


@pytest.mark.parametrize("headers", [{}, {"host": "[x"}, {"host": ""}])
def test_messages_without_a_sound_host_are_not_signed(headers):
    """Which every client of HTTP/1.1 sends."""
    message = signed("header")
    rest = {key: value for key, value in message.headers.items() if key != "host"}
    assert not is_sound(replace(message, headers=rest | headers), signature_of(message), KEYS)


@pytest.mark.parametrize("kind", ["header", "query", "s3"])
def test_the_body_is_signed(kind):
    """But for presigned requests to S3."""
    message = signed(kind)
    assert not is_sound(replace(message, body=b"other"), signature_of(message), KEYS)


@pytest.mark.parametrize("kind", ["s3 presigned"])
def test_the_body_is_not_signed(kind):
    """S3 cannot know it when the URL is made."""
    message = signed(kind)
    assert is_sound(replace(message, body=b"other"), signature_of(message), KEYS)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("Bearer x", "algorithm"),
        ("AWS4-HMAC-SHA256 Credential=A/B/C/D/aws4_request, SignedHeaders=host", "'Signature'"),
        ("AWS4-HMAC-SHA256 Credential=A/B/aws4_request, SignedHeaders=host, Signature=0", "slash-delimited"),
        ("AWS4-HMAC-SHA256 Credential=A/B/C/D/aws4_request, SignedHeaders=host, Signature=0", "X-Amz-Date"),
        ("AWS4-HMAC-SHA256", "algorithm"),
    ],
)
def test_incomplete_signatures_are_refused(header, complaint):
    """With what they lack."""
    with pytest.raises(ServiceError, match=complaint) as caught:
        signature_of(Message("GET", "/", "", {"authorization": header}))
    assert caught.value.code == "IncompleteSignature"


def test_a_key_may_have_slashes_in_front():
    """Only the last five parts of the scope are fields."""
    header = "AWS4-HMAC-SHA256 Credential=A/B/20260101/eu-west-1/sqs/aws4_request,SignedHeaders=host,Signature=0"
    found = signature_of(Message("GET", "/", "", {"authorization": header, "date": "x"}))
    assert (found.access_key, found.region, found.service) == ("A/B", "eu-west-1", "sqs")
    assert signature_of(Message("GET", "/", "a=b", {})) is None
