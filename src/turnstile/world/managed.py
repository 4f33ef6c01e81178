"""Managed policies: policies with an ARN of their own that roles, users and groups share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.iam.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.policy import Policy
    from turnstile.source import Origin


@dataclass(frozen=True, slots=True, eq=False)
class ManagedPolicy:
    """A managed policy; `versions` by id (`v1`, ...), of which `default` is in force.

    `account` is empty for the policies of AWS, which every account has. `last` is the highest number ever given.
    `dates` say when each version was made, in seconds since 1970.
    """

    arn: str
    name: str
    account: str
    versions: Mapping[str, Policy]
    default: str
    origin: Origin
    last: int = 1
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, float] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The version in force."""
        return self.versions[self.default]


@lru_cache(maxsize=1024)
def as_boundary(policy: Policy) -> Policy:
    """The policy as a permissions boundary: the same statements, with another say."""
    return replace(policy, kind=Kind.BOUNDARY)
