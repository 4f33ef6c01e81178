"""What a JSONata expression refers to: variables, members of `$states`, and a document it has none of.

An expression of a state has no context item, so a name is legal only below something that has one: in a later step of
a path, a predicate, a sort term, a grouping or a transformation; a lambda keeps the context of where it stands. Which
references AWS refuses, and its texts: measured by users with ValidateStateMachineDefinition
(https://github.com/floci-io/floci/issues/2670, /pull/2786). Evaluates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.asl.jsonata_grammar import Node, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STATES = "states"
"""The reserved variable."""

FUNCTIONS = frozenset(
    """sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad
    match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs
    sqrt power random boolean not map zip filter single reduce each sift keys lookup append exists spread merge reverse
    sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl now millis
    toMillis fromMillis clone type error assert partition range hash uuid parse eval""".split()
)
"""The functions that need no definition."""


@dataclass(slots=True)
class Names:
    """What an expression refers to, each in the order of the text and once."""

    context: list[str] = field(default_factory=list)
    """References to a context item at the top level, where there is none: `name`, `$`, `*`."""
    root: bool = False
    """Whether it refers to `$$`."""
    members: list[str] = field(default_factory=list)
    """Members of `$states`."""
    whole: bool = False
    """Whether it refers to `$states` otherwise than by one of its members."""
    variables: list[str] = field(default_factory=list)
    """Other variables that it does not bind itself; functions that need no definition are none of them."""
    called: list[str] = field(default_factory=list)
    """Functions that it calls by name."""


@lru_cache(maxsize=8192)
def names(text: str) -> Names:
    """What an expression refers to.

    Raises:
        BadSyntax: the text is no expression.
    """
    found = Names()
    _Walk(found).visit(parse(text), top=True, bound=set())
    return found


class _Walk:
    """One pass over a tree; `top` says that there is no context item, `bound` what the expression binds itself."""

    def __init__(self, found: Names) -> None:
        self._found = found

    def visit(self, node: Node, *, top: bool, bound: set[str]) -> None:
        """Look at a node and what it is made of; a binding is added to `bound`, for what follows it."""
        special = _SPECIAL.get(node.kind)
        if special is not None:
            special(self, node, top, bound)
            return
        for part in node.parts:
            self.visit(part, top=top, bound=bound)

    def _context(self, node: Node, top: bool, _bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        if top:
            _add(self._found.context, node.value)

    def _variable(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        if node.value == "":
            self._context(Node("variable", "$"), top, bound)
        elif node.value == "$":
            self._found.root = True
        elif node.value in bound:
            return
        elif node.value == STATES:
            self._found.whole = True
        else:
            _add(self._found.variables, node.value)

    def _path(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        """Only the first step has the context of the whole; a text there is a name."""
        first, second = node.parts
        member = _member(first, second) if STATES not in bound else None
        if member is not None:
            _add(self._found.members, member)
            self._below(second, bound)
            return
        self._first(first, bound, top=top)
        self._below(second, bound)

    def _first(self, node: Node, bound: set[str], *, top: bool) -> None:
        self.visit(Node("name", node.value) if node.kind == "string" else node, top=top, bound=bound)

    def _below(self, node: Node, bound: set[str]) -> None:
        self.visit(node, top=False, bound=bound)

    def _anchored(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        """The first part has the context of the whole, the others that of the first's values."""
        first, *others = node.parts
        self.visit(first, top=top, bound=bound)
        for part in others:
            self._below(part, bound)

    def _transform(self, node: Node, _top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        for part in node.parts:
            self._below(part, bound)

    def _bind(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        recursive = node.parts[0].kind == "lambda"
        if recursive:
            bound.add(node.value)
        self.visit(node.parts[0], top=top, bound=bound)
        bound.add(node.value)

    def _focus(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        self.visit(node.parts[0], top=top, bound=bound)
        bound.add(node.value)

    def _block(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        inner = set(bound)
        for part in node.parts:
            self.visit(part, top=top, bound=inner)

    def _lambda(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        self.visit(node.parts[0], top=top, bound={*bound, *node.value})

    def _call(self, node: Node, top: bool, bound: set[str]) -> None:  # noqa: FBT001 - one shape for the table
        """A function is named where it is called, applied or given to another."""
        for position, part in enumerate(node.parts):
            if part.kind == "variable" and part.value in FUNCTIONS and part.value not in bound:
                if position == 0 or node.kind == "apply":
                    _add(self._found.called, part.value)
            else:
                self.visit(part, top=top, bound=bound)
                if position == 0 and part.kind == "variable":
                    _add(self._found.called, part.value)


_SPECIAL: dict[str, Callable[[_Walk, Node, bool, set[str]], None]] = {
    "name": _Walk._context,
    "wildcard": _Walk._context,
    "descendant": _Walk._context,
    "parent": _Walk._context,
    "variable": _Walk._variable,
    "path": _Walk._path,
    "predicate": _Walk._anchored,
    "sort": _Walk._anchored,
    "group": _Walk._anchored,
    "transform": _Walk._transform,
    "bind": _Walk._bind,
    "focus": _Walk._focus,
    "block": _Walk._block,
    "lambda": _Walk._lambda,
    "call": _Walk._call,
    "partial": _Walk._call,
    "apply": _Walk._call,
}


def _member(first: Node, second: Node) -> str | None:
    """The member of `$states` that a path of these two steps reads, if it does."""
    if first.kind != "variable" or first.value != STATES:
        return None
    while second.kind in ("predicate", "group", "sort", "focus") and second.parts:
        second = second.parts[0]
    return second.value if second.kind in ("name", "string") else None


def _add(listed: list[str], name: str) -> None:
    if name not in listed:
        listed.append(name)


def refusals(text: str, members: Iterable[str]) -> list[str]:
    """Why AWS refuses a sound expression in a field where `$states` has these members; texts as AWS words them.

    Raises:
        BadSyntax: the text is no expression.
    """
    found = names(text)
    known = frozenset(members)
    return [
        *(f"Reference to '{name}' at the top level is not supported." for name in found.context),
        *(["Reference to '$$' is not supported."] if found.root else []),
        *(f"Field '$states.{name}' does not exist." for name in found.members if name not in known),
    ]
