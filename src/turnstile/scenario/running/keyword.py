"""The expression of `-k`: which names of cases it means.

Phrases joined by `and`, `or`, `not` and parentheses. Words side by side are one phrase, as in `external id`; quotes
keep a phrase from being read as anything else. A name has a phrase that stands anywhere in it, upper or lower case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(r"""\s*(?:(?P<mark>[()])|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>[^\s()]+))""")
_JOINTS = ("and", "or", "not", "(", ")")

Meant: TypeAlias = Callable[[str], bool]
"""A name is meant."""


class KeywordError(ValueError):
    """The expression cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A joint, or a phrase in lower case."""

    text: str
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Keyword:
    """An expression, checked; empty for every name."""

    text: str = ""

    def __post_init__(self) -> None:
        self.meaning()

    def meaning(self) -> Meant:
        """What tells whether a name is meant.

        Raises:
            KeywordError: the expression cannot be read.
        """
        return _Reading(_tokens(self.text)).whole()

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrases of it in lower case, each once."""
        return tuple(dict.fromkeys(token.text for token in _tokens(self.text) if not token.joint))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place, beside = 0, False
    while (match := _TOKEN.match(text, place)) is not None:
        place = match.end()
        kind, said = str(match.lastgroup), match[str(match.lastgroup)]
        joint = kind == "mark" or (kind == "word" and said.lower() in _JOINTS)
        if kind == "word" and not joint and beside:
            found[-1] = _Token(f"{found[-1].text} {said.casefold()}")
        else:
            found.append(_Token(said.lower() if joint else said.casefold(), joint))
        beside = kind == "word" and not joint
    return found


class _Reading:
    """Reads an expression from left to right; `not` binds closest, then `and`, then `or`."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._left = tokens[::-1]

    def whole(self) -> Meant:
        if not self._left:
            return lambda _name: True
        found = self._or()
        if self._left:
            raise KeywordError(f"`{self._left[-1].text}` stands where `and` or `or` is wanted")
        return found

    def _joint(self, text: str) -> bool:
        if self._left and self._left[-1] == _Token(text, joint=True):
            self._left.pop()
            return True
        return False

    def _or(self) -> Meant:
        sides = [self._and()]
        while self._joint("or"):
            sides.append(self._and())
        return sides[0] if len(sides) == 1 else lambda name: any(side(name) for side in sides)

    def _and(self) -> Meant:
        sides = [self._not()]
        while self._joint("and"):
            sides.append(self._not())
        return sides[0] if len(sides) == 1 else lambda name: all(side(name) for side in sides)

    def _not(self) -> Meant:
        if self._joint("not"):
            inner = self._not()
            return lambda name: not inner(name)
        if self._joint("("):
            inner = self._or()
            if not self._joint(")"):
                raise KeywordError("a parenthesis is not closed")
            return inner
        return self._phrase()

    def _phrase(self) -> Meant:
        if not self._left:
            raise KeywordError("the expression ends where a phrase is wanted")
        token = self._left.pop()
        if token.joint:
            raise KeywordError(f"`{token.text}` stands where a phrase is wanted; put it in quotes if it is one")
        return lambda name: token.text in name.casefold()
