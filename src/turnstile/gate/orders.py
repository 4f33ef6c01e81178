"""Faults on order: calls that go wrong because the user said so, after the gate has let them through.

An `Order` says which calls it is about and what becomes of them. The call is judged and written down like any other;
then the first order that is about it takes effect, and the trail says so beside the entry (`Trail.disturbances`). Only
calls that were allowed are disturbed, so a fault on order is never taken for a refusal.

A call that gets no answer was not performed (*inferred*: with AWS nobody knows); an answer that cannot be read comes
from a call that was. Who calls is told by `session_ended` when a session is over before its time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from turnstile.gate.errors import ServiceError, Unanswered
from turnstile.world.answers import ANYTHING, matches
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from turnstile.gate.call import Backend, Call, Output
    from turnstile.gate.trail import Trail
    from turnstile.source import Origin
    from turnstile.world.world import World

PATIENCE: Final = 60.0
"""Seconds a client waits for an answer that never comes (*inferred*)."""
LOST = "Unable to execute HTTP request: Read timed out"
UNREADABLE = "Unable to unmarshall response (Unexpected end-of-input). Response Code: 200, Response Text: OK"
"""What the client of Step Functions says then; both texts are *inferred* from those of its SDK."""


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """Which calls are meant; None stands for any. `service` and `operation` are botocore's names.

    `states` are names of states, `role_arn` the role of the caller, `account` the id of the account that performs the
    call, `when` a pattern of the parameters (`answers.matches`). `attempt` and `poll` count from 1 in their state.
    """

    service: str | None = None
    operation: str | None = None
    states: frozenset[str] | None = None
    role_arn: str | None = None
    account: str | None = None
    when: object = ANYTHING
    attempt: int | None = None
    poll: int | None = None

    def meets(self, call: Call, owner: str) -> bool:
        """Whether a call is one of those."""
        return self.account in (None, owner) and self._is_poll(call) and self.is_about(call)

    def is_about(self, call: Call) -> bool:
        """Whether a call is one of those, whoever performs it and whichever poll it is."""
        return (
            self.service in (None, call.service)
            and self.operation in (None, call.operation)
            and (self.role_arn is None or self.role_arn == _role_of(call))
            and self._stands_in(call)
            and (self.when is ANYTHING or matches(self.when, dict(call.parameters)))
        )

    def _stands_in(self, call: Call) -> bool:
        if self.states is None and self.attempt is None:
            return True
        site = call.site
        return (
            site is not None
            and (self.states is None or site.state in self.states)
            and self.attempt in (None, site.attempt)
        )

    def _is_poll(self, call: Call) -> bool:
        return self.poll is None or (call.site is not None and self.poll == call.site.poll)


def _role_of(call: Call) -> str:
    return call.caller.role_arn if isinstance(call.caller, Session) else ""


@dataclass(frozen=True, slots=True, eq=False)
class Refuse:
    """The service answers with an error, which depends on the service where it is its own for a purpose."""

    error: Callable[[Call], ServiceError]


@dataclass(frozen=True, slots=True, eq=False)
class Lose:
    """The call is never answered: its client gives up after `seconds`."""

    seconds: float = PATIENCE


class Garble:
    """The call is performed, and its answer cannot be read."""


class Hold:
    """The call is only late."""


class End:
    """The call is performed, and then the session it was made with is over."""


Effect: TypeAlias = Refuse | Lose | Garble | Hold | End


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One fault on order: for the matching calls from the `first` on, `times` of them (None: all).

    `told` is what happens in the words of the file; `delay` is in seconds and comes before the effect.
    """

    aim: Aim
    effect: Effect
    told: str
    origin: Origin
    first: int = 1
    times: int | None = None
    delay: float = 0.0

    def comes_later(self, call: Call) -> bool:
        """Whether it is about a call like this one that comes after it."""
        poll = call.site.poll if call.site is not None else 0
        return self.aim.is_about(call) and (self.aim.poll is None or self.aim.poll > poll)

    @property
    def lasts(self) -> bool:
        """Whether it is for all calls, once it has begun."""
        return self.times is None and self.aim.poll is None

    def may_meet(self, call: Call, owner: str, met: int) -> bool:
        """Whether it can have an effect on a later call like this one, after so many that matched."""
        left = self.times is None or met < self.first - 1 + self.times
        return left and self.aim.account in (None, owner) and self.comes_later(call)


class Listener(Protocol):
    """Whoever wants to know of calls that are over."""

    def over(self, call: Call) -> None:
        """A call was answered or refused."""
        ...


@dataclass(slots=True, eq=False)
class Orders:
    """The faults on order of one run; `met` counts the matching calls of each order in order, `taken` its effects."""

    world: World
    orders: Sequence[Order] = ()
    listeners: list[Listener] = field(default_factory=list)
    met: list[int] = field(init=False)
    taken: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.met = [0] * len(self.orders)
        self.taken = [0] * len(self.orders)

    async def perform(self, call: Call, owner: str, backend: Backend, trail: Trail) -> Output:
        """Perform an allowed call, unless an order has it otherwise.

        Raises:
            ServiceError: as ordered, or the service's own refusal.
            Unsupported: it is not emulated.
        """
        order = self._about(call, owner)
        if order is None:
            return await backend.perform(call, owner)
        trail.disturb(self.world.clock.now(), order.told, order.origin, call)
        if order.delay:
            await self.world.clock.sleep(order.delay)
        match order.effect:
            case Refuse(error):
                raise error(call)
            case Lose(seconds):
                await self.world.clock.sleep(seconds)
                raise Unanswered(LOST)
        output = await backend.perform(call, owner)
        if isinstance(order.effect, Garble):
            raise Unanswered(UNREADABLE)
        if isinstance(order.effect, End) and isinstance(call.caller, Session):
            self.world.end_session(call.caller)
        return output

    def over(self, call: Call) -> None:
        """Tell whoever listens that a call was answered or refused."""
        for listener in tuple(self.listeners):
            listener.over(call)

    def changes(self, call: Call) -> bool:
        """Whether an order that has not run out may take effect when such a call is made again, as a later poll."""
        return any(
            order.comes_later(call) and met < order.first - 1 + (order.times or 1)
            for order, met in zip(self.orders, self.met, strict=True)
        )

    def stays(self, call: Call, owner: str, borne: Container[str]) -> bool:
        """Whether orders have every later poll like this one fail in a way that is borne: unanswered, or so coded.

        The first order in force counts, so one before an order without end may let a call through.
        """
        for order, met in zip(self.orders, self.met, strict=True):
            if not order.may_meet(call, owner, met):
                continue
            if not _fails(order.effect, call, borne):
                return False
            if order.lasts and met >= order.first - 1:
                return True
        return False

    def idle(self) -> tuple[Order, ...]:
        """The orders that never had an effect."""
        return tuple(order for order, taken in zip(self.orders, self.taken, strict=True) if not taken)

    def _about(self, call: Call, owner: str) -> Order | None:
        """The first order that has an effect on a call; each one that it matches counts it."""
        found = None
        for place, order in enumerate(self.orders):
            if order.aim.meets(call, owner):
                self.met[place] += 1
                number = self.met[place] - order.first
                if found is None and number >= 0 and (order.times is None or number < order.times):
                    found = order
                    self.taken[place] += 1
        return found


def _fails(effect: Effect, call: Call, borne: Container[str]) -> bool:
    match effect:
        case Lose() | Garble():
            return True
        case Refuse(error):
            return error(call).code in borne
        case Hold() | End():
            return False


def fixed(code: str, message: str, status: int) -> Callable[[Call], ServiceError]:
    """Always the same error."""
    return lambda _call: ServiceError(code, message, status)
