"""The organization, from its entry in the file to the world's value: nested units, and accounts in their places.

Ids of units and policies are made from their names, so that they are the same in every run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.iam.policy import Kind
from turnstile.spelling import hint
from turnstile.world.organization import FULL_ACCESS, Controls, Organization, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.iam.policy import Policy
    from turnstile.scenario.declarations.entries import Entries
    from turnstile.scenario.models.file import LevelEntry, OrganizationEntry, UnitEntry

_WORDS = {Kind.SCP: "service_control_policy", Kind.RCP: "resource_control_policy"}


def organization(entries: Entries) -> Organization | None:
    """The organization of the file; None where there is none."""
    entry = entries.world.organization
    if entry is None:
        return None
    organizing = _Organizing(entries, entry)
    management = organizing.account(entry.management_account, ("organization", "management_account"))
    root = organizing.unit(entry, "Root", ("organization",), _id(f"r-{entry.id}", "r-", 4))
    unplaced = management is not None and entry.management_account not in organizing.placed
    if unplaced and management is not None:  # the management account is in the root unless it stands elsewhere
        root = Unit(root.id, root.name, root.controls, {management: Controls(), **root.accounts}, root.units)
    return Organization(entry.id, management or "", root)


@dataclass
class _Organizing:
    entries: Entries
    organization: OrganizationEntry
    placed: dict[str, str] = field(default_factory=dict)

    def unit(self, entry: UnitEntry, name: str, place: tuple[str, ...], unit_id: str) -> Unit:
        accounts = dict(self._accounts(entry, name, place))
        units = tuple(self._units(entry, place, unit_id))
        return Unit(unit_id, name, self._controls(entry, place), accounts, units)

    def _accounts(self, entry: UnitEntry, name: str, place: tuple[str, ...]) -> Iterator[tuple[str, Controls]]:
        for account, level in entry.accounts.items():
            here = (*place, "accounts", account)
            found = self.account(account, here)
            if account in self.placed:
                message = f"the account `{account}` stands in `{self.placed[account]}` already"
                self.entries.fault(here, "duplicate-place", message, "an account is in one unit")
            self.placed[account] = name
            controls = self._controls(level, here)
            if found is not None:
                yield found, controls

    def _units(self, entry: UnitEntry, place: tuple[str, ...], above: str) -> Iterator[Unit]:
        for name, unit in entry.units.items():
            here = (*place, "units", name)
            self.entries.name("organizational unit", name, here)
            yield self.unit(unit, name, here, _id(f"{above}/{name}", "ou-", 12))

    def account(self, name: str, place: tuple[str, ...]) -> str | None:
        accounts = self.entries.names.accounts
        if name in self.entries.world.accounts:
            return accounts[name]
        message = f"the account `{name}` is not declared"
        self.entries.fault(place, "unknown-account", message, hint(name, accounts, "accounts"))
        return None

    def _controls(self, entry: LevelEntry, place: tuple[str, ...]) -> Controls:
        scps = tuple(self._policies(entry.scps, Kind.SCP, (*place, "scps")))
        rcps = tuple(self._policies(entry.rcps, Kind.RCP, (*place, "rcps")))
        return Controls((FULL_ACCESS, *scps) if entry.full_access else scps, rcps)

    def _policies(self, documents: Mapping[str, Json], kind: Kind, place: tuple[str, ...]) -> Iterator[Policy]:
        for name, document in documents.items():
            here = (*place, name)
            self.entries.name("policy", name, here)
            policy = self.entries.policy(document, kind, name, here, self._arn(kind, name))
            if policy is not None:
                yield policy

    def _arn(self, kind: Kind, name: str) -> str:
        owner = self.entries.names.accounts.get(self.organization.management_account, "")
        return f"arn:aws:organizations::{owner}:policy/{self.organization.id}/{_WORDS[kind]}/{_id(name, 'p-', 8)}"


def _id(text: str, prefix: str, length: int) -> str:
    return prefix + hashlib.sha256(text.encode()).hexdigest()[:length]
