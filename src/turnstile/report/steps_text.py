"""Steps as text for a terminal: each visit of a state with its data after each stage (`-vv`).

What is told of a step is `steps_rows`'; here it is laid out. Users' text is escaped, words stand beside colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.layout import labelled, safe, wrapped
from turnstile.report.place import duration
from turnstile.report.steps import followed
from turnstile.report.steps_rows import Rows
from turnstile.report.walk import ABORTED, CAUGHT, FAILED, RUNNING, STUCK, SUCCEEDED, TIMED_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.report.layout import Paint
    from turnstile.report.report import Case
    from turnstile.report.steps import Step, Steps

LONGEST = 300
"""Characters of a value that are shown."""

_LABEL = 21
_ROLES = {
    SUCCEEDED: "good", FAILED: "bad", TIMED_OUT: "bad", STUCK: "bad", CAUGHT: "warn", ABORTED: "warn", RUNNING: "warn",
}  # fmt: skip


def steps(case: Case, paint: Paint, width: int, *, indent: int) -> list[str]:
    """The lines of all executions of a case whose data was watched; none where none was."""
    told = list(followed(case))
    found = [one for one in told if any(step.kept for step in one.steps)]
    lines: list[str] = []
    for one in found:
        lines += ["", *_execution(one, case, paint, width, indent, alone=len(told) == 1)]
    if missing := sum(one.left_out > 0 for one in told if one not in found):
        lines += ["", f"{' ' * indent}the data of {missing:,} more executions was not kept"]
    return lines[1:]


def _execution(one: Steps, case: Case, paint: Paint, width: int, indent: int, *, alone: bool) -> Iterator[str]:
    origin = case.runs[0].started
    if not alone:
        yield from _title(one, origin, paint, width, indent)
    rows = Rows(one.run, origin, LONGEST)
    for number, step in enumerate(step for step in one.steps if step.kept is not None):
        if number:
            yield ""
        yield _head(step, origin, paint, indent)
        for label, text, role in rows.of(step):
            first, *rest = labelled(label, safe(text), indent=indent + 2, margin=indent + 2 + _LABEL, width=width)
            yield first.replace(label, paint(role, label), 1)
            yield from rest
    if one.left_out:
        yield ""
        yield f"{' ' * indent}the data of {one.left_out:,} more visits was not kept"


def _title(one: Steps, origin: float, paint: Paint, width: int, indent: int) -> Iterator[str]:
    machine = one.run.machine.partition(":stateMachine:")[2] or one.run.machine
    since = f"{one.status} from +{duration(one.run.started - origin)}"
    told = f"{machine} of {one.run.arn.split(':')[4]}, execution {one.run.name}  {since}"
    first, *rest = wrapped(safe(told), width - indent)
    yield " " * indent + paint("strong", first)
    yield from (" " * (indent + 2) + paint("strong", line) for line in rest)


def _head(step: Step, origin: float, paint: Paint, indent: int) -> str:
    visit = step.visit
    inside = "".join(f"{name}[{index}] > " for name, index in step.inside)
    lasted = "" if visit.ended in (None, visit.started) else f" in {duration((visit.ended or 0) - visit.started)}"
    place = f"{' ' * indent}+{duration(visit.started - origin)}  #{visit.entered}  {safe(inside)}"
    return (
        f"{place}{paint('strong', safe(visit.name))}  {visit.type}  {paint(_ROLES[step.outcome], step.outcome)}{lasted}"
    )
