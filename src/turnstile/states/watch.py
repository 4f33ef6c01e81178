"""A Task that waits for its job: on the clock, for the event that tells of the end, and for its token.

A token that was given to a job's start call and is sent back ends the Task early; monitoring stops then and the job
is left alone (documented and recorded: callback.callback/test_sync_with_task_token).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.gate.errors import AccessDenied, ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Answer, Output
    from turnstile.states.authority import Authority
    from turnstile.states.tokens import Pending
    from turnstile.world.world import World

_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException",
        "ThrottledException", "TooManyRequestsException",
    }
)  # fmt: skip


class TokenCame(Exception):  # noqa: N818 - named for what happened
    """The task's token was sent back while its job runs."""


class Waiting:
    """See `integrations.work.Watch`.

    Polls that would see what the last one saw are left out: those that are denied, and all of a job that lives on the
    world's clock alone (`clocked`), as long as nothing happens in the world.
    """

    def __init__(self, world: World, pending: Pending, authority: Authority, *, clocked: bool = False) -> None:
        self._world = world
        self._pending = pending
        self._authority = authority
        self._hears = world.settings.events and authority.at_home
        self._keys: list[str] = []
        self._event: Output | None = None
        self._clocked = clocked
        self._denied = False

    @property
    def first_poll(self) -> float:
        """See `Watch.first_poll`."""
        return self._world.settings.poll_first

    @property
    def longest_poll(self) -> float:
        """See `Watch.longest_poll`."""
        return self._world.settings.poll_longest

    def listen(self, key: str) -> None:
        """See `Watch.listen`."""
        if self._hears:
            self._keys.append(key)
            self._world.completions.listen(key, self._told)

    def close(self) -> None:
        """Listen no longer."""
        for key in self._keys:
            self._world.completions.leave(key, self._told)
        self._keys.clear()

    async def pause(self, seconds: float) -> Output | None:
        """See `Watch.pause`.

        Raises:
            TokenCame: the token was sent back.
        """
        until = self._world.clock.now() + seconds
        while self._event is None:
            if self._pending.reply is not None:
                raise TokenCame
            now = self._world.clock.now()
            due = [found for key in self._keys if (found := self._world.completions.due(key)) is not None]
            self._event = next((describe() for when, describe in due if when <= now), None)
            if self._event is not None:
                break
            if now >= until:
                return None
            if due:
                await self._pending.rest(min(until, *(when for when, _ in due)))
            else:
                await self._pending.rest(until, idle=self._denied or self._clocked)
        return self._event

    async def poll(self, service: str, operation: str, members: Mapping[str, Json]) -> Answer | None:
        """See `Watch.poll`."""
        self._denied = False
        try:
            return await self._authority.poll(service, operation, members)
        except AccessDenied:
            self._denied = True
            return None
        except ServiceError as error:
            if error.code in _THROTTLED:
                return None
            raise
        except StatesError:
            self._denied = True
            return None

    def _told(self, detail: Json) -> None:
        self._event = detail
        self._pending.stir()
