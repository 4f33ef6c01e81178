"""What is told while scenarios run: a line that changes on a terminal, a line for each case where a machine listens.

It goes to stderr, so that stdout holds the report alone. Nothing is told into a pipe, unless `CI` is set.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from turnstile.cli.terminal import width

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self, TextIO

_CLEAR = "\r\x1b[2K"


class Progress:
    """Counts the cases that have ended; `quiet` leaves out those that are as expected."""

    def __init__(self, *, wanted: bool = True, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        terminal = self._stream is not None and self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._live = wanted and terminal
        self._lines = wanted and not terminal and self._stream is not None and _in_ci()
        self._quiet = quiet
        self._ended = self._failed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live and self._ended:
            self._write(_CLEAR)

    def heard(self, path: Path, name: str, passed: bool) -> None:  # noqa: FBT001 - as `run_plans` tells it
        """A case has ended."""
        self._ended += 1
        self._failed += not passed
        if self._live:
            self._write(_CLEAR + self._line(path, name))
        elif self._lines and not (passed and self._quiet):
            self._write(f"{'ok  ' if passed else 'FAIL'}  {_printable(f'{path}: {name}')}\n")

    def _line(self, path: Path, name: str) -> str:
        from turnstile.report.layout import clipped, safe  # noqa: PLC0415 - `--help` does not need it

        counts = f"{self._ended} ended" + (f", {self._failed} not as expected" if self._failed else "")
        return clipped(safe(f"{counts}  {path.name}: {name}"), width() - 1)

    def _write(self, text: str) -> None:
        """Nobody who does not listen any more is worth a word."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._live = self._lines = False


def _printable(text: str) -> str:
    from turnstile.report.layout import safe  # noqa: PLC0415 - `--help` does not need it

    return safe(text).encode("ascii", "backslashreplace").decode()


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
