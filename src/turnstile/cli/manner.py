"""How the command line runs a definition."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The choices of `--type`."""

    STANDARD = "STANDARD"
    EXPRESS = "EXPRESS"


@dataclass(frozen=True, slots=True)
class Manner:
    """The execution's name, the machine's type, and what happens to the execution; `stop_after` in virtual seconds."""

    name: str | None
    kind: Kind
    stop_after: float | None
    redrive: bool
