"""Tasks of activities on their way to workers: who polls first gets what was scheduled first.

A task that nobody polls for waits; a worker that finds nothing waits as long as its poll may last. A heartbeat is due
from the moment a worker has the task (Developer Guide, "Activities").
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.clock import Expired

if TYPE_CHECKING:
    from turnstile.clock import Clock, Signal
    from turnstile.document import Json
    from turnstile.states.attempt import Attempt
    from turnstile.states.tokens import Pending


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """A scheduled task of an activity; `heartbeat` in seconds."""

    activity_arn: str
    pending: Pending
    input: Json
    heartbeat: int | None
    attempt: Attempt

    def hand_over(self, worker: str | None) -> None:
        """A worker has it now."""
        self.attempt.taken(worker)
        self.pending.expect(self.heartbeat)


@dataclass(frozen=True, slots=True, eq=False)
class _Poll:
    """A worker that waits for a task."""

    worker: str | None
    given: Signal[Ticket]


class ActivityQueues:
    """Scheduled tasks and waiting workers, by activity ARN; never both for one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tickets: dict[str, deque[Ticket]] = {}
        self._polls: dict[str, deque[_Poll]] = {}

    async def work(self, ticket: Ticket) -> Json:
        """Let a worker do a task; the output it sends.

        Raises:
            StatesError: it failed, or no heartbeat came in time.
        """
        self._schedule(ticket)
        try:
            return await ticket.pending.answered()
        finally:
            self._drop(ticket)

    async def poll(self, activity_arn: str, worker: str | None, seconds: float) -> Ticket | None:
        """The next task for a worker, None if none comes in that time."""
        waiting = self._tickets.get(activity_arn)
        if waiting:
            ticket = waiting.popleft()
            ticket.hand_over(worker)
            return ticket
        poll = _Poll(worker, self._clock.signal())
        self._polls.setdefault(activity_arn, deque()).append(poll)
        try:
            async with self._clock.timeout(self._clock.now() + seconds) as expiry:
                return await self._clock.wait(poll.given)
        except Expired as expired:
            if expired is not expiry:
                raise
            return None
        finally:
            if not poll.given.given:
                self._polls[activity_arn].remove(poll)

    def _schedule(self, ticket: Ticket) -> None:
        polls = self._polls.get(ticket.activity_arn)
        if not polls:
            self._tickets.setdefault(ticket.activity_arn, deque()).append(ticket)
            return
        poll = polls.popleft()
        ticket.hand_over(poll.worker)
        poll.given.give(ticket)

    def _drop(self, ticket: Ticket) -> None:
        waiting = self._tickets.get(ticket.activity_arn)
        if waiting and ticket in waiting:
            waiting.remove(ticket)
