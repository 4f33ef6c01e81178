"""Roles as their owner wrote them."""

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
class Role:
    """An IAM role: its trust policy says who may become it, its policies what it may do.

    `managed` holds ARNs of managed policies; `boundary` is that of its permissions boundary, empty for none.
    A session lasts `max_session` seconds at most; `made` in seconds since 1970.
    """

    arn: str
    name: str
    account: str
    trust: Policy
    policies: tuple[Policy, ...]
    origin: Origin
    managed: tuple[str, ...] = ()
    boundary: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    max_session: int = 3600
    made: float = 0.0

    @property
    def id(self) -> str:
        """The unique id behind the name, `AROA` and 17 characters; the same for the same ARN."""
        return unique_id("AROA", self.arn)


def unique_id(prefix: str, arn: str) -> str:
    """The id behind an identity's name: a prefix such as `AROA`, and 17 characters that follow from the ARN."""
    return prefix + b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:17]


def linked_name(service: str, suffix: str = "") -> str:
    """The name of the role that a service makes for itself, `AWSServiceRoleForBatch` for `batch.amazonaws.com`.

    The names of services not listed here are *inferred*.
    """
    word = service.partition(".")[0]
    known = _LINKED.get(word, word[:1].upper() + word[1:])
    return f"AWSServiceRoleFor{known}{f'_{suffix}' if suffix else ''}"


_LINKED: Mapping[str, str] = {
    "autoscaling": "AutoScaling",
    "ecs": "ECS",
    "eks": "AmazonEKS",
    "elasticloadbalancing": "ElasticLoadBalancing",
    "elasticmapreduce": "EMRCleanup",
    "rds": "RDS",
    "spot": "EC2Spot",
    "states": "StepFunctions",
}
