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
    offsets: dict[str, int] = {}
    _value(text, _skip(text, 0), "", offsets)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    places = {}
    for target, offset in offsets.items():
        line = bisect_right(starts, offset)
        places[target] = (line, offset - starts[line - 1] + 1)
    return places


def _skip(text: str, at: int) -> int:
    return _end(_SPACE, text, at)


def _end(token: re.Pattern[str], text: str, at: int) -> int:
    match = token.match(text, at)
    return match.end() if match else len(text)


def _value(text: str, at: int, here: str, offsets: dict[str, int]) -> int:
    offsets.setdefault(here, at)
    first = text[at : at + 1]
    if first == "{":
        return _members(text, at + 1, here, offsets)
    if first == "[":
        return _elements(text, at + 1, here, offsets)
    return _end(_STRING if first == '"' else _SCALAR, text, at)


def _members(text: str, at: int, here: str, offsets: dict[str, int]) -> int:
    at = _skip(text, at)
    while text[at] != "}":
        if text[at] == ",":
            at = _skip(text, at + 1)
        end = _end(_STRING, text, at)
        child = pointer(here, json.loads(text[at:end]))
        offsets.setdefault(child, at)
        colon = _skip(text, end)
        at = _skip(text, _value(text, _skip(text, colon + 1), child, offsets))
    return at + 1


def _elements(text: str, at: int, here: str, offsets: dict[str, int]) -> int:
    at = _skip(text, at)
    index = 0
    while text[at] != "]":
        if text[at] == ",":
            at = _skip(text, at + 1)
        at = _skip(text, _value(text, at, pointer(here, index), offsets))
        index += 1
    return at + 1
