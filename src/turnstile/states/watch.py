"""A Task that waits for its job: on the clock, for the event that tells of the end, and for its token.

A token that was given to a job's start call and is sent back ends the Task early; monitoring stops then and the job
is left alone (documented and recorded: callback.callback/test_sync_with_task_token).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from turnstile.gate.errors import AccessDenied, ServiceError, Unanswered
from turnstile.gate.trail import Collapse
from turnstile.states.hearing import Hearing
from turnstile.states.sessions import Unassumable
from turnstile.states.timely import time_tells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Answer, Output, Site
    from turnstile.integrations.cadence import Cadence
    from turnstile.states.authority import Authority
    from turnstile.states.standstill import Vigil
    from turnstile.states.tokens import Pending
    from turnstile.world.world import World

_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException",
        "ThrottledException", "TooManyRequestsException",
    }
)  # fmt: skip


class Poll(NamedTuple):
    """A poll that was made."""

    service: str
    operation: str
    site: Site


class TokenCame(Exception):  # noqa: N818 - named for what happened
    """The task's token was sent back while its job runs."""


class Waiting:
    """See `integrations.work.Watch`.

    Polls whose answer nothing can change are left out as long as nothing happens in the world, and counted in the
    trail: those that are refused by policies that do not ask for the time, and all of a job that has no end of its own
    or lives on the world's clock alone (`clocked`). The poll after the session is over is made, if time goes on for
    another reason and something has happened, or a policy asks for the time; a world that stands still stays so.
    """

    def __init__(
        self, world: World, pending: Pending, authority: Authority, vigil: Vigil, *, clocked: bool = False
    ) -> None:
        self._world = world
        self._pending = pending
        self._authority = authority
        self._vigil = vigil
        self._hearing = Hearing(world, authority.machine, pending.stir)
        self._job = ""
        self._clocked = clocked
        self._settled = False
        self._last: Poll | None = None
        self._lapse: float | None = None
        self._renewed: int | None = None

    @property
    def first_poll(self) -> float:
        """See `Watch.first_poll`."""
        return self._world.settings.poll_first

    @property
    def longest_poll(self) -> float:
        """See `Watch.longest_poll`."""
        return self._world.settings.poll_longest

    def listen(self, job: str, rule: str) -> None:
        """See `Watch.listen`."""
        self._job = job
        if rule and self._world.settings.events and self._authority.at_home:
            self._hearing.listen(job, rule)

    def close(self) -> None:
        """Listen no longer."""
        self._hearing.close()

    async def pause(self, cadence: Cadence) -> Output | None:
        """See `Watch.pause`.

        Raises:
            TokenCame: the token was sent back.
        """
        clock, after = self._world.clock, self._authority.calls
        cadence.begin(began := clock.now())
        idle, skipped, news = self._still, 0, None
        try:
            while True:
                if self._pending.reply is not None:
                    raise TokenCame
                event = self._hearing.heard(clock.now())
                if event is not None:
                    return event
                passed = cadence.skip(clock.now())
                skipped, idle = skipped + passed, idle and not self._lapsed and (not passed or clock.now() == news)
                if cadence.due <= clock.now():
                    return None
                news = self._hearing.following(clock.now())
                await self._rest(cadence.due, news, idle=idle)
        finally:
            self._count(skipped + cadence.skip(clock.now()), began, after)

    async def _rest(self, due: float, news: float | None, *, idle: bool) -> None:
        """Wait for the next poll, for news, or for the time when there may be some: a new session, if time goes on."""
        if idle:
            await self._pending.rest(news, looking=due, passing=self._renewal)
        else:
            await self._pending.rest(due if news is None else min(due, news))

    @property
    def _lapsed(self) -> bool:
        """Whether the session of the last poll is over: the next one takes another, which may be refused."""
        return self._lapse is not None and self._lapse <= self._world.clock.now()

    @property
    def _renewal(self) -> float | None:
        """When a new session is needed, unless it would be taken as the last one was: nothing has happened since."""
        return None if self._renewed == self._world.clock.happened else self._lapse

    @property
    def _still(self) -> bool:
        """Whether the next poll would tell what the last one did, as long as nothing happens."""
        if self._last is None or self._lapsed:
            return False
        if self._settled:
            return True
        if self._authority.changes_ahead:
            return False
        if self._clocked:
            return True
        ending = self._world.completions.ending(self._job)
        return ending is not None and ending.when is None

    def _count(self, skipped: int, since: float, after: int) -> None:
        """Write down the polls that were left out; those of a world that has ended are without number."""
        last = self._last
        if last is None or not (skipped or (self._vigil.over and self._still)):
            return
        until, times = (None, None) if self._vigil.over else (self._world.clock.now(), skipped)
        self._authority.leave_out(Collapse(since, until, times, last.service, last.operation, last.site, after))

    async def poll(self, service: str, operation: str, members: Mapping[str, Json]) -> Answer | None:
        """See `Watch.poll`."""
        self._vigil.refused, self._settled = None, False
        after, renewing, happened = self._authority.calls, self._lapsed, self._world.clock.happened
        try:
            return await self._authority.poll(service, operation, members)
        except (AccessDenied, Unassumable) as error:
            self._vigil.refused, self._settled = error.entry, not time_tells(error.entry)
            return None
        except ServiceError as error:
            if error.code in _THROTTLED or isinstance(error, Unanswered):
                self._settled = self._authority.disturbed_for_good(_THROTTLED)
                return None
            raise
        finally:
            self._last, self._lapse = Poll(service, operation, self._authority.polled), self._authority.lapse
            if renewing:
                self._renewed = None if self._authority.asked_time(after) else happened
