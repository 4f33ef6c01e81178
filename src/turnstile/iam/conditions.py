"""Whether a condition holds for a request.

Keys and operators of a statement are ANDed, values of a key are ORed, for a negated operator none may match
(NOR). This file knows the request's context only. Rules: reference/iam-evaluation.md section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam.operators import OPERATORS, Comparison, Quantifier
from turnstile.iam.variables import Filled, fill, template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.policy import Condition
    from turnstile.iam.request import ContextValue


def holds(condition: Condition, context: Mapping[str, ContextValue], *, variables: bool) -> bool:
    """The condition is true of a context whose keys are in lower case; `variables` as `Policy.variables`.

    A multi-valued key under an operator without quantifier never fits, negated or not (*inferred*: AWS only
    says that a set operator is required).
    """
    operator = OPERATORS[condition.operator]
    found = context.get(condition.key.lower())
    if operator.comparison is None:
        return _null(condition.values, absent=found is None or found == ())
    if found is None:
        return operator.absent
    wanted = _wanted(condition, operator.comparison, context, variables=variables)
    match operator.quantifier:
        case Quantifier.NONE:
            return isinstance(found, str) and _fits(operator.comparison, wanted, found)
        case Quantifier.ALL:
            return all(_fits(operator.comparison, wanted, value) for value in _set(found))
        case Quantifier.ANY:
            return any(_fits(operator.comparison, wanted, value) for value in _set(found))


def _null(values: tuple[str, ...], *, absent: bool) -> bool:
    """`true` asks for absence; an empty set of values counts as absent."""
    return any((value.lower() == "true") is absent for value in values)


def _wanted(
    condition: Condition, comparison: Comparison, context: Mapping[str, ContextValue], *, variables: bool
) -> list[Filled]:
    """The wanted values; one whose variable has no value drops out, so that it equals nothing."""
    if not (variables and comparison.variables):
        return [(value,) for value in condition.values]
    filled = (fill(template(value), context) for value in condition.values)
    return [value for value in filled if value is not None]


def _fits(comparison: Comparison, wanted: list[Filled], found: str) -> bool:
    return any(comparison.test(value, found) for value in wanted) is not comparison.negated


def _set(found: ContextValue) -> tuple[str, ...]:
    """The values of a key under a set operator; an empty text is the empty set, as the User Guide says."""
    if isinstance(found, str):
        return (found,) if found else ()
    return found
