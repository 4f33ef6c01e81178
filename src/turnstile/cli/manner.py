"""How the command line runs a definition."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Kind(StrEnum):
    """The choices of `--type`."""

    STANDARD = "STANDARD"
    EXPRESS = "EXPRESS"


@dataclass(frozen=True, slots=True)
class Mocks:
    """A mock configuration of Step Functions Local, and a test case in it."""

    path: Path
    test_case: str


@dataclass(frozen=True, slots=True)
class Manner:
    """The execution's name, the machine's type, and what happens to the execution; `stop_after` in virtual seconds.

    `mocks` say what its Tasks give; `watched`: what data was after each stage is kept.
    """

    name: str | None
    kind: Kind
    stop_after: float | None
    redrive: bool
    mocks: Mocks | None = None
    watched: bool = False
