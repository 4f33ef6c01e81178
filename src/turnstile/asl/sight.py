"""JSONata expressions in the fields of a state, found but not read: where they stand and what they can see.

Which members `$states` has depends on the field. This file is all of JSONata that a definition without it needs.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json

_OPEN, _CLOSE = "{%", "%}"


class Sight(Enum):
    """What a field can see in `$states` besides input and context: the document it is given, or a second one."""

    INPUT = "input"
    RESULT = "result"
    ERROR = "errorOutput"


def members(sight: Sight) -> tuple[str, ...]:
    """The members that `$states` has there."""
    return ("input", "context") if sight is Sight.INPUT else ("input", "context", sight.value)


def expression_in(value: Json) -> str | None:
    """The expression that a text holds, if it does: nothing may stand before `{%` or after `%}`."""
    if isinstance(value, str) and value.startswith(_OPEN) and value.endswith(_CLOSE) and len(value) >= len("{%%}"):
        return value[len(_OPEN) : -len(_CLOSE)].strip()
    return None


def sentence(text: str, name: str) -> str:
    """How AWS begins what it says about an expression."""
    return f"The JSONata expression '{text}' specified for the field '{name}'"
