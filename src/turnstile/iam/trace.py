"""The words in which a request is answered, and the whole answer: every statement looked at, part by part.

A `Trace` is what `plain` makes; a `Decision` (in `iam.decision`) is the short answer that makes one when asked why.
The shape follows the evaluation order of reference/iam-evaluation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from turnstile.iam.policy import Condition, Policy, Statement
    from turnstile.iam.request import ContextValue, Policies, Request


class Reason(Enum):
    """Why a request was decided as it was."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"


class Layer(Enum):
    """A kind of policy that has a say of its own, in the words AWS uses in its messages."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"


class Part(Enum):
    """A part of a statement that can fail to match, in the order a person reads them."""

    PRINCIPAL = "Principal"
    ACTION = "Action"
    RESOURCE = "Resource"
    CONDITION = "Condition"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A part that did not match: what the statement wants and what the request has (None: no such key)."""

    part: Part
    wanted: tuple[str, ...]
    found: ContextValue | None
    pointer: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One statement of one policy, looked at: it matched, or these parts did not."""

    layer: Layer
    policy: Policy
    statement: Statement
    mismatches: tuple[Mismatch, ...]

    @property
    def matched(self) -> bool:
        """The statement applies to the request."""
        return not self.mismatches


class Verdict(Enum):
    """What one layer says."""

    ALLOW = "allow"
    ALLOW_ACCOUNT = "allow_for_account"
    IMPLICIT_DENY = "implicit_deny"
    EXPLICIT_DENY = "explicit_deny"
    NONE = "none"


class Explained(Protocol):
    """A request that was decided, with its reasons: a `Trace`, or a `Decision` that makes one when it is asked."""

    @property
    def request(self) -> Request:
        """What was asked."""

    @property
    def policies(self) -> Policies:
        """Every policy that applied."""

    @property
    def reason(self) -> Reason:
        """Why it was decided so."""

    @property
    def refusing(self) -> tuple[Layer, ...]:
        """Every layer without which the request would have passed, the one AWS would name first."""

    @property
    def verdicts(self) -> tuple[tuple[Layer, Verdict], ...]:
        """What each layer that has a say says, in evaluation order."""

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Every statement of these layers, in order."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A request decided with all its reasons; the fields are those of `Explained`."""

    request: Request
    policies: Policies
    reason: Reason
    refusing: tuple[Layer, ...]
    verdicts: tuple[tuple[Layer, Verdict], ...]
    judged: tuple[Judged, ...]
