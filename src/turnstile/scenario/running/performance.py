"""Running the execution of a case on its course: faults on order, steps beside it, declared results of its Tasks.

A case without any of these runs as it would alone. What was ordered and never happened becomes a finding, so that a
case cannot pass by testing nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.orders import Orders
from turnstile.report.report import Finding
from turnstile.scenario.running.acting import Actors
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.emulator import Emulator
    from turnstile.faults import Where
    from turnstile.scenario.course.course import Course
    from turnstile.scenario.course.faults_on_order import Lapse
    from turnstile.scenario.scenario import Case
    from turnstile.states.execution import Execution
    from turnstile.world.caller import Caller
    from turnstile.world.world import World


class Performance:
    """One run of a case in its staged world."""

    def __init__(self, emulator: Emulator, case: Case) -> None:
        course = case.course
        self._emulator = emulator
        self._case = case
        self._orders = Orders(emulator.world, course.ordered.orders)
        self._actors = Actors(emulator, course.steps, self._orders) if course.steps else None
        self._began = 0.0
        self._ran = False
        self.staged = 0
        """The sequence of the last call before the execution was started."""

    async def run(self, starter: Caller) -> Execution:
        """Start the execution and wait for its end.

        Raises:
            ServiceError: the gate or the service refuses to start it.
            Unsupported: it came to something that is not emulated.
        """
        case, emulator = self._case, self._emulator
        assert case.machine is not None, "what has no machine does not run"
        _rehearse(emulator.world, case)
        self._began = emulator.world.clock.now()
        self.staged = len(emulator.gate.trail)
        for lapse in case.course.ordered.lapses:
            emulator.world.lapses[lapse.role_arn] = self._began + lapse.at
        if self._orders.orders or self._orders.listeners:
            emulator.gate.orders = self._orders
        self._ran = True
        arn = case.machine.arn
        if case.course.test_case:
            arn = f"{arn}#{case.course.test_case}"
        execution = await emulator.start(starter, arn, case.input)
        if self._actors is None:
            await emulator.join(execution)
        else:
            await self._actors.beside(execution)
        return execution

    def findings(self) -> tuple[Finding, ...]:
        """What was ordered and did not happen; nothing where the case did not come to its execution."""
        if not self._ran:
            return ()
        idle = [_never("fault", order.told, order.origin.where()) for order in self._orders.idle()]
        faults = sorted((*idle, *self._lapses(self._case.course)), key=lambda one: (one.where.line, one.where.column))
        steps = self._actors.findings() if self._actors is not None else ()
        return (*faults, *steps)

    def _lapses(self, course: Course) -> Iterator[Finding]:
        for lapse in course.ordered.lapses:
            if not self._was_used(lapse):
                yield _never("fault", f"no session of `{lapse.role_arn}` ended", lapse.origin.where())

    def _was_used(self, lapse: Lapse) -> bool:
        """Whether a session of the role was there when it ended, and time came to that."""
        due = self._began + lapse.at
        calls = (entry.call.caller for entry in self._emulator.gate.trail if entry.time < due)
        there = any(isinstance(one, Session) and one.role_arn == lapse.role_arn for one in calls)
        return there and self._emulator.world.clock.now() >= due


def _never(code: str, told: str, where: Where) -> Finding:
    return Finding(code, f"this fault on order never happened: {told}", "it happens", None, where)


def _rehearse(world: World, case: Case) -> None:
    """Give the world the declared results of Tasks: those of machines, then those of the case."""
    rehearsals, course = world.rehearsals, case.course
    for machine in case.declarations.machines:
        if machine.results:
            rehearsals.always[machine.arn] = machine.results
    if course.results and case.machine is not None:
        own = rehearsals.always.get(case.machine.arn, {})
        rehearsals.always[case.machine.arn] = {**own, **course.results}
    if course.mocks is not None:
        course.mocks.enact(rehearsals)
