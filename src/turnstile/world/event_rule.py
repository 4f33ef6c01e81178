"""Rules of EventBridge that Step Functions makes for itself: without one, no event tells it that a job is done.

A managed rule is shared by all state machines of an account and a Region. Facts: reference policy-templates.md
("Managed rules"), sync-jobs.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json

MANAGER = "states.amazonaws.com"
"""The service principal that managed rules belong to."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """A managed rule; `pattern` is the text of its event pattern, `targets` are in the shape of ListTargetsByRule."""

    arn: str
    name: str
    region: str
    pattern: str
    targets: tuple[Json, ...] = ()


def rule_arn(partition: str, region: str, account: str, name: str) -> str:
    """The ARN of a rule of the default bus."""
    return f"arn:{partition}:events:{region}:{account}:rule/{name}"
