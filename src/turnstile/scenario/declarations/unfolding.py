"""What a case changes of things that files of other tools bring.

They stand in no document of the scenario, so what the changes name is first written into it, as the entries that the
files could have been: then the changes are laid over them like over anything else. Logical ids become the names that
things really have. Functions keep their code unless the changes bring some.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.importers import fragment
from turnstile.importers.part import Places, places
from turnstile.scenario.composition.overlay import Written
from turnstile.scenario.composition.shape import shape
from turnstile.scenario.declarations.importing import KEYS
from turnstile.scenario.models.function_entries import FunctionFactsEntry
from turnstile.source import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.faults import Fault
    from turnstile.scenario.declarations.imports import Imports

_COLLECTIONS = ("roles", "users", "groups", "policies", "functions")
_READ = (*KEYS, "id", "region")
"""What of an account decides how its files are read."""


def files_first(changes: Json) -> tuple[Json, Json]:
    """The changes of what accounts read, and all others."""
    accounts = changes.get("accounts") if isinstance(changes, dict) else None
    if not isinstance(accounts, dict):
        return {}, changes
    first: dict[str, Json] = {}
    rest: dict[str, Json] = {}
    for name, entry in accounts.items():
        if not isinstance(entry, dict):
            rest[name] = entry
            continue
        read = {key: value for key, value in entry.items() if key in _READ}
        other = {key: value for key, value in entry.items() if key not in _READ}
        first |= {name: read} if read else {}
        rest |= {name: other} if other or not read else {}
    left = {key: value for key, value in changes.items() if key != "accounts"}
    return ({"accounts": first} if first else {}), {**left, **({"accounts": rest} if rest else {})}


@dataclass
class Unfolding:
    """The document with what the changes name; `taken` are account, collection and ARN of it.

    `place` is where the changes were written.
    """

    base: Written
    imports: Imports
    place: Origin
    taken: set[tuple[str, str, str]] = field(default_factory=set)
    moved: dict[str, Origin] = field(init=False)
    document: dict[str, Json] = field(init=False)
    written_at: Places = field(init=False)

    def __post_init__(self) -> None:
        self.moved = dict(self.base.moved)
        self.written_at = places(Origin(self.place.source))
        self.document = {
            key: dict(value) if isinstance(value, dict) else value for key, value in self.base.document.items()
        }

    def changes(self, changes: Json) -> tuple[Json, Origin]:
        """The changes by the names that things really have, and where they stand."""
        found = dict(changes)
        if isinstance(changes.get("accounts"), dict):
            found["accounts"] = {name: self._account(name, part) for name, part in changes["accounts"].items()}
        if isinstance(changes.get("state_machines"), dict):
            found["state_machines"] = dict(map(self._machine, changes["state_machines"].items()))
        return found, Origin(self.written_at, self.place.pointer)

    def _renamed(self, name: str, real: str, *above: str) -> str:
        """Note that what stands under a real name was written under another one."""
        self.written_at.moves[self.place.at(*above, real).pointer] = self.place.at(*above, name)
        return real

    def written(self) -> Written:
        """The document to lay the changes over."""
        return Written(self.document, self.base.source, self.moved)

    def _account(self, account: str, part: Json) -> Json:
        if not isinstance(part, dict) or account not in self.imports.drafts:
            return part
        found = dict(part)
        owner = self.document["accounts"][account] = dict(self.document["accounts"][account])
        for collection in _COLLECTIONS:
            if isinstance(part.get(collection), dict):
                owner.setdefault(collection, {})
                found[collection] = {
                    self._named(account, collection, name): value for name, value in part[collection].items()
                }
        return found

    def _named(self, account: str, collection: str, name: str) -> str:
        """Write the thing into the document, if it is from a file; its real name."""
        arn = self.imports.arns.get((account, collection), {}).get(name, "")
        value = getattr(self.imports.draft(account), collection).get(arn)
        if value is None:
            return name
        self.taken.add((account, collection, arn))
        entry, origins = self._entry(collection, value)
        place = ("accounts", account, collection, value.name)
        self.moved[pointer("", *place)] = value.origin
        self.moved |= {pointer("", *place, *names): origin for names, origin in origins}
        owner = self.document["accounts"][account]
        owner[collection] = {**(owner.get(collection) or {}), value.name: entry}
        return self._renamed(name, str(value.name), "accounts", account, collection)

    @staticmethod
    def _entry(collection: str, value: Json) -> tuple[Json, list[tuple[tuple[str, ...], Origin]]]:
        match collection:
            case "policies":
                return fragment.managed(value), [((), value.policy.origin)]
            case "functions":
                policy = value.policy
                return fragment.facts(value), [] if policy is None else [(("policy",), policy.origin)]
        return fragment.identity(value), list(fragment.origins(value))

    def _machine(self, change: tuple[str, Json]) -> tuple[str, Json]:
        name, value = change
        arn = self.imports.machines().get(name, "")
        for account, draft in self.imports.drafts.items():
            machine = draft.machines.get(arn)
            if machine is not None and name not in (self.base.document.get("state_machines") or {}):
                self.taken.add((account, "machines", arn))
                place = pointer("/state_machines", machine.name)
                self.moved |= {place: machine.origin, pointer(place, "definition"): machine.definition.origin}
                self.document["state_machines"][machine.name] = fragment.machine(machine, account)
                return self._renamed(name, machine.name, "state_machines"), value
        return name, value

    def without_code(
        self, written: Written, faults: list[Fault]
    ) -> tuple[Written, dict[tuple[str, str], FunctionFactsEntry]]:
        """The changed document, without the functions that keep their code; what is said of them besides."""
        facts: dict[tuple[str, str], FunctionFactsEntry] = {}
        document = dict(written.document)
        if not self.taken:
            return written, facts
        document["accounts"] = dict(document["accounts"])
        for account, name, arn in self._functions():
            entry = ((document["accounts"].get(account) or {}).get("functions") or {}).get(name)
            if not isinstance(entry, dict) or not entry.keys() <= FunctionFactsEntry.model_fields.keys():
                continue
            owner = document["accounts"][account] = dict(document["accounts"][account])
            owner["functions"] = {other: value for other, value in owner["functions"].items() if other != name}
            here = pointer("/accounts", account, "functions", name)
            moved = {
                place.removeprefix(here): origin for place, origin in written.moved.items() if place.startswith(here)
            }
            shaped = shape(
                FunctionFactsEntry, Written(entry, written.source, {"": written.origin(*here.split("/")[1:])} | moved)
            )
            faults += shaped.faults
            if shaped.entry is not None:
                facts[account, name] = shaped.entry
            self.taken.discard((account, "functions", arn))
        return Written(document, written.source, written.moved), facts

    def _functions(self) -> Iterator[tuple[str, str, str]]:
        for account, collection, arn in sorted(self.taken):
            if collection == "functions":
                yield account, self.imports.draft(account).functions[arn].name, arn
