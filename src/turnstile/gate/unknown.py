"""Judging a call whose resource cannot be told: possible where every resource would be judged the same.

Two readings of the policies bound what can come out. In the narrow one, statements that speak of particular resources
allow nothing and deny everything; in the wide one they allow everything and deny nothing. Allowed in the narrow
reading or refused in the wide one is certain; anything between is not judged.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.iam.evaluate import evaluate
from turnstile.iam.policy import Effect, Policy

if TYPE_CHECKING:
    from turnstile.iam.decision import Decision
    from turnstile.iam.policy import Statement
    from turnstile.iam.request import Policies, Request


def evaluate_anywhere(request: Request, policies: Policies) -> Decision:
    """The decision on any resource.

    Raises:
        Unsupported: it depends on which one.
    """
    narrow = evaluate(request, _read(policies, wide=False))
    if narrow.allowed:
        return narrow
    wide = evaluate(request, _read(policies, wide=True))
    if not wide.allowed:
        return wide
    raise Unsupported(f"judging `{request.action}` where policies tell resources apart (which one is not known here)")


def _read(policies: Policies, *, wide: bool) -> Policies:
    def group(found: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(_reading(policy, wide=wide) for policy in found)

    return replace(
        policies,
        identity=group(policies.identity),
        boundaries=group(policies.boundaries),
        sessions=group(policies.sessions),
        scps=tuple(map(group, policies.scps)),
        rcps=tuple(map(group, policies.rcps)),
    )


@lru_cache(maxsize=1024)
def _reading(policy: Policy, *, wide: bool) -> Policy:
    kept = (_widened(statement, wide=wide) for statement in policy.statements)
    return replace(policy, statements=tuple(statement for statement in kept if statement is not None))


def _widened(statement: Statement, *, wide: bool) -> Statement | None:
    """A statement on particular resources as one on all, or left out."""
    if not statement.not_resources and "*" in statement.resources:
        return statement
    if (statement.effect is Effect.ALLOW) is not wide:
        return None
    return replace(statement, resources=("*",), not_resources=False)
