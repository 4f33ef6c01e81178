"""Statements that let one request pass: a new Allow, or an Allow whose conditions admit one value more.

Nothing wider than the request is written: its action, its resource, its caller. Only names that a service makes up
anew each time (executions, Map Runs, jobs, tasks) are left open, or the change would help nobody twice. This file
proposes; whether a proposal suffices is for `remedy` to prove.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.iam.operators import COMPARISONS, OPERATORS, Quantifier
from turnstile.iam.policy import Condition, Effect, Principals, Statement
from turnstile.iam.trace import Layer, Part
from turnstile.iam.variables import escape

if TYPE_CHECKING:
    from turnstile.iam.judgement import Facts
    from turnstile.iam.principal import Caller
    from turnstile.iam.trace import Judged, Mismatch

_SIDES = (Layer.RESOURCE, Layer.TRUST)
_MADE_UP = re.compile(
    r"(?P<kept>arn:[^:]+:(states:[^:]*:[^:]*:((execution|express):[^:]+:|mapRun:[^/:]+/[^:]+:)"
    r"|batch:[^:]*:[^:]*:job/|ecs:[^:]*:[^:]*:task/[^/]+/)).+"
)
"""ARNs that end in a name made up by the service, or by whoever starts one: Service Authorization Reference."""


def allowing(layer: Layer, known: Facts, index: int, *, variables: bool) -> Statement:
    """A new Allow statement for exactly this request, to stand at `index` of a policy.

    A trust statement asks for the external id of the request, one for a service for the account it calls for.
    `variables` as `Policy.variables`.
    """
    place = f"/Statement/{index}"
    principals = Principals((_principal(known.caller),), negated=False, pointer=f"{place}/Principal")
    return Statement(
        index,
        "",
        Effect.ALLOW,
        (known.request.action,),
        not_actions=False,
        resources=() if layer is Layer.TRUST else (_resource(known, variables=variables),),
        not_resources=False,
        principals=principals if layer in _SIDES else None,
        conditions=_guards(known, place, variables=variables) if layer in _SIDES else (),
        pointer=place,
    )


def admitting(judged: Judged) -> Statement | None:
    """The statement with the request's values added to the conditions that failed.

    None where another part failed as well, or where a condition cannot be met by adding a value: `Bool` would become
    meaningless, a negated operator would stop excluding others.
    """
    if any(mismatch.part is not Part.CONDITION or not _extensible(mismatch) for mismatch in judged.mismatches):
        return None
    wider = {mismatch.pointer: _extended(mismatch, variables=judged.policy.variables) for mismatch in judged.mismatches}
    conditions = tuple(wider.get(condition.pointer, condition) for condition in judged.statement.conditions)
    return replace(judged.statement, conditions=conditions)


def resource_text(known: Facts, *, variables: bool) -> str:
    """The resource of the request as a policy writes it."""
    resource = known.request.resource or "*"
    return escape(resource, wildcards=True) if variables and resource != "*" else resource


def _resource(known: Facts, *, variables: bool) -> str:
    kept, rest = _lasting(known.request.resource or "*")
    return (escape(kept, wildcards=True) if variables and kept != "*" else kept) + rest


def _lasting(arn: str) -> tuple[str, str]:
    """The part of an ARN that is the same the next time, and a wildcard if there is another part."""
    made_up = _MADE_UP.fullmatch(arn)
    return (made_up["kept"], "*") if made_up else (arn, "")


def value_text(operator: str, value: str, *, variables: bool) -> str:
    """A value of the request as a condition under this operator writes it."""
    comparison = OPERATORS[operator].comparison
    if not (variables and comparison and comparison.variables):
        return value
    return escape(value, wildcards="Like" in operator or "Arn" in operator)


def _principal(caller: Caller) -> tuple[str, str]:
    return ("Service", caller.name) if caller.is_service else ("AWS", caller.identity)


def _guards(known: Facts, place: str, *, variables: bool) -> tuple[Condition, ...]:
    key = "aws:SourceAccount" if known.caller.is_service else "sts:ExternalId"
    value = known.context.get(key.lower())
    if not isinstance(value, str):
        return ()
    text = value_text("StringEquals", value, variables=variables)
    return (Condition("StringEquals", key, (text,), f"{place}/Condition/StringEquals/{key}"),)


def _extensible(mismatch: Mismatch) -> bool:
    assert mismatch.condition is not None
    operator = OPERATORS[mismatch.condition.operator]
    comparison = operator.comparison
    return (
        isinstance(mismatch.found, str)
        and operator.quantifier is Quantifier.NONE
        and comparison is not None
        and not comparison.negated
        and comparison is not COMPARISONS["Bool"]
    )


def _extended(mismatch: Mismatch, *, variables: bool) -> Condition:
    assert mismatch.condition is not None
    assert isinstance(mismatch.found, str)
    condition = mismatch.condition
    return replace(
        condition, values=(*condition.values, _added(condition.operator, mismatch.found, variables=variables))
    )


def _added(operator: str, value: str, *, variables: bool) -> str:
    """With a wildcard in place of a made-up name, where the operator knows wildcards."""
    kept, rest = _lasting(value) if "Arn" in operator or "Like" in operator else (value, "")
    return value_text(operator, kept, variables=variables) + rest
