"""How a Deny statement can be narrowed so that it spares one request, the smallest change first.

This file proposes; which proposal spares the request is for `remedy` to prove.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.iam.opening import resource_text, value_text
from turnstile.iam.operators import OPERATORS, Quantifier
from turnstile.iam.policy import Condition
from turnstile.iam.trace import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.iam.judgement import Facts
    from turnstile.iam.policy import Statement
    from turnstile.iam.trace import Judged

_OWN = frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION})
"""Layers of the caller alone: an exemption by resource fits them, one by principal fits the others."""


def sparing(judged: Judged, known: Facts) -> Iterator[Statement]:
    """Narrower forms of a Deny statement that hit; none where only removing it helps."""
    yield from _more_exceptions(judged, known)
    yield from _more_spared(judged, known)
    if judged.layer in _OWN:
        yield from _less_covered(judged, known)
        if _is_exactly(judged.statement, known):
            return
    yield from _other_callers_only(judged, known)


def _more_exceptions(judged: Judged, known: Facts) -> Iterator[Statement]:
    """A guard such as StringNotEquals aws:RequestedRegion gets one value more."""
    statement = judged.statement
    for condition in statement.conditions:
        operator = OPERATORS[condition.operator]
        found = known.context.get(condition.key.lower())
        negated = operator.comparison is not None and operator.comparison.negated
        if negated and operator.quantifier is Quantifier.NONE and isinstance(found, str):
            added = value_text(condition.operator, found, variables=judged.policy.variables)
            wider = replace(condition, values=(*condition.values, added))
            yield replace(
                statement,
                conditions=tuple(wider if other is condition else other for other in statement.conditions),
            )


def _more_spared(judged: Judged, known: Facts) -> Iterator[Statement]:
    """NotAction or NotResource names the request too."""
    statement = judged.statement
    if statement.not_actions:
        yield replace(statement, actions=(*statement.actions, known.request.action))
    if statement.not_resources:
        text = resource_text(known, variables=judged.policy.variables)
        yield replace(statement, resources=(*statement.resources, text))


def _less_covered(judged: Judged, known: Facts) -> Iterator[Statement]:
    """The resource or the action is named by itself and left out, or of all resources all but one stay."""
    statement = judged.statement
    text = resource_text(known, variables=judged.policy.variables)
    if statement.resources == ("*",) and text != "*":
        yield replace(statement, resources=(text,), not_resources=True)
    if not statement.not_resources and (others := tuple(value for value in statement.resources if value != text)):
        yield replace(statement, resources=others)
    action = known.request.action.lower()
    if not statement.not_actions and (kept := tuple(value for value in statement.actions if value.lower() != action)):
        yield replace(statement, actions=kept)


def _is_exactly(statement: Statement, known: Facts) -> bool:
    """The statement denies this action on this resource and nothing else."""
    return (
        not (statement.not_actions or statement.not_resources)
        and statement.resources == (known.request.resource,)
        and tuple(action.lower() for action in statement.actions) == (known.request.action.lower(),)
    )


def _other_callers_only(judged: Judged, known: Facts) -> Iterator[Statement]:
    operator, key = (
        ("StringNotEquals", "aws:PrincipalServiceName")
        if known.caller.is_service
        else ("ArnNotEquals", "aws:PrincipalArn")
    )
    found = known.context.get(key.lower())
    if isinstance(found, str):
        text = value_text(operator, found, variables=judged.policy.variables)
        place = f"{judged.statement.pointer}/Condition/{operator}/{key}"
        exemption = Condition(operator, key, (text,), place)
        yield replace(judged.statement, conditions=(*judged.statement.conditions, exemption))
