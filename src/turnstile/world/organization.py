"""An organization: a tree of units with accounts in it, and control policies at every level.

A level's policies are those attached to it, `FullAWSAccess` among them unless it was detached; every level from the
root to the account needs an allow. Resource control policies only deny, for `RCPFullAWSAccess` cannot be detached.
Facts: reference/iam-evaluation.md section 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import unwritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.policy import Policy

FULL_ACCESS = parse(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    kind=Kind.SCP,
    name="FullAWSAccess",
    origin=unwritten("<FullAWSAccess>"),
    arn="arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
)


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """The control policies attached to one level."""

    scps: tuple[Policy, ...] = (FULL_ACCESS,)
    rcps: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """The root (`r-...`) or an organizational unit (`ou-...`): `accounts` maps the ids in it to their own controls."""

    id: str
    name: str
    controls: Controls
    accounts: Mapping[str, Controls] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An account's place: the ids of the units above it, root first, and every level's policies."""

    path: tuple[str, ...]
    scps: tuple[tuple[Policy, ...], ...]
    rcps: tuple[tuple[Policy, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Organization:
    """An organization; `id` such as `o-a1b2c3d4e5`, `management` the account that no control policy touches."""

    id: str
    management: str
    root: Unit
    members: Mapping[str, Member] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", _members(self.root, Member((), (), ())))

    def has(self, account: str) -> bool:
        """The account is a member."""
        return account in self.members

    def path(self, account: str) -> str:
        """What `aws:PrincipalOrgPaths` holds for a member: `o-id/r-id/ou-id/`."""
        return "/".join((self.id, *self.members[account].path, ""))


def _members(unit: Unit, above: Member) -> dict[str, Member]:
    here = _below(above, unit.controls, (*above.path, unit.id))
    found = {account: _below(here, controls, here.path) for account, controls in unit.accounts.items()}
    for inner in unit.units:
        found |= _members(inner, here)
    return found


def _below(above: Member, controls: Controls, path: tuple[str, ...]) -> Member:
    rcps = (*above.rcps, controls.rcps) if controls.rcps else above.rcps
    return Member(path, (*above.scps, controls.scps), rcps)
