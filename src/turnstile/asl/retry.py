"""Which retrier or catcher answers an error, and how long to wait before the next attempt.

Pure choices over the error's name; the interpreter waits. One `Retrying` lives while one state is being tried.
Specification: "Errors"; which names are beyond reach: reference/cross-account.md section 4d.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from turnstile.asl.definition import Catcher, Retrier


def matches(error_equals: Sequence[str], error: str | None, narrower: str | None = None) -> bool:
    """Whether a retrier's or catcher's list names the error, by its name or the narrower one.

    An error without a name is met by `States.ALL` only.
    """
    if (error is not None and error in error_equals) or (narrower is not None and narrower in error_equals):
        return True
    if error in errors.UNCATCHABLE:
        return False
    if errors.ALL in error_equals:
        return True
    return errors.TASK_FAILED in error_equals and error != errors.TIMEOUT


def catcher(catchers: Sequence[Catcher], error: str | None, narrower: str | None = None) -> Catcher | None:
    """The first catcher that answers the error."""
    return next((each for each in catchers if matches(each.error_equals, error, narrower)), None)


class Retrying:
    """How often each retrier of one state has been used since the state was entered."""

    __slots__ = ("_random", "_used", "count")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: dict[int, int] = {}
        self.count = 0
        """Attempts beyond the first, over all retriers: the context object's `State.RetryCount`."""

    def choose(
        self, retriers: Sequence[Retrier], error: str | None, narrower: str | None = None
    ) -> tuple[int, float] | None:
        """The answering retrier's position and the seconds to wait, or None when none answers or attempts are used up.

        Counts the attempt.
        """
        for index, retrier in enumerate(retriers):
            if not matches(retrier.error_equals, error, narrower):
                continue
            used = self._used.get(index, 0)
            if used >= retrier.max_attempts:
                return None
            self._used[index] = used + 1
            self.count += 1
            return index, self._delay(retrier, used)
        return None

    def _delay(self, retrier: Retrier, used: int) -> float:
        longest = delay(retrier, used)
        return self._random.uniform(0, longest) if retrier.jitter else longest


def delay(retrier: Retrier, used: int) -> float:
    """Seconds before the next attempt after `used` earlier ones, without jitter."""
    cap = float(retrier.max_delay_seconds) if retrier.max_delay_seconds is not None else float("inf")
    try:
        return min(retrier.interval_seconds * retrier.backoff_rate**used, cap)
    except OverflowError:
        return cap
