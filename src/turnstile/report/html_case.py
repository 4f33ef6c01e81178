"""A case of a report as the data of a page: executions with visits and events, calls, accounts. Texts are masked.

Times are seconds since the start of the case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.report import html_calls, html_steps
from turnstile.report.aftermath import orphan_told, polls_told, stuck_told, veil_told
from turnstile.report.html_coverage import written_at
from turnstile.report.html_lane import lane, sessions
from turnstile.report.html_payload import seconds
from turnstile.report.json import facts
from turnstile.report.masking import everywhere, masked, readable
from turnstile.report.place import shown
from turnstile.report.report import STUCK
from turnstile.report.walk import NOT_REACHED, details, gravest, walk
from turnstile.states.history import served

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import LeaseEntry
    from turnstile.report.course import Run
    from turnstile.report.html_payload import Shared
    from turnstile.report.report import Case
    from turnstile.report.walk import Walk

_NO_EVENTS: Sequence[Json] = ()
_INNER = ("Branches", "ItemProcessor", "Iterator")
_TIMES = frozenset({"since", "until"})
_OF_RUN = _TIMES | {"picture", "dropped", "visits", "events", "taken", "stages"}
_OF_CALL = frozenset({"sequence", "at", "until", "times", "attempt", "poll", "allowed", "judged", "assumed"})
_OF_LANE = _TIMES | {"attempt", "waits"}
_OF_POLLS = _TIMES | {"attempt", "times", "refused"}


def data(case: Case, pictures: dict[int, int], shared: Shared) -> dict[str, Json]:
    """Everything the page shows of a case; `pictures` are the numbers of drawn definitions by their documents."""
    started = _started(case)
    until = max([started + case.virtual, *(run.stopped or 0.0 for run in case.runs)])
    rows = lane(_held(case, until), started, until) or sessions(case.calls, started)
    left_out = html_calls.polls_left_out(case.collapses, started)
    told = facts(case)
    refused = [{name: value for name, value in one.items() if name != "statements"} for one in told.pop("refused")]
    return {
        **everywhere(told),
        "homes": {home.id: readable(home.name) for home in case.homes},
        "refused": shared.rows(refused, (), ("links",)),
        "runs": shared.rows(_runs(case, started, pictures, shared), _OF_RUN),
        "calls": shared.rows(html_calls.calls(case, started, _by_sequence(refused)), _OF_CALL, ("why",)),
        "lane": shared.rows(rows, _OF_LANE),
        "polls": shared.rows(html_calls.polls(case.calls, started), _OF_POLLS),
        "polls_left_out": shared.rows(left_out, _OF_POLLS),
        "started": started,
        "left": everywhere(
            [
                *(["stuck", stuck_told(one)] for one in case.stuck),
                *(["left running", orphan_told(one)] for one in case.orphans),
                *(["not made", polls_told(one)] for one in case.collapses),
                *(["missing key", veil_told(one)] for one in case.veiled),
            ]
        ),
    }


def _by_sequence(refused: Iterable[dict[str, Json]]) -> dict[int, dict[str, Json]]:
    """What is told of each refused call, by its number."""
    return {occasion["sequence"]: one for one in refused for occasion in one["occasions"]}


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
    told = (walk(events(child), child.status) for child in _children(case.runs).get(run.machine, ()))
    found = _outcomes(walk(_history(case, run), status(case, run)), told)
    return {name: found.get(name, NOT_REACHED) for name in definitions(run.document)}


def _outcomes(own: Walk, children: Iterable[Walk]) -> dict[str, str]:
    """With those of its children, the executions of distributed Maps in its machine."""
    return gravest(pair for one in (own, *children) for pair in one.outcomes().items())


def _children(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """The children of distributed Maps by machine: a Map labelled `Each` in machine `M` has children of `M/Each`."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        parent, _, label = run.machine.rpartition("/")
        while label and parent:
            found.setdefault(parent, []).append(run)
            parent, _, label = parent.rpartition("/")
    return found


def _history(case: Case, run: Run) -> Sequence[Json]:
    return case.history if run is case.runs[0] and case.history else events(run)


def _runs(case: Case, started: float, pictures: dict[int, int], shared: Shared) -> Iterator[dict[str, Json]]:
    """A row for each execution; one for a history without an execution."""
    if not case.runs and case.history:
        yield _bare(case, started, shared)
    documents = {id(run.document): run.document for run in case.runs}
    written = {key: masked(definitions(document)) for key, document in documents.items()}
    walks = {run.arn: walk(_history(case, run), status(case, run)) for run in case.runs}
    children = _children(case.runs)
    stages = html_steps.stages(case, shared)
    for run in case.runs:
        own = walks[run.arn]
        below = [walks[child.arn] for child in children.get(run.machine, ())]
        yield {
            "arn": run.arn,
            "name": run.name,
            "machine": run.machine,
            "role": run.role,
            "status": status(case, run),
            "since": seconds(run.started - started),
            "until": None if run.stopped is None else seconds(run.stopped - started),
            "input": masked(run.input),
            "output": masked(run.output),
            "error": run.error or "",
            "cause": masked(run.cause),
            "picture": pictures.get(id(run.document)),
            "written": "" if run.written is None else written_at(shown(run.written)),
            "definitions": written[id(run.document)],
            "outcomes": _outcomes(own, below),
            "dropped": 0 if own.owners else len(run.events),
            "stages": stages.get(run.arn, {}),
            **_walked(own, _history(case, run), started, shared),
        }


def _bare(case: Case, started: float, shared: Shared) -> dict[str, Json]:
    found = walk(case.history, case.status)
    return {
        "arn": "",
        "name": case.name,
        "machine": "",
        "role": "",
        "status": case.status,
        "since": 0,
        "until": seconds(case.virtual),
        "input": None,
        "output": masked(case.output),
        "error": case.error or "",
        "cause": masked(case.cause),
        "picture": None,
        "written": "",
        "definitions": {},
        "outcomes": found.outcomes(),
        "dropped": 0,
        "stages": {},
        **_walked(found, case.history, started, shared),
    }


def _walked(found: Walk, history: Sequence[Json], started: float, shared: Shared) -> dict[str, Json]:
    return {
        "taken": [[shared.ref(one) for one in pair] for pair in sorted(found.taken)],
        "visits": shared.visits(found.visits, started),
        "events": [_event(event, owner, started, shared) for event, owner in zip(history, found.owners, strict=True)],
    }


def _event(event: Json, owner: int, started: float, shared: Shared) -> Json:
    """Distance to the event before, seconds, type, visit, and the details, as `html_payload` says."""
    told = {name: value for name, value in details(event).items() if not name.endswith("Details")}
    before = event["id"] - event["previousEventId"]
    at = seconds(event["timestamp"] - started)
    return [before, at, shared.ref(event["type"]), owner, *shared.details(told)]


def definitions(document: Json) -> dict[str, Json]:
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
