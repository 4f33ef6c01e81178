"""Paths that are not plain: wildcards, slices, unions, descents, filters and functions, with Jayway's meaning.

Filters are read by jsonpath-ng's extended grammar, once; what that lacks of Jayway's (`in`, `nin`, `=~ /re/`, names
beyond ASCII) is rewritten into it first. Values are found in document order and never copied.
https://github.com/json-path/JsonPath ; measured gaps: reference/expression-engines.json.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from turnstile.asl.regular import limited
from turnstile.asl.scope import NoMatch
from turnstile.asl.segment import (
    Descent,
    Filter,
    Function,
    Indexes,
    Names,
    Segment,
    Slice,
    plain,
    shown,
)
from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from turnstile.asl.scope import Getter, Scope
    from turnstile.document import Json

    Spread: TypeAlias = Callable[[Json, Json], Iterable[Json]]
    """From one value (and the root document) to the values a segment selects in it."""


def is_definite(segments: tuple[Segment, ...]) -> bool:
    """Whether the path leads to at most one value; a function makes one value of many."""
    if segments and isinstance(segments[-1], Function):
        return True
    merged = segments[:-1] if segments and isinstance(segments[-1], Names) else segments
    return plain(merged) is not None


def compile_segments(segments: tuple[Segment, ...]) -> Getter:
    """A getter for segments of which at least one is not a plain step.

    Raises:
        ValueError: a filter is malformed or a function unknown.
        Unsupported: a filter operator or function of Jayway that is not emulated.
    """
    if isinstance(segments[-1], Function):
        return _applied(segments[-1], segments[:-1])
    find = _finder(segments)
    if not is_definite(segments):
        return lambda _, document: find(document)
    path = shown(segments[:-1])

    def definite(_: Scope, document: Json) -> Json:
        for value in find(document):
            return value
        raise NoMatch(f"No results for path: {path}")

    return definite


def _finder(segments: tuple[Segment, ...]) -> Callable[[Json], list[Json]]:
    spreads: list[Spread] = []
    for position, segment in enumerate(segments):
        if isinstance(segment, Descent):
            continue
        spread = _spread(segment, last=position == len(segments) - 1)
        deep = position > 0 and isinstance(segments[position - 1], Descent)
        spreads.append(_descending(spread, objects_only=isinstance(segment, Filter)) if deep else spread)

    def find(document: Json) -> list[Json]:
        values = [document]
        for spread in spreads:
            values = [found for value in values for found in spread(value, document)]
        return values

    return find


def _spread(segment: Segment, *, last: bool) -> Spread:
    match segment:
        case Names(names):
            return _members(names, merged=last)
        case Filter(text):
            return _filtered(text)
        case Function():
            raise ValueError("a function stands before the end of the path")
    return _selection(segment)


def _selection(segment: Segment) -> Spread:
    match segment:
        case str():
            return lambda value, _: (value[segment],) if isinstance(value, dict) and segment in value else ()
        case int():
            return lambda value, _: _element(value, segment)
        case Slice(start, end):
            return lambda value, _: value[start:end] if isinstance(value, list) else ()
        case Indexes(indexes):
            return lambda value, _: [found for index in indexes for found in _element(value, index)]
    return lambda value, _: _children(value)


def _element(value: Json, index: int) -> tuple[Json, ...]:
    if isinstance(value, list) and -len(value) <= index < len(value):
        return (value[index],)
    return ()


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _members(names: tuple[str, ...], *, merged: bool) -> Spread:
    """At the end of a path Jayway makes one object of the named members; before it, it visits each."""

    def pick(value: Json, _: Json) -> Iterable[Json]:
        members = {name: value[name] for name in names if name in value} if isinstance(value, dict) else {}
        if not merged:
            return members.values()
        return (members,) if isinstance(value, dict) else ()

    return pick


def _descending(spread: Spread, *, objects_only: bool) -> Spread:
    """Apply a segment to the value and everything below; a filter tests the objects themselves there."""

    def descend(value: Json, root: Json) -> Iterator[Json]:
        for node in _everything(value):
            if not objects_only or isinstance(node, dict):
                yield from spread(node, root)

    return descend


def _everything(value: Json) -> Iterator[Json]:
    pending = [value]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(list(_children(node))))


# Functions ---------------------------------------------------------------------------------------------------------


def _applied(function: Function, segments: tuple[Segment, ...]) -> Getter:
    apply = _FUNCTIONS.get(function.name)
    if apply is None:
        if function.name in _UNSUPPORTED_FUNCTIONS:
            raise Unsupported(f"JSONPath function `{function.name}()`")
        raise ValueError(f"no JSONPath function is called `{function.name}`")
    find = _finder(segments)
    definite = is_definite(segments)
    path = shown(tuple(step for step in segments if isinstance(step, str | int)))

    def evaluate(_: Scope, document: Json) -> Json:
        values = find(document)
        if not definite:
            return apply(values)
        if not values:
            raise NoMatch(f"No results for path: {path}")
        return apply(values[0])

    return evaluate


def _length(value: Json) -> Json:
    return len(value) if isinstance(value, list | dict | str) else None


def _keys(value: Json) -> Json:
    return list(value) if isinstance(value, dict) else None


def _numbers(value: Json) -> list[float]:
    numbers = (
        [item for item in value if isinstance(item, int | float) and not isinstance(item, bool)]
        if isinstance(value, list)
        else []
    )
    if not numbers:
        raise NoMatch("Aggregation function attempted to calculate value using empty array")
    return numbers


def _average(value: Json) -> float:
    numbers = _numbers(value)
    return sum(numbers) / len(numbers)


def _deviation(value: Json) -> float:
    numbers = _numbers(value)
    mean = sum(numbers) / len(numbers)
    return float((sum((number - mean) ** 2 for number in numbers) / len(numbers)) ** 0.5)


_FUNCTIONS: dict[str, Callable[[Json], Json]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "min": lambda value: float(min(_numbers(value))),
    "max": lambda value: float(max(_numbers(value))),
    "sum": lambda value: float(sum(_numbers(value))),
    "avg": _average,
    "stddev": _deviation,
}
_UNSUPPORTED_FUNCTIONS = frozenset({"concat", "append", "first", "last", "index"})


# Filters -----------------------------------------------------------------------------------------------------------

_TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_OPERAND = r"""@(?:\.[\w-]+|\[(?:[^\]'"]|'[^']*'|"[^"]*")*\])*"""
_MEMBERSHIP = re.compile(rf"({_OPERAND})\s+(in|nin)\s+\[((?:{_TEXT}|[^\]'\"])*)\]")
_REGULAR = re.compile(r"=~\s*/((?:[^/\\]|\\.)*)/(i?)")
_OUTSIDE = re.compile(rf"({_TEXT})|\.([^\W\d][\w-]*)")
_FOREIGN = re.compile(rf"(?:{_TEXT})|\b(subsetof|anyof|noneof|contains|size|empty|type)\s+[\[@$'\"\d tf]")
_ITEM = re.compile(rf"\s*({_TEXT}|[^,'\"]+?)\s*(?:,|$)")


def _filtered(text: str) -> Spread:
    test = _parse_filter(text)

    def pick(value: Json, root: Json) -> list[Json]:
        # Jayway tests an object itself, but the elements of an array.
        candidates = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        return test(candidates, root)

    return pick


def _parse_filter(text: str) -> Callable[[list[Json], Json], list[Json]]:
    from jsonpath_ng import DatumInContext  # noqa: PLC0415 - only filters need the library
    from jsonpath_ng.exceptions import JSONPathError  # noqa: PLC0415
    from jsonpath_ng.ext import parse  # noqa: PLC0415

    for match in _FOREIGN.finditer(text):
        if match.group(1):
            raise Unsupported(f"JSONPath filter operator `{match.group(1)}`")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            query = limited(parse(f"$[{_rewritten(text)}]").right)
    except (JSONPathError, DeprecationWarning, re.error):
        raise ValueError(f"`{text}` is not a filter") from None

    def test(candidates: list[Json], root: Json) -> list[Json]:
        parent = DatumInContext(root)
        return [found.value for found in query.find(DatumInContext(candidates, context=parent))]

    return test


def _rewritten(text: str) -> str:
    text = _MEMBERSHIP.sub(_membership, text)
    text = _REGULAR.sub(_regular, text)
    return _OUTSIDE.sub(_ascii, text)


def _membership(match: re.Match[str]) -> str:
    operand, operator, inner = match.groups()
    items = [item.group(1) for item in _ITEM.finditer(inner)] if inner.strip() else []
    if not items:
        return "!@" if operator == "in" else "@"
    equal, joined = ("==", " || ") if operator == "in" else ("!=", " && ")
    return "(" + joined.join(f"{operand} {equal} {item}" for item in items) + ")"


def _regular(match: re.Match[str]) -> str:
    pattern, flags = match.groups()
    re.compile(pattern)
    whole = f"{'(?i)' if flags else ''}^(?:{pattern})$"
    return '=~ "' + whole.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ascii(match: re.Match[str]) -> str:
    quoted, name = match.groups()
    return match.group() if quoted or name.isascii() else f"['{name}']"
