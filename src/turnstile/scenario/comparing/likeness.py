"""The first place where a document is not like a pattern of it.

Mappings may have more members than the pattern and lists have the same elements. In texts of the pattern `*` is any
text; `<any>` is any value at all, `<text>`, `<number>`, `<boolean>`, `<list>` and `<mapping>` one of a kind, and
`<regex ...>` a text that the whole regular expression matches. Everything else is equal as JSON is. Knows no scenarios.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.scenario.comparing.difference import Difference, at, first_difference, shown
from turnstile.scenario.comparing.patience import Impatience, bad_expression, matches_whole
from turnstile.world.answers import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_REGEX = re.compile(r"<regex (.*)>", re.DOTALL)
_KINDS: Mapping[str, Callable[[Json], bool]] = {
    "<any>": lambda _: True,
    "<text>": lambda value: isinstance(value, str),
    "<number>": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "<boolean>": lambda value: isinstance(value, bool),
    "<list>": lambda value: isinstance(value, list),
    "<mapping>": lambda value: isinstance(value, dict),
}


def first_unlike(pattern: Json, found: Json, *, texts: bool = False, here: str = "") -> Difference | None:
    """None where the document is like the pattern; with `texts`, JSON text is read where the pattern has members."""
    if texts and isinstance(found, str) and isinstance(pattern, (dict, list)):
        found = read_text(found)
    match pattern, found:
        case dict(), dict():
            absent = next((name for name in pattern if name not in found), None)
            if absent is not None:
                return Difference(pointer(here, absent), f"{at(here)}the member `{absent}` is missing")
            return _first_inside(((name, value, found[name]) for name, value in pattern.items()), here, texts=texts)
        case list(), list() if len(pattern) == len(found):
            members = ((index, value, found[index]) for index, value in enumerate(pattern))
            return _first_inside(members, here, texts=texts)
        case str(), _:
            return _text_unlike(pattern, found, here)
    return first_difference(pattern, found, partial=True, here=here)


def _first_inside(members: Iterator[tuple[str | int, Json, Json]], here: str, *, texts: bool) -> Difference | None:
    unlike = (first_unlike(value, other, texts=texts, here=pointer(here, name)) for name, value, other in members)
    return next((one for one in unlike if one is not None), None)


def read_text(text: str) -> Json:
    """The document in a JSON text, else the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _text_unlike(pattern: str, found: Json, here: str) -> Difference | None:
    try:
        fits = _fits(pattern, found)
    except Impatience as slow:
        return Difference(here, f"{at(here)}{slow}")
    return None if fits else Difference(here, f"{at(here)}{shown(found)} is not like {shown(pattern)}")


def _fits(pattern: str, found: Json) -> bool:
    kind = _KINDS.get(pattern)
    if kind is not None:
        return kind(found)
    if not isinstance(found, str):
        return False
    expression = _REGEX.fullmatch(pattern)
    return matches_whole(expression[1], found) if expression else matches(pattern, found)


def bad_expressions(pattern: Json, here: str = "") -> Iterator[tuple[str, str]]:
    """A pointer to each regular expression that is none, and what is wrong with it."""
    match pattern:
        case dict():
            for name, value in pattern.items():
                yield from bad_expressions(value, pointer(here, name))
        case list():
            for index, value in enumerate(pattern):
                yield from bad_expressions(value, pointer(here, index))
        case str() if expression := _REGEX.fullmatch(pattern):
            if problem := bad_expression(expression[1]):
                yield here, problem
