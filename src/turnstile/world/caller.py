"""Who can make a call: a role session, the root of an account, or an AWS service on its own behalf.

Values only. Facts: reference/iam-evaluation.md sections 1 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Session:
    """An assumed role: temporary credentials of `role_arn` until `expires` (seconds since 1970).

    `arn` is the session ARN (without the role's path), `source` the ARN of whoever assumed the role.
    """

    arn: str
    role_arn: str
    role_id: str
    account: str
    name: str
    issued: float
    expires: float
    source: str
    chained: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """The root user of an account; its own account grants it everything."""

    arn: str
    account: str


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """An AWS service that acts for a resource: the confused-deputy keys come with it."""

    name: str
    source_arn: str
    source_account: str

    @property
    def arn(self) -> str:
        """How policies and messages name a service: by its principal."""
        return self.name

    @property
    def account(self) -> str:
        """The account it acts for."""
        return self.source_account


Caller: TypeAlias = Session | Root | ServicePrincipal
