"""A case of a report as the data of a page: executions with visits and events, calls, accounts. Texts are masked.

Times are seconds since the start of the case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.report import html_calls
from turnstile.report.aftermath import orphan_told, polls_told, stuck_told, veil_told
from turnstile.report.html_lane import lane, sessions
from turnstile.report.json import facts
from turnstile.report.masking import masked
from turnstile.report.report import STUCK
from turnstile.report.walk import NOT_REACHED, details, gravest, walk
from turnstile.states.history import served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import LeaseEntry
    from turnstile.report.course import Run
    from turnstile.report.report import Case
    from turnstile.report.walk import Attempt, Visit, Walk

_NO_EVENTS: Sequence[Json] = ()
_INNER = ("Branches", "ItemProcessor", "Iterator")


def data(case: Case, pictures: dict[int, int]) -> dict[str, Json]:
    """Everything the page shows of a case; `pictures` are the numbers of drawn definitions by their documents."""
    started = _started(case)
    until = max([started + case.virtual, *(run.stopped or 0.0 for run in case.runs)])
    return {
        **facts(case),
        "runs": [_run(case, run, started, pictures) for run in case.runs] or _bare(case, started),
        "calls": html_calls.calls(case, started),
        "lane": lane(_held(case, until), started, until) or sessions(case.calls, started),
        "polls": html_calls.polls(case.calls, started),
        "polls_left_out": html_calls.polls_left_out(case.collapses, started),
        "started": started,
        "left": [
            *(["stuck", stuck_told(one)] for one in case.stuck),
            *(["left running", orphan_told(one)] for one in case.orphans),
            *(["not made", polls_told(one)] for one in case.collapses),
            *(["missing key", veil_told(one)] for one in case.veiled),
        ],
    }


def _held(case: Case, until: float) -> Sequence[LeaseEntry]:
    """What happened to role slots, without what happens when a world that stands still is ended."""
    return [one for one in case.leases if one.time < until or case.status != STUCK]


def _started(case: Case) -> float:
    if case.runs:
        return case.runs[0].started
    return float(case.history[0]["timestamp"]) if case.history else 0.0


def status(case: Case, run: Run) -> str:
    """How an execution ended; one that still runs in a world that stands still is stuck."""
    return case.status if case.runs and run is case.runs[0] else run.status


def events(run: Run) -> Sequence[Json]:
    """The events of an execution, none where they were not kept."""
    try:
        return [served(event) for event in run.events]
    except Unsupported:
        return _NO_EVENTS


def outcomes(case: Case, run: Run) -> dict[str, str]:
    """What became of every state of an execution's definition."""
    found = _outcomes(case, run, walk(_history(case, run), status(case, run)))
    return {name: found.get(name, NOT_REACHED) for name in _definitions(run.document)}


def _outcomes(case: Case, run: Run, found: Walk) -> dict[str, str]:
    """With those of its children, the executions of distributed Maps in its machine."""
    children = (one for one in case.runs if one.machine.startswith(f"{run.machine}/"))
    told = (walk(events(child), child.status).outcomes() for child in children)
    return gravest(pair for one in (found.outcomes(), *told) for pair in one.items())


def _history(case: Case, run: Run) -> Sequence[Json]:
    return case.history if run is case.runs[0] and case.history else events(run)


def _run(case: Case, run: Run, started: float, pictures: dict[int, int]) -> Json:
    history = _history(case, run)
    ended = status(case, run)
    found = walk(history, ended)
    return {
        "arn": run.arn,
        "name": run.name,
        "machine": run.machine,
        "role": run.role,
        "status": ended,
        "since": run.started - started,
        "until": None if run.stopped is None else run.stopped - started,
        "input": masked(run.input),
        "output": masked(run.output),
        "error": run.error,
        "cause": masked(run.cause),
        "picture": pictures.get(id(run.document)),
        "definitions": masked(_definitions(run.document)),
        **_walked(found, history, started),
        "outcomes": _outcomes(case, run, found),
    }


def _bare(case: Case, started: float) -> list[Json]:
    if not case.history:
        return []
    found = walk(case.history, case.status)
    return [
        {
            "arn": "",
            "name": case.name,
            "machine": "",
            "role": "",
            "status": case.status,
            "since": 0.0,
            "until": case.virtual,
            "input": None,
            "output": masked(case.output),
            "error": case.error,
            "cause": masked(case.cause),
            "picture": None,
            "definitions": {},
            **_walked(found, case.history, started),
        }
    ]


def _walked(found: Walk, history: Sequence[Json], started: float) -> dict[str, Json]:
    return {
        "outcomes": found.outcomes(),
        "taken": [list(pair) for pair in sorted(found.taken)],
        "visits": [_visit(visit, started) for visit in found.visits],
        "events": [_event(event, owner, started) for event, owner in zip(history, found.owners, strict=True)],
    }


def _visit(visit: Visit, started: float) -> Json:
    return {
        "name": visit.name,
        "type": visit.type,
        "parent": visit.parent,
        "entered": visit.entered,
        "exited": visit.exited,
        "last": visit.last,
        "since": visit.started - started,
        "until": None if visit.ended is None else visit.ended - started,
        "outcome": visit.outcome,
        "error": visit.error,
        "attempts": [_attempt(one, started) for one in visit.attempts],
    }


def _attempt(one: Attempt, started: float) -> Json:
    until = None if one.ended is None else one.ended - started
    return [one.first, one.last, one.started - started, until, one.error]


def _event(event: Json, owner: int, started: float) -> Json:
    """Id, previous id, seconds, type, visit, details: a list, since there may be many thousands."""
    return [event["id"], event["previousEventId"], event["timestamp"] - started, event["type"], owner, _told(event)]


def _told(event: Json) -> Json:
    found = {name: value for name, value in details(event).items() if not name.endswith("Details")}
    return masked(found) if found else None


def _definitions(document: Json) -> dict[str, Json]:
    """Every state as written, by name, without the states inside of it."""
    found: dict[str, Json] = {}
    pending = [document]
    while pending:
        scope = pending.pop()
        states = scope.get("States") if isinstance(scope, dict) else None
        for name, state in (states if isinstance(states, dict) else {}).items():
            if isinstance(state, dict):
                found[name] = {key: value for key, value in state.items() if key not in _INNER}
                pending += [state.get("ItemProcessor"), state.get("Iterator"), *(state.get("Branches") or ())]
    return found
