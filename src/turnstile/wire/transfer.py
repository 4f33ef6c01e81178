"""Bodies as they travel: `aws-chunked` streams with trailing checksums, and gzip.

Amazon S3 User Guide, "Signature calculations: transferring payload in multiple chunks"; request compression is a
trait of operations (CloudWatch PutMetricData). The signatures of chunks are not checked, the trailing checksums are.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.wire.message import Message

LARGEST = 128 * 1024 * 1024
"""Bytes of a body after decoding; S3 would take 5 GB at once, which no test of a workflow needs."""

_CHUNKED = "aws-chunked"


def decoded(message: Message) -> Message:
    """The message without `aws-chunked`: the content as body, what trailed it among the headers.

    Raises:
        ServiceError: the chunks do not hold together, or a trailing checksum is not that of the content.
    """
    coding = message.headers.get("content-encoding", "")
    streamed = message.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    if _CHUNKED not in coding and not streamed:
        return message
    body, trailers = _chunks(message.body)
    _check(body, trailers)
    rest = ",".join(each for name in coding.split(",") if (each := name.strip()) and each != _CHUNKED)
    headers = {name: value for name, value in message.headers.items() if name not in _ABOUT_TRANSFER}
    return replace(message, headers=headers | trailers | ({"content-encoding": rest} if rest else {}), body=body)


_ABOUT_TRANSFER = frozenset(("content-encoding", "x-amz-decoded-content-length", "x-amz-trailer"))


def _chunks(body: bytes) -> tuple[bytes, dict[str, str]]:
    """The content of `SIZE[;extension]CRLF DATA CRLF ... 0 CRLF [trailer CRLF ...] CRLF`."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at)
        try:
            size = int(body[at:end].partition(b";")[0], 16) if end >= 0 else -1
        except ValueError:
            size = -1
        if size < 0 or end + 2 + size > len(body):
            raise ServiceError("IncompleteBody", "The request body terminated unexpectedly", 400)
        at = end + 2
        if size == 0:
            return b"".join(parts), _trailers(body[at:])
        parts.append(body[at : at + size])
        at += size + 2


def _trailers(tail: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in tail.decode("latin-1").splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in lines if colon}


def _check(body: bytes, trailers: dict[str, str]) -> None:
    sums: dict[str, Callable[[], bytes]] = {
        "x-amz-checksum-crc32": lambda: zlib.crc32(body).to_bytes(4, "big"),
        "x-amz-checksum-sha1": lambda: hashlib.sha1(body, usedforsecurity=False).digest(),
        "x-amz-checksum-sha256": lambda: hashlib.sha256(body).digest(),
    }
    for name, work_out in sums.items():
        if name in trailers and base64.b64encode(work_out()).decode() != trailers[name]:
            algorithm = name.rpartition("-")[2].upper()
            raise ServiceError(
                "BadDigest", f"The {algorithm} you specified did not match the calculated checksum.", 400
            )


def unpacked(message: Message) -> Message:
    """The message with a gzip body unpacked; for services to which a Content-Encoding is no property of an object.

    Raises:
        ServiceError: it is no gzip, or too much comes out of it.
    """
    if message.headers.get("content-encoding", "").strip().lower() != "gzip":
        return message
    stream = zlib.decompressobj(wbits=31)
    try:
        body = stream.decompress(message.body, LARGEST)
    except zlib.error:
        raise ServiceError("SerializationException", "The body is not compressed with gzip", 400) from None
    if stream.unconsumed_tail or not stream.eof:
        raise ServiceError("RequestEntityTooLargeException", "The body cannot be unpacked whole", 413)
    headers = {name: value for name, value in message.headers.items() if name != "content-encoding"}
    return replace(message, headers=headers, body=body)
