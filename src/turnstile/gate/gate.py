"""The one function through which every call goes: judge, write down, perform.

`Gate.decide` is pure over the world as it stands; `Gate.call` adds the trail and the backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.boundaries import barriers
from turnstile.gate.call import Answer
from turnstile.gate.context import request_context
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.gate.link import Link, broken_links
from turnstile.gate.policies import applicable
from turnstile.gate.reference import permissions
from turnstile.gate.trail import Ruling, Trail
from turnstile.iam.decision import Layer
from turnstile.iam.evaluate import evaluate
from turnstile.iam.message import message
from turnstile.iam.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Backend, Call
    from turnstile.gate.reference import Permission
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


class Gate:
    """Judges calls by the policies of a world and passes the allowed ones to the backend of their service."""

    def __init__(self, world: World, backends: Mapping[str, Backend], others: Callable[[], Backend]) -> None:
        self.world = world
        self.trail = Trail()
        self._backends = backends
        self._others = others

    def decide(self, call: Call) -> Ruling:
        """The ruling on a call, with every link of the chain judged."""
        return self._rule(call, permissions(call, self.world))

    async def call(self, call: Call) -> Answer:
        """Judge a call, write it down and perform it.

        Raises:
            AccessDenied: a policy or a barrier refuses it.
            ServiceError: the service refuses it for reasons of its own.
            Unsupported: it is not emulated.
        """
        request_id = self.world.uuid()
        try:
            needed = permissions(call, self.world)
            ruling = self._rule(call, needed)
            resource, owner = (needed[0].resource, needed[0].account) if needed else ("*", "")
            entry = self.trail.append(self.world.clock.now(), call, ruling, resource)
            if not ruling.allowed:
                raise _refusal(entry, request_id)
            backend = self._backends.get(call.service) or self._others()
            return Answer(await backend.perform(call, owner or call.caller.account), request_id)
        except ServiceError as error:
            error.request_id = error.request_id or request_id
            raise

    def _rule(self, call: Call, needed: tuple[Permission, ...]) -> Ruling:
        if not self.world.judged:
            return Ruling(allowed=True, judged=False)
        decisions = tuple(self._evaluate(call, permission) for permission in needed)
        found = tuple(barrier for permission in needed for barrier in barriers(call, permission, self.world))
        broken = (link for decision in decisions for link in broken_links(call, decision))
        if any(barrier.link is Link.ROLE_EXISTS for barrier in found):  # a missing role has no trust policy either
            broken = (link for link in broken if link.layer is not Layer.TRUST)
        allowed = not found and all(decision.allowed for decision in decisions)
        return Ruling(allowed, decisions, found, tuple(broken))

    def _evaluate(self, call: Call, permission: Permission) -> Decision:
        context = request_context(call, permission, self.world.clock.now())
        request = Request(call.caller.arn, permission.action, permission.resource, permission.account, context)
        return evaluate(request, applicable(call, permission, self.world))


def _refusal(entry: Entry, request_id: str) -> AccessDenied:
    """What the service answers: a policy's denial first, else the barrier in its own words."""
    code, status = _DENIAL.get(entry.call.service, ("AccessDeniedException", 400))
    denied = next((decision for decision in entry.ruling.decisions if not decision.allowed), None)
    if denied is not None:
        return AccessDenied(code, message(denied), status, entry, request_id)
    barrier = entry.ruling.barriers[0]
    if barrier.error is not None:
        code, status, text = barrier.error
        return AccessDenied(code, text, status, entry, request_id)
    decision = entry.ruling.decisions[0]
    text = f"User: {decision.request.principal} is not authorized to perform: {decision.request.action}"
    return AccessDenied(code, f"{text} on resource: {decision.request.resource}", status, entry, request_id)
