"""The course of a run: what goes wrong on order, what happens meanwhile, and which Tasks have declared results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from turnstile.faults import Rejected
from turnstile.importers.mock_config import read_mock_config
from turnstile.scenario.course.during import During, check_changes
from turnstile.scenario.course.faults_on_order import NOTHING, read_faults
from turnstile.scenario.course.step import Change
from turnstile.scenario.declarations.operations import every_task
from turnstile.scenario.declarations.rehearsing import read_results
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.importers.mock_config import MockConfig
    from turnstile.scenario.composition.library import Library
    from turnstile.scenario.course.faults_on_order import Ordered
    from turnstile.scenario.course.step import Step
    from turnstile.scenario.declarations.reference import Names
    from turnstile.scenario.models.disturbing_entries import MockEntry, StepEntry
    from turnstile.scenario.models.file import CaseEntry
    from turnstile.source import Origin
    from turnstile.world.answers import Script
    from turnstile.world.declaration import Declarations, MachineDeclaration

    Changed: TypeAlias = "Callable[[Mapping[str, Json], Origin], Declarations | None]"
    """The declarations after more changes, which stand at that place; None where they have faults."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What a case has happen; `results` are declared results by state, `mocks` hold the `test_case` that is chosen."""

    ordered: Ordered = NOTHING
    steps: tuple[Step, ...] = ()
    results: Mapping[str, Script] = field(default_factory=dict)
    mocks: MockConfig | None = None
    test_case: str = ""


PLAIN = Course()


@dataclass(frozen=True, slots=True)
class Courses:
    """Reads the course of one case; what is wrong with it joins the faults."""

    names: Names
    library: Library
    declarations: Declarations
    machine: MachineDeclaration | None
    faults: list[Fault]

    def course(self, entry: CaseEntry, origin: Origin, changed: Changed) -> Course:
        """The course that an entry describes."""
        machines = self.declarations.machines
        ordered = read_faults(entry.faults, self.names, machines, origin.at("faults"), self.faults)
        steps = self._steps(entry, origin.at("during"), changed)
        results: dict[str, Script] = {}
        if self.machine is not None:
            results = read_results(entry.stubs, self.machine.definition, self.names, origin.at("stubs"), self.faults)
        if entry.mock_config is None:
            return Course(ordered, steps, results)
        mocks = self._mocks(entry.mock_config, origin.at("mock_config"))
        return Course(ordered, steps, results, mocks, entry.mock_config.test_case)

    def _steps(self, entry: CaseEntry, origin: Origin, changed: Changed) -> tuple[Step, ...]:
        reading = During(self.names, self.machine, self.faults)
        steps = []
        latest = self.declarations
        for index, step in enumerate(entry.during):
            place, change = origin.at(index), None
            if "changes" in step.model_fields_set:
                after = self._declared(step, place.at("changes"), changed)
                if after is None:
                    continue
                change, latest = Change(latest, after), after
            steps.append(reading.step(step, change, place))
        return tuple(step for step in steps if step is not None)

    def _declared(self, step: StepEntry, place: Origin, changed: Changed) -> Declarations | None:
        before = len(self.faults)
        check_changes(step.changes, place, self.faults)
        if len(self.faults) > before:
            return None
        return changed(step.changes, place)

    def _mocks(self, entry: MockEntry, origin: Origin) -> MockConfig | None:
        try:
            mocks = read_mock_config(*self.library.document(entry.file, origin.at("file")))
            if self.machine is not None:
                self._check_states(
                    mocks.case(self.machine.name, entry.test_case, origin.at("test_case")).scripts, origin
                )
        except Rejected as rejected:
            self.faults.extend(fault for fault in rejected.faults if fault not in self.faults)
            return None
        return mocks

    def _check_states(self, scripts: Mapping[str, Script], origin: Origin) -> None:
        assert self.machine is not None, "its states are asked for"
        tasks = every_task(self.machine.definition.states)
        for state in scripts:
            if state not in tasks:
                message = f"the test case mocks `{state}`, which is no Task of `{self.machine.name}`"
                self.faults.append(origin.at("test_case").fault("unknown-state", message, hint(state, tasks, "Tasks")))
