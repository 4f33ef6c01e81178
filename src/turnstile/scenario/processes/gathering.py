"""Parts of files, as they come from processes in any order, put together in the order of files and cases."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.report.report import Case, File

    Ran: TypeAlias = "tuple[File, int | None]"


@dataclass(frozen=True, slots=True)
class Part:
    """What came of the cases of a file from the one with the index `first` to the one before `last`."""

    first: int
    last: int
    file: File


@dataclass(slots=True)
class _Parts:
    """The parts of one file that are there, how many cases it has once that is known, and its seed.

    `row` are the parts that follow on each other from the first case, which end before the case `next`.
    """

    count: int | None = None
    seed: int | None = None
    waiting: dict[int, Part] = field(default_factory=dict)
    row: list[Part] = field(default_factory=list)
    next: int = 0

    @property
    def whole(self) -> bool:
        return self.count is not None and self.next >= self.count

    def append(self) -> Iterator[Part]:
        """Move to the row whatever follows on it."""
        while (part := self.waiting.pop(self.next, None)) is not None:
            self.row.append(part)
            self.next = part.last
            yield part
            if part.first == part.last:
                return


class Gathering:
    """What a run has come to. It ends with its last file, or with the case that is the `most`th not as expected.

    `most` 0 is never. Nothing that comes after that case, in the order of files and cases, is in the report.
    """

    def __init__(self, files: int, most: int = 0) -> None:
        self._parts = [_Parts() for _ in range(files)]
        self._most = self._left = most
        self._at = 0
        self._files: list[Ran] = []

    @property
    def ended(self) -> bool:
        """Nothing is left to run."""
        return self._at == len(self._parts) or self._enough

    @property
    def done(self) -> int:
        """So many files, from the first, have run whole."""
        return self._at

    @property
    def _enough(self) -> bool:
        return bool(self._most) and not self._left

    def add(self, index: int, part: Part, seed: int | None, count: int) -> None:
        """A part of the file with this index, which has so many cases, has run."""
        parts = self._parts[index]
        parts.count, parts.seed = count, seed
        parts.waiting[part.first] = part
        while not self.ended:
            parts = self._parts[self._at]
            for following in parts.append():
                if self._counted(parts, following):
                    return
            if not parts.whole:
                return
            self._at += 1

    def _counted(self, parts: _Parts, part: Part) -> bool:
        """Whether a part, next in order, has the case that ends the run; what comes after it is cut off."""
        for place, case in enumerate(part.file.cases):
            self._left -= not case.passed
            if self._enough:
                parts.row[-1] = replace(part, file=replace(part.file, cases=part.file.cases[: place + 1]))
                return True
        return False

    def files(self) -> Iterator[Ran]:
        """The files that ran, in order, up to where the run ended."""
        for parts in self._parts[: self._at + 1]:
            if parts.row:
                yield _joined([part.file for part in parts.row]), parts.seed


def _joined(files: list[File]) -> File:
    cases: tuple[Case, ...] = tuple(case for file in files for case in file.cases)
    faults = tuple(sorted({fault for file in files for fault in file.faults}))
    secrets = frozenset[str]().union(*(file.secrets for file in files))
    return replace(files[0], cases=cases, faults=faults, secrets=secrets)
