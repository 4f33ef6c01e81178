"""An execution: one run of a state machine, from its input to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from turnstile.document import Json, compact
from turnstile.states.history import served

if TYPE_CHECKING:
    from turnstile.clock import Clock, Signal, Worker
    from turnstile.states.history import History
    from turnstile.states.role_slot import RoleSlot
    from turnstile.world.caller import Session
    from turnstile.world.machine import Machine
    from turnstile.world.rehearsal import Rehearsal


class Status(StrEnum):
    """Where an execution stands; every status but RUNNING is final."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


_ENDS = {
    Status.SUCCEEDED: ("ExecutionSucceeded", "executionSucceededEventDetails"),
    Status.FAILED: ("ExecutionFailed", "executionFailedEventDetails"),
    Status.TIMED_OUT: ("ExecutionTimedOut", "executionTimedOutEventDetails"),
    Status.ABORTED: ("ExecutionAborted", "executionAbortedEventDetails"),
}


LONGEST = {"STANDARD": 365 * 86400, "EXPRESS": 300}
"""Seconds an execution may last by its type (reference/limits.md)."""


class Herd(Protocol):
    """What runs the children of a Map Run."""

    def widen(self, most: int) -> None:
        """Run so many at once from now on; those that run go on."""

    def stop(self, child: Execution) -> None:
        """Take note that a child was stopped."""


class Parent(Protocol):
    """The Map Run that an execution is a child of. `session` is the execution role's, taken for this run."""

    arn: str
    session: Session | None
    swarm: Herd | None


@dataclass(slots=True, eq=False, repr=False)
class Execution:
    """One run; times in seconds since 1970. `session` is the execution role's, renewed when it expires.

    `version_arn` and `alias_arn` are empty where it was started from neither; `map_run` is what it is a child of, and
    a child has no `input_text` of its own. `rehearsal` holds declared results of its Tasks, `slot` is there once a Task
    names a role to assume.
    """

    arn: str
    name: str
    machine: Machine
    input: Json
    input_text: str
    started: float
    ended: Signal[None]
    events: History
    status: Status = Status.RUNNING
    output: Json = None
    error: str | None = None
    cause: str | None = None
    stopped: float | None = None
    session: Session | None = None
    worker: Worker[None] | None = None
    judged: bool = True
    version_arn: str = ""
    alias_arn: str = ""
    trace_header: str = ""
    redrives: int = 0
    redriven: float | None = None
    redrive_token: str | None = None
    map_run: Parent | None = None
    rehearsal: Rehearsal | None = None
    slot: RoleSlot | None = None

    def finish(self, status: Status, now: float, previous: int, **outcome: Json) -> None:
        """Record the last event and wake whoever waits for the end; a finished execution stays as it is."""
        if self.status is not Status.RUNNING:
            return
        self.status = status
        self.stopped = now
        self.output = outcome.get("output")
        self.error = outcome.get("error")
        self.cause = outcome.get("cause")
        given = {name: value for name, value in outcome.items() if value is not None or name == "output"}
        kind, details_field = _ENDS[status]
        self.events.close(previous, now, kind, details_field, given)
        self.ended.give(None)

    def reopen(self, now: float, ended: Signal[None]) -> int:
        """Run again after it has ended, under the same ARN; the id of the event that says so."""
        self.status = Status.RUNNING
        self.stopped = self.output = self.error = self.cause = None
        self.ended = ended
        self.redrives += 1
        self.redriven = now
        self.events.reopen()
        last = len(self.events)
        return self.events.append(
            last, now, "ExecutionRedriven", "executionRedrivenEventDetails", {"redriveCount": self.redrives}
        )

    async def join(self, clock: Clock) -> None:
        """Wait until nothing of it runs any more.

        Raises:
            Unsupported: it came to something that is not emulated.
        """
        if self.worker is None:
            return
        outcome = await clock.wait(self.worker.done)
        if isinstance(outcome, asyncio.CancelledError) and self.status is Status.ABORTED:
            return  # stopped by the API, not by whoever waits
        if isinstance(outcome, BaseException):
            raise outcome

    def outcome(self) -> dict[str, Json]:
        """The members of DescribeExecution that tell how it ended."""
        if self.status is Status.SUCCEEDED:
            return {"output": compact(self.output), "outputDetails": {"included": True}}
        return {name: text for name, text in (("error", self.error), ("cause", self.cause)) if text is not None}

    def history(self) -> list[Json]:
        """The events in the shape of GetExecutionHistory."""
        return [served(event) for event in self.events]
