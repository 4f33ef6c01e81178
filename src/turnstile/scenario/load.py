"""From a scenario file to a `Scenario`, or to every fault in it and in the files it names.

The order: shape of the file, then for the file's world and for that of every case with changes the declarations,
then each case's machine, input and expectation. Nothing runs here but the import of handlers.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from turnstile.backends.handlers.probe import probe
from turnstile.backends.handlers.process import Handlers
from turnstile.clock import DAWN
from turnstile.faults import Rejected
from turnstile.importers.part import places
from turnstile.scenario.code_files import note_code
from turnstile.scenario.composing import compose
from turnstile.scenario.course import Courses
from turnstile.scenario.declare import Declaring
from turnstile.scenario.defaulting import write_out
from turnstile.scenario.difference import first_difference
from turnstile.scenario.expectation import read_expectation
from turnstile.scenario.file import ScenarioEntry, WorldEntry
from turnstile.scenario.importing import read_imports
from turnstile.scenario.library import Library
from turnstile.scenario.matrix import apart, unfold
from turnstile.scenario.overlay import Written, composed, overlay
from turnstile.scenario.reference import Names, substitute
from turnstile.scenario.scenario import Case, Scenario
from turnstile.scenario.shape import shape
from turnstile.scenario.spelling import hint
from turnstile.scenario.unfolding import Unfolding, files_first
from turnstile.source import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.course import Changed
    from turnstile.scenario.file import CaseEntry, DefaultsEntry
    from turnstile.scenario.imports import Imports
    from turnstile.scenario.shape import Shaped
    from turnstile.world.declaration import Declarations, MachineDeclaration
    from turnstile.world.function import Function

_WORLD = ("accounts", "organization", "settings", "state_machines")
_ALWAYS = ("accounts", "state_machines")
_UNCERTAIN = frozenset(
    {
        "no-state-machine",
        "unknown-account",
        "unknown-caller",
        "unknown-group",
        "unknown-policy",
        "unknown-reference",
        "unknown-role",
        "unknown-state-machine",
        "unknown-user",
    }
)
"""Faults that prove nothing while a declaration is unreadable: the missing name may be in it."""
_EMPTY = frozenset({"empty-calls", "empty-denied", "empty-expect"})
"""Faults that prove nothing where a part of the value is unreadable."""


def load(path: Path) -> Scenario:
    """Read a scenario file, from outside a loop.

    Raises:
        Rejected: with every fault of the file, of its cases' changes and of the files it names.
    """

    async def alone() -> Scenario:
        handlers = Handlers()
        try:
            return await load_with(handlers, path)
        finally:
            await handlers.close()

    return asyncio.run(alone())


async def load_with(handlers: Handlers, path: Path) -> Scenario:
    """Read a scenario file and import its handlers in a pool; see `load`."""
    library = Library(path.parent)
    made = compose(path, library)
    whole, unfolding = unfold(write_out(made))
    shaped = shape(ScenarioEntry, whole)
    if shaped.entry is None:
        raise Rejected(shaped.faults)
    shaped.faults += unfolding
    loading = _Loading(path, shaped.entry, shaped.written, library)
    if made.document.get("cases") == []:
        loading.no_cases()
    cases = loading.cases()
    found = [fault for fault in loading.faults if fault in loading.imported or _is_certain(fault, shaped, loading)]
    note_code(loading.functions)
    found += await probe(handlers, loading.functions)
    if shaped.faults or found:
        raise Rejected([*shaped.faults, *found])
    defaults = shaped.entry.defaults
    return Scenario(path, shaped.entry.name, defaults.seed, _start(defaults), cases, loading.notes)


def _is_certain(fault: Fault, shaped: Shaped[ScenarioEntry], loading: _Loading) -> bool:
    """Not a consequence of what could not be read."""
    if fault.code in _EMPTY:
        within = fault.where.pointer + "/"
        return not any(other.where.pointer.startswith(within) for other in shaped.faults)
    return (shaped.whole and not loading.imported) or fault.code not in _UNCERTAIN


def _start(defaults: DefaultsEntry) -> float:
    return datetime.fromisoformat(defaults.start_time).timestamp() if defaults.start_time else DAWN


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


@dataclass(slots=True)
class _World:
    """The world of one case, or of the file."""

    names: Names
    machines: tuple[str, ...]
    declarations: Declarations
    imports: Imports


@dataclass
class _Loading:
    path: Path
    file: ScenarioEntry
    written: Written
    library: Library
    faults: list[Fault] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    notes: tuple[Fault, ...] = ()
    imported: tuple[Fault, ...] = ()
    _inside: Mapping[int, Mapping[str, Origin]] | None = None

    def cases(self) -> tuple[Case, ...]:
        """Every case that could be read."""
        imports, found = read_imports(self.file, self.written, self.library)
        self.notes, self.imported = imports.notes, tuple(found)
        world, faults = self._declared(self.file, self.written, imports)
        self.faults += [*found, *faults]
        self._distinct_names()
        read = (self._case(index, case, world) for index, case in enumerate(self.file.cases))
        cases = tuple(case for case in read if case is not None)
        self._distinct_golden_files(cases)
        return cases

    def no_cases(self) -> None:
        """A file without cases checks nothing."""
        origin = self.written.origin("cases")
        self.faults.append(origin.fault("no-cases", "the file has no cases", "add a case with `name` and `expect`"))

    def _declared(
        self, entry: WorldEntry, written: Written, imports: Imports, before: Names | None = None
    ) -> tuple[_World, list[Fault]]:
        names = Names(entry, before, imports)
        declaring = Declaring(entry, written, names, self.library, imports)
        declarations = declaring.declarations()
        self.functions += [function for account in declarations.accounts for function in account.functions]
        present = {machine.arn for machine in imports.declared_machines()}
        imported = (name for name, arn in imports.machines().items() if arn in present)
        machines = tuple(dict.fromkeys((*entry.state_machines, *imported)))
        return _World(names, machines, declarations, imports), declaring.faults

    def _distinct_names(self) -> None:
        seen: set[str] = set()
        for index, case in enumerate(self.file.cases):
            if case.name in seen:
                origin = self.written.origin("cases", index, "name")
                message = f"another case is called `{case.name}` too"
                self.faults.append(origin.fault("duplicate-case", message, "a case is told by its name"))
            seen.add(case.name)

    def _distinct_golden_files(self, cases: tuple[Case, ...]) -> None:
        """Two cases would overwrite each other's history."""
        owners: dict[Path, str] = {}
        for case in cases:
            golden = case.expectation.golden
            if golden is not None and (owner := owners.setdefault(golden, case.name)) != case.name:
                message = f"`{golden.name}` is the golden file of the case `{owner}` too"
                fault = case.expectation.at("history").fault("golden-file", message, "give each case a file of its own")
                self.faults.append(fault)

    def _case(self, index: int, entry: CaseEntry, world: _World) -> Case | None:
        base = world
        if "changes" in entry.model_fields_set:
            place = self._at(index).at("changes")
            changed = self._changed(entry, entry.changes, place, base)
            if changed is None:
                return None
            world = changed
        origin = self._at(index)
        machine = self._machine(index, entry, world)
        data = self._input(index, entry, world)
        expected = origin.at("expect")
        expectation = read_expectation(entry.expect, world.names, expected, self.library, self.faults)
        caller = self._starter(index, entry, world)
        if machine is None and not world.declarations.unsupported:
            return None
        courses = Courses(world.names, self.library, world.declarations, machine, self.faults)
        course = courses.course(entry, origin, self._changing(entry, base))
        return Case(entry.name, machine, data, world.declarations, expectation, origin, caller, course)

    def _at(self, index: int) -> Origin:
        """Where a case is written, with the way to parts of it that are written elsewhere."""
        origin = self.written.origin("cases", index)
        if self._inside is None:
            self._inside = apart(self.written.moved)[1]
        moves = self._inside.get(index)
        if not moves:
            return origin
        found = places(origin)
        found.moves.update(moves)
        return Origin(found)

    def _changing(self, entry: CaseEntry, base: _World) -> Changed:
        """What steps of a case change in its world, each after those before it."""
        latest: Json = entry.changes

        def changed(changes: Mapping[str, Json], place: Origin) -> Declarations | None:
            nonlocal latest
            latest = composed(self.written.document, latest, changes)
            world = self._changed(entry, latest, place, base)
            return None if world is None else world.declarations

        return changed

    def _starter(self, index: int, entry: CaseEntry, world: _World) -> str:
        """The ARN of the caller of a case, else of the defaults; empty where neither names one."""
        if entry.caller is not None:
            return self._caller(entry.caller, world, self.written.origin("cases", index, "caller"))
        told = self.file.defaults.caller
        return "" if told is None else self._caller(told, world, self.written.origin("defaults", "caller"))

    def _caller(self, text: str, world: _World, origin: Origin) -> str:
        """The ARN of who starts the execution; somebody whom the case itself takes away cannot."""
        arn = world.names.starter(text, origin, self.faults)
        accounts = world.declarations.accounts
        there = {role.arn for account in accounts for role in account.roles}
        there |= {user.arn for account in accounts for user in account.users}
        if arn and not arn.endswith(":root") and arn not in there:
            message = f"`{text}` is taken away by the changes of the case, or has a fault"
            self.faults.append(origin.fault("unknown-caller", message, "name another caller, or leave this one there"))
        return arn

    def _changed(self, entry: CaseEntry, changes: Json, place: Origin, before: _World) -> _World | None:
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

    def _machine(self, index: int, entry: CaseEntry, world: _World) -> MachineDeclaration | None:
        place: tuple[str | int, ...] = ("cases", index, "state_machine")
        name = entry.state_machine
        if name is None:
            name, place = self.file.defaults.state_machine, ("defaults", "state_machine")
        declared = world.machines
        if name is None and len({world.names.machines[each] for each in declared}) == 1:
            name = declared[0]
        if name is None:
            message = f"the case `{entry.name}` does not say which state machine runs"
            remedy = "add `state_machine:` to the case or to `defaults`"
            self.faults.append(self.written.origin("cases", index).fault("no-state-machine", message, remedy))
            return None
        if name not in declared:
            message = f"the state machine `{name}` is not declared"
            remedy = hint(name, declared, "state machines")
            self.faults.append(self.written.origin(*place).fault("unknown-state-machine", message, remedy))
        arn = world.names.machines.get(name)
        return next((machine for machine in world.declarations.machines if machine.arn == arn), None)

    def _input(self, index: int, entry: CaseEntry, world: _World) -> Json:
        place: tuple[str | int, ...] = ("cases", index, "input")
        value = entry.input
        if "input" not in entry.model_fields_set:
            if "input" not in self.file.defaults.model_fields_set:
                return {}
            place, value = ("defaults", "input"), self.file.defaults.input
        try:
            document, origin = self.library.document(value, self.written.origin(*place))
        except Rejected as rejected:
            self.faults += rejected.faults
            return None
        return substitute(document, world.names.texts, origin, self.faults)
