"""Which links of the chain a refused call broke, one for each layer of policies that refuses.

Which comes first says `gate.chain`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.link import Broken, Link
from turnstile.iam.decision import Layer, Part
from turnstile.iam.nearest import nearest
from turnstile.world.caller import ServicePrincipal, Session

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.iam.decision import Decision, Judged

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
