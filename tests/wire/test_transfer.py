"""Bodies come out as they were before they were wrapped for the way."""

from __future__ import annotations

import gzip

import pytest

from turnstile.gate.errors import ServiceError
from turnstile.wire import transfer
from turnstile.wire.message import Message

STREAM = {
    "content-encoding": "aws-chunked,gzip",
    "x-amz-trailer": "x-amz-checksum-crc32",
    "x-amz-decoded-content-length": "9",
}


def chunked(body, **headers):
    """A streamed message."""
    return transfer.decoded(Message("PUT", "/", "", headers or STREAM, body))


def test_chunks_and_trailers():
    """The trailing checksum becomes a header, the encoding loses one name."""
    found = chunked(b"5\r\nhello\r\n4;chunk-signature=ab\r\n you\r\n0\r\nx-amz-checksum-crc32:iOOe2w==\r\n\r\n")
    assert found.body == b"hello you"
    assert found.headers == {"content-encoding": "gzip", "x-amz-checksum-crc32": "iOOe2w=="}


def test_streams_are_known_by_their_digest():
    """Not every client names the encoding."""
    sha = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    assert chunked(b"1\r\na\r\n0\r\n\r\n", **{"x-amz-content-sha256": sha}).body == b"a"


@pytest.mark.parametrize("body", [b"", b"5\r\nhell", b"x\r\n", b"-1\r\n", b"5\r\nhello\r\n", b"fffffffff\r\na"])
def test_broken_streams_are_refused(body):
    """The end is missing, or a length is none."""
    with pytest.raises(ServiceError) as caught:
        chunked(body)
    assert caught.value.code == "IncompleteBody"


def test_wrong_checksums_are_refused():
    """They are there to be checked."""
    with pytest.raises(ServiceError, match="CRC32") as caught:
        chunked(b"1\r\na\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n")
    assert caught.value.code == "BadDigest"


def test_gzip(monkeypatch):
    """Unpacked up to a limit."""
    packed = Message("POST", "/", "", {"content-encoding": "gzip"}, gzip.compress(b"a" * 1000))
    assert transfer.unpacked(packed) == Message("POST", "/", "", {}, b"a" * 1000)
    monkeypatch.setattr(transfer, "LARGEST", 999)
    for message in (
        packed,
        Message("POST", "/", "", packed.headers, b"none"),
        Message("POST", "/", "", packed.headers, packed.body[:-9]),
    ):
        with pytest.raises(ServiceError):
            transfer.unpacked(message)
