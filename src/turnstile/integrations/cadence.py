"""When a job is described again: each interval is twice the one before, up to the longest.

AWS documents no cadence but that of EKS, so both bounds are settings of the world (*inferred*). Knows no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

_GROWTH = 2
_PUNCTUAL = 1.0
"""Seconds by which a real clock may wake somebody late who is still in time."""


@dataclass(slots=True)
class Cadence:
    """The times of the polls of one job; `due` is the next one, in seconds since 1970, after `begin`."""

    interval: float
    longest: float
    due: float = 0.0

    def begin(self, now: float) -> None:
        """The interval before the next poll begins."""
        self.due = now + self.interval

    def grow(self) -> None:
        """The time of a poll has come: the interval after it is a longer one."""
        self.interval = min(self.interval * _GROWTH, self.longest)

    def skip(self, now: float) -> int:
        """Go on to the first poll that is not past, or that is just due; how many were passed over."""
        skipped = 0
        while self.due + _PUNCTUAL <= now:
            steady = self.interval >= self.longest
            self.grow()
            steps = int((now - self.due - _PUNCTUAL) // self.interval) + 1 if steady else 1
            self.due += steps * self.interval
            skipped += steps
        return skipped
