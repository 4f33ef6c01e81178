"""The judge behind the gate: every policy that applies to a call, every barrier in its way, and what a refusal says.

Apart from `gate.gate`, because a world whose permissions are not judged needs nothing of the policy language.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.gate.boundaries import barriers
from turnstile.gate.broken import broken_links
from turnstile.gate.chain import deciding
from turnstile.gate.context import request_context
from turnstile.gate.errors import AccessDenied
from turnstile.gate.link import Barrier, Link
from turnstile.gate.policies import NO_SIDE, applicable, held_tags
from turnstile.gate.trail import Ruling
from turnstile.gate.unknown import evaluate_anywhere
from turnstile.iam.decision import Layer
from turnstile.iam.evaluate import evaluate
from turnstile.iam.message import message
from turnstile.iam.request import Request
from turnstile.world.caller import FederatedIdentity, FederatedUser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission
    from turnstile.gate.policies import Side
    from turnstile.gate.trail import Entry
    from turnstile.iam.decision import Decision
    from turnstile.world.world import World

_DENIAL: Mapping[str, tuple[str, int]] = {
    "lambda": ("AccessDeniedException", 403),
    "sts": ("AccessDenied", 403),
    "s3": ("AccessDenied", 403),
    "sqs": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
    "batch": ("AccessDeniedException", 403),
}
"""Code and HTTP status of a denial by service (reference/iam-evaluation.md section 5)."""


_OUT_OF_REACH = frozenset({Link.PARTITION, Link.ROLE_EXISTS})
"""Barriers before which the resource's own policies say nothing: there are none, or they cannot admit the caller."""
_OF_THE_RESOURCE = frozenset({Layer.TRUST, Layer.RESOURCE})


def judged(call: Call, needed: tuple[Permission, ...], world: World, sides: Mapping[str, Side] | None = None) -> Ruling:
    """The ruling on a call that needs these permissions, with every link of the chain judged.

    `sides` holds what stands at resources that other services keep, by the resource.

    Raises:
        Unsupported: which resource it is for cannot be told, and the policies tell resources apart.
    """
    known = sides or {}
    decisions = tuple(_evaluate(call, each, world, known.get(each.resource, NO_SIDE)) for each in needed)
    found = tuple(barrier for permission in needed for barrier in barriers(call, permission, world))
    broken = (link for decision in decisions for link in broken_links(call, decision))
    if any(barrier.link in _OUT_OF_REACH for barrier in found):
        broken = (link for link in broken if link.layer not in _OF_THE_RESOURCE)
    allowed = not found and all(decision.allowed for decision in decisions)
    return Ruling(allowed, decisions, found, tuple(broken), policy_arns=world.settings.policy_arns_in_denials)


def _evaluate(call: Call, permission: Permission, world: World, side: Side) -> Decision:
    first = _decision(call, permission, world, side)
    if first.allowed or not permission.instead:
        return first
    others = (replace(permission, resource=resource, instead=()) for resource in permission.instead)
    return next((found for each in others if (found := _decision(call, each, world, side)).allowed), first)


def _decision(call: Call, permission: Permission, world: World, side: Side) -> Decision:
    context = request_context(call, permission, world, side.tags or held_tags(permission, world))
    behind = call.caller.user_arn if isinstance(call.caller, FederatedUser) else ""
    request = Request(call.caller.arn, permission.action, permission.resource, permission.account, context, behind)
    policies = applicable(call, permission, world, side)
    return evaluate_anywhere(request, policies) if permission.unknown else evaluate(request, policies)


def refusal(entry: Entry) -> AccessDenied:
    """What the service answers: at a border its own words, else a policy's denial, else what it says of the barrier."""
    code, status = _DENIAL.get(entry.call.service, ("AccessDeniedException", 400))
    first = deciding(entry)
    if isinstance(first, Barrier) and first.error is not None:
        code, status, text = first.error
        return AccessDenied(code, text, status, entry)
    denied = next((decision for decision in entry.ruling.decisions if not decision.allowed), None)
    if denied is not None and isinstance(entry.call.caller, FederatedIdentity):
        return AccessDenied(code, f"Not authorized to perform {denied.request.action}", status, entry)
    if denied is not None:
        text = message(denied, policy_arns=entry.ruling.policy_arns)
        return AccessDenied(code, text, status, entry)
    barrier = entry.ruling.barriers[0]
    text = f"User: {entry.call.caller.arn} is not authorized to perform: {barrier.action}"
    return AccessDenied(code, f"{text} on resource: {barrier.resource}", status, entry)
