"""Which process runs which cases next, in memory that processes share: each takes the next few when it has none left.

So the processes end together, however long single cases take, and nobody has to know beforehand how many cases a file
has: the first to open a file says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

_UNKNOWN, _OPENING = -1, -2
"""Instead of a file's number of cases: nobody has opened the file; somebody is about to."""

_WORTH_OPENING = 8
"""Cases that must be left of a file for one more process to read it."""


class Board:
    """The cases of `files` files for `workers` processes; of the first `done` files nothing is left."""

    def __init__(self, context: BaseContext, files: int, workers: int, done: int = 0) -> None:
        self._lock = context.Lock()
        self._count = context.RawArray("l", [0] * done + [_UNKNOWN] * (files - done))
        self._next = context.RawArray("l", files)
        self._workers = workers
        self._open: frozenset[int] = frozenset()

    def begun(self, index: int, first: int, count: int | None) -> None:
        """The cases of a file before the one with the index `first` have run; `count` if every process has it open."""
        self._next[index] = first
        if count is not None:
            self._count[index] = count
            self._open |= {index}

    def file(self) -> int | None:
        """The index of the file to work on: one that is open or that nobody has opened, else one with many cases left.

        None if there is none now; see `expected`.
        """
        with self._lock:
            for index, count in enumerate(self._count):
                if count == _UNKNOWN:
                    self._count[index] = _OPENING
                    return index
                if index in self._open and self._left(index):
                    return index
            most = max(range(len(self._count)), key=self._left, default=0)
            return most if self._left(most) >= _WORTH_OPENING else None

    @property
    def expected(self) -> bool:
        """Somebody is opening a file, of which there may be cases for others."""
        with self._lock:
            return any(count == _OPENING for count in self._count)

    def opened(self, index: int, count: int) -> bool:
        """A file has so many cases; whether that is news."""
        with self._lock:
            news: bool = self._count[index] < 0
            if news:
                self._count[index] = count
            return news

    def cases(self, index: int) -> tuple[int, int] | None:
        """The next cases of a file: the index of the first, and that after the last; None if there are none."""
        with self._lock:
            left = self._left(index)
            if not left:
                return None
            first = self._next[index]
            self._next[index] = last = first + max(1, left // (4 * self._workers))
            return first, last

    def _left(self, index: int) -> int:
        left: int = self._count[index] - self._next[index]
        return max(0, left)
