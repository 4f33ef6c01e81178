"""The faults on order of a case: names resolved, operations and error codes held against the services' models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from turnstile.gate.errors import ServiceError
from turnstile.gate.orders import Aim, End, Garble, Hold, Lose, Order, Refuse, fixed
from turnstile.integrations.resource import parse_resource
from turnstile.scenario.declarations.operations import every_state, every_task, operation_named
from turnstile.scenario.declarations.reference import substitute
from turnstile.spelling import hint
from turnstile.world.answers import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from turnstile.faults import Fault
    from turnstile.gate.call import Call
    from turnstile.gate.orders import Effect
    from turnstile.scenario.declarations.reference import Names
    from turnstile.scenario.models.disturbing_entries import ErrorEntry, ExpireEntry, FaultEntry
    from turnstile.source import Origin
    from turnstile.world.declaration import MachineDeclaration

_EFFECTS: Final = ("error", "throttle", "timeout", "malformed")
_AIMS: Final = ("call", "state", "role", "account", "when", "attempt", "poll", "nth", "times", "delay")


@dataclass(frozen=True, slots=True, eq=False)
class Lapse:
    """The sessions of a role that were taken before are over `at` seconds after the start."""

    role_arn: str
    at: float
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Everything that goes wrong in a case because it says so."""

    orders: tuple[Order, ...] = ()
    lapses: tuple[Lapse, ...] = ()


NOTHING: Final = Ordered()


def read_faults(
    entries: Sequence[FaultEntry],
    names: Names,
    machines: Sequence[MachineDeclaration],
    origin: Origin,
    faults: list[Fault],
) -> Ordered:
    """The orders of a case; what is wrong with them joins the faults. `machines` are those whose states are meant."""
    reading = _Reading(names, machines, faults)
    found = [reading.entry(entry, origin.at(index)) for index, entry in enumerate(entries)]
    orders = tuple(one for one in found if isinstance(one, Order))
    return Ordered(orders, tuple(one for one in found if isinstance(one, Lapse)))


@dataclass(frozen=True, slots=True)
class _Reading:
    names: Names
    machines: Sequence[MachineDeclaration]
    faults: list[Fault]

    def entry(self, entry: FaultEntry, origin: Origin) -> Order | Lapse | None:
        if entry.expire is not None:
            return self._expiry(entry, entry.expire, origin)
        before = len(self.faults)
        if not entry.call:
            self._fault(origin, "missing-key", "the key `call` is missing", "add `call: service:Operation`, or `*`")
            return None
        called = self._called(entry.call, origin.at("call"))
        aim = self._aim(entry, called, origin)
        effect = self._effect(entry, aim, origin)
        if effect is None or len(self.faults) > before:
            return None
        times = 1 if entry.times is None and entry.nth is not None else entry.times
        return Order(aim, effect, _told(entry), origin, entry.nth or 1, times, entry.delay or 0.0)

    def _called(self, text: str, origin: Origin) -> tuple[str | None, str | None, frozenset[str] | None]:
        """Service, operation and states that the calls are of; None for any."""
        if text == "*":
            return None, None, None
        if not text.startswith("arn:") and "${" not in text:
            found = operation_named(text, origin, self.faults)
            return (*found, None) if found else (None, None, None)
        resource = substitute(text, self.names.texts, origin, self.faults)
        tasks = {
            name: task.resource
            for machine in self.machines
            for name, task in every_task(machine.definition.states).items()
        }
        states = frozenset(name for name, found in tasks.items() if found == resource)
        if not states and self.machines:
            word = "a Resource" if parse_resource(resource) else "an operation or a Resource"
            message = f"`{text}` is not {word} of a Task that can run here"
            self._fault(origin, "unknown-resource", message, hint(resource, sorted(set(tasks.values())), "Resources"))
        return None, None, states

    def _aim(
        self, entry: FaultEntry, called: tuple[str | None, str | None, frozenset[str] | None], origin: Origin
    ) -> Aim:
        service, operation, states = called
        given = entry.model_fields_set
        if entry.state:
            self._check_state(entry.state, origin.at("state"))
            states = frozenset({entry.state}) if states is None else states & {entry.state}
        role = self.names.role(entry.role, "", origin.at("role"), self.faults) if entry.role else None
        account = self._account(entry.account, origin.at("account")) if entry.account else None
        when = substitute(entry.when, self.names.texts, origin.at("when"), self.faults) if "when" in given else ANYTHING
        return Aim(service, operation, states, role, account, when, entry.attempt, entry.poll)

    def _check_state(self, state: str, origin: Origin) -> None:
        known = [name for machine in self.machines for name, _ in every_state(machine.definition.states)]
        if known and state not in known:
            self._fault(origin, "unknown-state", f"there is no state `{state}`", hint(state, known, "states"))

    def _account(self, text: str, origin: Origin) -> str | None:
        accounts = self.names.accounts
        if text in accounts.values():
            return text
        if text not in accounts:
            message = f"the account `{text}` is not declared"
            self._fault(origin, "unknown-account", message, hint(text, accounts, "accounts"))
        return accounts.get(text)

    def _effect(self, entry: FaultEntry, aim: Aim, origin: Origin) -> Effect | None:
        chosen = [name for name in _EFFECTS if getattr(entry, name)]
        if len(chosen) > 1:
            message = f"a fault is one thing, and this one is {' and '.join(f'`{name}`' for name in chosen)}"
            self._fault(origin, "wrong-fault", message, "write one entry for each")
            return None
        if entry.error is not None:
            return self._error(entry.error, aim, origin.at("error"))
        if not chosen and entry.delay is None:
            remedy = "add `error:`, `throttle: true`, `timeout: true`, `malformed: true` or `delay:`"
            self._fault(origin, "wrong-fault", "nothing is said of what goes wrong", remedy)
            return None
        return _PLAIN[chosen[0]]() if chosen else Hold()

    def _error(self, error: ErrorEntry, aim: Aim, origin: Origin) -> Effect | None:
        if aim.service is None or aim.operation is None:
            return Refuse(fixed(error.code, error.message, error.status or 400))
        from turnstile.backends.answer_shapes import ErrorModel, error_model  # noqa: PLC0415 - loads botocore

        model = error_model(aim.service, aim.operation, error.code)
        if isinstance(model, ErrorModel):
            return Refuse(fixed(model.code, error.message, error.status or model.status))
        self._fault(origin.at("code"), model.code, model.message, hint(model.word, model.known, "errors"))
        return None

    def _expiry(self, entry: FaultEntry, expire: ExpireEntry, origin: Origin) -> Order | Lapse | None:
        more = [name for name in (*_AIMS, *_EFFECTS) if name in entry.model_fields_set]
        if more:
            self._fault(origin.at(more[0]), "wrong-fault", f"`{more[0]}` says nothing beside `expire`", "remove it")
            return None
        before, place = len(self.faults), origin.at("expire")
        role = self.names.role(expire.role, "", place.at("role"), self.faults)
        if (expire.at is None) is (expire.after_calls is None):
            self._fault(place, "wrong-fault", "a session ends `at` a time or `after_calls`", "write one of the two")
        if len(self.faults) > before:
            return None
        if expire.at is not None:
            return Lapse(role, expire.at, origin)
        told = f"the session of `{expire.role}` is over"
        return Order(Aim(role_arn=role), End(), told, origin, expire.after_calls or 1, 1)

    def _fault(self, origin: Origin, code: str, message: str, remedy: str) -> None:
        self.faults.append(origin.fault(code, message, remedy))


def _throttled(call: Call) -> ServiceError:
    from turnstile.backends.throttling import MESSAGE, throttled  # noqa: PLC0415 - loads botocore

    model = throttled(call.service, call.operation)
    return ServiceError(model.code, MESSAGE, model.status)


_PLAIN: Mapping[str, Callable[[], Effect]] = {
    "throttle": lambda: Refuse(_throttled),
    "timeout": Lose,
    "malformed": Garble,
}
"""Effects that need no more than their name."""


def _told(entry: FaultEntry) -> str:
    """What happens to a call, in one line."""
    late = f"{entry.delay:g} s late" if entry.delay is not None else ""
    words: Mapping[str, str] = {
        "error": f"answers `{entry.error.code}`" if entry.error else "",
        "throttle": "is throttled",
        "timeout": "is never answered",
        "malformed": "gets an answer that cannot be read",
    }
    chosen = next((text for name, text in words.items() if getattr(entry, name)), "is answered")
    return ", ".join(filter(None, (chosen, late)))
