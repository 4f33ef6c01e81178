"""Paths in the fields of a definition, in both languages, and what kind of value each has to be.

Reads texts; knows no states and no data. What an expression does with a value is told by what stands next to the path
or around it; where that tells nothing the value is a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.sight import expression_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.scenario.drafts.provenance import Steps

TEXT, NUMBER, MOMENT = "text", 1, "2026-01-01T00:00:00Z"
"""Values of a kind."""

_STEP = r"""(?:\.[^\W\d][\w-]*|\['[^']*'\]|\["[^"]*"\]|\[(?:\d+|\*)\])"""
_PATH = re.compile(rf"(?<![\w$])\$(?!\$)(?P<name>[^\W\d]\w*)?(?P<steps>{_STEP}*)(?P<more>\[|\.\.)?")
_QUERY = re.compile(r"(?<![\w$])\$(?P<name>[^\W\d]\w*)(?P<steps>(?:\.(?:[^\W\d]\w*|`[^`]*`)|\[\d+\])*)(?P<call>\()?")
_ONE_STEP = re.compile(r"""\.`?([^\W\d][\w-]*)`?|\[['"]([^'"]*)['"]\]|\[(\d+|\*)\]""")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_COMPARED = re.compile(rf"\s*(!=|<=|>=|=|<|>)\s*({_QUOTED.pattern}|-?\d+(?:\.\d+)?|true|false|null)")
_CALLED = re.compile(r"(?:States\.|\$)(\w+)\s*\(\s*$")
_COUNTED = re.compile(r"[-+*/%<>]\s*$")
_COUNTS = re.compile(r"\s*[-+*/%<>]")

_TAKES: Mapping[str, Json] = {
    "MathAdd": NUMBER,
    "MathRandom": NUMBER,
    "ArrayContains": [],
    "ArrayGetItem": [TEXT],
    "ArrayLength": [TEXT],
    "ArrayPartition": [TEXT],
    "ArrayUnique": [TEXT],
    "JsonMerge": {},
    "StringToJson": "{}",
    "Base64Decode": "",
    "average": [NUMBER],
    "max": [NUMBER],
    "min": [NUMBER],
    "sum": [NUMBER],
    "abs": NUMBER,
    "ceil": NUMBER,
    "floor": NUMBER,
    "formatNumber": NUMBER,
    "fromMillis": NUMBER,
    "round": NUMBER,
    "toMillis": MOMENT,
    "count": [TEXT],
    "distinct": [TEXT],
    "filter": [TEXT],
    "join": [TEXT],
    "map": [TEXT],
    "reverse": [TEXT],
    "keys": {},
    "merge": [{}],
    "parse": "{}",
    "not": True,
}
"""The first argument that functions of both languages take, where that is no text."""


@dataclass(frozen=True, slots=True)
class Read:
    """A path: the variable it begins with, empty for the state's data, and its way from there.

    `sample` is a value that fits, None for any; `whole`: the text is this path and nothing else.
    """

    name: str
    steps: Steps
    sample: Json = None
    whole: bool = False


def paths(text: str, sample: Json = None) -> Iterator[Read]:
    """The paths of a field of JSONPath: a path, or an intrinsic function with some."""
    bare = _QUOTED.sub(lambda found: found[0] if text[: found.start()].endswith("[") else " " * len(found[0]), text)
    for found in _PATH.finditer(bare):
        whole = found.end() == len(bare.rstrip()) and not found.start()
        called = _CALLED.search(bare[: found.start()])
        wanted = _TAKES.get(called[1]) if called else None
        wanted = [TEXT] if found["more"] == "[" and wanted is None else wanted
        yield Read(found["name"] or "", _steps(found["steps"]), sample if wanted is None else wanted, whole)


def queries(text: str, sample: Json = None) -> Iterator[Read]:
    """The paths of an expression of JSONata, without its mark; the context object and calls of functions are none."""
    for found in _QUERY.finditer(text):
        if found["call"] or _in_quotes(text, found.start()):
            continue
        whole = text.strip() == found[0]
        yield Read(found["name"], _steps(found["steps"]), _beside(text, found, sample), whole)


def expressions(value: Json) -> Iterator[str]:
    """Every expression of JSONata in a field, without its mark."""
    match value:
        case str() if (text := expression_in(value)) is not None:
            yield text
        case dict():
            for member in value.values():
                yield from expressions(member)
        case list():
            for element in value:
                yield from expressions(element)


def _steps(text: str) -> Steps:
    return tuple(name or quoted or _index(index) for name, quoted, index in _ONE_STEP.findall(text))


def _index(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _in_quotes(text: str, at: int) -> bool:
    return any(found.start() < at < found.end() for found in _QUOTED.finditer(text))


def _beside(text: str, found: re.Match[str], sample: Json) -> Json:
    """What the neighbours of a path ask of it."""
    before, after = text[: found.start()], text[found.end() :]
    if (compared := _COMPARED.match(after)) is not None:
        return meeting(compared[1], _literal(compared[2]))
    if (called := _CALLED.search(before)) is not None and called[1] in _TAKES:
        return _TAKES[called[1]]
    return NUMBER if _COUNTED.search(before) or _COUNTS.match(after) else sample


def _literal(text: str) -> Json:
    words: dict[str, Json] = {"true": True, "false": False, "null": None}
    if text in words:
        return words[text]
    if text[0] in "\"'":
        return text[1:-1]
    return float(text) if "." in text else int(text)


def meeting(operator: str, value: Json) -> Json:
    """A value that compares so with another."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match operator:
        case ">" if number:
            return value + 1
        case "<" if number:
            return value - 1
        case "!=":
            return not value if isinstance(value, bool) else value + 1 if number else f"not {value}"
    return value
