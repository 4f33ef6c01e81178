"""Statements compiled to tests of the facts: what can be worked out before a request comes is worked out here.

Texts without variables become sets and patterns, condition operators become closures. Whether the action fits is no
test here, nor whether the resource does unless variables stand in it: `index` finds statements by both. `judgement`
says the same plainly and part by part; a property test holds both against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from turnstile.iam import principal
from turnstile.iam.covering import covering, fits
from turnstile.iam.operators import OPERATORS, Comparison, Quantifier, same, same_letters
from turnstile.iam.variables import fill, has_variables, plain, template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.iam.judgement import Facts
    from turnstile.iam.operators import Operator
    from turnstile.iam.policy import Condition, Policy, Principals, Statement
    from turnstile.iam.request import ContextValue
    from turnstile.iam.variables import Filled, Template

    Context: TypeAlias = Mapping[str, ContextValue]

Test: TypeAlias = "Callable[[Facts], bool]"
_Fit: TypeAlias = "Callable[[str, Context], bool]"
"""Does one value of the request fit the wanted ones, negation included?"""


def tests(policy: Policy, statement: Statement) -> tuple[Test, ...]:
    """The tests that all have to hold for a statement whose action and fixed resources fit, cheap ones first."""
    return tuple(_tests(policy, statement))


def _tests(policy: Policy, statement: Statement) -> Iterator[Test]:
    if covering(policy, statement).unfilled:
        yield _resource(policy, statement)
    if statement.principals:
        yield _principal(statement, statement.principals)
    for condition in statement.conditions:
        yield _condition(condition, variables=policy.variables)


def _resource(policy: Policy, statement: Statement) -> Test:
    """A Resource element with variables, which are filled at each request."""
    cover = covering(policy, statement)
    unfilled, wanted = cover.unfilled, not statement.not_resources

    def test(known: Facts) -> bool:
        resource = known.request.resource
        if cover.covers(resource):
            return wanted
        return any(fits(fill(pieces, known.context), resource) for pieces in unfilled) is wanted

    return test


def _principal(statement: Statement, principals: Principals) -> Test:
    """The caller is looked for by name before each value is weighed."""
    if principals.negated:
        return lambda known: principal.applies(statement, known.caller)
    if any(entry in (("*", "*"), ("AWS", "*")) for entry in principals.entries):
        return lambda known: not known.caller.foreign
    named = frozenset(value for kind, value in principals.entries if kind == "AWS")

    def test(known: Facts) -> bool:
        who = known.caller
        if not who.foreign and (who.identity in named or who.name in named):
            return True
        return principal.applies(statement, who)

    return test


def _condition(condition: Condition, *, variables: bool) -> Test:
    operator = OPERATORS[condition.operator]
    key = condition.key.lower()
    if operator.comparison is None:
        return _null(condition, key)
    fits = _fitting(operator.comparison, condition.values, variables=variables and operator.comparison.variables)
    return _QUANTIFIED[operator.quantifier](operator, key, fits)


def _null(condition: Condition, key: str) -> Test:
    asked = {value.lower() == "true" for value in condition.values}
    return lambda known: (known.context.get(key) in (None, ())) in asked


def _single(operator: Operator, key: str, fits: _Fit) -> Test:
    absent = operator.absent

    def test(known: Facts) -> bool:
        found = known.context.get(key)
        if found is None:
            return absent
        return isinstance(found, str) and fits(found, known.context)

    return test


def _every(operator: Operator, key: str, fits: _Fit) -> Test:
    absent = operator.absent

    def test(known: Facts) -> bool:
        found = known.context.get(key)
        return absent if found is None else all(fits(value, known.context) for value in _set(found))

    return test


def _some(operator: Operator, key: str, fits: _Fit) -> Test:
    absent = operator.absent

    def test(known: Facts) -> bool:
        found = known.context.get(key)
        return absent if found is None else any(fits(value, known.context) for value in _set(found))

    return test


_QUANTIFIED: dict[Quantifier, Callable[[Operator, str, _Fit], Test]] = {
    Quantifier.NONE: _single,
    Quantifier.ALL: _every,
    Quantifier.ANY: _some,
}


def _set(found: ContextValue) -> tuple[str, ...]:
    if isinstance(found, str):
        return (found,) if found else ()
    return found


def _fitting(comparison: Comparison, values: tuple[str, ...], *, variables: bool) -> _Fit:
    pieces = [template(value) if variables else (value,) for value in values]
    if any(map(has_variables, pieces)):
        return _filling(comparison, pieces)
    known = [filled for one in pieces if (filled := fill(one, {})) is not None]
    if comparison.test is same:
        return _equal(frozenset(map(plain, known)), positive=not comparison.negated)
    if comparison.test is same_letters:
        return _equal_letters(frozenset(plain(one).lower() for one in known), positive=not comparison.negated)
    return _tried(comparison, known)


def _equal(wanted: frozenset[str], *, positive: bool) -> _Fit:
    return lambda found, _context: (found in wanted) is positive


def _equal_letters(wanted: frozenset[str], *, positive: bool) -> _Fit:
    return lambda found, _context: (found.lower() in wanted) is positive


def _tried(comparison: Comparison, wanted: list[Filled]) -> _Fit:
    test, negated = comparison.test, comparison.negated

    def fits(found: str, _context: Context) -> bool:
        for value in wanted:
            if test(value, found):
                return not negated
        return negated

    return fits


def _filling(comparison: Comparison, pieces: list[Template]) -> _Fit:
    """Values with variables; one whose variable has no value drops out, so that it equals nothing."""
    test, negated = comparison.test, comparison.negated

    def fits(found: str, context: Context) -> bool:
        for one in pieces:
            filled = fill(one, context)
            if filled is not None and test(filled, found):
                return not negated
        return negated

    return fits
