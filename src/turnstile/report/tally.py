"""What can be covered: what definitions and policies could do, and how often cases made them do it.

Values only, which can go from one process to another: `turned` and `granted` count, `coverage` adds up. What a case
writes anew under `changes` is a fault put in on purpose, so it does not have to be covered; what such a case covers of
the rest counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.faults import Where

STATES, TRANSITIONS, CHOICES, CATCHES, RETRIES = "states", "transitions", "choices", "catches", "retries"
PERMISSIONS, DENIALS = "permissions", "denials"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        STATES: "states that were entered",
        TRANSITIONS: "ways from a state to the next one",
        CHOICES: "rules of Choice states that held, and defaults",
        CATCHES: "catchers that took an error",
        RETRIES: "retriers that tried again",
        PERMISSIONS: "actions that a policy grants, for calls that were made",
        DENIALS: "Deny statements that denied, and Tasks with Credentials that were refused",
    }
)
"""The kinds of coverage, and what each counts."""
_WHOLE = 100.0


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One thing that can be covered: of `owner` (an ARN, or the name of a policy), and where it is written."""

    kind: str
    where: Where
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often each thing happened, by thing; 0 for never."""

    hits: Mapping[Item, int] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Item, ...]:
        """The things of a kind, in order of place."""
        return tuple(sorted(item for item in self.hits if item.kind == kind))

    def missed(self, kind: str) -> tuple[Item, ...]:
        """Those that never happened."""
        return tuple(item for item in self.of(kind) if not self.hits[item])

    def counts(self, kind: str) -> tuple[int, int]:
        """How many things of a kind happened, and how many there are."""
        found = [times for item, times in self.hits.items() if item.kind == kind]
        return sum(1 for times in found if times), len(found)

    def percent(self, kind: str) -> float:
        """How many things of a kind happened, in percent, rounded down to a tenth; 100 where there are none."""
        return _percent(*self.counts(kind))

    @property
    def total(self) -> float:
        """The same for all kinds together."""
        return _percent(sum(1 for times in self.hits.values() if times), len(self.hits))


def _percent(covered: int, count: int) -> float:
    return covered * 1000 // count / 10 if count else _WHOLE


NOTHING = Coverage()
"""Of a case that could not run, and of one that nobody counted."""


def merged(parts: Iterable[Coverage]) -> Coverage:
    """All of them together: the same place in the same file is the same thing."""
    hits: Counter[Item] = Counter()
    for part in parts:
        for item, times in part.hits.items():
            hits[item] += times
    return Coverage(hits)
