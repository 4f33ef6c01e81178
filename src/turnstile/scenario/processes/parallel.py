"""Running scenario files in several processes: the same report as one process gives, but for wall times.

Each case has a world of its own, so cases may run anywhere. This process begins alone: whatever it has imported, read
and staged by then, processes forked from it (`workers`) need not do again. They take cases from a `board`, and what
they ran comes back as parts of the report, which are put together in the order of files and cases (`gathering`).
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.backends.handlers.pool import Handlers
from turnstile.clock import stopwatch
from turnstile.faults import Rejected
from turnstile.scenario.processes.gathering import Gathering, Part
from turnstile.scenario.processes.workers import Opening, spread
from turnstile.scenario.run import faulty, together
from turnstile.scenario.running.choice import ALL, Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from turnstile.report.report import Report
    from turnstile.scenario.run import Heard, Running

ALONE = 0.5
"""Wall seconds that one process works alone where nobody has said how many there should be: a start of others costs
tens of milliseconds, and most runs are over before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which cases of a file run."""

    path: Path
    choice: Choice = ALL


@dataclass(frozen=True, slots=True)
class Effort:
    """How files run: in `jobs` processes, and no further once `most` cases are not as expected (0: any number).

    `alone` is for how many wall seconds one process is enough; `update` writes golden histories instead of comparing
    with them.
    """

    seed: int | None = None
    moto_url: str | None = None
    jobs: int = 1
    most: int = 0
    update: bool = False
    alone: float = 0.0


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_plans(plans: Sequence[Plan], effort: Effort, heard: Heard | None = None) -> Report:
    """Run what is planned, from outside a loop.

    `heard` is called with the path, the name and the success of each case as it ends; of cases that run side by side
    in any order.

    Raises:
        WorkerLost: a process that ran cases is gone.
    """
    whole = [replace(plan, choice=replace(plan.choice, most=effort.most)) for plan in plans]
    gathering = Gathering(len(plans), effort.most)
    alone = _Alone(whole, effort, heard, gathering)
    asyncio.run(alone.run())
    if not gathering.ended:
        openings = [_opening(plan, effort) for plan in whole]
        spread(openings, gathering, effort.jobs, alone.half_done, heard)
    return together(gathering.files(), effort.seed)


def _opening(plan: Plan, effort: Effort) -> Opening:
    return Opening(plan.path, plan.choice, effort.seed, effort.moto_url, effort.update)


class _Alone:
    """The work of this process: all of it, or until others are worth their start.

    `half_done` are the file whose cases are left, by its index, and where they begin.
    """

    def __init__(self, plans: Sequence[Plan], effort: Effort, heard: Heard | None, gathering: Gathering) -> None:
        self._plans, self._effort, self._heard, self._gathering = plans, effort, heard, gathering
        self._elapsed: Callable[[], float] = stopwatch()
        self.half_done: dict[int, tuple[Running, int]] = {}

    @property
    def _enough(self) -> bool:
        return self._effort.jobs > 1 and self._elapsed() >= self._effort.alone

    async def run(self) -> None:
        for index, plan in enumerate(self._plans):
            if self._gathering.ended or (index and self._enough):
                return
            await self._file(index, plan)

    async def _file(self, index: int, plan: Plan) -> None:
        handlers = Handlers()
        try:
            running = await _opening(plan, self._effort).running(handlers, self._heard)
            await self._cases(index, running)
        except Rejected as rejected:
            self._gathering.add(index, Part(0, 0, faulty(plan.path, rejected)), None, 0)
        finally:
            await handlers.close()

    async def _cases(self, index: int, running: Running) -> None:
        count = len(running.selected)
        seed = running.worlds.seed
        if self._effort.jobs == 1 or not count:
            self._gathering.add(index, Part(0, count, await running.file()), seed, count)
            return
        for first in range(count):
            if first and self._enough and not self._gathering.ended:
                self.half_done[index] = running, first
                return
            self._gathering.add(index, Part(first, first + 1, await running.part(first, first + 1)), seed, count)
            if self._gathering.ended:
                return
