"""What filters in paths mean: a tree of `asl.filter_grammar` becomes a test of one candidate.

Jayway's meaning: a path that leads nowhere equals nothing, so `!=` holds; a number equals text that spells it; a
regular expression must match the whole of a text or a number. Paths are looked up, in the candidate or in the root
document, by what the caller hands over, for this file knows none. https://github.com/json-path/JsonPath
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from turnstile.asl.filter_grammar import Comparison, Exists, Joined, Literal, Not, Pattern, parse_filter
from turnstile.asl.function import equal
from turnstile.asl.regular import Regular
from turnstile.asl.scope import NoMatch
from turnstile.document import compact

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from turnstile.asl.filter_grammar import Condition, Operand, Place
    from turnstile.asl.segment import Segment
    from turnstile.document import Json

    Lookup: TypeAlias = Callable[[Json], Json]
    """Finds a value in a document; raises NoMatch."""
    Test: TypeAlias = Callable[[Json, Json], bool]
    """Says whether a candidate, in a root document, is selected."""
    Read: TypeAlias = Callable[[Json, Json], Any]

_NOTHING = object()
"""What a path that leads nowhere stands for."""


def compile_filter(text: str, lookup: Callable[[tuple[Segment, ...]], Lookup]) -> Test:
    """Compile a filter; `lookup` compiles the paths in it.

    Raises:
        ValueError: the text is no filter, or a pattern in it no regular expression.
        Unsupported: an operator or a function that is not emulated.
    """
    try:
        return _compiled(parse_filter(text), lookup)
    except ValueError:
        raise ValueError(f"`{text}` is not a filter") from None


def _compiled(condition: Condition, lookup: Callable[[tuple[Segment, ...]], Lookup]) -> Test:
    match condition:
        case Joined():
            tests = [_compiled(part, lookup) for part in condition.conditions]
            judge = any if condition.any else all
            return lambda value, root: judge(test(value, root) for test in tests)
        case Not():
            test = _compiled(condition.condition, lookup)
            return lambda value, root: not test(value, root)
        case Exists():
            find = _place(condition.place, lookup)
            return lambda value, root: (find(value, root) is not _NOTHING) is condition.wanted
        case Comparison():
            return _comparison(condition, lookup)


def _comparison(condition: Comparison, lookup: Callable[[tuple[Segment, ...]], Lookup]) -> Test:
    left, right = _operand(condition.left, lookup), _operand(condition.right, lookup)
    compare = _OPERATORS[condition.operator]
    return lambda value, root: compare(left(value, root), right(value, root))


def _operand(operand: Operand, lookup: Callable[[tuple[Segment, ...]], Lookup]) -> Read:
    match operand:
        case Literal(value):
            return lambda _value, _root: value
        case Pattern(text, flags):
            regular = Regular(text, flags)
            return lambda _value, _root: regular
    return _place(operand, lookup)


def _place(place: Place, lookup: Callable[[tuple[Segment, ...]], Lookup]) -> Read:
    find = lookup(place.segments)

    def read(value: Json, root: Json) -> Any:
        try:
            return find(root if place.root else value)
        except NoMatch:
            return _NOTHING

    return read


# Operators ---------------------------------------------------------------------------------------------------------


def _equals(left: Any, right: Any) -> bool:
    if left is _NOTHING or right is _NOTHING:
        return False
    if isinstance(left, str) and _is_number(right):
        return left == compact(right)
    if _is_number(left) and isinstance(right, str):
        return bool(_spelled(right) == left)
    return equal(left, right)


def _spelled(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _same(left: Any, right: Any) -> bool:
    """Equal and of one kind."""
    return isinstance(left, str) == isinstance(right, str) and _equals(left, right)


def _ordered(relation: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        alike = (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))
        return alike and bool(relation(left, right))

    return compare


def _in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and any(_equals(left, item) for item in right)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _in(right, left)


def _size(left: Any, right: Any) -> bool:
    return _is_number(right) and isinstance(left, (str, list)) and len(left) == int(right)


def _empty(left: Any, right: Any) -> bool:
    return isinstance(left, (str, list, dict)) and isinstance(right, bool) and (not left) is right


def _subset(left: Any, right: Any) -> bool:
    return isinstance(left, list) and isinstance(right, list) and all(_in(item, right) for item in left)


def _any_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and isinstance(right, list) and any(_in(item, right) for item in left)


def _none_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and isinstance(right, list) and not _any_of(left, right)


def _matches(left: Any, right: Any) -> bool:
    if isinstance(left, Regular) is isinstance(right, Regular):
        return False
    regular, value = (left, right) if isinstance(left, Regular) else (right, left)
    values = value if isinstance(value, list) else [value]
    return any(regular.matches(_shown(each)) for each in values)


def _shown(value: Any) -> str:
    """What a regular expression is held against; other things are no text at all."""
    if isinstance(value, str):
        return value
    return compact(value) if isinstance(value, (int, float)) else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equals,
    "!=": lambda left, right: not _equals(left, right),
    "===": _same,
    "!==": lambda left, right: not _same(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "=~": _matches,
    "in": _in,
    "nin": lambda left, right: not _in(left, right),
    "contains": _contains,
    "size": _size,
    "empty": _empty,
    "subsetof": _subset,
    "anyof": _any_of,
    "noneof": _none_of,
    "all": lambda left, right: _subset(right, left),
}
