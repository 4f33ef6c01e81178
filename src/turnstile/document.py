"""JSON documents: the one kind of data that is passed around unparsed.

A document is shared, never copied and never changed in place. This file knows no files and no positions
(`turnstile.source` does) and nothing of AWS but how it spells JSON text.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON document: None, bool, int, float, str, list or dict with text keys. Treat it as immutable."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def compact(value: Json) -> str:
    """The JSON text of a document as Step Functions writes it: no spaces, no escapes for non-ASCII."""
    return _encode(value)


def size(text: str) -> int:
    """Bytes of the text in UTF-8, the measure of every payload limit (reference/limits.md)."""
    return len(text) if text.isascii() else len(octets(text))


def octets(text: str) -> bytes:
    """The text in UTF-8; half of a surrogate pair becomes a question mark, as it does in Java."""
    return text.encode(errors="replace")


def finite(text: str) -> float:
    """The number written in a JSON text with a fraction or an exponent.

    Raises:
        ValueError: it is larger than any number a document can hold.
    """
    number = float(text)
    if number - number:
        raise ValueError(text)
    return number


def is_deep(value: Json, levels: int) -> bool:
    """Objects and lists stand in each other over more than so many levels."""
    level = [value]
    for _ in range(levels):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def pointer(parent: str, *names: str | int) -> str:
    """`parent` extended by names, escaped as JSON pointers are (RFC 6901)."""
    return parent + "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def resolve(document: Json, target: str) -> Json:
    """The value a JSON pointer leads to.

    Raises:
        LookupError: nothing stands there.
    """
    value = document
    for token in target.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value
