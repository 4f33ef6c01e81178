"""A JSON document as the body of a form: `RequestBodyEncoding: URL_ENCODED` of an HTTP Task.

Lists go by `ArrayFormat`: indices (`a[0]=x`), repeated (`a=x&a=y`), with commas (`a=x,y`) or brackets (`a[]=x`).
Objects within are bracketed (*inferred*). Facts: reference/integrations.json (http). Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from turnstile.document import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json


def encoded(document: Json, arrays: str) -> str:
    """The pairs of an object, encoded and joined; any other document as its text."""
    if not isinstance(document, dict):
        return quote_plus(_word(document))
    found = (pair for name, value in document.items() for pair in _pairs(name, value, arrays))
    return "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in found)


def _pairs(name: str, value: Json, arrays: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for inner, member in value.items():
                yield from _pairs(f"{name}[{inner}]", member, arrays)
        case list() if arrays == "COMMAS":
            yield name, ",".join(map(_word, value))
        case list():
            for index, member in enumerate(value):
                place = {"INDICES": f"{name}[{index}]", "BRACKETS": f"{name}[]", "REPEAT": name}[arrays]
                yield from _pairs(place, member, arrays)
        case _:
            yield name, _word(value)


def _word(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value)
