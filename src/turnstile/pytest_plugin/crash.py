"""The place and the one line of a failed case, for what of pytest shows no more: summaries, JUnit's message.

A report goes from a worker of xdist to the controller as plain values, so what belongs to the report is a dict, and
becomes the object that pytest asks for (`longrepr` with `reprcrash`) where the report arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    class Writer(Protocol):
        """What pytest writes on."""

        def line(self, text: str) -> None:
            """Write a line."""
            ...


ATTRIBUTE = "turnstile_crash"
"""Of reports of failed cases."""


@dataclass(frozen=True, slots=True)
class Crash:
    """Where a case is written, and in one line why it failed."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}"


@dataclass(frozen=True, slots=True)
class Told:
    """The whole explanation; `brief` where only the line is asked for, which pytest writes itself."""

    text: str
    reprcrash: Crash
    brief: bool

    def __str__(self) -> str:
        return self.text

    def toterminal(self, writer: Writer) -> None:
        """Write the explanation."""
        if not self.brief:
            for line in self.text.splitlines():
                writer.line(line)


def told(text: str, facts: Mapping[str, Any]) -> Told:
    """The explanation of a report with what came beside it."""
    return Told(text, Crash(facts["path"], facts["line"], facts["message"]), facts["brief"])
