"""A world with a loopback server, and boto3 clients for it that work in threads, as handlers do in processes."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, nullcontext

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from turnstile.backends.loopback import Loopback
from turnstile.emulator import Emulator
from turnstile.world.world import World

ACCOUNT = "111122223333"
REGION = "us-east-1"
BINARY = bytes(range(256))
SESSION = boto3.session.Session()
"""Keeps the service models that it has read."""


class Site:
    """What a test needs of both."""

    def __init__(self, emulator, loopback):
        self.emulator = emulator
        self.world = emulator.world
        self.loopback = loopback
        self.keys = []
        self.work = None

    async def client(self, service, keys=None, region=REGION, **config):
        """A client of boto3 that signs with some credentials, of the root user unless they are given."""
        keys = keys or self.world.credentials.of(self.world.accounts[ACCOUNT].root)
        url = await self.loopback.url()

        def make():
            return SESSION.client(
                service,
                region_name=region,
                endpoint_url=url,
                aws_access_key_id=keys.access_key,
                aws_secret_access_key=keys.secret_key,
                aws_session_token=keys.token or None,
                config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, **config),
            )

        made = await asyncio.to_thread(make)

        def ask(operation, **parameters):
            return asyncio.to_thread(getattr(made, operation), **parameters)

        ask.client = made
        return ask

    async def send(self, **given):
        """A bare HTTP request: status, headers, body."""
        request = urllib.request.Request(f"{await self.loopback.url()}{given.pop('path', '/')}", **given)

        def ask():
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.headers, error.read()

        return await asyncio.to_thread(ask)


@asynccontextmanager
async def opened():
    """One account in a world that judges; the keys that come through `around` are kept."""
    world = World(seed=5)
    world.add_account(ACCOUNT, region=REGION)

    @asynccontextmanager
    async def around(key):
        made.keys.append(key)
        with made.work.aside() if made.work else nullcontext():
            yield

    async with Emulator(world) as emulator, Loopback(emulator.gate, around) as loopback:
        made = Site(emulator, loopback)
        yield made


async def refused(asked):
    """Code, message and status of an error."""
    with pytest.raises(ClientError) as caught:
        await asked
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]
