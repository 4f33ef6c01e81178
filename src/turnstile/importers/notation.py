"""A document as YAML text that a scenario file can hold: blocks, no anchors, and quotes wherever a reader could err."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def yaml_text(document: Json) -> str:
    """The text; it ends with a line break."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(value: Json) -> Iterator[str]:
    match value:
        case dict() if value:
            for name, member in value.items():
                yield from _member(f"{scalar(str(name))}:", member)
        case list() if value:
            for element in value:
                yield from _element(element)
        case _:
            yield scalar(value)


def _member(head: str, value: Json) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{head} {scalar(value)}"


def _element(value: Json) -> Iterator[str]:
    for index, line in enumerate(_lines(value)):
        yield f"{'  ' if index else '- '}{line}"


def scalar(value: Json) -> str:
    """A text, number, truth value or null, in quotes where a reader could err; an empty list or mapping too."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
