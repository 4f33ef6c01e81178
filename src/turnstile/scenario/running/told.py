"""A case as the report has it: what came out, and what the world knows of how it came to that. `wall` are seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported, Where
from turnstile.report import report
from turnstile.report.counted import counted
from turnstile.scenario.running import telling

if TYPE_CHECKING:
    from turnstile.emulator import Emulator
    from turnstile.scenario.expectations.expect import Outcome
    from turnstile.scenario.scenario import Case


def cut_short(case: Case, error: Unsupported, emulator: Emulator, start: float, wall: float) -> report.Case:
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
        veiled=tuple(emulator.gate.trail.veiled),
        calls=tuple(emulator.gate.trail),
        leases=tuple(emulator.gate.trail.leases),
        runs=telling.runs((*emulator.executions.values(), *emulator.children.values()), emulator.world.stages),
        homes=telling.homes(case.declarations),
        sites=telling.sites(emulator.gate.trail.refused(), case.declarations),
        declared=telling.declared(emulator.gate.trail.refused(), case.declarations),
        coverage=counted(case.declarations, emulator.world.turns, emulator.gate.trail),
    )


def told(
    case: Case,
    outcome: Outcome,
    found: tuple[report.Finding, ...],
    wall: float,
    emulator: Emulator,
) -> report.Case:
    """A case that came to its end, with what was found."""
    return report.Case(
        name=case.name,
        status=outcome.status,
        virtual=outcome.virtual,
        wall=wall,
        output=outcome.output,
        error=outcome.error,
        cause=outcome.cause,
        findings=found,
        refused=outcome.refused,
        history=outcome.history,
        judged=True,
        where=case.origin.where(),
        undetermined=tuple(emulator.world.undetermined),
        disturbances=tuple(emulator.gate.trail.disturbances),
        veiled=tuple(emulator.gate.trail.veiled),
        stuck=emulator.stuck,
        orphans=tuple(emulator.orphans),
        collapses=tuple(emulator.gate.trail.collapses),
        calls=tuple(emulator.gate.trail),
        leases=tuple(emulator.gate.trail.leases),
        runs=telling.runs((*emulator.executions.values(), *emulator.children.values()), emulator.world.stages),
        homes=telling.homes(case.declarations),
        sites=telling.sites(emulator.gate.trail.refused(), case.declarations),
        declared=telling.declared(emulator.gate.trail.refused(), case.declarations),
        coverage=counted(case.declarations, emulator.world.turns, emulator.gate.trail),
    )
