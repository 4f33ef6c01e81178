"""The decision written plainly: every statement of every policy that applies is judged, part by part.

Slow and complete. `evaluate` gives the same answer from compiled policies; it comes here when it is asked why, and the
tests hold both against each other. An applicable Deny anywhere ends with deny; otherwise each layer that is required
(`requirement`) must hold an allow. Follows reference/iam-evaluation.md section 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.iam.judgement import facts, judge
from turnstile.iam.layers import applicable, groups
from turnstile.iam.policy import Effect
from turnstile.iam.principal import Grant, grant
from turnstile.iam.requirement import in_order, is_cross, required
from turnstile.iam.trace import Layer, Reason, Trace, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.iam.judgement import Facts
    from turnstile.iam.principal import Caller
    from turnstile.iam.request import Policies, Request
    from turnstile.iam.trace import Judged


@dataclass(frozen=True, slots=True)
class _Hearing:
    """One layer with its judged statements, grouped as `layers.groups` says."""

    layer: Layer
    groups: tuple[tuple[Judged, ...], ...]

    @property
    def denies(self) -> bool:
        return any(_hits(judged, Effect.DENY) for group in self.groups for judged in group)

    @property
    def allows(self) -> bool:
        """Every group holds an allow; RCPFullAWSAccess is attached everywhere and cannot be detached."""
        if self.layer is Layer.RCP:
            return True
        return bool(self.groups) and all(any(_hits(judged, Effect.ALLOW) for judged in group) for group in self.groups)


def trace(request: Request, policies: Policies) -> Trace:
    """Decide a request with every statement that was looked at.

    Raises:
        ValueError: the principal or the resource begins with `arn:` and is not an ARN.
    """
    known = facts(request, policies)
    hearings = [_hear(layer, policies, known) for layer in applicable(request, policies, known.caller)]
    granted = _granted(hearings, known.caller)
    cross = is_cross(request, known.caller)
    denying = in_order([hearing.layer for hearing in hearings if hearing.denies], cross=cross)
    needed = required(request, policies, known.caller, granted)
    unmet = [layer for layer in needed if _unmet(layer, hearings)]
    return Trace(
        request,
        policies,
        Reason.EXPLICIT_DENY if denying else Reason.IMPLICIT_DENY if unmet else Reason.ALLOWED,
        tuple(dict.fromkeys([*denying, *unmet])),
        tuple((hearing.layer, _verdict(hearing, granted)) for hearing in hearings),
        tuple(judged for hearing in hearings for group in hearing.groups for judged in group),
    )


def _hear(layer: Layer, policies: Policies, known: Facts) -> _Hearing:
    judged = (
        tuple(judge(layer, policy, statement, known) for policy in group for statement in policy.statements)
        for group in groups(layer, policies)
    )
    return _Hearing(layer, tuple(judged))


def _hits(judged: Judged, effect: Effect) -> bool:
    return judged.statement.effect is effect and judged.matched


def _granted(hearings: Iterable[_Hearing], who: Caller) -> Grant:
    """How directly the resource's own policy lets the caller in."""
    return max(
        (
            grant(judged.statement.principals, who)
            for hearing in hearings
            if hearing.layer in (Layer.RESOURCE, Layer.TRUST)
            for group in hearing.groups
            for judged in group
            if _hits(judged, Effect.ALLOW) and judged.statement.principals
        ),
        default=Grant.NONE,
    )


def _unmet(layer: Layer, hearings: Iterable[_Hearing]) -> bool:
    """A layer that applies and does not allow."""
    return any(hearing.layer is layer and not hearing.allows for hearing in hearings)


def _verdict(hearing: _Hearing, granted: Grant) -> Verdict:
    if not hearing.groups:
        return Verdict.NONE
    if hearing.denies:
        return Verdict.EXPLICIT_DENY
    if not hearing.allows:
        return Verdict.IMPLICIT_DENY
    account = hearing.layer in (Layer.RESOURCE, Layer.TRUST) and granted is Grant.ACCOUNT
    return Verdict.ALLOW_ACCOUNT if account else Verdict.ALLOW
