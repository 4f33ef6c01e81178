"""What is told while scenarios run: a line that changes on a terminal, a line for each case where a machine listens.

It goes to stderr, so that stdout holds the report alone. Nothing is told into a pipe, unless `CI` is set. The line is
drawn by no thread of its own, since a process with threads cannot be forked, and leaves the cursor as it is: whatever
ends the command, the terminal needs no repair.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from turnstile.cli.terminal import Color, colored, columns
from turnstile.clock import stopwatch

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self, TextIO

_CLEAR = "\r\x1b[2K"
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"
_EVERY = 0.05
"""Wall seconds between two lines, that a terminal far away keeps up with them."""


class Progress:
    """Counts the cases that have ended; `quiet` leaves out those that are as expected."""

    def __init__(
        self, *, wanted: bool = True, quiet: bool = False, color: Color = Color.AUTO, stream: TextIO | None = None
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        terminal = self._stream is not None and self._stream.isatty()
        self._live = wanted and terminal and os.environ.get("TERM") != "dumb"
        self._lines = wanted and not self._live and self._stream is not None and (terminal or in_ci())
        self._quiet = quiet
        self._colored = colored(self._stream, color)
        self._ended = self._failed = 0
        self._elapsed = stopwatch()
        self._next = 0.0

    def __enter__(self) -> Self:
        if self._live:
            self._write(_CLEAR + "reading files"[: columns(self._stream) - 1])
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the line away."""
        if self._live:
            self._write(_CLEAR)
        self._live = False

    def heard(self, path: Path, name: str, passed: bool) -> None:  # noqa: FBT001 - as `run_plans` tells it
        """A case has ended."""
        self._ended += 1
        self._failed += not passed
        if self._live:
            self._show(path, name, passed=passed)
        elif self._lines and not (passed and self._quiet):
            self._write(f"{'ok  ' if passed else 'FAIL'}  {_printable(f'{path}: {name}')}\n")

    def _show(self, path: Path, name: str, *, passed: bool) -> None:
        now = self._elapsed()
        if passed and now < self._next:
            return
        self._next = now + _EVERY
        self._write(_CLEAR + self._line(path, name))

    def _line(self, path: Path, name: str) -> str:
        from turnstile.report.layout import clipped, safe  # noqa: PLC0415 - `--help` does not need it

        failed = f"{self._failed} not as expected" if self._failed else ""
        told = f"{self._ended} ended{', ' if failed else ''}{failed}  {path.name}: {name}"
        line = clipped(safe(told), columns(self._stream) - 1)
        return line.replace(failed, f"{_RED}{failed}{_PLAIN}", 1) if failed and self._colored else line

    def _write(self, text: str) -> None:
        """Nobody who does not listen any more is worth a word."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError):
            self._live = self._lines = False


def _printable(text: str) -> str:
    from turnstile.report.layout import safe  # noqa: PLC0415 - `--help` does not need it

    return safe(text).encode("ascii", "backslashreplace").decode()


def in_ci() -> bool:
    """A machine runs this; most of them set `CI`."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
