"""IAM: what it refuses in a request by the shapes of its members: what is missing, lengths, patterns, numbers.

Constraints are those of botocore's model; texts as users report them, those of path and name included.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from turnstile.backends.moto_codec import service
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json


def check(operation: str, parameters: Mapping[str, Json]) -> None:
    """Refuse parameters that do not fit the input of an operation.

    Raises:
        ServiceError: ValidationException for what a client finds itself, ValidationError for the rest.
    """
    spoken = service("iam")
    model = spoken.operation(operation)
    spoken.check(model, parameters)
    shape = model.input_shape
    found = list(_wrong(shape, parameters)) if shape is not None else []
    if found:
        raise ServiceError("ValidationError", found[0])


def _wrong(shape: Any, parameters: Mapping[str, Json]) -> Iterator[str]:
    for name, value in parameters.items():
        member = shape.members.get(name)
        if member is not None and isinstance(value, str | int | list):
            yield from _member(name, member, value)


def _member(name: str, shape: Any, value: Json) -> Iterator[str]:
    shown, limits = name[:1].lower() + name[1:], shape.metadata
    detected = f"1 validation error detected: Value '{value}' at '{shown}' failed to satisfy constraint: Member must "
    size, what = (value, "value") if shape.type_name in ("integer", "long") else (_length(value), "length")
    if size > limits.get("max", size):
        yield f"{detected}have {what} less than or equal to {limits['max']}"
    if size < limits.get("min", size):
        yield f"{detected}have {what} greater than or equal to {limits['min']}"
    if limits.get("enum") and value not in limits["enum"]:
        yield f"{detected}satisfy enum value set: [{', '.join(limits['enum'])}]"
    pattern = limits.get("pattern")
    if pattern and isinstance(value, str) and not _compiled(pattern).fullmatch(value):
        yield _named(shown) or f"{detected}satisfy regular expression pattern: {pattern}"


def _length(value: Json) -> int:
    return len(value) if isinstance(value, str | list) else 0


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _named(name: str) -> str:
    if name == "path":
        return "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."  # noqa: E501 - the text
    if name.endswith("Name"):
        return f"The specified value for {name} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"  # noqa: E501 - the text
    return ""
