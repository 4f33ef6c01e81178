"""Who can make a call: a role session, a user, a federated user or identity, the root of an account, an AWS service.

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
    `provider` is the identity provider of a web identity, empty for none, and `claims` are the condition keys that the
    provider's token brought. `source_identity` is who stands behind the session, empty for nobody; it never changes.
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
    source_identity: str = ""
    claims: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


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
    expires: float = float("inf")
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FederatedIdentity:
    """Somebody for whom an identity provider vouches, before any role is taken.

    `provider` is what policies name under `Federated`: the ARN of a provider of an account, or a domain. `claims` are
    the condition keys of the token, `tags` the session tags in it; `expires` is when it ends.
    """

    provider: str
    issuer: str
    subject: str
    audience: str
    claims: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: frozenset[str] = frozenset()
    source_identity: str = ""
    expires: float = float("inf")

    @property
    def arn(self) -> str:
        """How reports name it: by issuer and subject, for it has no ARN."""
        return f"{self.issuer}:{self.subject}"

    @property
    def account(self) -> str:
        """No account, until it has taken a role."""
        return ""


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


Caller: TypeAlias = Session | IamUser | FederatedUser | FederatedIdentity | Root | ServicePrincipal
