"""The decision: a request against every policy that applies to it.

Pure: no store, no clock, no network. An applicable Deny anywhere ends with deny; otherwise each layer that is
required must hold an allow, and which are required depends on the accounts and on how directly the resource's
policy names the caller. Follows reference/iam-evaluation.md section 1, whose tables are `_REQUIRED` below.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from turnstile.iam.decision import Decision, Layer, Reason, Verdict
from turnstile.iam.judgement import Facts, facts, judge
from turnstile.iam.layers import applicable, groups, resource_side
from turnstile.iam.policy import Effect
from turnstile.iam.principal import Grant, grant
from turnstile.iam.services import service_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.iam.decision import Judged
    from turnstile.iam.principal import Caller
    from turnstile.iam.request import Policies, Request


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


class _Case(Enum):
    """What decides which layers must allow."""

    SERVICE = auto()
    SAME = auto()
    NAMED = auto()
    CROSS = auto()


_LIMITS = (Layer.BOUNDARY, Layer.SESSION)

_REQUIRED: dict[tuple[_Case, Grant], tuple[Layer, ...]] = {
    (_Case.SERVICE, Grant.NONE): (Layer.RESOURCE,),
    (_Case.SERVICE, Grant.DIRECT): (),
    (_Case.SAME, Grant.NONE): (Layer.SCP, Layer.IDENTITY, *_LIMITS),
    (_Case.SAME, Grant.ACCOUNT): (Layer.SCP, Layer.IDENTITY, *_LIMITS),
    (_Case.SAME, Grant.IDENTITY): (Layer.SCP, *_LIMITS),
    (_Case.SAME, Grant.DIRECT): (Layer.SCP,),
    (_Case.NAMED, Grant.ACCOUNT): (Layer.SCP, Layer.IDENTITY, *_LIMITS),
    (_Case.NAMED, Grant.IDENTITY): (Layer.SCP, *_LIMITS),
    (_Case.NAMED, Grant.DIRECT): (Layer.SCP,),
    (_Case.CROSS, Grant.NONE): (Layer.SCP, Layer.RESOURCE, Layer.IDENTITY, *_LIMITS),
    (_Case.CROSS, Grant.ACCOUNT): (Layer.SCP, Layer.IDENTITY, *_LIMITS),
    (_Case.CROSS, Grant.IDENTITY): (Layer.SCP, Layer.IDENTITY, *_LIMITS),
    (_Case.CROSS, Grant.DIRECT): (Layer.SCP, Layer.IDENTITY, *_LIMITS),
}
"""The layers whose allow is needed, in the order AWS names them; RESOURCE stands for a trust policy too."""


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decide a request.

    Raises:
        ValueError: the principal or the resource begins with `arn:` and is not an ARN.
    """
    known = facts(request, policies)
    hearings = [_hear(layer, policies, known) for layer in applicable(request, policies, known.caller)]
    granted = _granted(hearings, known.caller)
    denying = _denying(hearings, cross=_is_cross(request, known.caller))
    required = _required(request, policies, known.caller, granted)
    unmet = [layer for layer in required if _unmet(layer, hearings)]
    return Decision(
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


def _denying(hearings: Iterable[_Hearing], *, cross: bool) -> list[Layer]:
    """The layers with a Deny that hits; across accounts identity is named before resource (*reported*)."""
    layers = [hearing.layer for hearing in hearings if hearing.denies]
    if cross and Layer.IDENTITY in layers and Layer.RESOURCE in layers:
        layers.remove(Layer.IDENTITY)
        layers.insert(layers.index(Layer.RESOURCE), Layer.IDENTITY)
    return layers


def _required(request: Request, policies: Policies, who: Caller, granted: Grant) -> tuple[Layer, ...]:
    side = resource_side(request, policies)
    case = _case(request, policies, who)
    if case is _Case.NAMED and granted is Grant.NONE:
        # A statement naming the caller would do; what else is needed depends on how directly that can be done.
        named = Grant.DIRECT if who.identity == who.name else Grant.IDENTITY
        scp, *limits = _REQUIRED[case, named]
        return (scp, side, *limits)
    return tuple(side if layer is Layer.RESOURCE else layer for layer in _REQUIRED[case, granted])


def _case(request: Request, policies: Policies, who: Caller) -> _Case:
    """Trust policies and key policies must name the caller or its account even inside one account.

    A KMS key without a policy in `policies` has the default one, which leaves the decision to IAM
    (*inferred*).
    """
    if who.is_service:
        return _Case.SERVICE
    if _is_cross(request, who):
        return _Case.CROSS
    key = service_of(request.action) == "kms" and policies.resource is not None
    return _Case.NAMED if key or resource_side(request, policies) is Layer.TRUST else _Case.SAME


def _is_cross(request: Request, who: Caller) -> bool:
    """Another account, or the same number in another partition; a request without an owner stays at home."""
    return who.foreign or (not who.is_service and request.resource_account not in ("", who.account))


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
