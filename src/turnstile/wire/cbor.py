"""CBOR (RFC 8949), as much of it as Smithy's RPC v2 protocol uses. Knows no shapes.

Times are tag 1 around seconds since 1970: `Moment` when they are written, plain numbers when they are read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

_DEEPEST = 128
_INDEFINITE = 31
_BREAK = 0xFF
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
_EPOCH = 1
_INLINE = 24
_LARGEST_ARGUMENT = 27


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, in seconds since 1970."""

    seconds: float


def dumps(value: Any) -> bytes:
    """The CBOR of a document that may hold bytes and `Moment`s."""
    out = bytearray()
    _write(out, value)
    return bytes(out)


def _write(out: bytearray, value: Any) -> None:
    match value:
        case None | bool() | int() | float():
            _write_number(out, value)
        case str():
            encoded = value.encode(errors="replace")
            _head(out, 3, len(encoded))
            out += encoded
        case bytes():
            _head(out, 2, len(value))
            out += value
        case Moment():
            _head(out, 6, _EPOCH)
            _write(out, value.seconds)
        case list():
            _head(out, 4, len(value))
            for each in value:
                _write(out, each)
        case dict():
            _head(out, 5, len(value))
            for key, each in value.items():
                _write(out, str(key))
                _write(out, each)
        case _:
            raise TypeError(type(value).__name__)


def _write_number(out: bytearray, value: float | None) -> None:
    """A number, true, false or null."""
    match value:
        case None | True | False:
            out.append({None: 0xF6, True: 0xF5, False: 0xF4}[value])
        case int():
            _head(out, 0 if value >= 0 else 1, value if value >= 0 else -1 - value)
        case float():
            out += b"\xfb" + struct.pack(">d", value)


def _head(out: bytearray, major: int, argument: int) -> None:
    """The initial byte of an item with its argument, as short as it can be."""
    if argument < _INLINE:
        out.append(major << 5 | argument)
        return
    for size, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if argument < 1 << (8 * size):
            out.append(major << 5 | info)
            out += argument.to_bytes(size, "big")
            return
    raise ValueError("a whole number is larger than CBOR's 64 bits")


def loads(body: bytes) -> Any:
    """The document in a CBOR body; blobs are bytes.

    Raises:
        ValueError: it is no CBOR, or nested too deeply.
    """
    reader = _Reader(body)
    try:
        value = reader.item(0)
    except (IndexError, struct.error, UnicodeDecodeError, TypeError):
        raise ValueError("the body is no CBOR") from None
    if reader.at != len(body):
        raise ValueError("something follows the CBOR")
    return value


class _Reader:
    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0

    def item(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ValueError("the CBOR is nested too deeply")
        major, info = divmod(self._take(1)[0], 32)
        if major == 7:  # noqa: PLR2004 - the major type of floats and simple values
            return self._simple(info)
        if info == _INDEFINITE:
            return self._open(major, depth)
        return self._closed(major, self._argument(info), depth)

    def _closed(self, major: int, argument: int, depth: int) -> Any:
        match major:
            case 0 | 1:
                return -1 - argument if major else argument
            case 2 | 3:
                taken = self._take(argument)
                return taken.decode() if major == 3 else taken  # noqa: PLR2004 - the major type of texts
            case 4:
                return [self.item(depth + 1) for _ in range(argument)]
            case 5:
                return {self.item(depth + 1): self.item(depth + 1) for _ in range(argument)}
        if argument != _EPOCH:
            raise ValueError(f"a tag {argument} in CBOR is none that Smithy knows")
        return self.item(depth + 1)

    def _open(self, major: int, depth: int) -> Any:
        """An item whose end is a break."""
        found = []
        while self.body[self.at] != _BREAK:
            found.append(self.item(depth + 1))
        self.at += 1
        match major:
            case 2:
                return b"".join(found)
            case 3:
                return "".join(found)
            case 4:
                return found
            case 5:
                return dict(zip(found[::2], found[1::2], strict=True))
        raise ValueError("an item of CBOR without end")

    def _argument(self, info: int) -> int:
        if info < _INLINE:
            return info
        if info > _LARGEST_ARGUMENT:
            raise ValueError("a length that CBOR does not have")
        return int.from_bytes(self._take(1 << (info - _INLINE)), "big")

    def _simple(self, info: int) -> Any:
        if info in _SIMPLE:
            return _SIMPLE[info]
        if info not in _FLOATS:
            raise ValueError("a simple value that CBOR does not have")
        layout = _FLOATS[info]
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _take(self, count: int) -> bytes:
        taken = self.body[self.at : self.at + count]
        if len(taken) < count:
            raise IndexError
        self.at += count
        return taken
