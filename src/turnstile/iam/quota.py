"""How long a policy may be: characters of its text without white space, as IAM counts them.

Source: IAM User Guide, "IAM and AWS STS quotas"; of the inline policies of a role, user or group the total counts.
White space inside values is left out as well (*inferred*). AWS's own managed policies are longer at times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.iam.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.iam.policy import Policy

MANAGED = 6_144

INLINE_TOTALS = {"role": 10_240, "user": 2_048, "group": 5_120}

_LONGEST = {Kind.TRUST: 2_048, Kind.SESSION: 2_048, Kind.IDENTITY: INLINE_TOTALS["role"]}


def size(document: Json) -> int:
    """Characters of a policy document, white space left out."""
    try:
        return sum(map(len, compact(document).split()))
    except (TypeError, ValueError):  # a YAML date, or a number that JSON lacks: the reader names it
        return 0


def longest(kind: Kind, arn: str | None) -> int | None:
    """The most characters of one policy, None where IAM sets no limit; `arn` is that of a managed policy."""
    if arn is None:
        return _LONGEST.get(kind)
    owned_by_aws = ":iam::aws:" in arn
    return None if owned_by_aws or kind not in (Kind.IDENTITY, Kind.BOUNDARY) else MANAGED


def inline_excess(policies: Iterable[Policy], owner: str) -> int:
    """By how many characters the inline policies of a `role`, `user` or `group` are too long together, 0 if not."""
    total = sum(size(policy.document) for policy in policies if policy.arn is None)
    return max(0, total - INLINE_TOTALS[owner])
