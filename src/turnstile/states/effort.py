"""The work of one attempt, by the pattern of its resource: request-response, callback, job, or activity.

What is waited for, and what becomes of it when the attempt is cut, is decided here; the protocol towards integrations
is `integrations.work`'s.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl.errors import StatesError
from turnstile.clock import Expired
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.states.sessions import Unassumable
from turnstile.states.standstill import Orphan, WaitsFor
from turnstile.states.watch import TokenCame, Waiting

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.integrations.work import Integration, Job, Started, Work
    from turnstile.states.activity_queue import ActivityQueues, Ticket
    from turnstile.states.attempt import Attempt
    from turnstile.states.authority import Authority
    from turnstile.states.standstill import Standstill, Vigil
    from turnstile.states.tokens import Pending
    from turnstile.world.world import World


@dataclass(frozen=True, slots=True)
class Request:
    """Request-response: the answer is the result."""

    task: Integration
    work: Work
    attempt: Attempt
    authority: Authority

    async def result(self) -> Json:
        """Make the call.

        Raises:
            StatesError: it failed.
        """
        self.attempt.started()
        await self.authority.session()
        return await self.task.start(self.work)


@dataclass(frozen=True, slots=True)
class Callback:
    """The result is what comes with the token; a heartbeat is due from the submission on (inferred)."""

    task: Integration
    work: Work
    attempt: Attempt
    authority: Authority
    pending: Pending
    heartbeat: int | None
    standstill: Standstill

    async def result(self) -> Json:
        """Make the call and wait for the token.

        Raises:
            StatesError: it failed, or no heartbeat came in time.
        """
        self.attempt.started()
        await self.authority.session()
        self.attempt.submitted(await self.task.start(self.work))
        self.authority.give_back_slot()
        self.pending.expect(self.heartbeat)
        with self.standstill.vigil(self.authority.site, WaitsFor.CALLBACK, self.work.resource):
            return await self.pending.answered()


@dataclass(frozen=True, slots=True)
class Run:
    """A job of a service: the result is what it ends with, or what comes with its token."""

    job: Job
    work: Work
    attempt: Attempt
    authority: Authority
    pending: Pending
    world: World
    standstill: Standstill

    async def result(self) -> Json:
        """Start the job and follow it.

        Raises:
            StatesError: it failed.
        """
        self.attempt.started()
        await self.authority.session()
        started = await self.job.submit(self.work)
        self.attempt.submitted(started.shown)
        with self.standstill.vigil(self.authority.site, WaitsFor.JOB, started.job) as vigil:
            return await self._followed(started, vigil)

    async def _followed(self, started: Started, vigil: Vigil) -> Json:
        watch = Waiting(self.world, self.pending, self.authority, vigil, clocked=started.clocked)
        try:
            return await self.job.follow(self.work, started, watch)
        except TokenCame:
            self._left(started)
            return await self.pending.answered()
        except StatesError:
            self._left(started)
            raise
        except (asyncio.CancelledError, Expired):
            if not vigil.over:
                await self._cancel(started)
            raise
        finally:
            watch.close()

    async def _cancel(self, started: Started) -> None:
        """Best effort, under the same session: a refusal changes nothing, but the job becomes an orphan."""
        try:
            if not await self.job.cancel(self.work, started):
                self._left(started)
        except AccessDenied as error:
            self._orphan(started, error.code, error.entry)
        except Unassumable as error:
            self._orphan(started, error.error or "", error.entry)
        except ServiceError as error:
            self._orphan(started, error.code, None)

    def _left(self, started: Started) -> None:
        """The Task is over; its job may be running still."""
        if started.clocked or self.world.completions.ending(started.job) is not None:
            self._orphan(started, "", None)

    def _orphan(self, started: Started, error: str, refused: Entry | None) -> None:
        now = self.world.clock.now()
        if not self.world.completions.over(started.job, now):
            self.standstill.orphans.append(Orphan(self.authority.site, started.job, now, error, refused))


@dataclass(frozen=True, slots=True)
class Errand:
    """An activity: a worker fetches the task and sends its token back."""

    queues: ActivityQueues
    ticket: Ticket
    authority: Authority
    standstill: Standstill

    async def result(self) -> Json:
        """Queue the task and wait for its worker.

        Raises:
            StatesError: the worker says it failed, or sent no heartbeat in time.
        """
        with self.standstill.vigil(self.authority.site, WaitsFor.ACTIVITY, self.ticket.activity_arn):
            return await self.queues.work(self.ticket)


Effort: TypeAlias = Request | Callback | Run | Errand
"""What one attempt does."""
