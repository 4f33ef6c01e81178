"""Running scenarios: files to a `Report`, one case after the other, each in a world of its own.

A file's handlers share one pool of processes, its definitions are parsed once, and a world that several cases share is
staged once. The same seed gives the same report
but for the wall times. What the end of a case means is `expect`'s business.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from turnstile.backends.handlers.pool import Handlers
from turnstile.clock import stopwatch
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.loops import outside_a_loop
from turnstile.report import report
from turnstile.scenario.expectations import remaining
from turnstile.scenario.expectations.covering import covered
from turnstile.scenario.expectations.expect import Outcome, findings
from turnstile.scenario.expectations.golden import finding as golden_finding
from turnstile.scenario.expectations.remaining import Remains
from turnstile.scenario.load import load_with
from turnstile.scenario.running.choice import Choice
from turnstile.scenario.running.performance import Performance
from turnstile.scenario.running.secrecy import kept_secret
from turnstile.scenario.running.stage import caller
from turnstile.scenario.running.staged import Worlds
from turnstile.scenario.running.told import cut_short, told
from turnstile.states.execution import Status
from turnstile.world.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from turnstile.emulator import Emulator
    from turnstile.faults import Fault
    from turnstile.scenario.scenario import Case, Scenario
    from turnstile.states.execution import Execution

    Heard: TypeAlias = "Callable[[Path, str, bool], None]"

NOT_CREATED = "NOT_CREATED"
"""Status of a case in which a function or state machine was refused on creation, or the execution on its start."""


def run_scenario(path: Path | str, *, seed: int | None = None) -> report.Report:
    """Run one scenario file; see `run_files`."""
    return run_files([path], seed=seed)


def run_files(
    paths: Sequence[Path | str],
    *,
    seed: int | None = None,
    select: str | None = None,
    moto_url: str | None = None,
    update: bool = False,
    watched: bool = False,
) -> report.Report:
    """Run the cases of scenario files, in order, from outside a loop.

    `seed` replaces that of each file; `select` keeps the cases whose name contains it, upper or lower case;
    `moto_url` names a moto server that keeps the resources; `update` writes golden histories instead of comparing
    with them; `watched` keeps what data was after each stage. A file that has faults stands in the report with them;
    nothing of it ran. A case that comes to something which is not emulated has the status UNSUPPORTED, and the others
    go on.

    Raises:
        RuntimeError: an event loop is running already.
    """
    outside_a_loop("run_scenario", "await run_scenario_async(...)")
    return asyncio.run(
        run_files_async(paths, seed=seed, select=select, moto_url=moto_url, update=update, watched=watched)
    )


async def run_files_async(
    paths: Sequence[Path | str],
    *,
    seed: int | None = None,
    select: str | None = None,
    moto_url: str | None = None,
    update: bool = False,
    watched: bool = False,
) -> report.Report:
    """As `run_files`, inside a loop."""
    choice = Choice(phrase=select or "", watched=watched)
    ran = [await run_file(Path(path), choice, seed=seed, moto_url=moto_url, update=update) for path in paths]
    return together(ran, seed)


def together(ran: Iterable[tuple[report.File, int | None]], seed: int | None) -> report.Report:
    """The report of files and the seeds they ran with; `seed` is the one that was asked for."""
    files, used = zip(*ran, strict=True) if (ran := tuple(ran)) else ((), ())
    seeds = {each for each in used if each is not None}
    return report.Report(files, seeds.pop() if len(seeds) == 1 else seed or 0)


async def run_file(
    path: Path,
    choice: Choice,
    *,
    seed: int | None = None,
    moto_url: str | None = None,
    heard: Heard | None = None,
    update: bool = False,
) -> tuple[report.File, int | None]:
    """The file with the cases that are chosen, and the seed it ran with, None if it did not run.

    `heard` is called with the path, the name and the success of each case as it ends; `update` writes golden histories.
    """
    handlers = Handlers()
    try:
        running = await opened(handlers, path, choice, seed=seed, moto_url=moto_url, heard=heard, update=update)
        return await running.file(), running.worlds.seed
    except Rejected as rejected:
        return faulty(path, rejected), None
    finally:
        await handlers.close()


async def opened(
    handlers: Handlers,
    path: Path,
    choice: Choice,
    *,
    seed: int | None = None,
    moto_url: str | None = None,
    heard: Heard | None = None,
    update: bool = False,
) -> Running:
    """The file, read and ready to run the cases that are chosen; see `run_file`.

    Raises:
        Rejected: with every fault of the file.
    """
    scenario = await load_with(handlers, path)
    used = scenario.seed if seed is None else seed
    selected = choice.of(scenario.cases, lambda case: case.name)
    shared = (case.declarations for case in selected)
    worlds = Worlds(shared, handlers, seed=used, start=scenario.start, moto_url=moto_url)
    return Running(scenario, selected, worlds, choice.most, heard, update, choice.watched)


def faulty(path: Path, rejected: Rejected) -> report.File:
    """A file of which nothing ran."""
    return report.File(str(path), path.name, faults=rejected.faults)


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """The cases of a file that run, with their worlds."""

    scenario: Scenario
    selected: tuple[Case, ...]
    worlds: Worlds
    most: int = 0
    heard: Heard | None = None
    update: bool = False
    watched: bool = False

    async def file(self) -> report.File:
        """Run all cases, one after the other."""
        return await self.part(0, len(self.selected))

    async def part(self, first: int, last: int) -> report.File:
        """Run the cases from the one with the index `first` to the one before `last`; fewer, if enough have failed."""
        cases: list[report.Case] = []
        faults: list[Fault] = []
        for case in self.selected[first:last]:
            try:
                cases.append(await self.case(case))
            except Rejected as rejected:
                faults += rejected.faults
                continue
            if self.heard is not None:
                self.heard(self.scenario.path, case.name, cases[-1].passed)
            if self.most and sum(1 for each in cases if not each.passed) >= self.most:
                break
        found = Rejected(faults).faults
        return report.File(str(self.scenario.path), self.scenario.name, tuple(cases), found, self.secrets)

    @property
    def secrets(self) -> frozenset[str]:
        """The values that no report on the file may show."""
        declared = {id(case.declarations): case.declarations for case in self.scenario.cases}
        return kept_secret(account for each in declared.values() for account in each.accounts)

    async def case(self, case: Case) -> report.Case:
        """Run one case in a world of its own, and tell how it ended.

        Raises:
            Rejected: a service refuses to make one of the declared resources.
        """
        elapsed = stopwatch()
        emulator = self.worlds.emulator(case.declarations)
        performance = Performance(emulator, case)
        if self.watched:
            emulator.world.stages = Stages()
        try:
            async with emulator:
                ended = await _attempt(emulator, case, self.worlds, performance)
                found = await _resources(emulator, case, ended)
        except Unsupported as error:
            return cut_short(case, error, emulator, self.scenario.start, elapsed())
        outcome = _outcome(ended, emulator, performance.staged)
        expectation = case.expectation
        left = remaining.findings(expectation, Remains(emulator.stuck, emulator.orphans))
        golden = golden_finding(expectation, outcome.history, update=self.update)
        found = (*findings(expectation, outcome), *found, *left, *([golden] if golden else ()))
        ran = told(case, outcome, (*found, *performance.findings()), elapsed(), emulator)
        return covered(expectation, ran)


async def _resources(emulator: Emulator, case: Case, ended: Execution | ServiceError) -> tuple[report.Finding, ...]:
    """What resources hold that they should not, once nothing runs any more; nothing where the case asks for none."""
    if not case.expectation.states or case.machine is None:
        return ()
    from turnstile.scenario.expectations.resource_reading import Looking  # noqa: PLC0415 - for cases that look at resources

    await emulator.settled()
    started = "" if isinstance(ended, ServiceError) else ended.arn
    looking = Looking(emulator, case.machine.account, case.machine.region, started)
    return await looking.findings(case.expectation.states)


async def _attempt(
    emulator: Emulator, case: Case, worlds: Worlds, performance: Performance
) -> Execution | ServiceError:
    """The execution, or the refusal that kept it from starting.

    Raises:
        Unsupported: something that the case needs is not emulated.
    """
    for error in case.declarations.unsupported:  # a machine that is missing may be called by another
        raise error
    try:
        await worlds.stage(emulator, case.declarations)
        assert case.machine is not None
        root = emulator.world.accounts[case.machine.account].root
        starter = caller(emulator.world, case.caller) if case.caller else root
        return await performance.run(starter)
    except ServiceError as error:
        return error


def _outcome(ended: Execution | ServiceError, emulator: Emulator, staged: int) -> Outcome:
    """How it ended; calls up to the one with the sequence `staged` made the world."""
    made = (entry for entry in emulator.gate.trail if entry.sequence > staged and entry.ruling.allowed)
    refused = emulator.gate.trail.refused()
    if isinstance(ended, ServiceError):
        return Outcome(NOT_CREATED, None, ended.code, ended.message, refused, tuple(made))
    status = report.STUCK if ended.status is Status.RUNNING else ended.status.value
    virtual = (ended.stopped or emulator.world.clock.now()) - ended.started
    history = tuple(ended.history())
    return Outcome(status, ended.output, ended.error, ended.cause, refused, tuple(made), history, virtual)
