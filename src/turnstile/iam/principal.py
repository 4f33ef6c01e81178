"""Who is calling, and whether a Principal or NotPrincipal element means that caller.

A statement can name a caller in three ways, and they do not weigh the same: by account (which only
delegates), by role or user (limited by boundary and session policy), or directly (the very session or user
ARN, `*`). Facts: reference/iam-evaluation.md section 1 and IAM User Guide, "AWS JSON policy elements:
Principal" and "NotPrincipal". This file knows neither actions nor resources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile import arn
from turnstile.iam.policy import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.iam.policy import Principals, Statement
    from turnstile.iam.request import ContextValue, Request


SERVICE_LINKED = ":role/aws-service-role/"
"""In the ARN of every service-linked role."""


class Grant(IntEnum):
    """How directly a caller is named, the weakest first."""

    NONE = 0
    ACCOUNT = 1
    IDENTITY = 2
    DIRECT = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal, taken apart.

    `identity` is the role behind a session, the user behind a federated one, else the caller's own ARN; `account` and
    `partition` are empty for a service; `foreign` means that the resource lies in another partition, where no caller of
    this one is known. `region` is where the call is made, empty if the request does not say.
    """

    name: str
    identity: str
    account: str
    partition: str
    unique_id: str
    provider: str
    bounded: bool
    foreign: bool
    region: str = ""

    @property
    def is_service(self) -> bool:
        """A service principal, not an ARN."""
        return not self.account

    @property
    def service_linked(self) -> bool:
        """A session of a service-linked role, which control policies do not touch."""
        return SERVICE_LINKED in self.identity

    @property
    def is_federated_user(self) -> bool:
        """A session of GetFederationToken."""
        return ":federated-user/" in self.name

    @property
    def is_role(self) -> bool:
        """A role of which no session is told: any of them."""
        return ":role/" in self.name

    @property
    def is_root(self) -> bool:
        """The root user of an account."""
        return self.name.endswith(":root") and not self.is_service


def caller(request: Request, context: Mapping[str, ContextValue], *, bounded: bool) -> Caller:
    """The caller of a request; `context` has its keys in lower case, `bounded`: with a boundary.

    Raises:
        ValueError: the principal or the resource begins with `arn:` and is not an ARN.
    """
    name, provider = request.principal, _text(context, "aws:federatedprovider")
    if not name.startswith("arn:"):
        region = _text(context, "aws:requestedregion")
        return Caller(name, name, "", "", "", provider, bounded=False, foreign=False, region=region)
    identity, unique_id = request.behind or _text(context, "aws:principalarn"), _text(context, "aws:userid")
    return _person(name, identity, unique_id, provider, _partition(request.resource), bounded)


@lru_cache(maxsize=1024)
def _person(name: str, identity: str, unique_id: str, provider: str, partition: str, bounded: bool) -> Caller:  # noqa: FBT001 - a cache by position is the quicker one
    parsed = arn.parse(name)
    foreign = partition not in ("", parsed.partition)
    identity = identity or role_of(name)
    return Caller(name, identity, parsed.account, parsed.partition, unique_id, provider, bounded, foreign)


@lru_cache(maxsize=4096)
def _partition(resource: str) -> str:
    """The partition of a resource, empty where it is no ARN."""
    return arn.parse(resource).partition if resource.startswith("arn:") else ""


def role_of(name: str) -> str:
    """The ARN of the role behind a session, without the path a session ARN does not tell; else the ARN."""
    parsed = arn.parse(name)
    kind, _, rest = parsed.resource.partition("/")
    if kind != "assumed-role":
        return name
    return f"arn:{parsed.partition}:iam::{parsed.account}:role/{rest.rpartition('/')[0]}"


def applies(statement: Statement, who: Caller) -> bool:
    """The Principal element covers the caller, or there is none."""
    principals = statement.principals
    if principals is None:
        return True
    if principals.negated and statement.effect is Effect.DENY:
        return not _spared(principals, who)
    return grant(principals, who) is not Grant.NONE


def grant(principals: Principals, who: Caller) -> Grant:
    """The most direct way in which an Allow statement names the caller."""
    named = Grant.NONE
    for kind, value in principals.entries:
        named = max(named, _named(kind, value, who))
    if principals.negated:
        return Grant.DIRECT if named is Grant.NONE else Grant.NONE
    return named


def _spared(principals: Principals, who: Caller) -> bool:
    """NotPrincipal with Deny spares who is listed as account, as role *and* as session and is not bounded."""
    if who.bounded:
        return False
    if any(value == "*" for _, value in principals.entries):
        return True
    listed = {_named(kind, value, who) for kind, value in principals.entries}
    needed = {Grant.IDENTITY if who.is_role else Grant.DIRECT}
    if not (who.is_service or who.is_root):
        needed |= {Grant.ACCOUNT}
    if who.identity != who.name:
        needed |= {Grant.IDENTITY}
    return needed <= listed


def _named(kind: str, value: str, who: Caller) -> Grant:
    if who.foreign:
        return Grant.NONE
    if value == "*" and kind in ("*", "AWS"):
        return Grant.DIRECT
    return _KINDS[kind](value, who)


def _by_arn(value: str, who: Caller) -> Grant:
    if value == who.name:
        return Grant.IDENTITY if who.is_role else Grant.DIRECT
    if value == who.identity:
        return Grant.IDENTITY
    if who.account and value in (who.account, f"arn:{who.partition}:iam::{who.account}:root"):
        return Grant.DIRECT if who.is_root else Grant.ACCOUNT
    return _by_unique_id(value, who)


def _by_unique_id(value: str, who: Caller) -> Grant:
    """`AROA...` and `AIDA...`: how AWS shows a role or user that was deleted after it had been named."""
    if value and value == who.unique_id:
        return Grant.DIRECT
    return Grant.IDENTITY if value == who.unique_id.partition(":")[0] != "" else Grant.NONE


def _by_service(value: str, who: Caller) -> Grant:
    """A regional name stands for the global one in its Region and the other way round; two Regions do not agree.

    Who comes from another Region than the call's has nothing but its regional name: IAM User Guide, "AWS JSON policy
    elements: Principal", on opt-in Regions.
    """
    if not who.is_service:
        return Grant.NONE
    service, region = _service(_universal(value, who.region))
    name, own = _service(who.name)
    home = own or who.region
    known = region == own if own and who.region not in ("", own) else not region or not home or region == home
    return Grant.DIRECT if known and service == name else Grant.NONE


def _by_provider(value: str, who: Caller) -> Grant:
    return Grant.DIRECT if value in ("*", who.provider) and who.provider else Grant.NONE


_KINDS: dict[str, Callable[[str, Caller], Grant]] = {
    "AWS": _by_arn,
    "Service": _by_service,
    "Federated": _by_provider,
}

_COMMERCIAL = "amazonaws.com"
_REGION = re.compile(r"\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.")


def _universal(name: str, region: str) -> str:
    """`ec2.amazonaws.com.cn`, in a Region of that partition, is `ec2.amazonaws.com` (for all services *inferred*)."""
    home = next((each for each in arn.PARTITIONS if each.regions.fullmatch(region)), None)
    if home is None or not name.endswith(f".{home.dns_suffix}"):
        return name
    return f"{name.removesuffix(home.dns_suffix)}{_COMMERCIAL}"


def _service(name: str) -> tuple[str, str]:
    """A service principal without its Region, and the Region."""
    found = _REGION.search(name)
    return (name, "") if found is None else (_REGION.sub(".", name, count=1), found[1])


def _text(context: Mapping[str, ContextValue], key: str) -> str:
    value = context.get(key)
    return value if isinstance(value, str) else ""
