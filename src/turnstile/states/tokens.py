"""Task tokens: what stands for an attempt outside, and what is sent back with it.

A token lives as long as its attempt: each try of a Retry has its own. Who is asked for what by a token is
`states.sending`'s business. A token looks like AWS's: long opaque text.
"""

from __future__ import annotations

import base64
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.errors import HeartbeatLost
from turnstile.clock import Expired

if TYPE_CHECKING:
    from turnstile.asl.errors import StatesError
    from turnstile.clock import Clock
    from turnstile.document import Json
    from turnstile.world.world import World

_HEAD = bytes.fromhex("0000002a00000002000000000000000100")
_LENGTH = 384
"""Bytes of chance in a token; the text becomes some 530 characters, as long as AWS's."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back with a token: an output, or a failure."""

    output: Json = None
    failure: StatesError | None = None


class Pending:
    """An attempt that waits: for its token, for news of its job, or for a worker's heartbeat.

    `account` and `region` are those of the state machine; `reply` is what was sent back, None until then.
    """

    def __init__(self, token: str, account: str, region: str, clock: Clock) -> None:
        self.token = token
        self.account = account
        self.region = region
        self.open = True
        self.reply: Reply | None = None
        self._clock = clock
        self._news = clock.signal()
        self._heartbeat: float | None = None
        self._due: float | None = None

    def expect(self, seconds: float | None) -> None:
        """From now on a heartbeat is due every so many seconds."""
        self._heartbeat = seconds
        self.beat()
        self.stir()

    def beat(self) -> None:
        """A heartbeat came."""
        if self._heartbeat is not None:
            self._due = self._clock.now() + self._heartbeat

    def settle(self, reply: Reply) -> None:
        """The token came back; the attempt ends with it."""
        self.reply = reply
        self.open = False
        self.stir()

    def close(self) -> None:
        """The attempt is over: the token is worth nothing any more."""
        self.open = False

    def stir(self) -> None:
        """Let whoever waits look what is new."""
        self._news.give(None)

    async def rest(
        self, until: float | None = None, *, looking: float | None = None, passing: float | None = None
    ) -> None:
        """Wait for news, until a time, or until one at which to look whether something has happened.

        `passing` is a time that ends it too, if time comes to it for another reason. See `Clock.timeout` for what is
        idle and what is weak.
        """
        if self.reply is not None:
            return
        self._news = self._clock.signal()
        limits = (
            None if until is None else self._clock.timeout(until),
            None if passing is None else self._clock.timeout(passing, weak=True),
            None if looking is None else self._clock.timeout(looking, idle=True),
        )
        expiries: list[Expired] = []
        try:
            async with AsyncExitStack() as stack:
                expiries += [await stack.enter_async_context(limit) for limit in limits if limit is not None]
                await self._clock.wait(self._news)
        except Expired as expired:
            if not any(expired is expiry for expiry in expiries):
                raise

    async def answered(self) -> Json:
        """Wait for the token; the output that came with it.

        Raises:
            StatesError: a failure came, or no heartbeat in time.
        """
        while self.reply is None:
            if self._due is not None and self._due <= self._clock.now():
                raise HeartbeatLost
            await self.rest(self._due)
        if self.reply.failure is not None:
            raise self.reply.failure
        return self.reply.output


class Tokens:
    """The tokens that were given out in a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._given: dict[str, Pending] = {}
        self._held: dict[tuple[str, str], Pending] = {}

    def issue(self, account: str, region: str) -> Pending:
        """A new token for an attempt of a machine in that account and Region."""
        text = base64.b64encode(_HEAD + self._world.random.randbytes(_LENGTH)).decode("ascii")
        pending = self._given[text] = Pending(text, account, region, self._world.clock)
        self._world.known.tokens[text] = account, region
        return pending

    def hold(self, execution_arn: str, state: str, pending: Pending) -> None:
        """Say which state of which execution an attempt is of."""
        self._held[execution_arn, state] = pending

    def held(self, execution_arn: str, state: str) -> str | None:
        """The token of the latest attempt of a state, open or not; None where it has had none."""
        pending = self._held.get((execution_arn, state))
        return pending.token if pending is not None else None

    def find(self, token: str) -> Pending | None:
        """The attempt that a token stands for, if it was ever given out."""
        return self._given.get(token)
