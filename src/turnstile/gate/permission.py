"""What a call asks of the policies: one action on one resource, with the context keys that come with the operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Call
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission a call needs; `account` owns the resource.

    `approximate`: the action or the ARN is assumed, not documented for this operation. `unknown`: which resource it
    is cannot be told from the call (`resource` is `*`), so it is judged only where that makes no difference. `instead`
    are resources any of which will do where the first is refused.
    """

    action: str
    resource: str
    account: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    approximate: bool = False
    unknown: bool = False
    instead: tuple[str, ...] = ()


Row: TypeAlias = "Callable[[Call, World], tuple[Permission, ...]]"
"""What a call of one operation needs; empty where no permission is needed."""
