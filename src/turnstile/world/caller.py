"""Who can make a call: a role session, a user, a federated user, the root of an account, or an AWS service.

Values only. Facts: reference/iam-evaluation.md sections 1 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.policy import Policy


@dataclass(frozen=True, slots=True)
class Session:
    """An assumed role: temporary credentials of `role_arn` until `expires` (seconds since 1970).

    `arn` is the session ARN (without the role's path), `source` the ARN of whoever assumed the role. `policies` are
    session policies, which limit the role's; `tags` those of the session, of which the `transitive` ones go on with it.
    `provider` is the identity provider of a web identity, empty for none.
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
    policies: tuple[Policy, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: frozenset[str] = frozenset()
    provider: str = ""


@dataclass(frozen=True, slots=True)
class IamUser:
    """A user with long-term credentials; `user_id` is the unique id."""

    arn: str
    user_id: str
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class FederatedUser:
    """A session that the user `user_arn` gave somebody (GetFederationToken): `policies` limit what the user may do."""

    arn: str
    account: str
    name: str
    user_arn: str
    issued: float
    policies: tuple[Policy, ...] = ()


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


Caller: TypeAlias = Session | IamUser | FederatedUser | Root | ServicePrincipal
