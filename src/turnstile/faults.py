"""What is wrong in a user's file, and where.

Three kinds of trouble exist and never mix. *Faults* are in the user's files: all are gathered and raised
once as `Rejected`. *Outcomes* happen in the emulated world and live in the rooms that produce them
(`gate.errors.ServiceError`, `asl.errors.StatesError`). What we do not emulate is `Unsupported`. Anything else
is a bug of ours and is left to crash.

    Exception
    ├── Rejected          faults of a user's file
    ├── Unsupported       a feature that is not emulated, refused by name
    ├── ServiceError      gate.errors: an API said no
    │   └── AccessDenied
    └── StatesError       asl.errors: the workflow failed

This file knows no AWS, no YAML and no IAM.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a user's file; lines and columns count from 1, 0 where the text is not known."""

    file: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return f"{self.file}#{self.pointer}" if self.pointer else self.file


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a user's file: lower-case message, user's text in backticks, remedy in `help`."""

    where: Where
    code: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.message} [{self.code}]"
        return f"{text}\n  help: {self.help}" if self.help else text


class Rejected(Exception):  # noqa: N818 - named for what happened to the file
    """A file, definition or policy was refused; `faults` holds every reason, in order of place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class Unsupported(Exception):  # noqa: N818 - named for what the feature is
    """A feature that Turnstile does not emulate (yet); never silently passed."""

    def __init__(self, feature: str, where: Where | str = "") -> None:
        self.feature = feature
        self.where = where
        super().__init__(f"{where}: not supported: {feature}" if where else f"not supported: {feature}")
