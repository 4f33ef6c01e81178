"""Documents and what JSON and CBOR carry of them: shapes walked side by side with values, both ways.

The two differ in single values only: JSON has Base64 for blobs and texts for the numbers it lacks; CBOR has both.
What does not fit its shape is left as it is, for the validation that follows.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from turnstile.wire.content import content, from_base64, instant, on_the_wire
from turnstile.wire.scalars import blob, number, special

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json


def read(given: Any, shape: Any, name: str = "") -> Json:
    """The document that a parsed body stands for, by the names of members.

    Raises:
        ValueError: a blob or a time is none.
    """
    reader = _READERS.get(shape.type_name)
    return reader(given, shape, name) if reader else given


def read_members(given: Any, shape: Any, names: frozenset[str] | None = None) -> Json:
    """A structure, of which only the named members; members that are null or unknown are left out."""
    if shape.is_document_type or not isinstance(given, dict):
        return given
    found = {}
    for name, member in shape.members.items():
        value = given.get(member.serialization.get("name", name))
        if value is not None and (names is None or name in names):
            found[name] = read(value, member, name)
    return found


def _read_list(given: Any, shape: Any, _: str) -> Json:
    if not isinstance(given, list):
        return given
    member = shape.member
    return [None if each is None else read(each, member) for each in given]


def _read_map(given: Any, shape: Any, _: str) -> Json:
    if not isinstance(given, dict):
        return given
    value = shape.value
    return {key: None if each is None else read(each, value) for key, each in given.items()}


def _read_blob(given: Any, _: Any, name: str) -> Json:
    if isinstance(given, bytes):
        return blob(given, name)
    return blob(from_base64(given), name) if isinstance(given, str) else given


def _read_time(given: Any, _: Any, __: str) -> Json:
    return instant(given) if isinstance(given, str | int | float) else given


def _read_float(given: Any, _: Any, __: str) -> Json:
    return number(given) if isinstance(given, str) else given


_READERS: dict[str, Callable[[Any, Any, str], Json]] = {
    "structure": lambda given, shape, _: read_members(given, shape),
    "list": _read_list,
    "map": _read_map,
    "blob": _read_blob,
    "timestamp": _read_time,
    "float": _read_float,
    "double": _read_float,
}


@dataclass(frozen=True, slots=True)
class Notation:
    """How single values are written: `blob` from bytes, `time` with its shape, `special` floats."""

    blob: Callable[[bytes], Any]
    time: Callable[[Json, Any], Any]
    special: Callable[[float], Any]

    def write(self, value: Json, shape: Any) -> Any:
        """What goes into the body for a document."""
        match shape.type_name:
            case "structure":
                return self.write_members(value, shape)
            case "list" | "map":
                return self._elements(value, shape)
            case "blob" if isinstance(value, str | bytes):
                return self.blob(content(value))
            case "timestamp":
                return self.time(value, shape)
            case "float" | "double" if special(value):
                return self.special(value)
        return value

    def _elements(self, value: Json, shape: Any) -> Any:
        if isinstance(value, dict) and shape.type_name == "map":
            return {key: None if each is None else self.write(each, shape.value) for key, each in value.items()}
        if isinstance(value, list | tuple) and shape.type_name == "list":
            return [None if each is None else self.write(each, shape.member) for each in value]
        return value

    def write_members(self, value: Json, shape: Any, names: frozenset[str] | None = None) -> Any:
        """A structure, of which only the named members; members that are null or unknown are left out."""
        if shape.is_document_type or not isinstance(value, dict):
            return value
        members = shape.members
        return {
            members[name].serialization.get("name", name): self.write(each, members[name])
            for name, each in value.items()
            if each is not None and name in members and (names is None or name in names)
        }


JSON = Notation(
    blob=lambda octets: base64.b64encode(octets).decode(),
    time=lambda value, shape: on_the_wire(value, shape.serialization.get("timestampFormat", "unixtimestamp")),
    special=special,
)
