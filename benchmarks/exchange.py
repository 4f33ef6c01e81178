"""HTTP messages of AWS's clients: read and written, and through the loopback server to the gate and back."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import turnstile
from benchmarks.workload import Failed, Sample, Workload, scaled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.workload import Measure
    from turnstile.world.caller import Root

_ACCOUNT = "123456789012"
_REGION = "us-east-1"
_ITEM = {"id": {"S": "1"}, "name": {"S": "Zoë"}, "count": {"N": "12"}, "tags": {"L": [{"S": "a"}, {"BOOL": True}]}}


def _codec(scale: float) -> Measure:
    """Reading the request and writing the answer of a DynamoDB GetItem, which botocore serialized."""
    from turnstile.wire.answer import write_answer  # noqa: PLC0415 - loads botocore
    from turnstile.wire.message import Message  # noqa: PLC0415 - as above
    from turnstile.wire.request import read_request  # noqa: PLC0415 - as above

    headers = {
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0",
        "x-amz-date": "20260101T000000Z",
        "x-amz-target": "DynamoDB_20120810.GetItem",
    }
    message = Message("POST", "/", "", headers, b'{"TableName": "orders", "Key": {"id": {"S": "1"}}}')
    count = scaled(5_000, scale)

    def measure() -> Sample:
        began = process_time()
        for _ in range(count):
            read = read_request(message)
            written = write_answer(read.service, read.operation, {"Item": _ITEM}, "id")
        if written.status != 200:  # noqa: PLR2004 - OK
            raise Failed("the answer is none")
        cpu = process_time() - began
        return Sample(cpu * 1e6 / count, cpu)

    return measure


def _loopback(scale: float) -> Measure:
    """Requests of one client after another over one connection: signature, gate and all; STS answers."""
    count = scaled(500, scale)

    def measure() -> Sample:
        began = process_time()
        wall = asyncio.run(_exchange(count))
        return Sample(wall * 1e6 / count, process_time() - began)

    return measure


async def _exchange(count: int) -> float:
    """Wall seconds of so many exchanges; the server and its first request are not measured."""
    import aiohttp  # noqa: PLC0415 - heavy

    from turnstile.backends.loopback import Loopback  # noqa: PLC0415 - heavy
    from turnstile.emulator import Emulator  # noqa: PLC0415 - heavy

    world = turnstile.World(judged=False)
    root = world.add_account(_ACCOUNT).root
    async with (
        Emulator(world) as emulator,
        Loopback(emulator.gate, lambda _: nullcontext()) as loopback,
        aiohttp.ClientSession() as client,
    ):
        url, body = await loopback.url(), b"Action=GetCallerIdentity&Version=2011-06-15"
        headers = _signed(url, body, world, root)
        began = 0.0
        for turn in range(count + 1):
            async with client.post(url, data=body, headers=headers) as answer:
                if _ACCOUNT not in await answer.text():
                    raise Failed(f"the answer is {answer.status}")
            began = began if turn else perf_counter()
        return perf_counter() - began


def _signed(url: str, body: bytes, world: turnstile.World, root: Root) -> Mapping[str, str]:
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - heavy
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - heavy
    from botocore.credentials import Credentials  # noqa: PLC0415 - heavy

    keys = world.credentials.of(root)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = AWSRequest("POST", url, data=body, headers=headers)
    SigV4Auth(Credentials(keys.access_key, keys.secret_key), "sts", _REGION).add_auth(request)
    return {str(name): str(value) for name, value in request.headers.items()}


WORKLOADS = (
    Workload("B1", "reading and writing a GetItem", "us", 300.0, more=False, prepare=_codec),
    Workload("B2", "a call over the loopback server", "us", 2_000.0, more=False, prepare=_loopback),
)
