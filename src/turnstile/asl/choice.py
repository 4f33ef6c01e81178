"""Choice rules: comparisons joined by And, Or and Not, compiled into closures.

Every operator is a row of a table: the kind of value it compares, and how. A value of another kind never matches
(recorded: choice_operators.*). Specification: "Choice State".
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl import errors
from turnstile.asl.path import NoMatch, Path, parse_path
from turnstile.asl.timestamp import parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.asl.scope import Scope
    from turnstile.asl.template import Template
    from turnstile.document import Json

    Test: TypeAlias = Callable[[Scope, Json], bool]
    Compare: TypeAlias = Callable[[Json, Json], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of Choices; `test(scope, document)` says whether it matches, or raises StatesError."""

    next: str
    test: Test = field(repr=False, compare=False)
    assign: Template | None = None
    output: Template | None = None


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Json) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


@lru_cache(maxsize=1024)
def _instant(text: str) -> Json:
    return parse_timestamp(text)


def _moment(value: Json) -> Json:
    return _instant(value) if isinstance(value, str) else None


def _orders(kind: str, read: Callable[[Json], Json]) -> dict[str, Compare]:
    relations = {
        "Equals": operator.eq,
        "LessThan": operator.lt,
        "GreaterThan": operator.gt,
        "LessThanEquals": operator.le,
        "GreaterThanEquals": operator.ge,
    }
    return {kind + name: _ordered(read, relation) for name, relation in relations.items()}


def _ordered(read: Callable[[Json], Json], relation: Callable[[Json, Json], bool]) -> Compare:
    def compare(value: Json, operand: Json) -> bool:
        left, right = read(value), read(operand)
        return left is not None and right is not None and relation(left, right)

    return compare


def _same_truth(value: Json, operand: Json) -> bool:
    return isinstance(value, bool) and value is operand


def _matches(value: Json, pattern: Json) -> bool:
    return isinstance(value, str) and _wildcard(pattern).fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _wildcard(pattern: str) -> re.Pattern[str]:
    """`*` stands for any text, unless a backslash stands before it.

    What stands between two of them is matched where it comes first, for good: a later place cannot help, and looking
    for one would take time that grows with the power of the number of `*`.
    """
    literals = [""]
    for part in re.findall(r"\\[*\\]|\*|[^*\\]+|\\", pattern):
        if part == "*":
            literals.append("")
        else:
            literals[-1] += _literal(part)
    first, *between = literals
    if not between:
        return re.compile(first)
    *middle, last = between
    found = "".join(f"(?>.*?{literal})" for literal in middle if literal)
    return re.compile(f"{first}{found}.*{last}", re.DOTALL)


def _literal(part: str) -> str:
    return re.escape(part[1] if part in ("\\*", "\\\\") else part)


COMPARISONS: dict[str, Compare] = {
    **_orders("String", _text),
    **_orders("Numeric", _number),
    **_orders("Timestamp", _moment),
    "BooleanEquals": _same_truth,
    "StringMatches": _matches,
}
"""By name; each but `StringMatches` has a `...Path` form whose operand is looked up."""

TESTS: dict[str, Callable[[Json], bool]] = {
    "IsNull": lambda value: value is None,
    "IsPresent": lambda _: True,
    "IsNumeric": lambda value: _number(value) is not None,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: _moment(value) is not None,
}
"""By name; the operand says whether the test should hold."""

OPERATORS = frozenset({*COMPARISONS, *TESTS, *(f"{name}Path" for name in COMPARISONS if name != "StringMatches")})
"""The names of all comparison operators."""


def compile_rule(rule: dict[str, Json], assign: Template | None = None) -> Rule:
    """Compile one entry of Choices, which `asl.check` has found sound.

    Raises:
        ValueError: a path is malformed.
        Unsupported: a JSONPath construct that is not emulated.
    """
    return Rule(rule["Next"], _test(rule), assign)


def _test(rule: dict[str, Json]) -> Test:
    if "Not" in rule:
        inner = _test(rule["Not"])
        return lambda scope, document: not inner(scope, document)
    if "And" in rule:
        every = [_test(part) for part in rule["And"]]
        return lambda scope, document: all(test(scope, document) for test in every)
    if "Or" in rule:
        some = [_test(part) for part in rule["Or"]]
        return lambda scope, document: any(test(scope, document) for test in some)
    return _comparison(rule)


def _comparison(rule: dict[str, Json]) -> Test:
    variable = parse_path(rule["Variable"])
    name = next(key for key in rule if key in OPERATORS)
    if name == "IsPresent":
        return _presence(variable, rule[name])
    look = _lookup(variable)
    if name in TESTS:
        return _kind(look, TESTS[name], rule[name])
    if name.endswith("Path"):
        return _against_path(look, COMPARISONS[name.removesuffix("Path")], _lookup(parse_path(rule[name])))
    return _against_value(look, COMPARISONS[name], rule[name])


def _presence(variable: Path, wanted: Json) -> Test:
    find = variable.find

    def test(scope: Scope, document: Json) -> bool:
        try:
            find(scope, document)
        except NoMatch:
            return wanted is False
        return wanted is True

    return test


def _kind(look: Callable[[Scope, Json], Json], holds: Callable[[Json], bool], wanted: Json) -> Test:
    return lambda scope, document: holds(look(scope, document)) is wanted


def _against_value(look: Callable[[Scope, Json], Json], compare: Compare, operand: Json) -> Test:
    return lambda scope, document: compare(look(scope, document), operand)


def _against_path(look: Callable[[Scope, Json], Json], compare: Compare, other: Callable[[Scope, Json], Json]) -> Test:
    return lambda scope, document: compare(look(scope, document), other(scope, document))


def _lookup(path: Path) -> Callable[[Scope, Json], Json]:
    find = path.find

    def look(scope: Scope, document: Json) -> Json:
        try:
            return find(scope, document)
        except NoMatch:
            text = f"Invalid path '{path.text}': The choice state's condition path references an invalid value."
            raise errors.runtime(text) from None

    return look
