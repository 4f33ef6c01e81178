"""How much of a field's text is known before anything runs.

A constant is known as a whole, and so is an expression of constants; of `States.Format('arn:aws:iam::{}:role/x', $.a)`
and of `'arn:aws:iam::' & $a & ':role/x'` the beginning is. What cannot be told is not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.asl.intrinsic import parse_call
from turnstile.asl.jsonata_tokens import END, BadSyntax, Token, Tokens
from turnstile.asl.scope import Scope
from turnstile.asl.sight import expression_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_CHANCE = re.compile(r"States\.(UUID|MathRandom)\b")
_FORMAT = re.compile(r"\s*States\.Format\s*\(\s*'((?:[^'\\]|\\.)*)'", re.DOTALL)
_OPEN = re.compile(r"(?<!\\)\{\}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_FIXED = re.compile(r"(\$\$|\$states\.context)\.(Execution|StateMachine)(\.\w+)*")
"""Members of the context object that are the same in all states of an execution."""
_LOOSE = frozenset({"=", "!=", "<", ">", "<=", ">=", "?", "?:", "??", ":", ":=", ";", "~>", "..", "and", "or", "in"})
"""Operators of JSONata that bind weaker than `&`: what stands first is then not the beginning of the text."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is known of a text: its beginning, or `whole`; `written` is the field as it stands in the definition.

    `fixed`: it is the same wherever the same is written in the definition.
    """

    known: str
    whole: bool
    written: str

    @property
    def fixed(self) -> bool:
        """The same value in every state and iteration that writes it so."""
        return self.whole or _FIXED.fullmatch(expression_in(self.written) or self.written) is not None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the ARN that are certain, `arn` first; none where it is certainly no ARN or unknown."""
        parts = self.known.split(":", 5)
        if parts[0] != "arn":
            return ()
        return tuple(parts if self.whole else parts[:-1])


def plain(text: str) -> Text:
    """A constant; one with a placeholder of a template, `${Name}`, is known as far as that."""
    known, placeholder, _ = text.partition("${")
    return Text(known, not placeholder, text)


def member(body: dict[str, Json], name: str, *, jsonata: bool) -> Text | None:
    """What is known of a member of a payload template, constant or computed; None where it is missing or no text."""
    if jsonata:
        written = body.get(name)
        expression = expression_in(written)
        if expression is not None:
            return _cut(Text(*_of_jsonata(expression), str(written)))
    else:
        computed = body.get(f"{name}.$")
        if isinstance(computed, str):
            return _cut(Text(*_of_intrinsic(computed), computed))
        written = body.get(name)
    return plain(written) if isinstance(written, str) else None


def _cut(text: Text) -> Text:
    known, placeholder, _ = text.known.partition("${")
    return Text(known, whole=False, written=text.written) if placeholder else text


def _of_intrinsic(text: str) -> tuple[str, bool]:
    if text.startswith("$"):
        return "", False
    if "$" not in _TEXT.sub("", text) and not _CHANCE.search(text):
        try:
            value = parse_call(text).find(Scope({}, {}), {})
        except (ValueError, StatesError):
            return "", False
        return (value, True) if isinstance(value, str) else ("", False)
    found = _FORMAT.match(text)
    return (_ESCAPE.sub(r"\1", _OPEN.split(found[1])[0]), False) if found else ("", False)


def _of_jsonata(text: str) -> tuple[str, bool]:
    try:
        tokens = tuple(_tokens(text))
    except BadSyntax:
        return "", False
    if _is_loose(tokens):
        return "", False
    known = ""
    for token, joint in zip(tokens[::2], (*tokens[1::2], END), strict=False):
        if token.kind != "string" or (joint is not END and joint != Token("operator", "&")):
            return known, False
        known += token.value
        if joint is END:
            return known, True
    return known, False


def _tokens(text: str) -> Iterator[Token]:
    reader, infix = Tokens(text), False
    while (token := reader.next(infix=infix)) is not END:
        yield token
        infix = token.kind != "operator" or token.value in (")", "]", "}")


def _is_loose(tokens: tuple[Token, ...]) -> bool:
    """Some operator outside of all brackets binds weaker than `&`."""
    depth = 0
    for token in tokens:
        if token.kind == "operator" and token.value in ("(", "[", "{"):
            depth += 1
        elif token.kind == "operator" and token.value in (")", "]", "}"):
            depth -= 1
        elif depth == 0 and token.kind in ("operator", "name") and token.value in _LOOSE:
            return True
    return False
