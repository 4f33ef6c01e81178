"""Steps as JSON: the member `stages` of a case, version 1, where its data was watched.

A stage has its document as `value`, or `same_as` the stage before it that has the same one, or, where it is long, the
beginning of its text as `cut` with the size of all of it in `bytes`. Variables that were told with a visit before are
told by that one's event, as `same_as_visit`. Secret values are masked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.document import compact, size
from turnstile.report.masking import masked
from turnstile.report.steps import NUMBERS, followed, rule, same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.document import Json
    from turnstile.report.report import Case
    from turnstile.report.steps import Attempt, Step, Steps
    from turnstile.world.stages import Turn
    from turnstile.world.stages import Visit as Kept

VERSION = 1
LARGEST = 65_536
"""Bytes of a document that is given whole."""


def as_json(case: Case, largest: int = LARGEST) -> Json:
    """What was kept of all executions of a case; None where nothing was watched."""
    executions = [executed(one, case.runs[0].started, largest) for one in followed(case)]
    return {"version": VERSION, "executions": executions} if executions else None


def executed(one: Steps, started: float, largest: int) -> Json:
    """The visits of one execution; times in seconds since `started`."""
    seen: dict[int, int] = {}
    return {
        "execution": one.run.arn,
        "machine": one.run.machine,
        "status": one.status,
        "visits_left_out": one.left_out,
        "visits": [visited(step, one, started, largest, seen) for step in one.steps if step.kept is not None],
    }


def visited(step: Step, one: Steps, started: float, largest: int, seen: dict[int, int]) -> Json:
    """One visit with its stages, try by try; `seen` are the visits that variables were told with."""
    visit, kept = step.visit, step.kept
    assert kept is not None, "asked for where it was kept"
    known: list[tuple[str, Json]] = []
    tries: list[Json] = []
    for attempt in step.attempts:
        known = [("input", kept.raw)]
        tries.append(_tried(attempt, known, started, largest))
    first = seen.setdefault(id(kept.variables), visit.entered)
    return {
        "entered": visit.entered,
        "state": visit.name,
        "type": visit.type,
        "inside": [{"state": name, "index": index} for name, index in step.inside],
        "outcome": step.outcome,
        "since": visit.started - started,
        "until": None if visit.ended is None else visit.ended - started,
        "input": _valued(kept.raw, largest),
        "variables": _valued(kept.variables, largest) if first == visit.entered else {"same_as_visit": first},
        "tries": tries,
        "choice": _chosen(one, kept),
        "assigned": _valued(kept.assigned, largest) if kept.assigned else None,
        "output": _staged("output", kept.output, known, largest) if kept.left else None,
    }


def _tried(attempt: Attempt, known: list[tuple[str, Json]], started: float, largest: int) -> Json:
    kept = attempt.kept
    return {
        "number": attempt.number,
        "redrives": kept.redrives,
        "after": kept.after,
        "at": kept.began - started,
        "stages": [_staged(name, value, known, largest) for name, value in attempt.stages],
        "calls": [
            {
                "action": call.action,
                "resource": call.resource,
                "principal": call.principal,
                "verdict": call.verdict,
                "at": call.at - started,
                "times": call.times,
            }
            for call in attempt.calls
        ],
        "errors": [{"error": error, "cause": masked(cause)} for error, cause in kept.errors],
        "taken_by": _taken(kept.turn),
    }


def _taken(turn: Turn | None) -> Json:
    if turn is None:
        return None
    return {"way": turn.way, "next": turn.next or None}


def _chosen(one: Steps, kept: Kept) -> Json:
    if kept.turn is None:
        return None
    return {"way": kept.turn.way, "next": kept.turn.next, "rule": masked(rule(one.run, kept))}


def _staged(name: str, value: Json, known: list[tuple[str, Json]], largest: int) -> Json:
    """A stage, told by one that was before it if they are the same."""
    if name in NUMBERS:
        return {"name": name, "value": value}
    before = _before(value, known)
    known.append((name, value))
    return {"name": name, "same_as": before} if before else {"name": name, **_valued(value, largest)}


def _before(value: Json, known: Iterable[tuple[str, Json]]) -> str:
    return next((name for name, other in known if same(value, other)), "")


def _valued(value: Json, largest: int) -> dict[str, Json]:
    hidden = masked(value)
    text = json.dumps(hidden, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if size(text) <= largest:
        return {"value": hidden}
    return {"cut": text[:largest], "bytes": size(compact(value))}
