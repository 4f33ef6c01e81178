"""Which layers must hold an allow, by who asks, whose the resource is and how directly its policy names the caller.

The tables of reference/iam-evaluation.md section 1, as `_REQUIRED`. This file knows no statement.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from turnstile.iam.layers import resource_side
from turnstile.iam.principal import Grant
from turnstile.iam.services import service_of
from turnstile.iam.trace import Layer

if TYPE_CHECKING:
    from turnstile.iam.principal import Caller
    from turnstile.iam.request import Policies, Request


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


def required(request: Request, policies: Policies, who: Caller, granted: Grant) -> tuple[Layer, ...]:
    """The layers without whose allow the request is refused, in the order AWS names them."""
    side = resource_side(request, policies)
    case = _case(request, policies, who, side)
    if case is _Case.NAMED and granted is Grant.NONE:
        # A statement naming the caller would do; what else is needed depends on how directly that can be done.
        named = Grant.DIRECT if who.identity == who.name and not who.is_role else Grant.IDENTITY
        scp, *limits = _REQUIRED[case, named]
        return (scp, side, *limits)
    layers = _REQUIRED[case, granted]
    return layers if side is Layer.RESOURCE else tuple(side if one is Layer.RESOURCE else one for one in layers)


def _case(request: Request, policies: Policies, who: Caller, side: Layer) -> _Case:
    """Trust policies and key policies must name the caller or its account even inside one account.

    A KMS key without a policy in `policies` has the default one, which leaves the decision to IAM
    (*inferred*).
    """
    if who.is_service:
        return _Case.SERVICE
    if is_cross(request, who):
        return _Case.CROSS
    key = service_of(request.action) == "kms" and policies.resource is not None
    return _Case.NAMED if key or side is Layer.TRUST else _Case.SAME


def is_cross(request: Request, who: Caller) -> bool:
    """Another account, or the same number in another partition; a request without an owner stays at home."""
    return who.foreign or (not who.is_service and request.resource_account not in ("", who.account))


def in_order(denying: list[Layer], *, cross: bool) -> list[Layer]:
    """The layers that deny as AWS names them: across accounts identity comes before resource (*reported*)."""
    if cross and Layer.IDENTITY in denying and Layer.RESOURCE in denying:
        denying.remove(Layer.IDENTITY)
        denying.insert(denying.index(Layer.RESOURCE), Layer.IDENTITY)
    return denying
