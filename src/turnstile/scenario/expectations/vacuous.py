"""Expectations that would hold whatever happens: each is a fault, for it is a slip that nobody would see.

A call that must never be made is the dangerous one: one letter amiss in its action, and it is never made. Knows entries
of `expect` as they are read and nothing of what happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.spelling import hint, nearest
from turnstile.world.answers import matches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.source import Origin

_ANY = "..."
_MOST = 3


def check_path(path: Iterable[str], origin: Origin, faults: list[Fault]) -> None:
    """`path_like` names a state."""
    if set(path) == {_ANY}:
        message = "`path_like` takes any path"
        faults.append(origin.fault("vacuous-expectation", message, "name a state, or leave the key out"))


def check_actions(actions: Mapping[int, str], origin: Origin, faults: list[Fault]) -> None:
    """The actions of calls that need not be made, by the number of the entry, are actions that there are."""
    for index, action in actions.items():
        _check_action(action, origin.at(index, "action"), faults)


def _check_action(action: str, origin: Origin, faults: list[Fault]) -> None:
    from turnstile.iam.catalog import published  # noqa: PLC0415 - for calls that must not be made

    service = action.partition(":")[0]
    if "*" in service:
        return
    known = [f"{service}:{name}" for name in published().actions(service)]
    if any(matches(action, name) for name in known):
        return
    message = f"`{action}` is no IAM action, so that it is never made"
    names = known or [f"{name}:{action.partition(':')[2]}" for name in published().services()]
    meant = _longer(action, names) or list(filter(None, [nearest(action, names)]))
    told = " or ".join(f"`{name}`" for name in meant[:_MOST])
    remedy = f"did you mean {told}?" if told else "write it as IAM does: `sqs:SendMessage`"
    faults.append(origin.fault("unknown-action", message, remedy))


def _longer(action: str, names: Iterable[str]) -> list[str]:
    """The actions that begin with it: `lambda:Invoke` is an operation, `lambda:InvokeFunction` its action."""
    return sorted((name for name in names if name.casefold().startswith(action.casefold())), key=len)


def check_states(
    given: Mapping[str, Iterable[Json]], states: Collection[str], origin: Origin, faults: list[Fault]
) -> None:
    """States that entries name are there, in one of the state machines; nothing is known where `states` is empty."""
    for key, entries in given.items():
        for index, entry in enumerate(entries):
            state = entry.get("state")
            if states and state is not None and state not in states:
                where = origin.at(key, index, "state")
                faults.append(
                    where.fault("unknown-state", f"there is no state `{state}`", hint(state, states, "states"))
                )
