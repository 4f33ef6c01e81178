"""What the makers of SAM resources share: the resource at hand, its properties, and how plain resources are made of it.

Knows no type.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from turnstile.importers.intrinsics import called
from turnstile.importers.part import Moved, Part
from turnstile.importers.resolver import without_resources
from turnstile.importers.template import Declared
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.scope import Scope

_DIGITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Making:
    """One SAM resource being turned into plain ones; `aliases` grows."""

    scope: Scope
    declared: Declared
    properties: Part
    aliases: dict[str, str]

    @property
    def id(self) -> str:
        """The logical id of the SAM resource."""
        return self.declared.logical_id

    def get(self, name: str) -> Part | None:
        """A property."""
        return self.properties.get(name)

    def known(self, names: Collection[str]) -> None:
        """Refuse properties that the type does not have."""
        for name, part in self.properties.members():
            if name not in names:
                message = f"`{self.declared.type}` has no property `{name}`"
                fault = part.fault("unknown-property", message, hint(name, names, "properties"))
                self.scope.faults.append(fault)

    def taken(self, names: Mapping[str, str]) -> dict[str, Json]:
        """Properties under the names they have in the plain resource."""
        found = ((plain, self.get(name)) for name, plain in names.items())
        return {plain: part.moved for plain, part in found if part is not None}

    def main(self, kind: str, properties: Mapping[str, Json]) -> Declared:
        """The plain resource that bears the logical id."""
        written = self.declared
        members = {name: part.moved for name, part in written.part.members() if name == "Metadata"}
        part = Part({**members, "Type": kind, "Properties": dict(properties)}, written.part.origin)
        return Declared(self.id, kind, part, written.condition, written.depends_on, self.id)

    def beside(self, logical_id: str, kind: str, properties: Mapping[str, Json], at: Part | None = None) -> Declared:
        """A plain resource that comes with it; `at` is the part it is made from."""
        origin = (at or self.declared.part).origin
        part = Part({"Type": kind, "Properties": dict(properties)}, origin)
        return Declared(logical_id, kind, part, self.declared.condition, (), self.id)

    def text(self, part: Part) -> str:
        """Text that decides how resources are called, so it may refer to parameters only."""
        value = without_resources(self.scope, part)
        if not isinstance(value, str) or not value:
            self.refuse(part, "wrong-type", f"text is wanted, not {called(value)}")
        return value

    def refuse(self, part: Part, code: str, message: str, remedy: str = "") -> NoReturn:
        """Record a fault and give the resource up."""
        self.scope.refuse(part, code, message, remedy)

    def own_tags(self) -> Iterator[Json]:
        """The tags as plain resources have them."""
        part = self.get("Tags")
        if part is not None:
            yield from ({"Key": name, "Value": value.moved} for name, value in part.members())

    def flag(self, name: str) -> bool:
        """Whether a property is true."""
        part = self.get(name)
        return part is not None and without_resources(self.scope, part) in (True, "true")

    def object(self, name: str) -> Part | None:
        """A property that is an object, if it is there."""
        part = self.get(name)
        if part is not None and not isinstance(part.value, dict):
            self.refuse(part, "wrong-type", f"`{name}` is an object, not {called(part.value)}")
        return part

    def members(self, name: str) -> Iterator[tuple[str, Part]]:
        """The members of a property that is an object, if it is there."""
        part = self.object(name)
        if part is not None:
            yield from part.members()

    def hash(self, *parts: Part | None) -> str:
        """Ten hexadecimal digits that change with what is written."""
        written = json.dumps([_written(part.value) for part in parts if part is not None], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:_DIGITS]


def attribute(logical_id: str, name: str = "Arn") -> Json:
    """`Fn::GetAtt`."""
    return {"Fn::GetAtt": [logical_id, name]}


def sub(text: str) -> Json:
    """`Fn::Sub`."""
    return {"Fn::Sub": text}


def _written(value: Json) -> Json:
    match value:
        case Moved():
            return _written(value.value)
        case dict():
            return {name: _written(member) for name, member in value.items()}
        case list():
            return [_written(element) for element in value]
    return value
