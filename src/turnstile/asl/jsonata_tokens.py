"""The tokens of a JSONata expression.

Follows the tokenizer of JSONata 2.0, the generation that Step Functions runs: newer operators (`??`, `?:`) are no
tokens. This file knows no grammar. Specification: https://docs.jsonata.org; codes of failures are JSONata's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.jsonata_texts import text_of

if TYPE_CHECKING:
    from turnstile.document import Json

SPACE = " \t\n\r\v"
_DOUBLE = ("..", ":=", "!=", ">=", "<=", "**", "~>")
_SINGLE = frozenset(".[]{}(),@#;:?+-*/%|=<>^&!~")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?")
_NAME = re.compile(r"[^ \t\n\r\v.\[\]{}(),@#;:?+\-*/%|=<>^&!~]+")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: dict[str, tuple[str, Json]] = {
    "or": ("operator", "or"),
    "in": ("operator", "in"),
    "and": ("operator", "and"),
    "true": ("value", True),
    "false": ("value", False),
    "null": ("value", None),
}


class BadSyntax(ValueError):  # noqa: N818 - named for what is wrong
    """The text is no JSONata expression; `code` is JSONata's, the text is as AWS words it."""

    def __init__(self, code: str, **parts: Json) -> None:
        self.code = code
        super().__init__(text_of(code, **parts))


@dataclass(frozen=True, slots=True)
class Token:
    """One token; kinds: operator, string, number, value, name, variable, regex, end."""

    kind: str
    value: Json


END = Token("end", "(end)")


class Tokens:
    """Reads tokens one by one; only the parser knows whether a slash divides or opens a regular expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def next(self, *, infix: bool) -> Token:
        """The next token; `infix` where an operator may stand.

        Raises:
            BadSyntax: no token begins here, or it does not end.
        """
        self._skip()
        text, at = self._text, self._at
        if at >= len(text):
            return END
        char = text[at]
        if char == "/" and not infix:
            return self._regex()
        operator = text[at : at + 2] if text[at : at + 2] in _DOUBLE else char if char in _SINGLE else ""
        if operator in ("!", "~"):
            raise BadSyntax("S0204", token=operator)
        if operator:
            self._at += len(operator)
            return Token("operator", operator)
        if char in "\"'":
            return self._string(char)
        return self._number() or (self._quoted_name() if char == "`" else self._name())

    def _skip(self) -> None:
        """Past white space and comments."""
        text = self._text
        while self._at < len(text):
            if text[self._at] in SPACE:
                self._at += 1
            elif text.startswith("/*", self._at):
                end = text.find("*/", self._at + 2)
                if end < 0:
                    raise BadSyntax("S0106")
                self._at = end + 2
            else:
                return

    def _regex(self) -> Token:
        depth = 0
        start = self._at + 1
        for position in range(start, len(self._text)):
            char = self._text[position]
            escaped = self._text[position - 1] == "\\"
            if char == "/" and not escaped and depth == 0:
                if position == start:
                    raise BadSyntax("S0301")
                self._at = position + 1
                while self._text[self._at : self._at + 1] in ("i", "m"):
                    self._at += 1
                return Token("regex", self._text[start:position])
            if not escaped:
                depth += (char in "([{") - (char in ")]}")
        raise BadSyntax("S0302")

    def _string(self, quote: str) -> Token:
        text = self._text
        at = self._at + 1
        parts: list[str] = []
        while at < len(text):
            char = text[at]
            if char == quote:
                self._at = at + 1
                return Token("string", "".join(parts))
            if char == "\\":
                char, at = self._escape(at + 1)
            parts.append(char)
            at += 1
        raise BadSyntax("S0101")

    def _escape(self, at: int) -> tuple[str, int]:
        """The character an escape stands for, and where the escape ends."""
        char = self._text[at : at + 1]
        if char in _ESCAPES:
            return _ESCAPES[char], at
        if char != "u":
            raise BadSyntax("S0103", token=char)
        digits = _HEX.match(self._text, at + 1)
        if digits is None:
            raise BadSyntax("S0104")
        return chr(int(digits.group(), 16)), at + 4

    def _number(self) -> Token | None:
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        value = float(match.group())
        if math.isinf(value):
            raise BadSyntax("S0102", token=match.group())
        return Token("number", int(value) if value.is_integer() else value)

    def _quoted_name(self) -> Token:
        end = self._text.find("`", self._at + 1)
        if end < 0:
            raise BadSyntax("S0105")
        name = self._text[self._at + 1 : end]
        self._at = end + 1
        return Token("name", name)

    def _name(self) -> Token:
        match = _NAME.match(self._text, self._at)
        assert match is not None, "every other character is an operator"
        self._at = match.end()
        word = match.group()
        if word.startswith("$"):
            return Token("variable", word[1:])
        return Token(*_WORDS.get(word, ("name", word)))
