"""A Map Run: what one attempt of a distributed Map starts, with the children it runs and how many became what.

It holds counts and outcomes, and runs nothing. Shapes: API reference, DescribeMapRun; recorded: sfn_api_map_run.
Children of a map without a label have one that AWS makes up; here it follows from the machine and the state
(*inferred*).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from turnstile.states.execution import Status

if TYPE_CHECKING:
    from turnstile.asl.definition import Map
    from turnstile.document import Json
    from turnstile.states.execution import Execution, Herd
    from turnstile.world.caller import Session
    from turnstile.world.machine import Machine


class MapRunStatus(StrEnum):
    """Where a Map Run stands; every status but RUNNING is final."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"


@dataclass(slots=True)
class Tally:
    """How many items or executions are where, by the members of the API."""

    total: int = 0
    pending: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    aborted: int = 0
    written: int = 0

    def start(self, number: int) -> None:
        """So many begin that were pending."""
        self.pending -= number
        self.running += number

    def end(self, status: Status, number: int) -> None:
        """So many end that were running."""
        self.running -= number
        name = _COUNTED[status]
        setattr(self, name, getattr(self, name) + number)

    def again(self, status: Status, number: int) -> None:
        """So many that had ended run again."""
        self.end(status, -number)

    def shown(self) -> dict[str, Json]:
        """The members of DescribeMapRun."""
        return {
            "pending": self.pending,
            "running": self.running,
            "succeeded": self.succeeded,
            "failed": self.failed,
            "timedOut": self.timed_out,
            "aborted": self.aborted,
            "total": self.total,
            "resultsWritten": self.written,
            "failuresNotRedrivable": 0,
            "pendingRedrive": 0,
        }


_COUNTED = {
    Status.SUCCEEDED: "succeeded",
    Status.FAILED: "failed",
    Status.TIMED_OUT: "timed_out",
    Status.ABORTED: "aborted",
}


@dataclass(slots=True, eq=False, repr=False)
class MapRun:
    """One Map Run; times in seconds since 1970. `machine` is what its children are executions of.

    `children` are in the order of their items. A limit that is not given is None. `session` is the execution role's,
    taken for this run.
    """

    arn: str
    execution: Execution
    machine: Machine
    started: float
    concurrency: int
    tolerated_count: int | None
    tolerated_percentage: float | None
    status: MapRunStatus = MapRunStatus.RUNNING
    stopped: float | None = None
    items: Tally = field(default_factory=Tally)
    executions: Tally = field(default_factory=Tally)
    children: list[Execution] = field(default_factory=list)
    redrives: int = 0
    redriven: float | None = None
    session: Session | None = None
    swarm: Herd | None = None

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition(":")[2]

    def finish(self, status: MapRunStatus, now: float) -> None:
        """End; a run that has ended stays as it is."""
        if self.status is MapRunStatus.RUNNING:
            self.status = status
            self.stopped = now
            self.swarm = None

    def reopen(self, now: float, swarm: Herd) -> None:
        """Run again after it has ended, under the same ARN."""
        self.status = MapRunStatus.RUNNING
        self.stopped = None
        self.redrives += 1
        self.redriven = now
        self.swarm = swarm

    def expect(self, items: int, executions: int) -> None:
        """So many items in so many children wait to be run."""
        self.items.total = self.items.pending = items
        self.executions.total = self.executions.pending = executions

    def outputs(self) -> list[Json]:
        """The outputs of the children that succeeded, in the order of their items."""
        return [child.output for child in self.children if child.status is Status.SUCCEEDED]


@dataclass(slots=True)
class MapRuns:
    """All Map Runs of a world, and their children, by ARN."""

    runs: dict[str, MapRun] = field(default_factory=dict)
    children: dict[str, Execution] = field(default_factory=dict)


def labelled(machine: Machine, state: Map) -> Machine:
    """What the children of a Map are executions of: the machine with the label of the Map after its name.

    A Map inside a child belongs to the same machine (*inferred*).
    """
    arn, name = machine.arn.partition("/")[0], machine.name.partition("/")[0]
    label = state.label or _made_up(f"{arn}{state.pointer}")
    return replace(machine, arn=f"{arn}/{label}", name=f"{name}/{label}", type=state.execution_type)


def _made_up(text: str) -> str:
    """A label that follows from a text."""
    import uuid  # noqa: PLC0415 - a cold start needs none

    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))
