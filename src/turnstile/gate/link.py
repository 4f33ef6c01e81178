"""The links of the permission chain. `gate.broken` says which of them a call broke, `gate.chain` in which order.

Every link is judged by itself, and a refusal names them all (reference/cross-account.md section 3; design: "All links
are evaluated").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from turnstile.iam.decision import Decision, Judged, Layer


class Link(Enum):
    """A link of the chain; the value is its reason code."""

    MALFORMED = "malformed-request"
    EXPIRED = "expired-session"
    PASSING = "pass-role"
    PARTITION = "partition"
    REGION = "region"
    CALLBACK = "task-token"
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


Refusal: TypeAlias = tuple[str, int, str]
"""Code, HTTP status and message of an error."""


BORDERS = frozenset({Link.MALFORMED, Link.EXPIRED, Link.PARTITION, Link.REGION, Link.CALLBACK})
"""Links that come before all policies: a service that does not see the resource asks none about it."""


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
    error: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken link: the layer that refused, with the statement that came nearest to letting the call pass."""

    link: Link
    decision: Decision
    layer: Layer
    nearest: Judged | None
