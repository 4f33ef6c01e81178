"""Properties of a template as parameters of an API operation, by the operation's input shape.

Templates write the members of an API with a capital, numbers and booleans as text at times, tags as a list where the
API has a map, and policies as objects where it has text. A property that the operation has not is a note, never
silent, unless the type says that it has no effect on calls and permissions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from turnstile.backends.moto_codec import service
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from turnstile.importers.kinds import Draft, Item

_WORDS = {
    "structure": "an object", "map": "an object", "list": "a list", "string": "text", "integer": "a whole number",
    "long": "a whole number", "boolean": "`true` or `false`", "double": "a number", "float": "a number",
    "timestamp": "a time", "blob": "text",
}  # fmt: skip
_REFUSED = object()


@dataclass(slots=True)
class Fitting:
    """The properties of one item on their way; faults and notes go into the draft."""

    item: Item
    into: Draft
    silent: Collection[str] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def parameters(
        self, service_name: str, operation: str, properties: Mapping[str, Json], *, whole: bool = True
    ) -> dict[str, Json]:
        """The parameters of an operation.

        `properties` may hold parameters by the API's own names as well. What the operation needs and nobody wrote is a
        fault (unless they need not be the `whole`), and so is a value of another type.
        """
        model = service(service_name).model.operation_model(operation)
        shape = model.input_shape
        found: dict[str, Json] = self._structure(shape, properties, ())
        if whole and not self._faulty():
            for name in sorted({*shape.required_members} - {*found, *model.idempotent_members}):
                self.missing(self._written(name))
        return found

    def missing(self, name: str) -> None:
        """A property that the type needs."""
        message = f"`{self.item.type}` needs the property `{name}`"
        self.into.faults.append(self.item.fault("missing-property", message, f"add `{name}` to its `Properties`"))

    def _written(self, member: str) -> str:
        back = {new.lower(): old for old, new in self.renamed.items()}
        return back.get(member.lower(), member[:1].upper() + member[1:])

    def _faulty(self) -> bool:
        return any(fault.where.pointer.startswith(f"{self.item.origin.pointer}/Prop") for fault in self.into.faults)

    def _value(self, shape: Any, value: Json, path: tuple[str | int, ...]) -> Any:
        match shape.type_name, value:
            case "structure", dict():
                return self._structure(shape, value, path)
            case "map", dict() | list():
                return self._map(shape, value, path)
            case "list", dict() if _tag_list(shape):
                key, worth = sorted(shape.member.members, key=str.lower)[:2]
                return [{key: str(name), worth: str(item)} for name, item in value.items()]
            case "list", list():
                items = (self._value(shape.member, item, (*path, index)) for index, item in enumerate(value))
                return [item for item in items if item is not _REFUSED]
            case "string", dict():
                return compact(value)
        return self._scalar(shape, value, path)

    def _map(self, shape: Any, value: dict[str, Json] | list[Json], path: tuple[str | int, ...]) -> Any:
        """A map, which may be written as a list of tags."""
        if isinstance(value, list):
            pairs = _pairs(value)
            return self._scalar(shape, value, path) if pairs is None else pairs
        members = ((key, self._value(shape.value, item, (*path, key))) for key, item in value.items())
        return {str(key): item for key, item in members if item is not _REFUSED}

    def _scalar(self, shape: Any, value: Json, path: tuple[str | int, ...]) -> Any:
        fitted = _SCALARS.get(shape.type_name, lambda _: _REFUSED)(value)
        if fitted is _REFUSED:
            wanted = _WORDS.get(shape.type_name, shape.type_name)
            message = f"`{path[-1]}` of `{self.item.type}` is {wanted}, not {_called(value)}"
            self.into.faults.append(self.item.fault("wrong-type", message, f"write {wanted}", *path))
        return fitted

    def _structure(self, shape: Any, value: Mapping[str, Json], path: tuple[str | int, ...]) -> dict[str, Json]:
        members, found = _members(shape), {}
        for name, item in value.items():
            member = members.get((self.renamed.get(name, name) if not path else name).lower())
            if member is None:
                self._pass_over((*path, name))
                continue
            fitted = self._value(shape.members[member], item, (*path, name))
            if fitted is not _REFUSED:
                found[member] = fitted
        return found

    def _pass_over(self, path: tuple[str | int, ...]) -> None:
        words = ".".join(str(name) for name in path if not isinstance(name, int))
        if words not in self.silent:
            self.note(path)

    def note(self, path: tuple[str | int, ...]) -> None:
        """Say that a property is left out."""
        words = ".".join(str(name) for name in path if not isinstance(name, int))
        message = f"the property `{words}` of `{self.item.type}` is not honoured"
        remedy = "nothing here depends on it; leave it, and do not count on its effect"
        self.into.ignored.append(self.item.fault("ignored-property", message, remedy, *path))


@lru_cache(maxsize=2048)
def _members(shape: Any) -> dict[str, str]:
    return {name.lower(): name for name in shape.members}


def _pairs(value: list[Json]) -> dict[str, str] | None:
    """Tags written as a list, as the map they are; None where it is no list of tags."""
    found = {}
    for item in value:
        if not isinstance(item, dict) or "Key" not in item:
            return None
        found[str(item["Key"])] = str(item.get("Value", ""))
    return found


def _tag_list(shape: Any) -> bool:
    members = getattr(shape.member, "members", {})
    return sorted(name.lower() for name in members) in (["key", "value"], ["tagkey", "tagvalue"])


def _called(value: Json) -> str:
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case None:
            return "null"
        case _:
            return f"`{value}`"


def _text(value: Json) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            return _REFUSED


def _whole(value: Json) -> Any:
    match value:
        case bool():
            return _REFUSED
        case int():
            return value
        case float() if value.is_integer():
            return int(value)
        case str():
            try:
                return int(value)
            except ValueError:
                return _REFUSED
        case _:
            return _REFUSED


def _number(value: Json) -> Any:
    try:
        return _REFUSED if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return _REFUSED


def _truth(value: Json) -> Any:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).lower(), _REFUSED)


_SCALARS = {
    "string": _text,
    "blob": _text,
    "timestamp": _text,
    "integer": _whole,
    "long": _whole,
    "double": _number,
    "float": _number,
    "boolean": _truth,
}
