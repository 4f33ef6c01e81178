"""One question to the policies: may this principal do this action to this resource, in this context?

Values only; how a call becomes a request is the gate's business (`gate.reference`, `gate.policies`).
Context keys: reference/iam-evaluation.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.policy import Policy

ContextValue: TypeAlias = "str | tuple[str, ...]"
"""A single-valued key is text, a multi-valued key is a tuple."""


@dataclass(frozen=True, slots=True)
class Request:
    """A caller, an action, a resource and the facts around them.

    `principal` is a session, user, federated user or root ARN, that of a role for any of its sessions, or the name of
    a service principal such as `states.amazonaws.com`. `context` maps condition keys to values; a key that is not
    there is absent. Keys are looked up without regard to case. `behind` is the user who gave a federated user its
    session, which no condition key tells; empty where it is not known.
    """

    principal: str
    action: str
    resource: str
    resource_account: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy that applies to a request, by kind.

    `resource` is the policy of the resource; for `sts:AssumeRole` it is the role's trust policy. `boundaries`
    and `sessions` are empty where none is set. `scps` and `rcps` are levels, root first: each level needs an
    allow.
    """

    identity: tuple[Policy, ...] = ()
    resource: Policy | None = None
    boundaries: tuple[Policy, ...] = ()
    sessions: tuple[Policy, ...] = ()
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[tuple[Policy, ...], ...] = ()
    principal_in_management_account: bool = False
    resource_in_management_account: bool = False
