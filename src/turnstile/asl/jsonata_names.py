"""What a JSONata expression refers to: variables, members of `$states`, and a document it has none of.

An expression of a state has no context item, so a name is legal only below something that has one: in a later step of
a path, a predicate, a sort term, a grouping or a transformation; a lambda keeps the context of where it stands. Which
references AWS refuses, and its texts: measured by users with ValidateStateMachineDefinition
(https://github.com/floci-io/floci/issues/2670, /pull/2786). Evaluates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from turnstile.asl.jsonata_grammar import Node, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STATES = "states"
"""The reserved variable."""

FUNCTIONS = frozenset(
    {
        "sum", "count", "max", "min", "average", "string", "substring", "substringBefore", "substringAfter",
        "lowercase", "uppercase", "length", "trim", "pad", "match", "contains", "replace", "split", "join",
        "formatNumber", "formatBase", "formatInteger", "parseInteger", "number", "floor", "ceil", "round", "abs",
        "sqrt", "power", "random", "boolean", "not", "map", "zip", "filter", "single", "reduce", "each", "sift",
        "keys", "lookup", "append", "exists", "spread", "merge", "reverse", "sort", "shuffle", "distinct",
        "base64encode", "base64decode", "encodeUrlComponent", "encodeUrl", "decodeUrlComponent", "decodeUrl", "now",
        "millis", "toMillis", "fromMillis", "clone", "type", "error", "assert", "partition", "range", "hash", "uuid",
        "parse", "eval",
    }
)  # fmt: skip
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
    _Walk(found).visit(parse(text), _Here(top=True, bound=set()))
    return found


@dataclass(frozen=True, slots=True)
class _Here:
    """Where a node stands: `top` says that there is no context item, `bound` what the expression has bound."""

    top: bool
    bound: set[str]

    def below(self) -> _Here:
        """The same where there is a context item."""
        return _Here(top=False, bound=self.bound)

    def within(self, *names: str) -> _Here:
        """A scope inside this one, in which these are bound."""
        return _Here(top=self.top, bound={*self.bound, *names})


class _Walk:
    """One pass over a tree."""

    def __init__(self, found: Names) -> None:
        self._found = found

    def visit(self, node: Node, here: _Here) -> None:
        """Look at a node and what it is made of; what a node binds holds for those that follow it."""
        special = self._special.get(node.kind)
        if special is not None:
            special(self, node, here)
            return
        for part in node.parts:
            self.visit(part, here)

    def _context(self, node: Node, here: _Here) -> None:
        if here.top:
            _add(self._found.context, node.value)

    def _variable(self, node: Node, here: _Here) -> None:
        if node.value == "":
            self._context(Node("variable", "$"), here)
        elif node.value == "$":
            self._found.root = True
        elif node.value in here.bound:
            return
        elif node.value == STATES:
            self._found.whole = True
        else:
            _add(self._found.variables, node.value)

    def _path(self, node: Node, here: _Here) -> None:
        """Only the first step has the context of the whole; a text there is a name."""
        first, second = node.parts
        member = _member(first, second) if STATES not in here.bound else None
        if member is not None:
            _add(self._found.members, member)
        else:
            self.visit(Node("name", first.value) if first.kind == "string" else first, here)
        self.visit(second, here.below())

    def _anchored(self, node: Node, here: _Here) -> None:
        """The first part has the context of the whole, the others that of the first's values."""
        first, *others = node.parts
        self.visit(first, here)
        for part in others:
            self.visit(part, here.below())

    def _transform(self, node: Node, here: _Here) -> None:
        for part in node.parts:
            self.visit(part, here.below())

    def _bind(self, node: Node, here: _Here) -> None:
        """A function may call itself."""
        if node.parts[0].kind == "lambda":
            here.bound.add(node.value)
        self._focus(node, here)

    def _focus(self, node: Node, here: _Here) -> None:
        self.visit(node.parts[0], here)
        here.bound.add(node.value)

    def _block(self, node: Node, here: _Here) -> None:
        inner = here.within()
        for part in node.parts:
            self.visit(part, inner)

    def _lambda(self, node: Node, here: _Here) -> None:
        self.visit(node.parts[0], here.within(*node.value))

    def _call(self, node: Node, here: _Here) -> None:
        """A function is named where it is called, applied or given to another."""
        for position, part in enumerate(node.parts):
            named = part.kind == "variable" and part.value not in here.bound
            if named and (position == 0 or node.kind == "apply"):
                _add(self._found.called, part.value)
            if not (named and part.value in FUNCTIONS):
                self.visit(part, here)

    _special: ClassVar[dict[str, Callable[[_Walk, Node, _Here], None]]] = {
        "name": _context,
        "wildcard": _context,
        "descendant": _context,
        "parent": _context,
        "variable": _variable,
        "path": _path,
        "predicate": _anchored,
        "sort": _anchored,
        "group": _anchored,
        "transform": _transform,
        "bind": _bind,
        "focus": _focus,
        "block": _block,
        "lambda": _lambda,
        "call": _call,
        "partial": _call,
        "apply": _call,
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
