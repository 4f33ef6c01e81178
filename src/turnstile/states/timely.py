"""Whether time alone can change the gate's answer to a call, so that asking again later is no waste.

A policy may ask for the time, or for that at which a session was taken, which a renewal changes. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.gate.trail import Entry
    from turnstile.iam.policy import Policy
    from turnstile.iam.request import Policies

_KEYS = frozenset({"aws:currenttime", "aws:epochtime", "aws:multifactorauthage", "aws:tokenissuetime"})
"""Condition keys whose values change with the time, in lower case."""


def time_tells(entry: Entry | None) -> bool:
    """Whether a policy that had a say in a refused call asks for the time; True where there is nothing to look at."""
    if entry is None:
        return True
    return any(
        condition.key.lower() in _KEYS
        for decision in entry.ruling.decisions
        for policy in _asked(decision.policies)
        for statement in policy.statements
        for condition in statement.conditions
    )


def _asked(policies: Policies) -> Iterator[Policy]:
    yield from policies.identity
    yield from (policies.resource,) if policies.resource else ()
    yield from policies.boundaries
    yield from policies.sessions
    for level in (*policies.scps, *policies.rcps):
        yield from level
