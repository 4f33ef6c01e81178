"""Bodies as a whole: JSON texts, strictly read."""

from __future__ import annotations

import json
from typing import Never

from turnstile.document import Json, finite


def load_json(body: bytes) -> Json:
    """The document in a JSON text; an empty text is an empty object.

    Raises:
        ValueError: it is none.
    """
    if not body:
        return {}
    try:
        return json.loads(body, parse_float=finite, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the document is nested too deeply") from None


def _refuse(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")
