"""A history in AWS's shape, made from the events of an ended execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import turnstile
from benchmarks.chain import counter, shaping
from benchmarks.job import Job, seconds
from benchmarks.workload import Sample, Workload

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.workload import Measure


def served(build: Callable[[float], Job]) -> Callable[[float], Measure]:
    """Microseconds of CPU for one event of the job's history."""

    def prepare(scale: float) -> Measure:
        job = build(scale)
        execution = job.run(turnstile.parse(job.definition))
        count = len(execution.history())

        def measure() -> Sample:
            cpu = seconds(execution.history)
            return Sample(cpu * 1e6 / count, cpu)

        return measure

    return prepare


WORKLOADS = (
    Workload("H2", "serving the history of W2", "us/event", 10.0, more=False, prepare=served(counter)),
    Workload("H6", "serving the history of W6", "us/event", 10.0, more=False, prepare=served(shaping)),
)
