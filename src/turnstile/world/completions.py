"""Ends of jobs, and the events that tell of them: what EventBridge's managed rules may bring to Step Functions.

A job is known by a key: its ARN where it has one, else whatever its service's row says. This file knows when a job
ends and when the news of it would arrive; whether a rule is there to bring them is for who listens to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json

    Listener = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a job; `when` in seconds since 1970, None for a job that does not end by itself.

    `after` is how many seconds later its event arrives, None for an event that is lost. `describe` says what the event
    tells: what the describing API answers of the ended job.
    """

    when: float | None
    after: float | None
    describe: Callable[[], Json]


class Completions:
    """When which job ends, and who wants to know."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._endings: dict[str, Ending] = {}

    def expect(self, key: str, when: float | None, describe: Callable[[], Json], *, after: float | None = 0.0) -> None:
        """The job will be done at `when` if nobody interferes; see `Ending`.

        Nobody is called at that time: who listens looks itself (`ending`), so that a job nobody waits for moves no
        time.
        """
        self._endings[key] = Ending(when, after, describe)

    def ended(self, key: str, when: float, describe: Callable[[], Json], *, after: float | None = 0.0) -> None:
        """The job is done, now; whoever listens is called."""
        self._endings[key] = Ending(when, after, describe)
        for listener in list(self._listeners.get(key, ())):
            listener()

    def ending(self, key: str) -> Ending | None:
        """When the job ends, None if that is not known."""
        return self._endings.get(key)

    def over(self, key: str, now: float) -> bool:
        """Whether the job is known to have ended."""
        ending = self._endings.get(key)
        return ending is not None and ending.when is not None and ending.when <= now

    def listen(self, key: str, listener: Listener) -> None:
        """Call `listener` when the job is done by what somebody does."""
        self._listeners.setdefault(key, []).append(listener)

    def leave(self, key: str, listener: Listener) -> None:
        """Listen no longer."""
        listeners = self._listeners.get(key, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._listeners.pop(key, None)
