"""Which cases of a file run: by name, by what went wrong before, and by the share of a machine or a process.

A choice is a value that goes to other processes. It knows names and their order, and nothing of what cases do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from turnstile.scenario.running.keyword import Keyword

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

EVERY = Keyword()
"""Every name."""


@dataclass(frozen=True, slots=True)
class Share:
    """One of `of` shares, counted from 0: every so manieth for a machine, neighbours for a process."""

    index: int = 0
    of: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """The cases of one file that run, in the order of the file.

    `phrase` is a part of the name, `keyword` an expression over names, `names` those that are meant (None: all);
    where one of these is there no more, those that are not among `known`, if that is given, are meant too, as it may
    have a new name.
    `shard` is the share of a machine: cases are dealt out one by one, beginning with the first file's first case at the
    first machine. `part` is the share of a process: a run of neighbours. `most` ends the run after so many cases that
    are not as expected; 0 is any number. `watched`: what data was after each stage is kept for the report.
    """

    phrase: str = ""
    keyword: Keyword = EVERY
    names: frozenset[str] | None = None
    known: frozenset[str] = frozenset()
    shard: Share = Share()
    part: Share = Share()
    most: int = 0
    watched: bool = False

    def of(self, cases: Sequence[T], name: Callable[[T], str]) -> tuple[T, ...]:
        """The cases that run; `name` tells what a case is called."""
        meant = self.keyword.meaning()
        phrase = self.phrase.casefold()
        found = [case for case in cases if phrase in name(case).casefold() and meant(name(case))]
        if self.names is not None:
            present = {name(case) for case in cases}
            new = present - self.known if self.known and not self.names <= present else frozenset()
            found = [case for case in found if name(case) in self.names | new]
        dealt = found[self.shard.index :: self.shard.of]
        first, last = (len(dealt) * edge // self.part.of for edge in (self.part.index, self.part.index + 1))
        return tuple(dealt[first:last])


ALL = Choice()
"""Every case."""
