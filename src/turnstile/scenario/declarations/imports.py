"""What the files of other tools bring into the accounts of a scenario, and the names it has there.

A resource is known by its own name and by the one its file gives it: `${staging/role/DataRole}` may mean a physical
name or a logical id, `${staging/stack/Output}` is an output. This file reads nothing; `importing` does.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turnstile.importers.brought import COLLECTIONS, logical, named
from turnstile.importers.kinds import Draft, Stack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from turnstile.faults import Fault
    from turnstile.importers.brought import Brought
    from turnstile.scenario.models.function_entries import FunctionFactsEntry
    from turnstile.world.declaration import MachineDeclaration

_NOWHERE = Stack("", "", "us-east-1")


@dataclass(frozen=True, slots=True, eq=False)
class Imports:
    """By the name of the account: `drafts`; by account and collection: ARNs by every name a user may write.

    `outputs` are by the inside of a `${...}`; `notes` say what was left out. `facts` are what a case says of functions
    by account and name.
    """

    drafts: Mapping[str, Draft] = field(default_factory=dict)
    arns: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Fault, ...] = ()
    facts: Mapping[tuple[str, str], FunctionFactsEntry] = field(default_factory=dict)

    def draft(self, account: str) -> Draft:
        """What an account has from files."""
        return self.drafts.get(account) or Draft(_NOWHERE)

    def texts(self) -> dict[str, str]:
        """Values by the inside of a `${...}`."""
        found = dict(self.outputs)
        for (account, collection), arns in self.arns.items():
            found |= {f"{account}/{COLLECTIONS[collection]}/{name}": arn for name, arn in arns.items()}
        return found

    def short(self, collection: str) -> dict[str, str]:
        """ARNs by `account/Name`."""
        return {
            f"{account}/{name}": arn
            for (account, kind), arns in self.arns.items()
            if kind == collection
            for name, arn in arns.items()
        }

    def machines(self) -> dict[str, str]:
        """ARNs of state machines by `account/Name`, and by a name that only one account has."""
        qualified = self.short("machines")
        found: dict[str, set[str]] = {}
        for name, arn in qualified.items():
            found.setdefault(name.partition("/")[2], set()).add(arn)
        return {name: min(arns) for name, arns in found.items() if len(arns) == 1} | qualified

    def declared_machines(self) -> tuple[MachineDeclaration, ...]:
        """The state machines themselves."""
        return tuple(machine for draft in self.drafts.values() for machine in draft.machines.values())

    def without(self, taken: Collection[tuple[str, str, str]]) -> Imports:
        """The same without what a case says itself: account, collection and ARN. Names stay."""
        drafts = {account: copy(draft) for account, draft in self.drafts.items()}
        for account, draft in drafts.items():
            for collection in COLLECTIONS:
                values = getattr(draft, collection)
                left = {arn: value for arn, value in values.items() if (account, collection, arn) not in taken}
                setattr(draft, collection, left)
        return replace(self, drafts=drafts)


def imports(drafts: Mapping[str, Draft], brought: Iterable[tuple[str, Brought]]) -> Imports:
    """The names of all that files bring; `brought` pairs it with the names of accounts."""
    arns: dict[tuple[str, str], dict[str, str]] = {}
    outputs: dict[str, str] = {}
    notes: list[Fault] = []
    for account, found in brought:
        for collection, name, arn in logical(found):
            arns.setdefault((account, collection), {}).setdefault(name, arn)
        outputs |= {f"{account}/stack/{name}": value for name, value in found.outputs.items()}
        outputs |= {f"{account}/{found.title}/{name}": value for name, value in found.outputs.items()}
        for name, value in found.references.items():
            outputs.setdefault(f"{account}/resource/{name}", value)
        notes += [*found.skipped, *found.draft.ignored]
    for account, draft in drafts.items():
        for collection, name, arn in named(draft):
            arns.setdefault((account, collection), {})[name] = arn
    return Imports(drafts, arns, outputs, tuple(notes))
