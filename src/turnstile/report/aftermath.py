"""What is left when a case is over, in words: stuck Tasks, jobs that run on, polls not made, keys that were missing.

Values of `states` and `gate` go in, paragraphs with their labels come out; `text` and `execution` print them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.diagnosis import row, tried
from turnstile.report.layout import safe
from turnstile.report.place import duration
from turnstile.states.standstill import WaitsFor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.gate.call import Site
    from turnstile.gate.trail import Collapse, Entry, Veil
    from turnstile.report.layout import Paint
    from turnstile.report.report import Case
    from turnstile.states.standstill import Keeper, Orphan, Right, Stuck

_AWAITED = {
    WaitsFor.JOB: "the end of the job",
    WaitsFor.CALLBACK: "its task token, which nobody sends any more, from",
    WaitsFor.ACTIVITY: "a worker of",
    WaitsFor.ROLE: "its turn to assume",
}


def aftermath(case: Case, paint: Paint, width: int) -> Iterator[list[str]]:
    """A block for each Task that is stuck, each job that runs on, and each row of polls that were not made."""
    for stuck in case.stuck:
        label = "stuck" if stuck.keeper is None else "deadlock"
        rows = (*_lack(stuck.missing, stuck.refused), *_way_out(stuck))
        yield _block((label, "bad", stuck_told(stuck)), *rows, paint=paint, width=width)
    for orphan in case.orphans:
        label = "left" if orphan.left else "orphan"
        yield _block(
            (label, "warn", orphan_told(orphan)), *_lack(orphan.missing, orphan.refused), paint=paint, width=width
        )
    for polls in case.collapses:
        yield _block(("not made", "strong", polls_told(polls)), paint=paint, width=width)
    for veil in case.veiled:
        lack = f"s3:ListBucket on {veil.resource}"
        yield _block(("missing key", "warn", veil_told(veil)), ("missing", "bad", lack), paint=paint, width=width)


def _block(*rows: tuple[str, str, str], paint: Paint, width: int) -> list[str]:
    return [line for label, role, text in rows for line in row(label, role, safe(text), paint, width)]


def stuck_told(stuck: Stuck) -> str:
    """What a stuck Task waits for; not escaped."""
    return f"{_waits(stuck)}{_kept(stuck)}, and nothing can happen any more"


def _waits(stuck: Stuck) -> str:
    return f"{_place(stuck.site)} waits for {_AWAITED[stuck.waits_for]} `{stuck.what}`"


def _kept(stuck: Stuck) -> str:
    """Who keeps a Task from its turn, and what that one waits for; nobody overtakes, not even with the same role."""
    keeper = stuck.keeper
    if keeper is None:
        return ""
    rule = "an execution has one assumed role at a time, and it is"
    if keeper.role_arn == stuck.what:
        rule = "it stands behind others, who need another role than"
    return f"; {rule} `{keeper.role_arn}` while {_waits(keeper.task)}"


def _way_out(stuck: Stuck) -> Iterator[tuple[str, str, str]]:
    if stuck.keeper is None:
        return
    keeping, waiting = stuck.keeper.task.site.state, stuck.site.state
    told = f"let `{waiting}` not run beside `{keeping}`, or give `{keeping}` a `TimeoutSeconds`"
    yield "help", "hint", f"{told}; `settings: {{role_slot: per-task}}` lifts the rule"


def orphan_told(orphan: Orphan) -> str:
    """Which job runs on, and why; not escaped."""
    task = _place(orphan.site)
    if orphan.left:
        return f"the job `{orphan.job}` runs on; nobody tried to end it when {task} was over"
    return f"the job `{orphan.job}` runs on without {task}; its cancellation was refused ({orphan.error})"


def _lack(missing: Right | None, refused: Entry | None) -> Iterator[tuple[str, str, str]]:
    if missing is None or refused is None:
        return
    site = refused.call.site
    asked = f", refused at {tried(site.attempt, site.poll)}" if site is not None and site.poll else ""
    yield "missing", "bad", f"{missing.action} on {missing.resource}{asked}"


def polls_told(polls: Collapse) -> str:
    """Which polls were not made; not escaped."""
    what = (
        f"{polls.service}:{polls.operation} after {tried(polls.site.attempt, polls.site.poll)} of {_state(polls.site)}"
    )
    if polls.times is None or polls.until is None:
        return f"polls by {what}: without end, since nothing can change their answer"
    times = "one poll" if polls.times == 1 else f"{polls.times} polls"
    return f"{times} by {what}, in {duration(polls.until - polls.since)} in which nothing could change the answer"


def veil_told(veil: Veil) -> str:
    """Which key is not there, and what would have shown it; not escaped."""
    call = veil.call
    place = f" of {_place(call.site)}" if call.site is not None else ""
    key, who = call.parameters.get("Key", ""), call.caller.arn
    answered = f"s3:{call.operation}{place} was answered with 403, not 404"
    return f"the key `{key}` of `{veil.resource}` does not exist; {answered}, since `{who}` may not s3:ListBucket there"


def _place(site: Site) -> str:
    return f"{_state(site)} (attempt {site.attempt})"


def _state(site: Site) -> str:
    return f"state `{site.state}`"


def as_json(case: Case) -> dict[str, Json]:
    """The same as members of a case in a report; times in seconds since 1970."""
    return {
        "stuck": [
            {
                **_site(one.site),
                "waiting_for": one.waits_for.value,
                "what": one.what,
                "missing": _right(one.missing, one.refused),
                "kept_by": _keeper(one.keeper),
            }
            for one in case.stuck
        ],
        "orphans": [
            {
                **_site(one.site),
                "job": one.job,
                "left_running": one.left,
                "answer": one.error or None,
                "missing": _right(one.missing, one.refused),
            }
            for one in case.orphans
        ],
        "polls_not_made": [
            {
                **_site(one.site),
                "service": one.service,
                "operation": one.operation,
                "after_poll": one.site.poll,
                "times": one.times,
                "seconds": None if one.until is None else one.until - one.since,
            }
            for one in case.collapses
        ],
        "missing_keys": [
            {
                "call": f"s3:{one.call.operation}",
                "principal": one.call.caller.arn,
                "key": one.call.parameters.get("Key"),
                "missing": {"action": "s3:ListBucket", "resource": one.resource},
                "sequence": one.after,
                "state": one.call.site.state if one.call.site else None,
            }
            for one in case.veiled
        ],
    }


def _site(site: Site) -> dict[str, Json]:
    return {"execution": site.execution, "state": site.state, "attempt": site.attempt}


def _keeper(keeper: Keeper | None) -> Json:
    if keeper is None:
        return None
    task = keeper.task
    waits = {"waiting_for": task.waits_for.value, "what": task.what}
    return {**_site(task.site), "role": keeper.role_arn, **waits}


def _right(missing: Right | None, refused: Entry | None) -> Json:
    if missing is None or refused is None:
        return None
    site = refused.call.site
    return {
        "action": missing.action,
        "resource": missing.resource,
        "sequence": refused.sequence,
        "poll": site.poll if site is not None else 0,
    }
