"""How cost grows with size: the exponent of CPU seconds from 500 to 8,000 states, items and branches.

The definition is parsed in the measurement, since it grows too. The exponent is the slope of a straight line through
the points in logarithms, by least squares.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from benchmarks.chain import ORDER, passes
from benchmarks.fanout import distributed, mapped, parallel
from benchmarks.job import Job, seconds
from benchmarks.workload import Sample, Workload, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.workload import Measure

SIZES = (500, 1_000, 2_000, 4_000, 8_000)
STEEPEST = 1.05
_TRIES = 3


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """The power by which the second grows with the first."""
    logs = [(log(size), log(cost)) for size, cost in points]
    middle = sum(x for x, _ in logs) / len(logs)
    mean = sum(y for _, y in logs) / len(logs)
    return sum((x - middle) * (y - mean) for x, y in logs) / sum((x - middle) ** 2 for x, _ in logs)


def cost(job: Job) -> float:
    """CPU seconds of the least disturbed of a few tries."""
    return min(seconds(lambda: job.run(job.definition)) for _ in range(_TRIES))


def growing(build: Callable[[int], Job]) -> Callable[[float], Measure]:
    """The exponent for what `build` makes of each size; from the smallest to the largest."""

    def prepare(scale: float) -> Measure:
        sizes = sorted({scaled(size, scale) for size in SIZES})
        jobs = [(size, build(size)) for size in sizes]

        def measure() -> Sample:
            points = [(size, cost(job)) for size, job in jobs]
            return Sample(exponent(points), sum(spent for _, spent in points))

        return measure

    return prepare


def chain(states: int) -> Job:
    """A chain of Pass states."""
    return Job(definition=passes(states), document=ORDER, output=ORDER, transitions=states)


def _workload(key: str, what: str, build: Callable[[int], Job]) -> Workload:
    return Workload(key, f"500 to 8,000 {what}", "exponent", STEEPEST, more=False, prepare=growing(build))


WORKLOADS = (
    _workload("L1", "states", chain),
    _workload("L3", "items of an inline Map", lambda items: mapped(items, 1)),
    _workload("L4", "branches of a Parallel", lambda branches: parallel(branches, 1)),
    _workload("L12", "items of a Distributed Map", distributed),
)
