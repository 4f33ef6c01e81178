"""The worlds of a scenario: that of the file, and that of each case whose changes are laid over it.

Declarations are read once for the file and once for every case with changes. Knows no cases but by their changes, and
nothing of what is expected.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turnstile.scenario.comparing.difference import first_difference
from turnstile.scenario.composition.overlay import Written, overlay
from turnstile.scenario.composition.shape import shape
from turnstile.scenario.declarations.declare import Declaring
from turnstile.scenario.declarations.importing import read_imports
from turnstile.scenario.declarations.operations import every_state
from turnstile.scenario.declarations.reference import Names
from turnstile.scenario.declarations.unfolding import Unfolding, files_first
from turnstile.scenario.models.file import WorldEntry

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.composition.library import Library
    from turnstile.scenario.declarations.imports import Imports
    from turnstile.scenario.models.file import CaseEntry, ScenarioEntry
    from turnstile.source import Origin
    from turnstile.world.declaration import Declarations
    from turnstile.world.function import Function

_WORLD = ("accounts", "organization", "settings", "state_machines")
_ALWAYS = ("accounts", "state_machines")


@dataclass(slots=True)
class CaseWorld:
    """The world of one case, or of the file, as declared."""

    names: Names
    machines: tuple[str, ...]
    declarations: Declarations
    imports: Imports
    states: frozenset[str] = frozenset()
    """The names of all states; empty where a state machine could not be read."""


@dataclass
class CaseWorlds:
    """Reads the worlds of one scenario; what is wrong with them joins the faults."""

    file: ScenarioEntry
    written: Written
    library: Library
    faults: list[Fault] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    notes: tuple[Fault, ...] = ()
    imported: tuple[Fault, ...] = ()
    base: Declarations = field(init=False)
    """What the file itself declares."""

    def of_file(self) -> CaseWorld:
        """The world of the cases that change nothing."""
        imports, found = read_imports(self.file, self.written, self.library)
        self.notes, self.imported = imports.notes, tuple(found)
        world, faults = self._declared(self.file, self.written, imports)
        self.faults += [*found, *faults]
        self.base = world.declarations
        return world

    def changed(self, entry: CaseEntry, changes: Json, place: Origin, before: CaseWorld) -> CaseWorld | None:
        """The world after changes, which stand at that place; None where these have faults."""
        document = self.written.document
        base = Written(
            {key: document.get(key, {}) for key in _WORLD if key in _ALWAYS or key in document},
            self.written.source,
            self.written.moved,
        )
        first, rest = files_first(changes)
        read, faults = overlay(base, first, place)
        imports = before.imports
        if first:
            shaped_first = shape(WorldEntry, read)
            if shaped_first.entry is not None and not shaped_first.faults:
                imports, found = read_imports(shaped_first.entry, read, self.library, before.names)
                faults += [
                    _after_changes(fault, entry, place.written.pointer) for fault in found if fault not in self.faults
                ]
        unfolding = Unfolding(read, imports, place)
        written, more = overlay(unfolding.written(), *unfolding.changes(rest))
        faults += more
        if not faults and changes is entry.changes and _nothing(base, read, unfolding.document, written.document):
            remedy = "leave `changes` out, or change something"
            faults.append(place.fault("no-change", "the changes change nothing", remedy))
        written, facts = unfolding.without_code(written, faults)
        shaped = shape(WorldEntry, written)
        self.faults += [*faults, *shaped.faults]
        if shaped.entry is None or not shaped.whole:
            return None
        imports = replace(imports.without(unfolding.taken), facts=facts)
        world, found = self._declared(shaped.entry, shaped.written, imports, before.names)
        self.faults += [
            _after_changes(fault, entry, place.written.pointer) for fault in found if fault not in self.faults
        ]
        return world

    def _declared(
        self, entry: WorldEntry, written: Written, imports: Imports, before: Names | None = None
    ) -> tuple[CaseWorld, list[Fault]]:
        names = Names(entry, before, imports)
        declaring = Declaring(entry, written, names, self.library, imports)
        declarations = declaring.declarations()
        self.functions += [function for account in declarations.accounts for function in account.functions]
        present = {machine.arn for machine in imports.declared_machines()}
        imported = (name for name, arn in imports.machines().items() if arn in present)
        machines = tuple(dict.fromkeys((*entry.state_machines, *imported)))
        states = _states(declarations) if len(declarations.machines) == len(machines) else frozenset()
        return CaseWorld(names, machines, declarations, imports, states), declaring.faults


def _states(declarations: Declarations) -> frozenset[str]:
    return frozenset(name for machine in declarations.machines for name, _ in every_state(machine.definition.states))


def _after_changes(fault: Fault, case: CaseEntry, place: str) -> Fault:
    """A fault outside the changes says which case's changes bring it about."""
    if fault.where.pointer.startswith(place + "/"):
        return fault
    return replace(fault, message=f"{fault.message} after the changes of the case `{case.name}`")


def _nothing(base: Written, read: Written, before: Json, after: Json) -> bool:
    """The changes change nothing, neither in what is read nor in what was read."""
    return (
        first_difference(base.document, read.document, partial=False) is None
        and first_difference(before, after, partial=False) is None
    )
