"""What the data of executions was after each stage, visit by visit: kept where somebody asks for it (`World.stages`).

Holds references to the documents of a run, which are shared and never changed, so what is kept costs a few words for
each stage. Visits are known by their execution and by the event of their entry. Names of stages are members of the
API's InspectionData. Knows no states: `states.seen` writes down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json

MOST_VISITS = 20_000
"""Visits of all executions of a world that are kept; what comes after them is only counted."""


class Stage(NamedTuple):
    """A document as it was after a stage."""

    name: str
    value: Json


class Turn(NamedTuple):
    """A way that was chosen: its pointer from the state (`Choices/0`, `Retry/1`, `Catch/0`), and where it leads."""

    way: str
    next: str


@dataclass(slots=True, eq=False)
class Try:
    """One time that a state did its work, after the event `after` and so many `redrives`; times in seconds since 1970.

    `errors` are names and causes, the last one what came of it at the time `failed`; `turn` is the retrier or catcher
    that took it.
    """

    after: int
    began: float
    stages: list[Stage] = field(default_factory=list)
    errors: list[tuple[str | None, str | None]] = field(default_factory=list)
    failed: float | None = None
    turn: Turn | None = None
    redrives: int = 0

    def value(self, name: str) -> Json:
        """The document after a stage, None where it did not come to it."""
        return next((stage.value for stage in self.stages if stage.name == name), None)

    def has(self, name: str) -> bool:
        """Whether it came to a stage."""
        return any(stage.name == name for stage in self.stages)


@dataclass(slots=True, eq=False)
class Visit:
    """One time that a state was entered, by the event `entered`; `pointer` leads to it in its definition.

    `raw` is its input, `variables` are those it saw; `item` is the index of the iteration that it happened in, `turn`
    the way that a Choice took. `output` is there once it was `left`.
    """

    entered: int
    pointer: str
    raw: Json
    variables: Mapping[str, Json]
    item: int | None
    tries: list[Try]
    turn: Turn | None = None
    assigned: Mapping[str, Json] | None = None
    output: Json = None
    left: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What was kept of one execution; `left_out` visits came after too many."""

    visits: tuple[Visit, ...] = ()
    left_out: int = 0


class Stages:
    """The visits of all executions of a world, `most` of them; `views` are definitions as they are watched."""

    def __init__(self, most: int = MOST_VISITS) -> None:
        self._room = most
        self._visits: dict[str, list[Visit]] = {}
        self._left_out: dict[str, int] = {}
        self.views: dict[int, tuple[Any, Any]] = {}

    @property
    def executions(self) -> tuple[str, ...]:
        """The ARNs of the executions of which something was kept, in the order they began."""
        return tuple(self._visits)

    def keep(self, execution: str, visit: Visit) -> bool:
        """Keep a visit of the execution with that ARN; whether there was room."""
        if not self._room:
            self._left_out[execution] = self._left_out.get(execution, 0) + 1
            return False
        self._room -= 1
        self._visits.setdefault(execution, []).append(visit)
        return True

    def of(self, execution: str) -> Recorded:
        """What was kept of the execution with that ARN."""
        return Recorded(tuple(self._visits.get(execution, ())), self._left_out.get(execution, 0))
