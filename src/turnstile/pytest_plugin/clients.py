"""Clients of boto3 for a world on this machine. The only file that knows boto3.

They take nothing from the machine they run on: no profile, no file of settings, no proxy. Nothing is tried twice, so a
test sees the first answer. Each signs with credentials that only its world knows.
"""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from turnstile.world.credentials import Credentials

_PATIENCE = 600
"""Wall seconds that a call may take: Lambda handlers run in real time."""


def client(service: str, *, url: str, region: str, credentials: Credentials) -> Any:
    """A client of a service, by boto3's name for it."""
    return _session().client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token or None,
        config=Config(
            retries={"total_max_attempts": 1},
            inject_host_prefix=False,  # a prefix before 127.0.0.1 is no host
            proxies={},
            read_timeout=_PATIENCE,
            s3={"addressing_style": "path"},
        ),
    )


@lru_cache(maxsize=1)
def _session() -> Any:
    """One for the process: it keeps the service models that it has read."""
    nowhere = (None, None, os.devnull, None)
    kept = {"profile": (None, None, None, None), "config_file": nowhere, "credentials_file": nowhere}
    return boto3.session.Session(botocore_session=Session(session_vars=kept))


class AsyncClient:
    """A client of boto3 whose operations are awaited: each call works in a thread, so that the test's loop goes on."""

    def __init__(self, blocking: Any) -> None:
        self.blocking = blocking
        """The client itself, for what is no call: paginators, exceptions, presigned URLs."""

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        """The operation of that name, such as `get_object`.

        Raises:
            AttributeError: the service has no such operation.
        """
        operation = getattr(self.blocking, name)

        async def call(*args: Any, **parameters: Any) -> Any:
            return await asyncio.to_thread(operation, *args, **parameters)

        return call
