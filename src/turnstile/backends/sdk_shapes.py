"""Shapes of botocore's models as Tasks of SDK integrations write them: a tree of names, made once for each operation.

A document is read along the tree: `request` gives the members by the names of the model, `shown` those that a Task
shows, and `misfits` say what does not fit, in the words of Step Functions. A text or blob takes any JSON, which goes as
its JSON text (recorded: services.aws_sdk_task_service/test_s3_put_object and
test_sfn_start_execution_implicit_json_serialisation), and a streaming body is always JSON text, so that a string goes
into S3 with its quotation marks (the first of them); numbers and truths may be given as text (*inferred*: Jackson
reads them so). A member that is `null` is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from turnstile.backends import sdk_names
from turnstile.document import compact
from turnstile.wire.content import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json

Path = tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Node:
    """A shape: its kind, what is in it, and for structures the names of members both ways.

    `members` are by the name in Tasks: the name of the model, and the shape. `item` is of lists and maps.
    """

    kind: str
    members: dict[str, tuple[str, Node]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    body: str | None = None
    item: Node | None = None


class Tree:
    """Makes nodes of the shapes of one service, each shape once."""

    def __init__(self) -> None:
        self._made: dict[str, Node] = {}

    def node(self, shape: Any) -> Node:
        """The node of a shape."""
        kind = shape.type_name
        if getattr(shape, "is_document_type", False):
            return _FREE
        if kind not in ("structure", "list", "map"):
            return _BODY if kind == "blob" and shape.serialization.get("streaming") else _LEAVES[kind]
        if shape.name not in self._made:
            made = self._made[shape.name] = Node(kind)  # before its members, which may hold it again
            self._fill(made, shape)
        return self._made[shape.name]

    def _fill(self, node: Node, shape: Any) -> None:
        if shape.type_name != "structure":
            node.item = self.node(shape.member if shape.type_name == "list" else shape.value)
            return
        for name, inner in shape.members.items():
            shown = sdk_names.member(name)
            node.members[shown] = (name, self.node(inner))
            node.names[name] = shown
        node.required = tuple(sdk_names.member(name) for name in shape.required_members)
        payload = shape.serialization.get("payload")
        node.body = node.names[payload] if payload and shape.members[payload].type_name == "blob" else None


_FREE, _BODY = Node("document"), Node("body")
_TEXT, _WHOLE, _NUMBER = Node("text"), Node("whole"), Node("number")
_LEAVES: Mapping[str, Node] = {
    "string": _TEXT, "character": _TEXT, "blob": _TEXT, "boolean": Node("truth"), "timestamp": Node("time"),
    "integer": _WHOLE, "long": _WHOLE, "biginteger": _WHOLE, "float": _NUMBER, "double": _NUMBER, "bigdecimal": _NUMBER,
}  # fmt: skip


NUMBERS = frozenset({"boolean", "integer", "long", "biginteger", "float", "double", "bigdecimal"})
"""Types of values that may be given as text."""


def fits(kind: str, value: Json) -> bool:
    """Whether a value is one of a type that has no members."""
    leaf = _LEAVES.get(kind)
    return leaf is not None and _FITS[leaf.kind](value)


def read(kind: str, value: Json) -> Json:
    """A value of such a type, given as text."""
    return _READ[_LEAVES[kind].kind](value)


def request(node: Node, value: Json) -> Json:
    """A value that fits, by the names of the model."""
    match node.kind:
        case "structure":
            members = node.members
            given = ((members[name], item) for name, item in value.items() if item is not None)
            return {name: request(inner, item) for (name, inner), item in given}
        case "list":
            assert node.item is not None
            return [request(node.item, item) for item in value]
        case "map":
            assert node.item is not None
            return {key: request(node.item, item) for key, item in value.items()}
    read = _READ.get(node.kind)
    return value if read is None else read(value)


def shown(node: Node, value: Json) -> Json:
    """A value of an answer as Tasks show it: members in order of their names, a body last (recorded for `s3`)."""
    match node.kind, value:
        case "structure", dict():
            named = [(node.names.get(name, str(name)), item) for name, item in value.items() if item is not None]
            named.sort(key=lambda each: (each[0] == node.body, each[0]))
            return {name: _member(node, name, item) for name, item in named}
        case "list", list():
            assert node.item is not None
            return [shown(node.item, item) for item in value]
        case "map", dict():
            assert node.item is not None
            return {key: shown(node.item, item) for key, item in value.items()}
        case "time", int() | float():
            return instant(value)
    return value


def _member(node: Node, name: str, value: Json) -> Json:
    found = node.members.get(name)
    return value if found is None else shown(found[1], value)


def misfits(node: Node, value: Json, path: Path = (), *, complete: bool) -> Iterator[Misfit]:
    """What is wrong with a value; `...` stands for one that is not known yet.

    `complete` asks for the members that the model requires.
    """
    if value is ...:
        return
    match node.kind:
        case "structure" if isinstance(value, dict):
            yield from _structure(node, value, path, complete=complete)
        case "list" if isinstance(value, list):
            assert node.item is not None
            for index, item in enumerate(value):
                yield from misfits(node.item, item, (*path, index), complete=complete)
        case "map" if isinstance(value, dict):
            assert node.item is not None
            for key, item in value.items():
                yield from misfits(node.item, item, (*path, key), complete=complete)
        case kind if not _FITS.get(kind, _never)(value):
            yield Misfit(path, INVALID)


def _structure(node: Node, value: dict[str, Json], path: Path, *, complete: bool) -> Iterator[Misfit]:
    for name, item in value.items():
        if name in node.members:
            if item is not None:
                yield from misfits(node.members[name][1], item, (*path, name), complete=complete)
        else:
            yield Misfit((*path, name), UNKNOWN, tuple(node.members))
    for name in node.required if complete else ():
        if value.get(name) is None:
            yield Misfit((*path, name), MISSING)


UNKNOWN, MISSING, INVALID = "unknown", "missing", "invalid"


class Misfit(NamedTuple):
    """A member that does not fit: the way to it, what is wrong, and the names that it could have."""

    path: Path
    kind: str
    known: tuple[str, ...] = ()


def _text(value: Json) -> str:
    return value if isinstance(value, str) else compact(value)


def _whole(value: Json) -> Json:
    return int(value) if isinstance(value, (str, float)) else value


def _number(value: Json) -> Json:
    return float(value) if isinstance(value, str) else value


def _truth(value: Json) -> Json:
    return value == "true" if isinstance(value, str) else value


_READ: Mapping[str, Callable[[Json], Json]] = {
    "body": compact,
    "text": _text,
    "whole": _whole,
    "number": _number,
    "truth": _truth,
}


def _never(_value: Json) -> bool:
    return False


def _always(_value: Json) -> bool:
    return True


def _is_whole(value: Json) -> bool:
    if isinstance(value, str):
        return value.removeprefix("-").isdecimal()
    return not isinstance(value, bool) and isinstance(value, (int, float)) and value == int(value)


def _is_number(value: Json) -> bool:
    if isinstance(value, str):
        return value.removeprefix("-").replace(".", "", 1).isdecimal()
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_truth(value: Json) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


def _is_time(value: Json) -> bool:
    if not isinstance(value, str):
        return _is_number(value)
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_FITS: Mapping[str, Callable[[Json], bool]] = {
    "document": _always,
    "body": _always,
    "text": _always,
    "whole": _is_whole,
    "number": _is_number,
    "truth": _is_truth,
    "time": _is_time,
}
