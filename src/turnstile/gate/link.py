"""The links of the permission chain, and which of them a refused call broke.

Every link is judged by itself: a refusal names them all, the first being the one that AWS's behaviour shows
(reference/cross-account.md section 3; design: "All links are evaluated").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from turnstile.iam.decision import Decision, Layer, Part
from turnstile.iam.nearest import nearest
from turnstile.world.caller import ServicePrincipal, Session

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.iam.decision import Judged


class Link(Enum):
    """A link of the chain: the value is its reason code."""

    MALFORMED = "malformed-request"
    PASSING = "pass-role"
    PARTITION = "partition"
    REGION = "region"
    ROLE_EXISTS = "role-exists"
    SERVICE_TRUST = "service-trust"
    SOURCE_CONDITION = "source-condition"
    CALLER_POLICY = "caller-policy"
    TRUST_POLICY = "trust-policy"
    EXTERNAL_ID = "external-id"
    TRUST_CONDITION = "trust-condition"
    TARGET_POLICY = "target-policy"
    RESOURCE_POLICY = "resource-policy"
    BOUNDARY = "permissions-boundary"
    SESSION_POLICY = "session-policy"
    SERVICE_CONTROL = "service-control-policy"
    RESOURCE_CONTROL = "resource-control-policy"


@dataclass(frozen=True, slots=True)
class Barrier:
    """A link that no policy can open: a malformed request, a missing role, another partition, another Region.

    `action` and `resource` are those of the permission it stands before; `error` is the code, status and message the
    service itself would answer with, where it has one.
    """

    link: Link
    action: str
    resource: str
    message: str
    help: str
    error: tuple[str, int, str] | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken link: the layer that refused, with the statement that came nearest to letting the call pass."""

    link: Link
    decision: Decision
    layer: Layer
    nearest: Judged | None


_LAYERS = {
    Layer.RESOURCE: Link.RESOURCE_POLICY,
    Layer.BOUNDARY: Link.BOUNDARY,
    Layer.SESSION: Link.SESSION_POLICY,
    Layer.SCP: Link.SERVICE_CONTROL,
    Layer.RCP: Link.RESOURCE_CONTROL,
}


def broken_links(call: Call, decision: Decision) -> tuple[Broken, ...]:
    """Each layer that refuses, as a link of the chain."""
    found = []
    for layer in decision.refusing:
        judged = nearest(decision, layer)
        found.append(Broken(_link(call, layer, judged), decision, layer, judged))
    return tuple(found)


def _link(call: Call, layer: Layer, judged: Judged | None) -> Link:
    if layer is Layer.TRUST:
        return _trust_link(call, judged)
    if layer is Layer.IDENTITY:
        target = isinstance(call.caller, Session) and call.caller.chained
        return Link.TARGET_POLICY if target else Link.CALLER_POLICY
    return _LAYERS[layer]


def _trust_link(call: Call, judged: Judged | None) -> Link:
    by_service = isinstance(call.caller, ServicePrincipal)
    mismatches = judged.mismatches if judged else ()
    if not mismatches or any(mismatch.part is not Part.CONDITION for mismatch in mismatches):
        return Link.SERVICE_TRUST if by_service else Link.TRUST_POLICY
    keys = {mismatch.condition.key.lower() for mismatch in mismatches if mismatch.condition}
    if "sts:externalid" in keys:
        return Link.EXTERNAL_ID
    if by_service and keys & {"aws:sourcearn", "aws:sourceaccount"}:
        return Link.SOURCE_CONDITION
    return Link.TRUST_CONDITION
