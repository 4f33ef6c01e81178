"""Parameters of the query and EC2 protocols: flat fields such as `Tags.member.1.Key`, by shapes.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html and aws-ec2-query-protocol.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from turnstile.wire import scalars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json


@dataclass(slots=True)
class _Node:
    """One name between dots: its text, if it has one, and what stands below it."""

    text: str | None = None
    below: dict[str, _Node] = field(default_factory=dict)

    def numbered(self) -> list[_Node]:
        """The elements of a list, in order of their numbers."""
        return [self.below[name] for name in sorted(filter(str.isdecimal, self.below), key=int)]


def read(form: Mapping[str, str], shape: Any, *, ec2: bool) -> dict[str, Json]:
    """The parameters in the fields of a form.

    Raises:
        ValueError: a field's text does not fit its shape.
    """
    root = _Node()
    for name, text in form.items():
        node = root
        for part in name.split("."):
            node = node.below.setdefault(part, _Node())
        node.text = text
    return (_Ec2() if ec2 else _Query()).members(root, shape)


class _Query:
    def members(self, node: _Node, shape: Any) -> dict[str, Json]:
        found = {}
        for name, member in shape.members.items():
            below = node.below.get(self._key(member, name))
            if below is not None:
                found[name] = self._value(below, member, name)
        return found

    def _key(self, member: Any, name: str) -> str:
        """The name of a member's field; a flattened list goes by the name of its elements if they have one."""
        if member.type_name == "list" and member.serialization.get("flattened"):
            return str(member.member.serialization.get("name") or member.serialization.get("name", name))
        return str(member.serialization.get("name", name))

    def _value(self, node: _Node, shape: Any, name: str = "") -> Json:
        match shape.type_name:
            case "structure":
                return self.members(node, shape)
            case "list":
                return [self._value(each, shape.member) for each in self._elements(node, shape).numbered()]
            case "map":
                return self._map(node, shape)
        return scalars.read(node.text or "", shape, name)

    def _elements(self, node: _Node, shape: Any) -> _Node:
        if shape.serialization.get("flattened"):
            return node
        return node.below.get(shape.member.serialization.get("name", "member"), _Node())

    def _map(self, node: _Node, shape: Any) -> dict[str, Json]:
        entries = node if shape.serialization.get("flattened") else node.below.get("entry", _Node())
        key, value = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
        return {
            each.below.get(key, _Node()).text or "": self._value(each.below.get(value, _Node()), shape.value)
            for each in entries.numbered()
        }


class _Ec2(_Query):
    def _key(self, member: Any, name: str) -> str:
        places = member.serialization
        if "queryName" in places:
            return str(places["queryName"])
        named = str(places.get("name", name))
        return named[0].upper() + named[1:] if "name" in places else named

    def _elements(self, node: _Node, shape: Any) -> _Node:  # noqa: ARG002 - lists of EC2 are flat whatever they say
        return node
