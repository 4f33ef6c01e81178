"""Paths that are not plain: wildcards, slices, unions, descents, filters and functions, with Jayway's meaning.

Values are found in document order and never copied. What filters mean is in `asl.filter`.
https://github.com/json-path/JsonPath
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.scope import NoMatch, Scope
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

    from turnstile.asl.scope import Getter
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
        deep = position > 0 and isinstance(segments[position - 1], Descent)
        spread = _spread(segment, last=position == len(segments) - 1, deep=deep)
        spreads.append(_descending(spread, objects_only=isinstance(segment, Filter)) if deep else spread)

    def find(document: Json) -> list[Json]:
        values = [document]
        for spread in spreads:
            values = [found for value in values for found in spread(value, document)]
        return values

    return find


def _spread(segment: Segment, *, last: bool, deep: bool) -> Spread:
    match segment:
        case Names(names):
            return _members(names, merged=last, whole=deep)
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


def _members(names: tuple[str, ...], *, merged: bool, whole: bool) -> Spread:
    """At the end of a path Jayway makes one object of the named members; before it, it visits each.

    After `..` only objects that have all of them count (`whole`).
    """

    def pick(value: Json, _: Json) -> Iterable[Json]:
        members = {name: value[name] for name in names if name in value} if isinstance(value, dict) else {}
        if not merged:
            return members.values()
        complete = len(members) == len(names) or not whole
        return (members,) if isinstance(value, dict) and complete else ()

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


def _filtered(text: str) -> Spread:
    from turnstile.asl.filter import compile_filter  # noqa: PLC0415 - few paths have filters

    test = compile_filter(text, _lookup)

    def pick(value: Json, root: Json) -> list[Json]:
        # Jayway tests an object itself, but the elements of an array.
        candidates = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        return [candidate for candidate in candidates if test(candidate, root)]

    return pick


def _lookup(segments: tuple[Segment, ...]) -> Callable[[Json], Json]:
    """What a path in a filter leads to, from the document that it starts in."""
    if not segments:
        return lambda document: document
    getter = compile_segments(segments)
    scope = Scope({}, {})
    return lambda document: getter(scope, document)
