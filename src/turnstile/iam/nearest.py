"""The statement a refusal is best explained with.

Where a layer denied explicitly, that is the Deny that hit; where it was only silent, the Allow that came
nearest to matching. This file only chooses among statements already judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam.layers import groups
from turnstile.iam.policy import Effect
from turnstile.iam.services import service_of
from turnstile.iam.trace import Layer, Part

if TYPE_CHECKING:
    from turnstile.iam.policy import Policy
    from turnstile.iam.trace import Explained, Judged

_WEIGHT = {Part.ACTION: 8, Part.PRINCIPAL: 4, Part.RESOURCE: 2, Part.CONDITION: 1}
"""A statement about another action is farther off than one about another resource, and so on."""


def hits(decision: Explained, layer: Layer) -> tuple[Judged, ...]:
    """Every Deny statement of a layer that applies to the request."""
    return tuple(
        judged
        for judged in decision.judged
        if judged.layer is layer and judged.statement.effect is Effect.DENY and judged.matched
    )


def silent(decision: Explained, layer: Layer) -> dict[int, tuple[Policy, ...]]:
    """The groups of a layer (`layers.groups`) that hold no allow for the request, by their number."""
    allowing = {
        id(judged.policy)
        for judged in decision.judged
        if judged.layer is layer and judged.statement.effect is Effect.ALLOW and judged.matched
    }
    return {
        number: group
        for number, group in enumerate(groups(layer, decision.policies))
        if layer is not Layer.RCP and not any(id(policy) in allowing for policy in group)
    }


def nearest(decision: Explained, layer: Layer) -> Judged | None:
    """The Deny that hit in a layer, else its Allow with the fewest and latest mismatching parts.

    None where no statement of the layer speaks of the action's service. Of control policies only the first
    level without an allow is looked at.
    """
    if denying := hits(decision, layer):
        return denying[0]
    for group in silent(decision, layer).values():
        return nearest_allow(decision, layer, group)
    return _any_allow(decision, layer)


def nearest_allow(decision: Explained, layer: Layer, group: tuple[Policy, ...]) -> Judged | None:
    """The nearest Allow among the policies of one group."""
    of_group = {id(policy) for policy in group}
    candidates = [
        judged
        for judged in decision.judged
        if judged.layer is layer
        and id(judged.policy) in of_group
        and judged.statement.effect is Effect.ALLOW
        and _speaks_of(judged, service_of(decision.request.action))
    ]
    return min(candidates, key=_distance, default=None)


def _any_allow(decision: Explained, layer: Layer) -> Judged | None:
    """The allow of a layer that did allow: there is nothing nearer."""
    allows = (judged for judged in decision.judged if judged.layer is layer and judged.matched)
    return next(allows, None)


def _distance(judged: Judged) -> tuple[int, int]:
    parts = {mismatch.part for mismatch in judged.mismatches}
    return sum(_WEIGHT[part] for part in parts), len(judged.mismatches)


def _speaks_of(judged: Judged, service: str) -> bool:
    """The action matches, or is at least one of the same service."""
    if all(mismatch.part is not Part.ACTION for mismatch in judged.mismatches):
        return True
    return any(service_of(action) == service for action in judged.statement.actions)
