"""Our ends of the sockets to worker processes, waited for without blocking the event loop.

No socket is bound to a loop until it is waited for, so it may be made before there is one, and outlive it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from typing import TYPE_CHECKING

from turnstile.backends.handlers.frame import frame, lengths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json

ORDER_SECONDS = 5.0
"""Wall seconds in which a process that runs no user's code must have done what it was told."""


class Gone(Exception):  # noqa: N818 - a process ended; whose fault that is depends
    """The process on the other side has closed its socket."""


class Link:
    """Our end of a socket to a worker process."""

    def __init__(self) -> None:
        self._socket, self.far = socket.socketpair()
        self._socket.settimeout(0)

    def order(self, header: Mapping[str, Json], companion: Link) -> None:
        """Send an order together with the far end of another link. Worker processes are quick to take them up."""
        data = frame(dict(header))
        with companion.far as far, contextlib.suppress(OSError):  # a process that is gone shows when it is asked
            self._socket.settimeout(ORDER_SECONDS)
            sent = socket.send_fds(self._socket, [data], [far.fileno()])
            self._socket.sendall(data[sent:])
        if self._socket.fileno() >= 0:
            self._socket.settimeout(0)

    async def send(self, header: Mapping[str, Json], body: bytes) -> None:
        """Send a frame.

        Raises:
            Gone: nobody is there to read it.
        """
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, frame(dict(header), body))
        except OSError:
            raise Gone from None

    async def receive(self) -> tuple[dict[str, Json], bytes]:
        """The next frame.

        Raises:
            Gone: there will be none.
        """
        header, body = lengths(await self._exactly(8))
        return json.loads(await self._exactly(header)), await self._exactly(body)

    async def ended(self) -> None:
        """Wait until the other side has closed."""
        with contextlib.suppress(Gone):
            while True:
                await self.receive()

    def finish(self) -> None:
        """Say that nothing more will be sent."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """End the conversation: whoever waits here learns that the other side has gone."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close our end."""
        self._socket.close()

    async def _exactly(self, count: int) -> bytes:
        loop = asyncio.get_running_loop()
        received = bytearray()
        while len(received) < count:
            try:
                chunk = await loop.sock_recv(self._socket, min(count - len(received), 1 << 20))
            except OSError:
                raise Gone from None
            if not chunk:
                raise Gone
            received += chunk
        return bytes(received)
