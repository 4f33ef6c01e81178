"""The report: what happened in each case of each file, and what was not as expected.

Values only; `text` and `json` print them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.report.tally import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault, Where
    from turnstile.gate.trail import Collapse, Disturbance, Entry, LeaseEntry, Veil
    from turnstile.report.course import Home, Run
    from turnstile.report.tally import Coverage
    from turnstile.source import Origin
    from turnstile.states.standstill import Orphan, Stuck


STUCK = "STUCK"
"""Status of a case whose execution waits in a world that stands still."""
UNSUPPORTED = "UNSUPPORTED"
"""Status of a case that came to something which is not emulated; whether it is as expected cannot be told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation that did not hold: `code` names it (`status`, `output`, `denied` ...).

    The code `unsupported` names what is not emulated; it has no expected and found values. `help` says what to do, and
    is empty where nothing can be said.
    """

    code: str
    message: str
    expected: Json
    found: Json
    where: Where
    help: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it ended. `virtual` and `wall` are durations in seconds on the world's clock and on ours.

    `status` is that of the execution (SUCCEEDED, FAILED, TIMED_OUT, ABORTED), NOT_CREATED when a function or the state
    machine was refused (`error` and `cause` are then those of the refusing API), STUCK when nothing could end the
    execution any more, or UNSUPPORTED. `refused` are the calls the gate refused, `history` the events in the shape of
    GetExecutionHistory. `judged` is false where permissions were not judged. `undetermined` are the ARNs of functions
    whose handlers made calls while others ran: then the order of calls was the machine's. `disturbances` are the calls
    that went wrong on order. `stuck` are Tasks that wait in a world that stands still, `orphans` jobs that run on
    without their Tasks, `collapses` polls that were not made since nothing could change their answer, `veiled` missing
    keys of S3 that were answered with 403.

    For pages and pictures: `calls` are all calls, `leases` what happened to role slots, `runs` all executions, the
    case's own first, and `homes` the accounts; empty where nobody told. `sites` are the places of the states whose
    calls were refused, by ARN of the execution and name, `declared` those of who was refused and on what, by ARN, as
    far as they are roles, users and functions. `coverage` says what it covers of what is declared.
    """

    name: str
    status: str
    virtual: float
    wall: float
    output: Json
    error: str | None
    cause: str | None
    findings: tuple[Finding, ...]
    refused: tuple[Entry, ...]
    history: tuple[Json, ...]
    judged: bool
    where: Where
    undetermined: tuple[str, ...] = ()
    disturbances: tuple[Disturbance, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    collapses: tuple[Collapse, ...] = ()
    veiled: tuple[Veil, ...] = ()
    calls: tuple[Entry, ...] = ()
    leases: tuple[LeaseEntry, ...] = ()
    runs: tuple[Run, ...] = ()
    homes: tuple[Home, ...] = ()
    sites: Mapping[tuple[str, str], Origin] = field(default_factory=dict)
    declared: Mapping[str, Origin] = field(default_factory=dict)
    coverage: Coverage = NOTHING

    @property
    def passed(self) -> bool:
        """The case ended as it was expected to."""
        return not self.findings

    @property
    def supported(self) -> bool:
        """Everything that the case came to is emulated."""
        return self.status != UNSUPPORTED


def unsupported(feature: str, where: Where) -> Finding:
    """The finding of a case that came to something which is not emulated."""
    return Finding("unsupported", feature, None, None, where)


@dataclass(frozen=True, slots=True)
class File:
    """One scenario file: its cases, or the faults that kept it from running.

    `secrets` are values that renderers mask wherever they stand.
    """

    path: str
    name: str
    cases: tuple[Case, ...] = ()
    faults: tuple[Fault, ...] = ()
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one run of the tool found."""

    files: tuple[File, ...]
    seed: int = 0

    @property
    def passed(self) -> bool:
        """Every case of every file ended as expected, and every file could be read."""
        return all(not file.faults and all(case.passed for case in file.cases) for file in self.files)

    @property
    def secrets(self) -> frozenset[str]:
        """The values that none of its files may show."""
        return frozenset().union(*(file.secrets for file in self.files))

    @property
    def exit_code(self) -> int:
        """The worst there is: 2 a file that cannot be read, 3 not supported, 1 not as expected, else 0."""
        if any(file.faults for file in self.files):
            return 2
        if any(not case.supported for file in self.files for case in file.cases):
            return 3
        return 0 if self.passed else 1
