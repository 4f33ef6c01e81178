"""YAML text as documents, with the place of every value.

ruamel.yaml composes the nodes; values are made here, because only the YAML 1.2 core types make JSON documents: dates
stay text, keys are text, and an alias may not blow a small file up. Where a notation has tags of its own, a tagged
value becomes a mapping of one member. Knows nothing of what the documents mean.
"""

from __future__ import annotations

import math
import re
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.tag import Tag

from turnstile.document import Json, pointer
from turnstile.faults import Fault, Rejected, Where
from turnstile.offsets import place, too_deep
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ruamel.yaml.nodes import Node

_MOST_NODES = 500_000
_MOST_WRITTEN = 100_000
"""Values that a text may hold: reading one takes 40 µs, and no run may wait for long."""
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")  # as JSON: an account id with a leading zero stays text
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Json] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_OLDER_WORDS: dict[str, Json] = {
    word: answer
    for answer, words in ((True, ("yes", "on")), (False, ("no", "off")))
    for name in words
    for word in (name, name.capitalize(), name.upper())
}
"""What YAML 1.1 reads as true and false besides."""
_TAG = "tag:yaml.org,2002:"
_TEXTS = ("bool", "float", "int", "merge", "null", "str", "timestamp")
"""Tags of scalars that may be read as text; `!!binary` is none."""
_KINDS: dict[type[Node], str] = {ScalarNode: "str", SequenceNode: "seq", MappingNode: "map"}
_COPIED = re.compile(r"^ *(?P<space>\N{NO-BREAK SPACE})", re.MULTILINE)
_SYNTAX = "look at the indentation, and for quotes and brackets that are not closed"
_QUOTES = "put the text in quotes"
_SAID = {
    "character '\\t' that cannot start": ("a tab stands here", "YAML indents with spaces: replace the tab with them"),
    "undefined alias": ("`*` begins the name of an alias, and there is none of this name", _QUOTES),
    "expected alphabetic or numeric character": ("`*` and `&` begin names, and none stands here", _QUOTES),
    "mapping values are not allowed": ("a colon stands where no key can end", f"{_QUOTES} if the colon belongs to it"),
    "character '@' that cannot start": ("no plain text begins with `@`", _QUOTES),
    "character '`' that cannot start": ("no plain text begins with a backquote", _QUOTES),
    "character '%' that cannot start": ("no plain text begins with `%`", _QUOTES),
    "unexpected end of stream": ("the text ends before a quote is closed", "close the quote"),
    "<stream end>": ("the text ends before a bracket is closed", "close the bracket"),
    "but found '<block": ("the line is not indented as those around it", "give it the indentation of its neighbours"),
}
"""What the library says, by a part of it, in words of ours, with a remedy."""
_REMEDIES = {
    "duplicate-key": "remove one of the two",
    "yaml-alias": "write the value out where the alias stands",
    "yaml-key": "write the key as text",
    "yaml-merge": "let `<<` name a mapping, or a list of mappings",
    "yaml-tag": "remove the tag: documents hold text, numbers, true, false, null, lists and mappings",
}


def read_yaml(name: str, text: str, tags: Mapping[str, str] | None = None) -> tuple[Json, dict[str, tuple[int, int]]]:
    """The document of a YAML text known as `name`, and its places: pointer to (line, column), both from 1.

    The place of a member is that of its key. With `tags` the text is YAML 1.1, as in templates: `!Ref x` is read as the
    mapping of `tags["!Ref"]` to `x`.

    Raises:
        Rejected: a syntax fault, a tag or key that JSON has no place for, or aliases that grow without bound.
    """
    node = _compose(name, text)
    if node is None:
        return None, {"": (1, 1)}
    reader = _Reader(name, tags or {}, _WORDS | _OLDER_WORDS if tags else _WORDS)
    try:
        return reader.value(node, ""), reader.places
    except RecursionError:
        raise _too_deep(name, text) from None


class _Composer(Composer):
    """Gives up on what would take minutes."""

    written = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.written += 1
        if self.written > _MOST_WRITTEN:
            mark = self.parser.peek_event().start_mark
            raise _TooManyError(mark.line + 1, mark.column + 1)
        return super().compose_node(parent, index)


class _TooManyError(Exception):
    """More values than may be; line and column, both from 1, of the first that is one too many."""


def _compose(file: str, text: str) -> Node | None:
    reader = YAML(typ="safe", pure=True)
    reader.Composer = _Composer
    try:
        nodes = list(reader.compose_all(text))
    except _TooManyError as many:
        message = f"the YAML document has more than {_MOST_WRITTEN:,} values"
        remedy = "write what is large into a JSON file of its own, which is read faster"
        raise Rejected([Fault(Where(file, *many.args), "too-large", message, remedy)]) from None
    except MarkedYAMLError as error:
        if (copied := _COPIED.search(text)) is not None:
            where = Where(file, *place(text, copied.start("space")))
            message = "not YAML: the line is indented with no-break spaces, as web pages have them"
            raise Rejected([Fault(where, "yaml-syntax", message, "replace them with spaces")]) from None
        mark = error.problem_mark or error.context_mark
        where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file)
        problem = " ".join(str(error.problem or error.context).split())
        told, remedy = next((said for part, said in _SAID.items() if part in problem), (problem, _SYNTAX))
        raise Rejected([Fault(where, "yaml-syntax", f"not YAML: {told}", remedy)]) from None
    except ReaderError as error:
        where = Where(file, *place(text, error.position))
        message = f"not YAML: the character U+{ord(text[error.position]):04X} has no place in a text"
        raise Rejected(
            [Fault(where, "yaml-syntax", message, "remove it, or write it as an escape in quotes")]
        ) from None
    except (YAMLError, ValueError) as error:
        message = f"not YAML: {' '.join(str(error).split())}"
        raise Rejected([Fault(Where(file, 1, 1), "yaml-syntax", message, _SYNTAX)]) from None
    except RecursionError:
        raise _too_deep(file, text) from None
    if len(nodes) > 1:
        where = _where(file, nodes[1])
        remedy = "give each document a file of its own"
        raise Rejected([Fault(where, "yaml-documents", "more than one YAML document in a file", remedy)])
    return nodes[0] if nodes else None


def _too_deep(file: str, text: str) -> Rejected:
    where = Where(file, *too_deep(text))
    return Rejected([Fault(where, "too-deep", "the document is nested too deeply", "nest it less")])


def _where(file: str, node: Node) -> Where:
    return Where(file, node.start_mark.line + 1, node.start_mark.column + 1)


@dataclass
class _Reader:
    file: str
    tags: Mapping[str, str]
    words: Mapping[str, Json]
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    open_nodes: set[int] = field(default_factory=set)
    nodes: int = 0

    def value(self, node: Node, here: str) -> Json:
        self.nodes += 1
        if self.nodes > _MOST_NODES or id(node) in self.open_nodes:
            raise self._refuse(node, "yaml-alias", "an alias makes this document too large or endless")
        self.places.setdefault(here, (node.start_mark.line + 1, node.start_mark.column + 1))
        if (member := self.tags.get(str(node.tag))) is not None:
            return self._tagged_value(node, member, here)
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        self.open_nodes.add(id(node))
        value = self._mapping(node, here) if isinstance(node, MappingNode) else self._sequence(node, here)
        self.open_nodes.discard(id(node))
        return value

    def _tagged_value(self, node: Node, member: str, here: str) -> Json:
        """The value under the member that its tag stands for."""
        plain = copy(node)
        plain.ctag = Tag(suffix=_TAG + _KINDS[type(node)])
        if isinstance(plain, ScalarNode):
            plain.style = plain.style or "'"  # `!Ref 1` names something
        self.open_nodes.add(id(node))
        value = {member: self.value(plain, pointer(here, member))}
        self.open_nodes.discard(id(node))
        return value

    def _sequence(self, node: Node, here: str) -> Json:
        if not isinstance(node, SequenceNode) or not self._plain(node, "seq"):
            raise self._unknown_tag(node)
        return [self.value(child, pointer(here, index)) for index, child in enumerate(node.value)]

    def _mapping(self, node: MappingNode, here: str) -> Json:
        if not self._plain(node, "map"):
            raise self._unknown_tag(node)
        members: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for key, child in node.value:
            name = self._key(key)
            if name == "<<" and key.style is None:
                merged |= self._merge(child, here)
                continue
            if name in members:
                raise self._refuse(key, "duplicate-key", f"the key `{name}` stands here twice")
            place = pointer(here, name)
            self.places[place] = (key.start_mark.line + 1, key.start_mark.column + 1)
            members[name] = self.value(child, place)
        return {**{name: value for name, value in merged.items() if name not in members}, **members}

    def _merge(self, node: Node, here: str) -> dict[str, Json]:
        value = self.value(node, here)
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise self._refuse(node, "yaml-merge", "`<<` merges mappings only")
        return {name: member for part in reversed(parts) for name, member in part.items()}

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise self._refuse(node, "yaml-key", "a key must be text")
        return str(node.value)

    def _scalar(self, node: ScalarNode) -> Json:
        text = str(node.value)
        if node.style is not None:
            return self._tagged(node, text)
        if text in self.words and (_plain_tag(node) or text not in _WORDS):
            return self.words[text]
        if _plain_tag(node) and _INTEGER.fullmatch(text):
            return int(text) if len(text) < 4000 else self._tagged(node, text)  # noqa: PLR2004 - int() has a limit
        if _plain_tag(node) and _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
            return number
        return self._tagged(node, text)

    def _tagged(self, node: ScalarNode, text: str) -> str:
        tag = str(node.tag)
        if tag in ("!", "None") or tag.removeprefix(_TAG) in _TEXTS:
            return text
        raise self._unknown_tag(node)

    @staticmethod
    def _plain(node: Node, kind: str) -> bool:
        return str(node.tag) in (_TAG + kind, "!", "None")

    def _unknown_tag(self, node: Node) -> Rejected:
        tag = str(node.tag)
        if not self.tags:
            return self._refuse(node, "yaml-tag", f"the tag `{tag}` has no meaning here")
        remedy = hint(tag, self.tags, "short forms of functions")
        return Rejected([Fault(_where(self.file, node), "yaml-tag", f"there is no function `{tag}`", remedy)])

    def _refuse(self, node: Node, code: str, message: str) -> Rejected:
        return Rejected([Fault(_where(self.file, node), code, message, _REMEDIES[code])])


def _plain_tag(node: ScalarNode) -> bool:
    return str(node.tag) != _TAG + "str"
