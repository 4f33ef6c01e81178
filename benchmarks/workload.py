"""What a workload is: something to measure, its unit and the figure to reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class Sample(NamedTuple):
    """One measurement: the figure in the workload's unit, and the CPU seconds of this process it took."""

    figure: float
    cpu: float


Measure: TypeAlias = Callable[[], Sample]


class Failed(Exception):  # noqa: N818 - named for what happened
    """A workload ran and gave something else than it must give."""


@dataclass(frozen=True, slots=True)
class Workload:
    """`prepare(scale)` builds what is not measured, at a share of the full size, and gives the measurement.

    `more` says whether a higher figure is better.
    """

    id: str
    title: str
    unit: str
    target: float | None
    more: bool
    prepare: Callable[[float], Measure]

    def ratio(self, figure: float) -> float | None:
        """How many times the target is reached; below 1 it is missed."""
        if self.target is None or not figure:
            return None
        return figure / self.target if self.more else self.target / figure


def scaled(count: int, scale: float) -> int:
    """A share of a count, at least 2: less would have no inside."""
    return max(2, round(count * scale))
