"""The grammar of filters in paths, `?(@.a == 1 && !(@.b in ['x']))`: text to a tree. It knows no documents.

Filters are Jayway's: comparisons of paths and literals joined by `&&`, `||` and `!`; a path alone asks whether it leads
anywhere. https://github.com/json-path/JsonPath
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl import segment
from turnstile.document import finite
from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json

_SYMBOLS = frozenset({"==", "!=", "===", "!==", "<", "<=", ">", ">=", "=~"})
_WORDS = frozenset({"in", "nin", "contains", "size", "empty", "subsetof", "anyof", "noneof", "all"})
_UNSUPPORTED = frozenset({"type", "matches"})
_SYMBOL = re.compile(r"[<>=~!]+")
_WORD = re.compile(r"[A-Za-z]+(?=[\s'\"\[@$])")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?(?![\w.])")
_CONSTANT = re.compile(r"(true|false|null)(?!\w)")
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
_PATTERN = re.compile(r"/((?:[^/\\]|\\.)*)/([dixmsuU]*)")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_CONSTANTS: dict[str, Json] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Place:
    """A path, from the candidate (`@`) or the root document (`$`)."""

    root: bool
    segments: tuple[segment.Segment, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value of JSON."""

    value: Json


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression and its flags."""

    text: str
    flags: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and the operator between them."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Exists:
    """A path alone; `wanted` false asks that it leads nowhere."""

    place: Place
    wanted: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all must hold, or one (`any`)."""

    any: bool
    conditions: tuple[Condition, ...]


Operand: TypeAlias = Place | Literal | Pattern
Condition: TypeAlias = Comparison | Exists | Not | Joined


def parse_filter(text: str) -> Condition:
    """Read a filter, question mark and parentheses included.

    Raises:
        ValueError: the text is none.
        Unsupported: an operator that is not emulated.
    """
    inner = text.removeprefix("?").strip()
    reader = _Reader(inner)
    try:
        reader.skip("(")
        condition = reader.either()
        reader.skip(")")
    except (ValueError, IndexError):
        raise ValueError(f"`{text}` is not a filter") from None
    if reader.at < len(inner):
        raise ValueError(f"`{text}` is not a filter")
    return condition


class _Reader:
    """Stands at a place of the text; what it reads moves it on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def either(self) -> Condition:
        """Conditions joined by `||`."""
        return self._joined("||", self._both, some=True)

    def _both(self) -> Condition:
        return self._joined("&&", self._single, some=False)

    def _joined(self, word: str, part: Callable[[], Condition], *, some: bool) -> Condition:
        parts = [part()]
        while self._ahead(word):
            self.at += len(word)
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(some, tuple(parts))

    def _single(self) -> Condition:
        if self._ahead("!"):
            self.at += 1
            return self._expression(wanted=False) if self._text[self._blanks()] in "@$" else Not(self._single())
        if self._ahead("("):
            self.at += 1
            condition = self.either()
            self.skip(")")
            return condition
        return self._expression()

    def _expression(self, *, wanted: bool = True) -> Condition:
        """A comparison, or a path alone; Jayway forgets a `!` right before the path of a comparison."""
        left = self._operand()
        if self._relates():
            operator = self._operator()
            return Comparison(left, operator, self._operand())
        if isinstance(left, Place):
            return Exists(left, wanted)
        raise ValueError("a literal is no condition")

    def _relates(self) -> bool:
        """Whether an operator stands ahead."""
        at = self._blanks()
        return bool(_SYMBOL.match(self._text, at) or _WORD.match(self._text, at))

    def _operator(self) -> str:
        match = self._match(_SYMBOL) or self._match(_WORD)
        assert match is not None  # only asked where `_relates` has seen one
        name = match.group().lower()
        if name in _UNSUPPORTED:
            raise Unsupported(f"JSONPath filter operator `{name}`")
        if name not in _SYMBOLS | _WORDS:
            raise ValueError(name)
        return name

    def _operand(self) -> Operand:
        if self._text[self._blanks()] in "@$":
            return self._place()
        if match := self._match(_PATTERN):
            return Pattern(*match.groups())
        return Literal(self._value())

    def _value(self) -> Json:
        if match := self._match(_QUOTED):
            return _unescaped(match.group(1) if match.group(1) is not None else match.group(2))
        if match := self._match(_CONSTANT):
            return _CONSTANTS[match.group(1)]
        if match := self._match(_NUMBER):
            return finite(match.group()) if match.group(1) or match.group(2) else int(match.group())
        return self._object() if self._ahead("{") else self._array()

    def _array(self) -> Json:
        self.skip("[")
        values: list[Json] = []
        while not self._ahead("]"):
            values.append(self._value())
            if not self._ahead("]"):
                self.skip(",")
        self.skip("]")
        return values

    def _object(self) -> Json:
        self.skip("{")
        members: dict[str, Json] = {}
        while not self._ahead("}"):
            name = self._value()
            if not isinstance(name, str):
                raise ValueError("a member has no name")  # noqa: TRY004 - what is read is no filter
            self.skip(":")
            members[name] = self._value()
            if not self._ahead("}"):
                self.skip(",")
        self.skip("}")
        return members

    def _place(self) -> Place:
        """A path as far as it goes: to a blank, an operator or a parenthesis that is not of a function."""
        start = self._blanks()
        at = start + 1
        while at < len(self._text) and not self._text[at].isspace() and self._text[at] not in "<>=~!)&|,":
            at = segment.closing(self._text, at) if self._text[at] in "[(" else at
            at += 1
        self.at = at
        _, segments = segment.split("$" + self._text[start + 1 : at])
        return Place(self._text[start] == "$", segments)

    def _match(self, form: re.Pattern[str]) -> re.Match[str] | None:
        match = form.match(self._text, self._blanks())
        if match is not None:
            self.at = match.end()
        return match

    def _ahead(self, word: str) -> bool:
        return self._text.startswith(word, self._blanks())

    def skip(self, character: str) -> None:
        """Move past a character that must stand here.

        Raises:
            ValueError: it does not.
        """
        if not self._ahead(character):
            raise ValueError(character)
        self.at += 1
        self._blanks()

    def _blanks(self) -> int:
        while self.at < len(self._text) and self._text[self.at].isspace():
            self.at += 1
        return self.at


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code, character = match.groups()
        return chr(int(code, 16)) if code else _CONTROL.get(character, character)

    return _ESCAPED.sub(plain, text)
