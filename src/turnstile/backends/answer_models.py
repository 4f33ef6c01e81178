"""Documents that pretend to be an API's answer, held against botocore's model of the API.

Members are named as Tasks show them: with a capital letter at every depth, or as the AWS SDK names them. Members that
the model lacks pass; so does `null`, which is no value (inferred). Patterns are not compared (inferred: none was seen
refused). Texts: recorded in test_state.field_validation_mode*; those of objects, booleans and too long values are
inferred from them.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from turnstile.backends import sdk_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from turnstile.document import Json


def complaint(
    service: str,
    operation: str,
    path: Sequence[str],
    free: frozenset[str],
    document: Json,
    *,
    complete: bool,
    sdk: bool = False,
) -> str | None:
    """What is wrong with the document as the result of an API, None if nothing is.

    `path` leads from the output of the operation to the result; a list on the way stands for its elements. `free`
    are members that may be anything. `complete` asks for the members that the API always gives. `sdk`: the
    members have the names of the AWS SDK.
    """
    shape = result_shape(service, operation, path)
    if shape is None:
        return None
    return next(
        _Reading(free, sdk_names.member if sdk else shown_member, complete=complete).value(shape, document, ""), None
    )


def result_shape(service: str, name: str, path: Sequence[str]) -> Any:
    """The shape of the result; None where the model has no such operation or no output."""
    try:
        operation = _service(service).operation_model(name)
    except Exception as error:
        if type(error).__name__ in ("OperationNotFoundError", "UnknownServiceError"):
            return None
        raise
    shape = operation.output_shape
    for member in path:
        shape = shape.members[member]
        shape = shape.member if shape.type_name == "list" else shape
    return shape


@functools.cache
def _service(name: str) -> Any:
    from botocore.session import Session  # noqa: PLC0415 - costs a tenth of a second, and only strict mocks need it

    return Session().get_service_model(name)


class _Reading:
    """One reading of a document; yields what is wrong, depth first."""

    def __init__(self, free: frozenset[str], shown: Callable[[str], str], *, complete: bool) -> None:
        self._free = free
        self._shown = shown
        self._complete = complete

    def value(self, shape: Any, value: Json, name: str) -> Iterator[str]:
        """A value under a member's name; the document itself has none."""
        if value is None or getattr(shape, "is_document_type", False):
            return
        kind = _KINDS[shape.type_name]
        if not _is(value, kind):
            yield f"Field '{name}' must be {_ARTICLES[kind]}" if name else "Mocked result must be a JSON object."
            return
        yield from _CHECKS[kind](self, shape, value, name)

    def structure(self, shape: Any, value: dict[str, Json], _: str) -> Iterator[str]:
        """An object with the members of a structure."""
        if self._complete:
            missing = (name for name in map(self._shown, shape.required_members) if name not in value)
            yield from (f"Required field '{name}' is missing" for name in missing)
        for member, member_shape in shape.members.items():
            name = self._shown(member)
            if name in value and name not in self._free:
                yield from self.value(member_shape, value[name], name)

    def mapping(self, shape: Any, value: dict[str, Json], name: str) -> Iterator[str]:
        """An object whose names are free."""
        if shape.type_name == "structure":
            yield from self.structure(shape, value, name)
        else:
            for key, member in value.items():
                yield from self.value(shape.value, member, key)

    def array(self, shape: Any, value: list[Json], name: str) -> Iterator[str]:
        """An array; its elements go by its name."""
        yield from _length(len(value), shape.metadata, name)
        for element in value:
            yield from self.value(shape.member, element, name)

    def text(self, shape: Any, value: str, name: str) -> Iterator[str]:
        """Text, also where the API has bytes or a time."""
        yield from _length(len(value), shape.metadata, name)
        allowed = shape.metadata.get("enum")
        if allowed and value not in allowed:
            yield f"Field '{name}' is not an expected value"

    def number(self, shape: Any, value: float, name: str) -> Iterator[str]:
        """A number, whole or not."""
        limits = {**shape.metadata, **_OLDER_LIMITS.get(shape.name, {})}
        if value < limits.get("min", value):
            yield f"Field '{name}' is less than the minimum value"
        if value > limits.get("max", value):
            yield f"Field '{name}' exceeds the maximum value"

    def truth(self, _shape: Any, _value: bool, _name: str) -> Iterator[str]:  # noqa: FBT001 - a value like any other
        """True or false: nothing more to say."""
        return iter(())


def _length(length: int, limits: Mapping[str, int], name: str) -> Iterator[str]:
    if length < limits.get("min", 0):
        yield f"Field '{name}' is smaller than the minimum length"
    if length > limits.get("max", length):
        yield f"Field '{name}' exceeds the maximum length"


def shown_member(member: str) -> str:
    """A member's name as optimized integrations show it."""
    return member[:1].upper() + member[1:]


def _is(value: Json, kind: type) -> bool:
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, kind)


_OLDER_LIMITS: Mapping[str, Mapping[str, int]] = {"MemorySize": {"max": 10_240}}
"""Where the service was recorded to hold an older model than botocore's (test_state.field_validation_mode)."""

_KINDS: Mapping[str, type] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "character": str,
    "blob": str,
    "timestamp": str,
    "integer": float,
    "long": float,
    "float": float,
    "double": float,
    "bigdecimal": float,
    "biginteger": float,
    "boolean": bool,
}
_ARTICLES: Mapping[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    float: "a number",
    bool: "a boolean",
}
_CHECKS: Mapping[type, Callable[..., Iterator[str]]] = {
    dict: _Reading.mapping,
    list: _Reading.array,
    str: _Reading.text,
    float: _Reading.number,
    bool: _Reading.truth,
}
