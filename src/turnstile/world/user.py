"""Users and groups as their owner wrote them."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.policy import Policy
    from turnstile.source import Origin


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A group of users; `managed` holds ARNs of managed policies, `made` is in seconds since 1970."""

    arn: str
    name: str
    account: str
    policies: tuple[Policy, ...]
    origin: Origin
    managed: tuple[str, ...] = ()
    made: float = 0.0

    @property
    def id(self) -> str:
        """The unique id behind the name, `AGPA` and 17 characters; the same for the same ARN."""
        return "AGPA" + b32encode(hashlib.sha256(self.arn.encode()).digest()).decode()[:17]


@dataclass(frozen=True, slots=True, eq=False)
class User:
    """An IAM user; `groups` and `managed` hold ARNs, `boundary` that of a managed policy, empty for none."""

    arn: str
    name: str
    account: str
    policies: tuple[Policy, ...]
    origin: Origin
    groups: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    boundary: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    made: float = 0.0

    @property
    def id(self) -> str:
        """The unique id behind the name, `AIDA` and 17 characters; the same for the same ARN."""
        return "AIDA" + b32encode(hashlib.sha256(self.arn.encode()).digest()).decode()[:17]
