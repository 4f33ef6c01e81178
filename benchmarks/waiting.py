"""Time that nobody waits for: a day of Waits in virtual time (W11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import turnstile
from benchmarks.chain import chained
from benchmarks.job import Job, seconds
from benchmarks.workload import Sample, Workload, scaled

if TYPE_CHECKING:
    from benchmarks.workload import Measure

HOUR = 3_600


def day(scale: float) -> Measure:
    """24 Waits of one hour each; milliseconds of CPU."""
    hours = scaled(24, scale)
    definition = chained([{"Type": "Wait", "Seconds": HOUR}] * hours)
    job = Job(definition=definition, document={}, output={}, transitions=hours)
    machine = turnstile.parse(definition)

    def measure() -> Sample:
        cpu = seconds(lambda: job.run(machine))
        return Sample(cpu * 1_000, cpu)

    return measure


WORKLOADS = (Workload("W11", "24 h of Waits", "ms", 5.0, more=False, prepare=day),)
