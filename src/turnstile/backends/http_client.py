"""The way out of the process: one HTTP request to a host that the world allows.

Real time passes while virtual time stands still, for whoever waits here is at work. Only the hosts of the setting
`http_hosts` are reached, the user's own machine by default; nothing else of the emulator opens connections to
elsewhere. Redirections are not followed. Facts: limits.md (60 seconds).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from multidict import CIMultiDict

from turnstile.document import octets
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.document import Json

_PATIENCE = aiohttp.ClientTimeout(total=60)
_LARGEST = 1_048_576
"""Bytes that are read of a body; what is longer than a Task's result may be fails there."""
SOCKET = "States.Http.Socket"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it goes out."""

    method: str
    url: str
    headers: Mapping[str, Json]
    query: Mapping[str, Json]
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A response; `body` as bytes, `kind` its content type, `charset` that of its text, empty for none."""

    status: int
    headers: Mapping[str, list[str]]
    body: bytes
    kind: str
    charset: str


async def send(request: Sent, hosts: Iterable[str]) -> Received:
    """Send a request.

    Raises:
        ServiceError: `States.Http.Socket`, no response came; `States.Runtime`, the request is none of HTTP.
        Unsupported: the host is none that the world allows.
    """
    host = _host(request.url)
    if host not in hosts:
        remedy = "declare an answer under `stubs:` as `http:invoke`, or add the host to the setting `http_hosts`"
        raise Unsupported(f"a request to `{host}` ({remedy})")
    headers = CIMultiDict((name, text) for name, value in request.headers.items() for text in texts(value))
    query = [(name, text) for name, value in request.query.items() for text in texts(value)]
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as session,
            session.request(
                request.method,
                request.url,
                headers=headers,
                params=query or None,
                data=None if request.body is None else octets(request.body),
                allow_redirects=False,
                skip_auto_headers=("Content-Type", "Accept"),
            ) as response,
        ):
            return await _received(response)
    except TimeoutError:
        raise ServiceError(SOCKET, f"No response came from {host} within 60 seconds") from None
    except (aiohttp.InvalidURL, ValueError):  # a header with a line break is one
        raise ServiceError("States.Runtime", f"The request to {host} could not be written") from None
    except (aiohttp.ClientError, OSError):
        raise ServiceError(SOCKET, f"The connection to {host} failed") from None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        raise ServiceError("States.Runtime", f"'{url}' is not a valid URL") from None


async def _received(response: aiohttp.ClientResponse) -> Received:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > _LARGEST:
            break
    headers: dict[str, list[str]] = {}
    for name, value in response.headers.items():
        headers.setdefault(name, []).append(value)
    kind = response.content_type if "Content-Type" in response.headers else ""
    return Received(response.status, headers, bytes(body), kind, response.charset or "")


def texts(value: Json) -> list[str]:
    """The texts of a parameter that may be one or a list."""
    return [each if isinstance(each, str) else str(each) for each in (value if isinstance(value, list) else [value])]
