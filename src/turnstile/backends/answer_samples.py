"""The smallest document that could be an API's answer: what botocore's model says is always there, and nothing else.

Members are named as Tasks show them, like those of `answer_models`, which accepts every sample. Values mean nothing:
a text is the name of its member, a time the beginning of 2026, of several states the one of a success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from turnstile.backends import sdk_names
from turnstile.backends.answer_models import result_shape, shown_member

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from turnstile.document import Json

_TIME = "2026-01-01T00:00:00Z"
_ENDED_WELL = ("SUCCEEDED", "COMPLETED", "Completed", "SUCCESS", "ACTIVE")
_NUMBERS = frozenset({"integer", "long", "float", "double", "bigdecimal", "biginteger"})


def sample(service: str, operation: str, path: Sequence[str], *, sdk: bool = False) -> Json:
    """A result of the API at a path of its output, as in `answer_models.complaint`; `{}` where none is known."""
    shape = result_shape(service, operation, path)
    return {} if shape is None else _value(shape, "", sdk_names.member if sdk else shown_member)


def _value(shape: Any, name: str, shown: Callable[[str], str]) -> Json:
    kind = shape.type_name
    if kind == "structure":
        members = ((member, shape.members[member]) for member in shape.required_members)
        return {shown(member): _value(inner, shown(member), shown) for member, inner in members}
    if kind == "list":
        return [_value(shape.member, name, shown)] * shape.metadata.get("min", 0)
    if kind == "map":
        return {}
    if kind == "boolean":
        return False
    if kind == "timestamp":
        return _TIME
    return shape.metadata.get("min", 0) if kind in _NUMBERS else _text(shape, name)


def _text(shape: Any, name: str) -> str:
    allowed = shape.metadata.get("enum")
    if allowed:
        return next((one for one in _ENDED_WELL if one in allowed), str(allowed[0]))
    most = shape.metadata.get("max", len(name))
    return name.ljust(shape.metadata.get("min", 0), "-")[:most]
