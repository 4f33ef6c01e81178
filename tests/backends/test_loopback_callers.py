"""Who may call over HTTP, and what becomes of requests that are none: always an answer, never a hanging client."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from botocore import UNSIGNED
from tests.backends.loopback_site import ACCOUNT, REGION, opened, refused

from turnstile.backends import loopback as module
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.world.caller import Session
from turnstile.world.credentials import Credentials


@pytest.fixture
async def site():
    """See `opened`."""
    async with opened() as made:
        yield made


async def test_policies_judge_the_caller(site):
    """A role without rights is refused as AWS refuses, in the trail with its session; the key came through `around`."""
    session = _session(site.world)
    keys = site.world.credentials.of(session)
    ask = await site.client("dynamodb", keys)
    code, message, _ = await refused(ask("list_tables"))
    assert code == "AccessDeniedException"
    assert session.arn in message
    assert site.keys == [keys.access_key]
    assert [entry.call.caller for entry in site.emulator.gate.trail.refused()] == [session]
    code, _, status = await refused((await site.client("s3", keys))("list_buckets"))
    assert (code, status) == ("AccessDenied", 403)


def _session(world, seconds=3600.0):
    now = world.clock.now()
    role = f"arn:aws:iam::{ACCOUNT}:role/R"
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s"
    return Session(arn, role, "AROAX", ACCOUNT, "s", now, now + seconds, source="")


@pytest.mark.parametrize(
    ("service", "operation", "unknown", "forged", "expired"),
    [
        (
            "dynamodb",
            "list_tables",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "ExpiredTokenException",
        ),
        (
            "lambda",
            "list_functions",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "ExpiredTokenException",
        ),
        ("sns", "list_topics", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"),
        ("route53", "list_hosted_zones", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"),
        ("s3", "list_buckets", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"),
        ("ec2", "describe_vpcs", "AuthFailure", "AuthFailure", "RequestExpired"),
    ],
)
async def test_wrong_credentials(site, service, operation, unknown, forged, expired):
    """Each service says it in its own words, and nothing reaches the gate."""
    root = site.world.credentials.of(site.world.accounts[ACCOUNT].root)
    over = site.world.credentials.of(_session(site.world, seconds=0))
    cases = [
        (Credentials("AKIAUNKNOWN", "secret", "", root.caller), unknown),
        (Credentials(root.access_key, "wrong", "", root.caller), forged),
        (over, expired),
    ]
    for keys, code in cases:
        assert (await refused((await site.client(service, keys))(operation)))[0] == code
    borrowed = Credentials(over.access_key, over.secret_key, root.token or "other", over.caller)
    assert (await refused((await site.client(service, borrowed))(operation)))[0]
    assert (len(site.emulator.gate.trail), site.keys) == (0, [])


async def test_unsigned_requests(site):
    """Nobody calls without a name."""
    status, _, body = await site.send(path="/", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"}, data=b"{}")
    assert (status, json.loads(body)["__type"]) == (501, "NotImplemented")
    status, _, body = await site.send(path="/bucket/key")
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)


async def test_web_identities_need_no_signature(site):
    """Whoever comes with a token is known by it."""
    claims = {"iss": "https://idp.example.com", "aud": "sts.amazonaws.com", "sub": "me"}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims))
    given = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/R", "RoleSessionName": "job"}
    token = ".".join((*parts, "x"))
    ask = await site.client("sts")
    code, message, _ = await refused(ask("assume_role_with_web_identity", **given, WebIdentityToken=token))
    assert (code, "No OpenIDConnect provider found" in message) == ("InvalidIdentityToken", True)
    ask = await site.client("cognito-idp", signature_version=UNSIGNED)
    code, message, _ = await refused(ask("forgot_password", ClientId="c", Username="u"))
    assert (code, "cognito-idp:ForgotPassword by nobody" in message) == ("NotImplemented", True)


async def test_inactive_keys_are_unknown(site):
    """As if they were gone."""
    root = site.world.credentials.of(site.world.accounts[ACCOUNT].root)
    site.world.credentials.add(replace(root, active=False))
    assert (await refused((await site.client("sqs", root))("list_queues")))[0] == "UnrecognizedClientException"


async def test_what_is_not_emulated_is_said_and_kept(site):
    """The client gets an error that names it; the run finds it as trouble."""
    ask = await site.client("swf")
    code, message, status = await refused(ask("poll_for_activity_task", domain="d", taskList={"name": "t"}))
    assert (code, status) == ("NotImplemented", 501)
    assert "swf:PollForActivityTask" in message
    assert isinstance(site.loopback.trouble, Unsupported)


async def test_bugs_are_answered_and_kept(site):
    """The client does not hang, and does not see the inside."""
    before = site.world.clock._running

    class Broken:
        async def perform(self, call, owner):
            raise ZeroDivisionError("inside")

    site.emulator.gate._backends = {**site.emulator.gate._backends, "dynamodb": Broken()}
    code, message, status = await refused((await site.client("dynamodb"))("list_tables"))
    assert (code, status, "inside" in message) == ("InternalFailure", 500, False)
    assert isinstance(site.loopback.trouble, ZeroDivisionError)
    assert site.world.clock._running == before


@pytest.mark.parametrize(
    "text",
    [
        b"GET /\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 \xfe=\xff\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_answered(site, text):
    """And the connection ends."""
    parts = urlsplit(await site.loopback.url())
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(text)
    async with asyncio.timeout(10):
        answer = await reader.read()
    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"TableName": 5}', b'{"a":' * 100_000, b"\xff", b'{"Limit": NaN}']
)
async def test_malformed_bodies(site, body):
    """Refused by the service, never by a crash."""
    code, _, status = await refused(_with_body(await site.client("dynamodb"), "scan", body))
    assert (code in ("SerializationException", "ValidationException"), status) == (True, 400)
    assert site.loopback.trouble is None


def _with_body(ask, operation, body):
    def replace(params, **_):
        params["body"] = body

    ask.client.meta.events.register("before-call", replace)
    return ask(operation, TableName="t")


async def test_bodies_over_the_limit(site, monkeypatch):
    """Refused before they are read whole."""
    monkeypatch.setattr(module, "LARGEST_BODY", 1000)
    status, _, body = await site.send(data=b"x" * 2000, method="POST")
    assert (status, b"more than 1000 bytes" in body) == (413, True)


async def test_waiting_for_permission_to_send(site):
    """`Expect: 100-continue` is answered before the body comes."""
    parts = urlsplit(await site.loopback.url())

    def ask():
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as wire:
            wire.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            first = wire.recv(100)
            wire.sendall(b"{}")
            return first, wire.recv(1000)

    first, second = await asyncio.to_thread(ask)
    assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert second.startswith(b"HTTP/1.1 ")


async def test_closing_waits_for_nobody(site):
    """Idle connections end, and requests that are under way."""
    parts = urlsplit(await site.loopback.url())
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    busy, other = await asyncio.open_connection(parts.hostname, parts.port)
    other.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    await other.drain()
    async with asyncio.timeout(5):
        await site.loopback.close()
        assert await reader.read() == b""
        await busy.read()
    for each in (writer, other):
        each.close()


async def test_a_call_of_the_world_and_one_over_http_meet(site):
    """Both see the same resources, and the trail has both."""
    root = site.world.accounts[ACCOUNT].root
    with site.world.clock.attend():
        await site.emulator.gate.call(Call(root, "sqs", "CreateQueue", {"QueueName": "q"}, REGION))
    assert len((await (await site.client("sqs"))("list_queues"))["QueueUrls"]) == 1
    assert [entry.call.operation for entry in site.emulator.gate.trail] == ["CreateQueue", "ListQueues"]
