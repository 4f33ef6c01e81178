"""What is told while scenarios run: a line that changes on a terminal, a line for each case where a machine listens.

It goes to stderr, so that stdout holds the report alone. Nothing is told into a pipe, unless `CI` is set. The line is
`rich`'s, refreshed by nobody but us: its thread would keep the process from being forked.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from turnstile.cli.terminal import Color, colored, columns
from turnstile.clock import stopwatch

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self, TextIO

    from rich.live import Live

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
        self._line: Live | None = None

    def __enter__(self) -> Self:
        if self._live:
            self._line = _line(self._stream, colored=self._colored)
            self._draw("reading files")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the line away."""
        if self._line is not None:
            with suppress(OSError, ValueError):
                self._line.stop()
        self._line, self._live = None, False

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
        failed = f"{self._failed} not as expected" if self._failed else ""
        parts = (f"{self._ended} ended in {now:.0f} s", failed, f"{path.name}: {name}")
        self._draw(", ".join(part for part in parts if part), failed)

    def _draw(self, told: str, failed: str = "") -> None:
        """Show a line, as wide as its own terminal is now, and `failed` in it in red."""
        from rich.text import Text  # noqa: PLC0415 - for terminals

        from turnstile.report.layout import safe  # noqa: PLC0415 - `--help` does not need it

        if self._line is None:
            return
        text = Text(self._writable(safe(told)), no_wrap=True, overflow="crop")
        if failed:
            text.highlight_words([failed], "red")
        try:
            self._line.console.width = max(columns(self._stream) - 1, 1)
            self._line.update(text, refresh=True)
        except (OSError, ValueError):  # nobody who does not listen any more is worth a word
            self.close()

    def _writable(self, text: str) -> str:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def _write(self, text: str) -> None:
        """Nobody who does not listen any more is worth a word."""
        try:
            self._stream.write(self._writable(text))
            self._stream.flush()
        except (OSError, ValueError):
            self._lines = False


def _line(stream: TextIO, *, colored: bool) -> Live:
    """A line on a terminal that goes away in the end."""
    from rich.console import Console  # noqa: PLC0415 - for terminals
    from rich.live import Live  # noqa: PLC0415 - as above

    console = Console(file=stream, force_terminal=True, no_color=not colored, highlight=False)
    live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False)
    live.start()
    return live


def _printable(text: str) -> str:
    from turnstile.report.layout import safe  # noqa: PLC0415 - `--help` does not need it

    return safe(text).encode("ascii", "backslashreplace").decode()


def in_ci() -> bool:
    """A machine runs this; most of them set `CI`."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
