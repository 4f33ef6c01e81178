"""Policies as frozen trees, each statement with the place it was written at.

The tree holds no behaviour: `parse` (in `iam.parse`) makes it, `match`, `principal`, `conditions` and
`evaluate` read it. Grammar: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.source import Origin


class Kind(Enum):
    """What a policy is attached to; decides which elements it may have and how it is called in messages."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"


class Effect(Enum):
    """What a matching statement asks for."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key with the wanted values, e.g. StringEquals sts:ExternalId [...]."""

    operator: str
    key: str
    values: tuple[str, ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class Principals:
    """The Principal (or NotPrincipal) of a statement: kind (`AWS`, `Service`, `Federated`) and values.

    A bare `"*"` is kind `*` with the value `*`.
    """

    entries: tuple[tuple[str, str], ...]
    negated: bool
    pointer: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `index` is its position, `pointer` its JSON pointer in the policy document."""

    index: int
    sid: str
    effect: Effect
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    principals: Principals | None
    conditions: tuple[Condition, ...]
    pointer: str


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A policy as parsed.

    `name` is what a report calls it (`InvokePolicy`, `trust policy of dev/InvokeRole`); `arn` is set for managed
    policies only; `document` is the policy as written; `variables` is false for version 2008-10-17, where `${...}` is
    literal text.
    """

    kind: Kind
    name: str
    statements: tuple[Statement, ...]
    origin: Origin
    variables: bool = True
    arn: str | None = None
    document: Json = None
