"""Executions side by side on one loop, each in a world of its own (W8)."""

from __future__ import annotations

from benchmarks.chain import ORDER, passes
from benchmarks.job import Job, throughput
from benchmarks.workload import scaled

STATES = 20


def executions(scale: float) -> Job:
    """200 executions of a machine of 20 Pass states."""
    times = scaled(200, scale)
    return Job(definition=passes(STATES), document=ORDER, output=ORDER, transitions=STATES * times, times=times)


WORKLOADS = (throughput("W8", "200 executions at once, 20 states", 61_000, executions),)
