"""What the Tasks of a world wait for, so that a world that stands still can say why, and what they left running.

When nothing can happen any more, every Task that still waits is stuck: for a job whose end it cannot learn of, for a
token or a worker that never comes, for a turn with its role while such a Task has another one. A job that outlives its
Task is an orphan when its cancellation was refused, and left running when nobody tried to end it. Facts:
reference/sync-jobs.json (monitoring rules).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.gate.call import Site
    from turnstile.gate.trail import Entry
    from turnstile.states.role_slot import RoleSlot


class WaitsFor(StrEnum):
    """What a Task can wait for."""

    JOB = "job"
    CALLBACK = "callback"
    ACTIVITY = "activity"
    ROLE = "role"


class Right(NamedTuple):
    """An IAM action on a resource."""

    action: str
    resource: str


@dataclass(slots=True, eq=False)
class Vigil:
    """A Task that waits; `what` names the job, the resource with the token, the activity, or a role to take.

    `refused` is the last poll or renewal of a session that was refused, None where the last one was answered. `over`
    says that the world has ended while it waited. `slot` is the role slot in whose queue it stands.
    """

    site: Site
    waits_for: WaitsFor
    what: str
    refused: Entry | None = None
    over: bool = False
    slot: RoleSlot | None = None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A Task that waits in a world that stands still; `refused` is the call whose refusal keeps it waiting, if any.

    `keeper` is the Task that never gives the role slot back, where this one waits for its turn: a deadlock of the two.
    """

    site: Site
    waits_for: WaitsFor
    what: str
    refused: Entry | None
    keeper: Keeper | None = None

    @property
    def missing(self) -> Right | None:
        """The right without which it waits, None where no right would help."""
        return _missing(self.refused)


@dataclass(frozen=True, slots=True)
class Keeper:
    """A stuck Task that has a role assumed, and with it the slot that others wait for."""

    role_arn: str
    task: Stuck


@dataclass(frozen=True, slots=True)
class Orphan:
    """A job that goes on without its Task.

    `error` is the code of the answer to the call that was to end it, empty where none was made: then the job is *left
    running*, since its token came early, its Task failed or its service has no such call. `refused` is that call where
    the gate refused it. `time` in seconds since 1970.
    """

    site: Site
    job: str
    time: float
    error: str = ""
    refused: Entry | None = None

    @property
    def left(self) -> bool:
        """Nobody tried to end it."""
        return not self.error

    @property
    def missing(self) -> Right | None:
        """The right that would have ended it, None where no right would have."""
        return _missing(self.refused)


def _missing(refused: Entry | None) -> Right | None:
    if refused is None:
        return None
    ruling = refused.ruling
    denied = (Right(each.request.action, each.request.resource) for each in ruling.decisions if not each.allowed)
    barred = (Right(each.action, each.resource) for each in ruling.barriers)
    return next(denied, None) or next(barred, None)


class Standstill:
    """The vigils of a world's Tasks, and the jobs that outlived theirs."""

    def __init__(self) -> None:
        self._vigils: dict[int, Vigil] = {}
        self.orphans: list[Orphan] = []

    @contextmanager
    def vigil(self, site: Site, waits_for: WaitsFor, what: str, slot: RoleSlot | None = None) -> Iterator[Vigil]:
        """While a Task waits."""
        vigil = Vigil(site, waits_for, what, slot=slot)
        self._vigils[id(vigil)] = vigil
        try:
            yield vigil
        finally:
            del self._vigils[id(vigil)]

    def end(self) -> None:
        """The world has ended: whoever still waits tidies nothing up."""
        for vigil in self._vigils.values():
            vigil.over = True

    def stuck(self) -> tuple[Stuck, ...]:
        """Who waits, in the order in which they began to."""
        return tuple(_stuck(each, self._keeper(each)) for each in self._vigils.values())

    def _keeper(self, vigil: Vigil) -> Keeper | None:
        """Who has the slot that it waits for; Tasks of two iterations look alike, so the site itself is compared."""
        pair = vigil.slot.standstill() if vigil.slot is not None else None
        if pair is None:
            return None
        _, holder = pair
        keeping = next((each for each in self._vigils.values() if each.site is holder.site), None)
        return None if keeping is None else Keeper(holder.role_arn, _stuck(keeping))


def _stuck(vigil: Vigil, keeper: Keeper | None = None) -> Stuck:
    return Stuck(vigil.site, vigil.waits_for, vigil.what, vigil.refused, keeper)
