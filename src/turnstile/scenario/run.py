"""Running scenarios: files to a `Report`, one case after the other, each in a world of its own.

A file's handlers share one pool of processes, its definitions are parsed once, and a world that several cases share is
staged once. The same seed gives the same report
but for the wall times. What the end of a case means is `expect`'s business.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.backends.handlers.process import Handlers
from turnstile.clock import stopwatch
from turnstile.faults import Rejected, Unsupported, Where
from turnstile.gate.errors import ServiceError
from turnstile.loops import outside_a_loop
from turnstile.report import report
from turnstile.scenario import remaining
from turnstile.scenario.expect import Outcome, findings
from turnstile.scenario.load import load_with
from turnstile.scenario.performance import Performance
from turnstile.scenario.remaining import Remains
from turnstile.scenario.stage import caller
from turnstile.scenario.staged import Worlds
from turnstile.states.execution import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.emulator import Emulator
    from turnstile.faults import Fault
    from turnstile.scenario.scenario import Case, Scenario
    from turnstile.states.execution import Execution

NOT_CREATED = "NOT_CREATED"
"""Status of a case in which a function or state machine was refused on creation, or the execution on its start."""


def run_scenario(path: Path | str, *, seed: int | None = None) -> report.Report:
    """Run one scenario file; see `run_files`."""
    return run_files([path], seed=seed)


def run_files(
    paths: Sequence[Path | str], *, seed: int | None = None, select: str | None = None, moto_url: str | None = None
) -> report.Report:
    """Run the cases of scenario files, in order, from outside a loop.

    `seed` replaces that of each file; `select` keeps the cases whose name contains it, upper or lower case;
    `moto_url` names a moto server that keeps the resources. A file that has faults stands in the report with them;
    nothing of it ran. A case that comes to something which is not emulated has the status UNSUPPORTED, and the others
    go on.

    Raises:
        RuntimeError: an event loop is running already.
    """
    outside_a_loop("run_scenario", "await run_scenario_async(...)")
    return asyncio.run(run_files_async(paths, seed=seed, select=select, moto_url=moto_url))


async def run_files_async(
    paths: Sequence[Path | str], *, seed: int | None = None, select: str | None = None, moto_url: str | None = None
) -> report.Report:
    """As `run_files`, inside a loop."""
    ran = [await _run_file(Path(path), seed, (select or "").casefold(), moto_url) for path in paths]
    seeds = {used for _, used in ran if used is not None}
    return report.Report(tuple(file for file, _ in ran), seeds.pop() if len(seeds) == 1 else seed or 0)


async def _run_file(path: Path, seed: int | None, select: str, moto_url: str | None) -> tuple[report.File, int | None]:
    """The file and the seed it ran with, None if it did not run."""
    handlers = Handlers()
    try:
        scenario = await load_with(handlers, path)
        used = scenario.seed if seed is None else seed
        selected = tuple(case for case in scenario.cases if select in case.name.casefold())
        shared = (case.declarations for case in selected)
        worlds = Worlds(shared, handlers, seed=used, start=scenario.start, moto_url=moto_url)
        return await Running(scenario, selected, worlds).file(), used
    except Rejected as rejected:
        return report.File(str(path), path.name, faults=rejected.faults), None
    finally:
        await handlers.close()


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """The cases of a file that run, with their worlds."""

    scenario: Scenario
    selected: tuple[Case, ...]
    worlds: Worlds

    async def file(self) -> report.File:
        """Run all cases, one after the other."""
        cases: list[report.Case] = []
        faults: list[Fault] = []
        for case in self.selected:
            try:
                cases.append(await self.case(case))
            except Rejected as rejected:
                faults += rejected.faults
        found = Rejected(faults).faults
        return report.File(str(self.scenario.path), self.scenario.name, tuple(cases), found, self.secrets)

    @property
    def secrets(self) -> frozenset[str]:
        """The values that no report on the file may show."""
        accounts = (account for case in self.scenario.cases for account in case.declarations.accounts)
        return frozenset().union(*(account.secrets for account in accounts))

    async def case(self, case: Case) -> report.Case:
        """Run one case in a world of its own, and tell how it ended.

        Raises:
            Rejected: a service refuses to make one of the declared resources.
        """
        elapsed = stopwatch()
        emulator = self.worlds.emulator(case.declarations)
        performance = Performance(emulator, case)
        try:
            async with emulator:
                ended = await _attempt(emulator, case, self.worlds, performance)
        except Unsupported as error:
            return _cut_short(case, error, emulator, self.scenario.start, elapsed())
        outcome = _outcome(ended, emulator)
        remains = Remains(emulator.stuck, emulator.orphans)
        left = remaining.findings(case.expectation, remains)
        found = (*findings(case.expectation, outcome), *left, *performance.findings())
        return _told(case, ended, outcome, found, elapsed(), emulator)


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


def _outcome(ended: Execution | ServiceError, emulator: Emulator) -> Outcome:
    refused = emulator.gate.trail.refused()
    if isinstance(ended, ServiceError):
        return Outcome(NOT_CREATED, None, ended.code, ended.message, refused)
    status = report.STUCK if ended.status is Status.RUNNING else ended.status.value
    return Outcome(status, ended.output, ended.error, ended.cause, refused)


def _cut_short(case: Case, error: Unsupported, emulator: Emulator, start: float, wall: float) -> report.Case:
    """A case that came to something which is not emulated: what happened until then, and the place."""
    where = error.where if isinstance(error.where, Where) else case.origin.where()
    return report.Case(
        name=case.name,
        status=report.UNSUPPORTED,
        virtual=max(emulator.world.clock.now() - start, 0.0),
        wall=wall,
        output=None,
        error=None,
        cause=None,
        findings=(report.unsupported(error.feature, where),),
        refused=emulator.gate.trail.refused(),
        history=next((tuple(one.history()) for one in emulator.executions.values()), ()),
        judged=True,
        where=case.origin.where(),
        undetermined=tuple(emulator.world.undetermined),
        disturbances=tuple(emulator.gate.trail.disturbances),
    )


def _told(
    case: Case,
    ended: Execution | ServiceError,
    outcome: Outcome,
    found: tuple[report.Finding, ...],
    wall: float,
    emulator: Emulator,
) -> report.Case:
    ran = None if isinstance(ended, ServiceError) else ended
    return report.Case(
        name=case.name,
        status=outcome.status,
        virtual=(ran.stopped or emulator.world.clock.now()) - ran.started if ran else 0.0,
        wall=wall,
        output=outcome.output,
        error=outcome.error,
        cause=outcome.cause,
        findings=found,
        refused=outcome.refused,
        history=tuple(ran.history()) if ran else (),
        judged=True,
        where=case.origin.where(),
        undetermined=tuple(emulator.world.undetermined),
        disturbances=tuple(emulator.gate.trail.disturbances),
        stuck=emulator.stuck,
        orphans=tuple(emulator.orphans),
        collapses=tuple(emulator.gate.trail.collapses),
    )
