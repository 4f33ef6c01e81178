"""Frames between the emulator and its worker processes: two lengths, a JSON header, bytes.

Stdlib only and cheap to import, for it is loaded into handlers' processes.
"""

from __future__ import annotations

import json
import os
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LENGTHS = struct.Struct("!II")


def frame(header: dict[str, Any], body: bytes = b"") -> bytes:
    """A header and its bytes, ready for a socket."""
    text = json.dumps(header).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def lengths(start: bytes) -> tuple[int, int]:
    """How long header and body are, from the first eight bytes of a frame."""
    header, body = _LENGTHS.unpack(start)
    return header, body


def receive(link: socket.socket) -> tuple[dict[str, Any], bytes, list[int]] | None:
    """The next frame with the file descriptors that came along; None when the other side has gone."""
    start, descriptors, _, _ = socket.recv_fds(link, _LENGTHS.size, 1)
    start += _exactly(link, _LENGTHS.size - len(start)) if start else b""
    if len(start) < _LENGTHS.size:
        return None
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - its only form
    header, body = lengths(start)
    text = _exactly(link, header)
    return (json.loads(text), _exactly(link, body), descriptors) if len(text) == header else None


def _exactly(link: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        chunk = link.recv(min(count - len(received), 1 << 20))
        if not chunk:
            break
        received += chunk
    return bytes(received)
