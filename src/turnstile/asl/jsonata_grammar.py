"""The grammar of JSONata expressions: text becomes a tree of nodes that says what is referred to where.

The engines evaluate expressions; this tree serves to refuse definitions as CreateStateMachine does, in its words and
without loading an engine, and to know which values an expression can see. Follows the grammar of JSONata 2.0, the
generation that Step Functions runs (https://docs.jsonata.org; operator precedence climbing). This file draws no
conclusions; `asl.jsonata_names` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from turnstile.asl.jsonata_tokens import END, BadSyntax, Token, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json

_BINDING = {
    ".": 75, "[": 80, "{": 70, "(": 80, "@": 80, "#": 80, "?": 20, "+": 50, "-": 50, "*": 60, "/": 60, "%": 60,
    "=": 40, "<": 40, ">": 40, "^": 40, ":=": 10, "!=": 40, "<=": 40, ">=": 40, "~>": 40, "and": 30, "or": 25,
    "in": 40, "&": 50,
}  # fmt: skip
"""How strongly operators bind to what stands before them; others end an expression."""
_NEGATION = 70
_MOST_NESTED = 400


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `value` is its name, literal or operator, `parts` what it is made of, in order of the text.

    Kinds: name, string, number, value, regex, variable, wildcard, descendant, parent, operator, end, negation, array,
    range, object, block, path, binary, apply, predicate, sort, group, focus, bind, condition, call, partial,
    placeholder, lambda, transform.
    """

    kind: str
    value: Json = None
    parts: tuple[Node, ...] = ()


def parse(text: str) -> Node:
    """The tree of an expression.

    Raises:
        BadSyntax: the text is no expression.
    """
    try:
        return _Parser(text).whole()
    except RecursionError:
        raise BadSyntax("U1001") from None


class _Parser:
    """Reads one expression; `_token` is the token after what was read."""

    def __init__(self, text: str) -> None:
        self._tokens = Tokens(text)
        self._token = self._tokens.next(infix=False)
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression(0)
        if self._token is not END:
            raise BadSyntax("S0201", token=self._token.value)
        return _operand(node)

    def _take(self, operator: str = "", *, infix: bool = False) -> Token:
        """Go on to the next token; the one that was current must be `operator`, if given."""
        token = self._token
        if operator and not self._is(operator):
            code = "S0203" if token is END else "S0202"
            raise BadSyntax(code, value=operator, token=token.value)
        self._token = self._tokens.next(infix=infix)
        return token

    def _is(self, operator: str) -> bool:
        return self._token.kind == "operator" and self._token.value == operator

    def _expression(self, power: int) -> Node:
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise BadSyntax("U1001")
        left = self._first(self._take(infix=True))
        while self._token.kind == "operator" and _BINDING.get(self._token.value, 0) > power:
            operator = self._take().value
            follow = self._following.get(operator)
            left = follow(self, left) if follow is not None else self._binary(operator, left)
        self._depth -= 1
        return left

    def _first(self, token: Token) -> Node:
        """What a token means at the start of an expression."""
        if token.kind != "operator":
            return Node(token.kind, token.value)
        start = self._leading.get(token.value)
        if start is None:
            raise BadSyntax("S0211", token=token.value)
        return start(self, token)

    def _binary(self, operator: str, left: Node) -> Node:
        right = self._expression(_BINDING[operator])
        return Node("binary", operator, (_operand(left), _operand(right)))

    def _word(self, token: Token) -> Node:
        """`and`, `or`, `in` are names where an operand must stand."""
        return Node("name", token.value)

    def _leaf(self, token: Token) -> Node:
        return Node({"*": "wildcard", "**": "descendant", "%": "parent"}[token.value], token.value)

    def _negation(self, _: Token) -> Node:
        return Node("negation", "-", (_operand(self._expression(_NEGATION)),))

    def _block(self, _: Token) -> Node:
        parts: list[Node] = []
        while not self._is(")"):
            parts.append(self._expression(0))
            if not self._is(";"):
                break
            self._take(";")
        self._take(")", infix=True)
        return Node("block", None, tuple(map(_operand, parts)))

    def _array(self, _: Token) -> Node:
        items: list[Node] = []
        while not self._is("]") or items:
            item = self._expression(0)
            if self._is(".."):
                self._take("..")
                item = Node("range", "..", (_operand(item), _operand(self._expression(0))))
            items.append(_operand(item))
            if not self._is(","):
                break
            self._take(",")
        self._take("]", infix=True)
        return Node("array", None, tuple(items))

    def _object(self, _: Token) -> Node:
        return Node("object", None, self._pairs())

    def _pairs(self) -> tuple[Node, ...]:
        parts: list[Node] = []
        while not self._is("}") or parts:
            parts.append(self._expression(0))
            self._take(":")
            parts.append(self._expression(0))
            if not self._is(","):
                break
            self._take(",")
        self._take("}", infix=True)
        return tuple(map(_operand, parts))

    def _transform(self, _: Token) -> Node:
        parts = [self._expression(0)]
        self._take("|")
        parts.append(self._expression(0))
        if self._is(","):
            self._take(",")
            parts.append(self._expression(0))
        self._take("|")
        return Node("transform", None, tuple(map(_operand, parts)))

    def _path(self, left: Node) -> Node:
        right = self._expression(_BINDING["."])
        for step in (left, right):
            if step.kind in ("number", "value"):
                raise BadSyntax("S0213", value=step.value)
        return Node("path", ".", (_operand(left), _operand(right)))

    def _predicate(self, left: Node) -> Node:
        if self._is("]"):
            self._take("]")
            return left
        inner = self._expression(0)
        self._take("]", infix=True)
        if left.kind == "group":
            raise BadSyntax("S0209")
        return Node("predicate", None, (_operand(left), _operand(inner)))

    def _group(self, left: Node) -> Node:
        if left.kind == "group":
            raise BadSyntax("S0210")
        return Node("group", None, (_operand(left), *self._pairs()))

    def _sort(self, left: Node) -> Node:
        terms = [left]
        self._take("(")
        while True:
            if self._is("<") or self._is(">"):
                self._take()
            terms.append(self._expression(0))
            if not self._is(","):
                break
            self._take(",")
        self._take(")")
        return Node("sort", None, tuple(map(_operand, terms)))

    def _bind(self, left: Node) -> Node:
        if left.kind != "variable":
            raise BadSyntax("S0212")
        return Node("bind", left.value, (_operand(self._expression(_BINDING[":="] - 1)),))

    def _focus(self, left: Node) -> Node:
        return self._named("@", left)

    def _index(self, left: Node) -> Node:
        return self._named("#", left)

    def _named(self, operator: str, left: Node) -> Node:
        variable = self._expression(_BINDING[operator])
        if variable.kind != "variable":
            raise BadSyntax("S0214", token=operator)
        return Node("focus", variable.value, (_operand(left),))

    def _condition(self, left: Node) -> Node:
        parts = [left, self._expression(0)]
        if self._is(":"):
            self._take(":")
            parts.append(self._expression(0))
        return Node("condition", None, tuple(map(_operand, parts)))

    def _apply(self, left: Node) -> Node:
        return Node("apply", "~>", (_operand(left), _operand(self._expression(_BINDING["~>"]))))

    def _call(self, left: Node) -> Node:
        arguments: list[Node] = []
        kind = "call"
        while not self._is(")") or arguments:
            if self._is("?"):
                self._take("?")
                kind = "partial"
                arguments.append(Node("placeholder"))
            else:
                arguments.append(_operand(self._expression(0)))
            if not self._is(","):
                break
            self._take(",")
        self._take(")", infix=True)
        if left.kind == "name" and left.value in ("function", "\u03bb"):
            return self._lambda(arguments)
        return Node(kind, None, (_operand(left), *arguments))

    def _lambda(self, parameters: list[Node]) -> Node:
        for position, parameter in enumerate(parameters, 1):
            if parameter.kind != "variable":
                raise BadSyntax("S0208", value=position)
        if self._is("<"):
            self._signature()
        self._take("{")
        body = _operand(self._expression(0))
        self._take("}")
        return Node("lambda", tuple(parameter.value for parameter in parameters), (body,))

    def _signature(self) -> None:
        """Past `<...>`; what it says is for the engine."""
        depth = 1
        self._take("<")
        while depth and self._token is not END and not self._is("{"):
            token = self._take()
            depth += (token.value == "<") - (token.value == ">")

    _leading: ClassVar[dict[str, Callable[[_Parser, Token], Node]]] = {
        "and": _word,
        "or": _word,
        "in": _word,
        "*": _leaf,
        "**": _leaf,
        "%": _leaf,
        "-": _negation,
        "(": _block,
        "[": _array,
        "{": _object,
        "|": _transform,
    }
    _following: ClassVar[dict[str, Callable[[_Parser, Node], Node]]] = {
        ".": _path,
        "[": _predicate,
        "{": _group,
        "(": _call,
        "^": _sort,
        "@": _focus,
        "#": _index,
        "?": _condition,
        ":=": _bind,
        "~>": _apply,
    }


def _operand(node: Node) -> Node:
    """The node, which must not be the end of the text."""
    if node.kind == "end":
        raise BadSyntax("S0207")
    return node
