"""A history read back as a walk: each visit of a state with its attempts, and what became of every state.

Works on events in the shape of GetExecutionHistory. Events of branches and iterations hang together by
`previousEventId` alone (reference/recorded-behaviour.md, "History shape").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from turnstile.document import Json

SUCCEEDED, CAUGHT, FAILED, TIMED_OUT = "succeeded", "caught", "failed", "timed out"
ABORTED, STUCK, RUNNING, NOT_REACHED = "aborted", "stuck", "running", "not reached"

_GRAVEST = (FAILED, TIMED_OUT, STUCK, ABORTED, RUNNING, CAUGHT, SUCCEEDED)
_UNFINISHED = {
    "FAILED": ABORTED,
    "TIMED_OUT": TIMED_OUT,
    "ABORTED": ABORTED,
    "STUCK": STUCK,
    "RUNNING": RUNNING,
    "UNSUPPORTED": ABORTED,
}
_GROUPS = ("Parallel", "Map")
_BEGINS = ("TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled")
_GOES_WRONG = ("Failed", "TimedOut", "FailedToStart", "StartFailed", "SubmitFailed", "ScheduleFailed")


@dataclass(slots=True, eq=False)
class Attempt:
    """One try of a Task; times in seconds since 1970, `ended` None while it runs.

    `error` is empty where it went well.
    """

    first: int
    started: float
    ended: float | None = None
    last: int = 0
    error: str = ""


@dataclass(slots=True, eq=False)
class Visit:
    """One time that a state was entered; `parent` is the visit it happened in, -1 for none, `last` its last event."""

    name: str
    type: str
    parent: int
    entered: int
    started: float
    exited: int = 0
    ended: float | None = None
    last: int = 0
    wrong: str = ""
    error: str = ""
    outcome: str = RUNNING
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """All visits in the order they began, and which one each event belongs to (-1: none)."""

    visits: tuple[Visit, ...]
    owners: tuple[int, ...]
    taken: frozenset[tuple[str, str]]

    def outcomes(self) -> dict[str, str]:
        """What became of each state that was reached: of several visits the gravest."""
        return gravest((visit.name, visit.outcome) for visit in self.visits)


def gravest(outcomes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of all outcomes of a state the gravest."""
    found: dict[str, str] = {}
    for name, outcome in outcomes:
        found[name] = min(found.get(name, outcome), outcome, key=_GRAVEST.index)
    return found


def walk(events: Sequence[Json], status: str) -> Walk:
    """Read a history of an execution that ended with this status, or that has STUCK or RUNNING."""
    reader = _Reader()
    for event in events:
        reader.read(event)
    reader.close(status)
    return Walk(tuple(reader.visits), tuple(reader.owners), frozenset(reader.taken))


def details(event: dict[str, Json]) -> Mapping[str, Json]:
    """The details of an event, empty where it has none."""
    last = next(reversed(event), "")  # they stand behind the four members that all events have
    return event[last] if last.endswith("EventDetails") else {}


class _Reader:
    """Goes through the events once, in their order."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.owners: list[int] = []
        self.taken: set[tuple[str, str]] = set()
        self._owner: dict[int, int] = {0: -1}
        self._exits: dict[int, int] = {}

    def read(self, event: dict[str, Json]) -> None:
        kind, told = str(event["type"]), details(event)
        before = self._owner.get(event["previousEventId"], -1)
        if kind.endswith("StateEntered"):
            owner = self._enter(event, kind, told)
        elif kind.endswith("StateExited"):
            owner = self._leave(event, before, str(told.get("name", "")))
        elif kind.startswith("Execution"):
            owner = -1
        else:
            owner = self._inner(event, kind, told, before)
        self._owner[event["id"]] = owner
        self.owners.append(owner)

    def _enter(self, event: Mapping[str, Json], kind: str, told: Mapping[str, Json]) -> int:
        previous = event["previousEventId"]
        left = self._exits.get(previous)
        name = str(told.get("name", ""))
        if left is not None:
            self.taken.add((self.visits[left].name, name))
            parent = self.visits[left].parent
        else:
            parent = self._owner.get(previous, -1)
            self.taken.add(("", name))
        self.visits.append(
            Visit(name, kind.removesuffix("StateEntered"), parent, event["id"], event["timestamp"], last=event["id"])
        )
        return len(self.visits) - 1

    def _leave(self, event: Mapping[str, Json], before: int, name: str) -> int:
        owner = before
        while owner >= 0 and (self.visits[owner].name != name or self.visits[owner].exited):
            owner = self.visits[owner].parent
        if owner >= 0:
            visit = self.visits[owner]
            visit.exited, visit.ended, visit.last = event["id"], event["timestamp"], event["id"]
            self._exits[event["id"]] = owner
            self.taken.add((name, ""))
        return owner

    def _inner(self, event: Mapping[str, Json], kind: str, told: Mapping[str, Json], before: int) -> int:
        group = next((one for one in _GROUPS if kind.startswith(one)), "")
        owner = before
        while group and owner >= 0 and self.visits[owner].type != group:
            owner = self.visits[owner].parent
        if owner < 0:
            return before
        visit = self.visits[owner]
        visit.last = event["id"]
        if not kind.startswith("MapIteration"):
            _note(visit, event, kind, told)
        return owner

    def close(self, status: str) -> None:
        """Say what became of each visit, those inside first."""
        failing: set[int] = set()
        for index in range(len(self.visits) - 1, -1, -1):
            visit = self.visits[index]
            visit.outcome = _outcome(visit, status, inside_failed=index in failing)
            if visit.outcome == FAILED:
                failing.add(visit.parent)


def _note(visit: Visit, event: Mapping[str, Json], kind: str, told: Mapping[str, Json]) -> None:
    """Begin or end an attempt."""
    if kind in _BEGINS:
        visit.attempts.append(Attempt(event["id"], event["timestamp"], last=event["id"]))
        visit.wrong = ""
    if kind.endswith(_GOES_WRONG):
        visit.wrong, visit.error = kind, str(told.get("error") or kind)
    if visit.attempts:
        last = visit.attempts[-1]
        last.last, last.ended = event["id"], event["timestamp"]
        last.error = visit.error if visit.wrong else ""


def _outcome(visit: Visit, status: str, *, inside_failed: bool) -> str:
    if visit.exited:
        return CAUGHT if visit.wrong else SUCCEEDED
    if visit.wrong:
        return TIMED_OUT if visit.wrong.endswith("TimedOut") else FAILED
    if visit.type == "Fail" or (inside_failed and status == "FAILED"):
        return FAILED
    return _UNFINISHED.get(status, ABORTED)
