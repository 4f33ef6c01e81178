"""Documents and what XML carries of them, by shapes, both ways.

https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html; the answers of query and EC2 services are such XML too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from turnstile.wire import scalars

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.document import Json

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TIME = "iso8601"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def parse(body: bytes) -> ET.Element:
    """The root of a text.

    Raises:
        ValueError: it is no XML, or declares entities.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("declarations are not allowed in the XML of a request")
    try:
        return ET.fromstring(body)  # noqa: S314 - without declarations there are no entities to expand
    except ET.ParseError as error:
        raise ValueError(f"the XML cannot be parsed: {error}") from None


def read(nodes: list[ET.Element], shape: Any, name: str = "") -> Json:
    """The document in elements of one name; more than one only for flattened lists and maps.

    Raises:
        ValueError: a text does not fit its shape.
    """
    first = nodes[0]
    flat = shape.serialization.get("flattened")
    match shape.type_name:
        case "structure":
            return read_members(first, shape)
        case "list":
            return [read([each], shape.member) for each in (nodes if flat else list(first))]
        case "map":
            return dict(_pair(each, shape) for each in (nodes if flat else list(first)))
    return scalars.read(first.text or "", shape, name)


def read_members(node: ET.Element, shape: Any) -> dict[str, Json]:
    """A structure; members without location only."""
    children: dict[str, list[ET.Element]] = {}
    for child in node:
        children.setdefault(_local(child.tag), []).append(child)
    found: dict[str, Json] = {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        if member.serialization.get("xmlAttribute"):
            attributes = {_local(each): value for each, value in node.attrib.items()}
            if (value := attributes.get(key.rpartition(":")[2])) is not None:
                found[name] = value
        elif "location" not in member.serialization and (nodes := children.get(key) or _flat(children, member)):
            found[name] = read(nodes, member, name)
    return found


def _flat(children: dict[str, list[ET.Element]], member: Any) -> list[ET.Element] | None:
    """The elements of a flattened list that go by their own name."""
    if member.type_name != "list" or not member.serialization.get("flattened"):
        return None
    return children.get(member.member.serialization.get("name", ""))


def _pair(node: ET.Element, shape: Any) -> tuple[str, Json]:
    children = {_local(child.tag): child for child in node}
    key = children.get(shape.key.serialization.get("name", "key"))
    value = children.get(shape.value.serialization.get("name", "value"))
    if key is None or value is None:
        raise ValueError("an entry lacks its key or its value")
    return key.text or "", read([value], shape.value)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def element(name: str, content: str, namespace: str = "") -> str:
    """An element around text that is XML already."""
    xmlns = f" xmlns={quoteattr(namespace)}" if namespace else ""
    return f"<{name}{xmlns}>{content}</{name}>"


def plain(text: str) -> str:
    """The text of an element; letters that XML cannot carry are replaced."""
    return escape(_FORBIDDEN.sub("\ufffd", text), {"\r": "&#13;"})


def write(value: Json, shape: Any, name: str) -> str:
    """The element, or for flattened lists and maps the elements, for a document."""
    flat = shape.serialization.get("flattened")
    match shape.type_name:
        case "structure":
            return f"<{name}{_attributes(value, shape)}>{write_members(value, shape)}</{name}>"
        case "list":
            inner = shape.member.serialization.get("name", "member")
            own = shape.member.serialization.get("name") or name
            listed = "".join(write(each, shape.member, own if flat else inner) for each in value)
            return listed if flat else element(name, listed)
        case "map":
            entries = (_entry(key, each, shape) for key, each in value.items())
            return _mapped(entries, name, flat=bool(flat))
    return element(name, plain(scalars.write(value, shape, _TIME)))


def _mapped(entries: Iterable[str], name: str, *, flat: bool) -> str:
    if flat:
        return "".join(element(name, each) for each in entries)
    return element(name, "".join(element("entry", each) for each in entries))


def _entry(key: str, value: Json, shape: Any) -> str:
    named = write(key, shape.key, shape.key.serialization.get("name", "key"))
    return named + write(value, shape.value, shape.value.serialization.get("name", "value"))


def write_members(value: Json, shape: Any, names: frozenset[str] | None = None) -> str:
    """The elements of a structure's members, of which only the named ones."""
    return "".join(
        write(each, member, member.serialization.get("name", name))
        for name, each, member in _given(value, shape)
        if (names is None or name in names) and not member.serialization.get("xmlAttribute")
    )


def _attributes(value: Json, shape: Any) -> str:
    found = [
        f" {member.serialization['name']}={quoteattr(_FORBIDDEN.sub('', str(each)))}"
        for _, each, member in _given(value, shape)
        if member.serialization.get("xmlAttribute")
    ]
    declared = f' xmlns:xsi="{_INSTANCE}"' if any(each.startswith(" xsi:") for each in found) else ""
    return declared + "".join(found)


def _given(value: Json, shape: Any) -> Iterator[tuple[str, Json, Any]]:
    members = shape.members
    return ((name, each, members[name]) for name, each in value.items() if each is not None and name in members)
