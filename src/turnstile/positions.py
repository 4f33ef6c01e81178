"""Line and column of every value of a JSON text, by JSON pointer.

Used only to point at faults, so it may be slow but never wrong; the text is known to be valid JSON. RFC 8259.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from turnstile.document import pointer

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCALAR = re.compile(r"[^,\]}\s]+")


def json_places(text: str) -> dict[str, tuple[int, int]]:
    """Pointer to (line, column), both from 1; the place of a member is that of its key."""
    offsets = _Offsets()
    _value(text, _skip(text, 0), "", offsets)
    starts = _line_starts(text)
    return {target: _place(starts, offset) for target, offset in offsets.items()}


def repeated_key(text: str) -> tuple[int, int]:
    """Line and column, both from 1, of the first key that its object has already; (0, 0) if there is none."""
    offsets = _Offsets()
    _value(text, _skip(text, 0), "", offsets)
    return _place(_line_starts(text), min(offsets.repeated)) if offsets.repeated else (0, 0)


class _Offsets(dict[str, int]):
    """Pointer to offset; `repeated` holds the offsets of keys that stand in their object once more."""

    def __init__(self) -> None:
        super().__init__()
        self.repeated: list[int] = []


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _place(starts: list[int], offset: int) -> tuple[int, int]:
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _skip(text: str, at: int) -> int:
    return _end(_SPACE, text, at)


def _end(token: re.Pattern[str], text: str, at: int) -> int:
    match = token.match(text, at)
    return match.end() if match else len(text)


def _value(text: str, at: int, here: str, offsets: _Offsets) -> int:
    offsets.setdefault(here, at)
    first = text[at : at + 1]
    if first == "{":
        return _members(text, at + 1, here, offsets)
    if first == "[":
        return _elements(text, at + 1, here, offsets)
    return _end(_STRING if first == '"' else _SCALAR, text, at)


def _members(text: str, at: int, here: str, offsets: _Offsets) -> int:
    at = _skip(text, at)
    while text[at] != "}":
        if text[at] == ",":
            at = _skip(text, at + 1)
        end = _end(_STRING, text, at)
        child = pointer(here, json.loads(text[at:end]))
        if child in offsets:
            offsets.repeated.append(at)
        offsets.setdefault(child, at)
        colon = _skip(text, end)
        at = _skip(text, _value(text, _skip(text, colon + 1), child, offsets))
    return at + 1


def _elements(text: str, at: int, here: str, offsets: _Offsets) -> int:
    at = _skip(text, at)
    index = 0
    while text[at] != "]":
        if text[at] == ",":
            at = _skip(text, at + 1)
        at = _skip(text, _value(text, at, pointer(here, index), offsets))
        index += 1
    return at + 1
