"""One statement against one request: which of its parts do not match.

The answer holds every part that failed, not only the first, because a person wants to see all of them. This
file knows a single statement; what statements mean together is in `evaluate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.document import pointer
from turnstile.iam import principal
from turnstile.iam.conditions import holds
from turnstile.iam.match import action_matches, resource_glob, resource_templates
from turnstile.iam.trace import Judged, Mismatch, Part
from turnstile.iam.variables import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.iam.policy import Policy, Statement
    from turnstile.iam.principal import Caller
    from turnstile.iam.request import ContextValue, Policies, Request
    from turnstile.iam.trace import Layer


@dataclass(frozen=True, slots=True)
class Facts:
    """What statements are judged by: the request, its context with lower-case keys, and the caller."""

    request: Request
    context: Mapping[str, ContextValue]
    caller: Caller


def facts(request: Request, policies: Policies) -> Facts:
    """The facts of a request."""
    context = {key.lower(): value for key, value in request.context.items()}
    return Facts(request, context, principal.caller(request, context, bounded=bool(policies.boundaries)))


def judge(layer: Layer, policy: Policy, statement: Statement, known: Facts) -> Judged:
    """A statement with the parts that do not match."""
    return Judged(layer, policy, statement, tuple(_mismatches(policy, statement, known)))


def _mismatches(policy: Policy, statement: Statement, known: Facts) -> Iterator[Mismatch]:
    request = known.request
    if statement.principals and not principal.applies(statement, known.caller):
        wanted = tuple(value for _, value in statement.principals.entries)
        yield Mismatch(Part.PRINCIPAL, wanted, request.principal, statement.principals.pointer)
    if _covers_action(statement, request.action) is statement.not_actions:
        place = pointer(statement.pointer, "NotAction" if statement.not_actions else "Action")
        yield Mismatch(Part.ACTION, statement.actions, request.action, place)
    if statement.resources and _covers_resource(policy, statement, known) is statement.not_resources:
        place = pointer(statement.pointer, "NotResource" if statement.not_resources else "Resource")
        yield Mismatch(Part.RESOURCE, statement.resources, request.resource, place)
    for condition in statement.conditions:
        if not holds(condition, known.context, variables=policy.variables):
            found = known.context.get(condition.key.lower())
            yield Mismatch(Part.CONDITION, condition.values, found, condition.pointer, condition)


def _covers_action(statement: Statement, action: str) -> bool:
    return any(action_matches(pattern, action) for pattern in statement.actions)


def _covers_resource(policy: Policy, statement: Statement, known: Facts) -> bool:
    return any(_resource_matches(text, policy, known) for text in statement.resources)


def _resource_matches(text: str, policy: Policy, known: Facts) -> bool:
    """A Resource value covers the resource; one whose variable has no value covers nothing."""
    readings = (fill(pieces, known.context) for pieces in resource_templates(text, variables=policy.variables))
    return any(filled and resource_glob(filled).fullmatch(known.request.resource) for filled in readings)
