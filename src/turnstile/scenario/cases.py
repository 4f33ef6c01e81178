"""The cases of a scenario file, each with its world, its machine, its input and what is expected of it.

What stands in the world is `case_worlds`' business, what the keys of `expect` mean that of `expectation`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.part import places
from turnstile.scenario.composition.matrix import apart
from turnstile.scenario.composition.overlay import composed
from turnstile.scenario.course.course import Courses
from turnstile.scenario.declarations.reference import substitute
from turnstile.scenario.expectations.expectation import read_expectation
from turnstile.scenario.scenario import Case
from turnstile.source import Origin
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.scenario.course.course import Changed
    from turnstile.scenario.declarations.case_worlds import CaseWorld, CaseWorlds
    from turnstile.scenario.models.file import CaseEntry
    from turnstile.world.declaration import Declarations, MachineDeclaration


@dataclass
class Cases:
    """Reads the cases of one file in its worlds; what is wrong with them joins the faults of these."""

    worlds: CaseWorlds
    _inside: Mapping[int, Mapping[str, Origin]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.file, self.written = self.worlds.file, self.worlds.written
        self.library, self.faults = self.worlds.library, self.worlds.faults

    def read(self) -> tuple[Case, ...]:
        """Every case that could be read."""
        world = self.worlds.of_file()
        self._distinct_names()
        read = (self._case(index, case, world) for index, case in enumerate(self.file.cases))
        cases = tuple(case for case in read if case is not None)
        self._distinct_golden_files(cases)
        return cases

    def no_cases(self) -> None:
        """A file without cases checks nothing."""
        origin = self.written.origin("cases")
        self.faults.append(origin.fault("no-cases", "the file has no cases", "add a case with `name` and `expect`"))

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

    def _case(self, index: int, entry: CaseEntry, world: CaseWorld) -> Case | None:
        base = world
        if "changes" in entry.model_fields_set:
            place = self._at(index).at("changes")
            changed = self.worlds.changed(entry, entry.changes, place, base)
            if changed is None:
                return None
            world = changed
        origin = self._at(index)
        machine = self._machine(index, entry, world)
        data = self._input(index, entry, world)
        expected = origin.at("expect")
        expectation = read_expectation(entry.expect, world.names, expected, self.library, self.faults, world.states)
        caller = self._starter(index, entry, world)
        if machine is None and not world.declarations.unsupported:
            return None
        courses = Courses(world.names, self.library, world.declarations, machine, self.faults)
        course = courses.course(entry, origin, self._changing(entry, base))
        marks = tuple(entry.marks)
        return Case(entry.name, machine, data, world.declarations, expectation, origin, caller, course, marks)

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

    def _changing(self, entry: CaseEntry, base: CaseWorld) -> Changed:
        """What steps of a case change in its world, each after those before it."""
        latest: Json = entry.changes

        def changed(changes: Mapping[str, Json], place: Origin) -> Declarations | None:
            nonlocal latest
            latest = composed(self.written.document, latest, changes)
            world = self.worlds.changed(entry, latest, place, base)
            return None if world is None else world.declarations

        return changed

    def _starter(self, index: int, entry: CaseEntry, world: CaseWorld) -> str:
        """The ARN of the caller of a case, else of the defaults; empty where neither names one."""
        if entry.caller is not None:
            return self._caller(entry.caller, world, self.written.origin("cases", index, "caller"))
        told = self.file.defaults.caller
        return "" if told is None else self._caller(told, world, self.written.origin("defaults", "caller"))

    def _caller(self, text: str, world: CaseWorld, origin: Origin) -> str:
        """The ARN of who starts the execution; somebody whom the case itself takes away cannot."""
        arn = world.names.starter(text, origin, self.faults)
        accounts = world.declarations.accounts
        there = {role.arn for account in accounts for role in account.roles}
        there |= {user.arn for account in accounts for user in account.users}
        if arn and not arn.endswith(":root") and arn not in there:
            message = f"`{text}` is taken away by the changes of the case, or has a fault"
            self.faults.append(origin.fault("unknown-caller", message, "name another caller, or leave this one there"))
        return arn

    def _machine(self, index: int, entry: CaseEntry, world: CaseWorld) -> MachineDeclaration | None:
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

    def _input(self, index: int, entry: CaseEntry, world: CaseWorld) -> Json:
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
