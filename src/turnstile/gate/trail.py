"""The trail: every call that came to the gate, with the ruling on it. Append-only; refusals stand in it as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.gate.call import Call, Site
    from turnstile.gate.link import Barrier, Broken
    from turnstile.iam.decision import Decision
    from turnstile.source import Origin


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate said: one decision for each permission the call needs, and the barriers in its way.

    There are no decisions on a malformed request. `judged` is false in a world whose permissions are not judged.
    `policy_arns`: messages of refusals name the managed policy that denied.
    """

    allowed: bool
    decisions: tuple[Decision, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    broken: tuple[Broken, ...] = ()
    judged: bool = True
    policy_arns: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A call and the ruling on it; `time` in seconds since 1970 on the world's clock, `sequence` from 1.

    `approximate`: an action or an ARN that was judged is assumed, not documented for the operation.
    """

    sequence: int
    time: float
    call: Call
    ruling: Ruling
    resource: str
    approximate: bool = False


class LeaseStep(Enum):
    """What happened to a place in the role slot of an execution."""

    WAITS = "waits"
    TAKES = "takes"
    GIVES_BACK = "gives back"


@dataclass(frozen=True, slots=True)
class LeaseEntry:
    """A Task waits for the role slot, takes it for a role, or gives it back.

    `time` in seconds since 1970; `after` is the `sequence` of the last call before it, 0 for none.
    """

    time: float
    after: int
    step: LeaseStep
    role_arn: str
    site: Site


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A call that went as its user had ordered; `told` says how, `origin` where it is ordered.

    `time` in seconds since 1970. The call was allowed, so its entry is no refusal.
    """

    time: float
    told: str
    origin: Origin
    call: Call


@dataclass(frozen=True, slots=True)
class Collapse:
    """Polls of a job that were not made, since nothing could change their answer: one entry for all of them.

    They would have followed the one at `site`, `times` of them after `since` and until `until`, in seconds since 1970;
    None for both where the world stood still and they would have gone on for ever. `after` is the `sequence` of the
    last call before them.
    """

    since: float
    until: float | None
    times: int | None
    service: str
    operation: str
    site: Site
    after: int


@dataclass(frozen=True, slots=True)
class Veil:
    """A key of S3 that is not there, which its caller was not told: `ruling` refuses it to list the bucket `resource`.

    `time` in seconds since 1970; `after` is the `sequence` of the call.
    """

    time: float
    call: Call
    ruling: Ruling
    resource: str
    after: int


@dataclass(slots=True)
class Trail:
    """All entries of a world, in order; `leases` are those of role slots.

    `collapses` are polls that were left out, `disturbances` are faults on order, `rehearsed` the sequences of calls
    that a declared result stood in for, `veiled` missing keys of S3 that were answered with 403.
    """

    _entries: list[Entry] = field(default_factory=list)
    leases: list[LeaseEntry] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)
    rehearsed: list[int] = field(default_factory=list)
    collapses: list[Collapse] = field(default_factory=list)
    veiled: list[Veil] = field(default_factory=list)

    def append(self, time: float, call: Call, ruling: Ruling, resource: str, *, approximate: bool = False) -> Entry:
        """Write a call down."""
        entry = Entry(len(self._entries) + 1, time, call, ruling, resource, approximate)
        self._entries.append(entry)
        return entry

    def disturb(self, time: float, told: str, origin: Origin, call: Call) -> None:
        """Write down that a call goes as ordered."""
        self.disturbances.append(Disturbance(time, told, origin, call))

    def lease(self, time: float, step: LeaseStep, role_arn: str, site: Site) -> None:
        """Write down what happened to a place in a role slot."""
        self.leases.append(LeaseEntry(time, len(self._entries), step, role_arn, site))

    def copy(self) -> Trail:
        """The same entries, to which others can be added."""
        return Trail(
            list(self._entries),
            list(self.leases),
            list(self.disturbances),
            list(self.rehearsed),
            list(self.collapses),
            list(self.veiled),
        )

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def refused(self) -> tuple[Entry, ...]:
        """The calls that were not let through."""
        return tuple(entry for entry in self._entries if not entry.ruling.allowed)
