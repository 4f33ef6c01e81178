"""The trail: every call that came to the gate, with the ruling on it. Append-only; refusals stand in it as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.gate.call import Call
    from turnstile.gate.link import Barrier, Broken
    from turnstile.iam.decision import Decision


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate said: one decision for each permission the call needs, and the barriers in its way.

    There are no decisions on a malformed request. `judged` is false in a world whose permissions are not judged.
    """

    allowed: bool
    decisions: tuple[Decision, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    broken: tuple[Broken, ...] = ()
    judged: bool = True


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


@dataclass(slots=True)
class Trail:
    """All entries of a world, in order."""

    _entries: list[Entry] = field(default_factory=list)

    def append(self, time: float, call: Call, ruling: Ruling, resource: str, *, approximate: bool = False) -> Entry:
        """Write a call down."""
        entry = Entry(len(self._entries) + 1, time, call, ruling, resource, approximate)
        self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def refused(self) -> tuple[Entry, ...]:
        """The calls that were not let through."""
        return tuple(entry for entry in self._entries if not entry.ruling.allowed)
