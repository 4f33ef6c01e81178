"""A scenario as a value: everything resolved and parsed, ready to run as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.scenario.course.course import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.course.course import Course
    from turnstile.scenario.expectations.expectation import Expectation
    from turnstile.source import Origin
    from turnstile.world.declaration import Declarations, MachineDeclaration


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One execution: `machine` gets `input` in the world of `declarations`, which holds the case's changes.

    `caller` is the ARN of who starts it, empty for the root user of the machine's account. Where something in the
    declarations is not supported, `machine` may be missing. `course` is what happens to its run; `marks` are pytest's.
    """

    name: str
    machine: MachineDeclaration | None
    input: Json
    declarations: Declarations
    expectation: Expectation
    origin: Origin
    caller: str = ""
    course: Course = PLAIN
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """A whole file; `start` is the time at which each case begins, in seconds since 1970.

    `notes` say what templates, plans and live accounts have that is left out. `base` is the world that the file
    declares, without what cases change of it.
    """

    path: Path
    name: str
    seed: int
    start: float
    cases: tuple[Case, ...]
    base: Declarations
    notes: tuple[Fault, ...] = ()
