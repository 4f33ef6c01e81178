"""The same services in a moto server elsewhere, spoken to over HTTP with the same codec.

The server is one world: it is emptied when a world opens on it, so it cannot be shared with anything that must last.
Its times and random ids are its own; they follow neither the world's clock nor its seed, so a delayed message comes
when the server's own clock says so. Nothing of it can be copied: each case is staged anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from turnstile.backends.moto_account import refuse_one_account
from turnstile.backends.moto_codec import service
from turnstile.backends.moto_waiting import receive
from turnstile.faults import Fault, Rejected, Unsupported, Where

if TYPE_CHECKING:
    from typing import Self

    from turnstile.gate.call import Call, Output
    from turnstile.world.world import World

_NOT_FOUND, _FAILED = 404, 500
_OURS = ("Content-Type", "Accept", "User-Agent")
"""Headers that mean something to a service, so that nobody but the codec sets them."""
_PATIENCE = aiohttp.ClientTimeout(total=30)


class RemoteMoto:
    """Resources in the moto server at `url`, such as `http://localhost:5000`."""

    def __init__(self, world: World, url: str) -> None:
        self._world = world
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Connect to the server and empty it.

        Raises:
            Rejected: there is no moto server, or MOTO_ACCOUNT_ID is set, as it then may be for the server as well.
        """
        refuse_one_account()
        self._session = aiohttp.ClientSession(timeout=_PATIENCE, auto_decompress=False)
        try:
            async with self._session.post(f"{self._url}/moto-api/reset") as answer:
                reached = answer.ok
        except (aiohttp.ClientError, TimeoutError, ValueError):
            reached = False
        if not reached:
            await self._session.close()
            text = f"no moto server answers at `{self._url}`"
            raise Rejected([Fault(Where("<moto-url>"), "moto-url", text, "start one, or leave the setting out")])
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def perform(self, call: Call, owner: str) -> Output:
        """Do what the call asks, in the account that owns the resource.

        Raises:
            ServiceError: the service's own refusal.
            Unsupported: botocore does not know the operation, or the server does not have it.
        """
        if (call.service, call.operation) == ("sqs", "ReceiveMessage"):
            return await receive(call, lambda one: self._ask(one, owner), self._world.clock)
        return await self._ask(call, owner)

    async def _ask(self, call: Call, owner: str) -> Output:
        spoken = service(call.service)
        operation = spoken.operation(call.operation)
        request = spoken.request(operation, call.parameters, call.region, self._world.uuid)
        scope = f"{call.region}/{spoken.model.signing_name}/aws4_request"
        headers = {str(name): _text(value) for name, value in request.headers.items()}
        headers["x-moto-account-id"] = owner
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=TURNSTILE/-/{scope}, SignedHeaders=host, Signature=-"
        path = urlsplit(request.url)
        target = f"{self._url}{path.path}" + (f"?{path.query}" if path.query else "")
        status, answered, body = await self._exchange(request.method, target, headers, request.body)
        if status == _NOT_FOUND and not body and request.method != "HEAD":
            raise Unsupported(f"{call.service}:{call.operation}")
        if status == _FAILED and answered.get("Content-Type", "").startswith("text/html"):
            raise Unsupported(f"{call.service}:{call.operation} with such parameters (the moto server failed)")
        return spoken.output(operation, status, answered, body)

    async def _exchange(
        self, method: str, url: str, headers: dict[str, str], body: bytes | str | None
    ) -> tuple[int, dict[str, str], bytes]:
        if self._session is None:
            raise RuntimeError("the server is used outside its block")
        async with self._session.request(method, url, headers=headers, data=body, skip_auto_headers=_OURS) as answer:
            return answer.status, dict(answer.headers), await answer.read()


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
