"""What this machine can do: a Python loop that only appends events, to compare machines by."""

from __future__ import annotations

from typing import Any, NamedTuple

from benchmarks.job import seconds
from benchmarks.workload import Measure, Sample, Workload, scaled


class _Event(NamedTuple):
    id: int
    previous: int
    time: float
    type: str
    field: str
    details: dict[str, Any]


def appended(count: int) -> list[_Event]:
    """Two events for each of so many states, as a chain of Pass records them."""
    events: list[_Event] = []
    for index in range(count):
        at = 2 * index
        name = f"S{index}"
        entered = {"name": name, "input": None}
        exited = {"name": name, "output": None}
        events.append(_Event(at + 1, at, 0.0, "PassStateEntered", "stateEnteredEventDetails", entered))
        events.append(_Event(at + 2, at + 1, 0.0, "PassStateExited", "stateExitedEventDetails", exited))
    return events


def bare_loop(scale: float) -> Measure:
    """20,000 states."""
    count = scaled(20_000, scale)

    def measure() -> Sample:
        cpu = seconds(lambda: appended(count))
        return Sample(count / cpu, cpu)

    return measure


WORKLOADS = (Workload("Y1", "yardstick: only append events", "transitions/s", None, more=True, prepare=bare_loop),)
