"""Where policies stand that are sent inside of parameters, as texts: a refusal by one then names file and line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.document import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.source import Origin


def policies_in(parameters: Json, origin: Origin) -> dict[str, Origin]:
    """The places of the policies in the parameters of a call, by their compact JSON; none where none is JSON."""
    return dict(_found(parameters, origin))


def _found(value: Json, origin: Origin) -> Iterator[tuple[str, Origin]]:
    match value:
        case dict():
            for key, child in value.items():
                yield from _found(child, origin.at(key))
        case list():
            for index, child in enumerate(value):
                yield from _found(child, origin.at(index))
        case str() if '"Statement"' in value:
            document = _document(value)
            if isinstance(document, dict):
                yield compact(document), origin


def _document(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
