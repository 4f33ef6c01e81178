"""Steps as text for a terminal: each visit of a state with its data after each stage (`-vv`).

Stages go by AWS's names (InspectionData of TestState). A stage that leaves the document as it was is not shown again.
Secret values are masked, users' text is escaped, and a long value is cut with its size.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.document import compact, size
from turnstile.report.layout import labelled, safe, wrapped
from turnstile.report.masking import masked
from turnstile.report.place import duration
from turnstile.report.steps import NUMBERS, followed, rule, same
from turnstile.report.walk import ABORTED, CAUGHT, FAILED, RUNNING, STUCK, SUCCEEDED, TIMED_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.report.layout import Paint
    from turnstile.report.report import Case
    from turnstile.report.steps import Asked, Attempt, Step, Steps

LONGEST = 600
"""Characters of a value that are shown."""

_LABEL = 21
_ROLES = {
    SUCCEEDED: "good",
    FAILED: "bad",
    TIMED_OUT: "bad",
    CAUGHT: "warn",
    ABORTED: "warn",
    STUCK: "bad",
    RUNNING: "warn",
}


def steps(case: Case, paint: Paint, width: int, *, indent: int) -> list[str]:
    """The lines of all executions of a case whose data was watched; none where none was."""
    told = list(followed(case))
    found = [one for one in told if any(step.kept for step in one.steps)]
    lines: list[str] = []
    for one in found:
        lines += ["", *_execution(one, case, paint, width, indent, alone=len(found) == 1)]
    if missing := sum(one.left_out > 0 for one in told if one not in found):
        lines += ["", f"{' ' * indent}the data of {missing:,} more executions was not kept"]
    return lines[1:]


def cut(value: Json) -> str:
    """A masked document on one line, the beginning of a long one and its size."""
    text = json.dumps(masked(value), ensure_ascii=False, allow_nan=False)
    if len(text) <= LONGEST:
        return safe(text)
    return safe(f"{text[:LONGEST]}… ({size(compact(value)):,} bytes, cut after {LONGEST} characters)")


def _execution(one: Steps, case: Case, paint: Paint, width: int, indent: int, *, alone: bool) -> Iterator[str]:
    origin = case.runs[0].started
    if not alone:
        yield from _title(one, origin, paint, width, indent)
    shown = _Shown(paint, width, indent, origin, one)
    for number, step in enumerate(one.steps):
        if number:
            yield ""
        yield from shown.step(step)
    if one.left_out:
        yield ""
        yield " " * indent + f"the data of {one.left_out:,} more visits was not kept"


def _title(one: Steps, origin: float, paint: Paint, width: int, indent: int) -> Iterator[str]:
    machine = one.run.machine.partition(":stateMachine:")[2] or one.run.machine
    account = one.run.arn.split(":")[4]
    head = f"{safe(machine)} of {account}, execution {safe(one.run.name)}"
    since = f"+{duration(one.run.started - origin)}"
    first, *rest = wrapped(f"{head}  {one.status} from {since}", width - indent)
    yield " " * indent + paint("strong", first)
    yield from (" " * (indent + 2) + paint("strong", line) for line in rest)


class _Shown:
    """The steps of one execution; remembers which variables were shown last."""

    def __init__(self, paint: Paint, width: int, indent: int, origin: float, told: Steps) -> None:
        self._paint, self._width, self._indent, self._origin = paint, width, indent, origin
        self._told = told
        self._variables: Mapping[str, Json] = {}

    def step(self, step: Step) -> Iterator[str]:
        """A head, the data on its way in, each try, and how it was left."""
        yield self._head(step)
        kept = step.kept
        if kept is None:
            return
        yield from self._row("input", cut(kept.raw))
        if kept.variables and kept.variables != self._variables:
            yield from self._row("variables", cut(kept.variables))
        last, named = kept.raw, "input"
        for attempt in step.attempts:
            if attempt.number > 1:
                yield from self._again(attempt)
                last, named = kept.raw, "input"
            for worked in (False, True):
                for name, value in attempt.changes(last, worked=worked):
                    yield from self._row(name, cut(value))
                    if name not in NUMBERS:
                        last, named = value, name
                if not worked:
                    yield from self._asked(attempt)
            yield from self._failed(attempt)
        yield from self._left(step, last, named)

    def _head(self, step: Step) -> str:
        visit, paint = step.visit, self._paint
        inside = "".join(f"{name}[{index}] > " for name, index in step.inside)
        lasted = f" in {duration(visit.ended - visit.started)}" if visit.ended not in (None, visit.started) else ""
        place = f"{' ' * self._indent}+{duration(visit.started - self._origin)}  #{visit.entered}  "
        outcome = paint(_ROLES[step.outcome], step.outcome)
        return f"{place}{safe(inside)}{paint('strong', safe(visit.name))}  {visit.type}  {outcome}{lasted}"

    def _again(self, attempt: Attempt) -> Iterator[str]:
        yield from self._row(f"try {attempt.number}", f"at +{duration(attempt.kept.began - self._origin)}", role="warn")

    def _asked(self, attempt: Attempt) -> Iterator[str]:
        for call in attempt.calls:
            role = "bad" if call.verdict.startswith("refused") else "hint"
            yield from self._row("call", safe(_told(call)), role=role)

    def _failed(self, attempt: Attempt) -> Iterator[str]:
        for error, cause in attempt.kept.errors:
            shown = f"{error or 'no error name'}: {_text(cause)}" if cause else error or "no error name"
            yield from self._row("error", safe(shown), role="bad")
        turn = attempt.kept.turn
        if turn is None:
            return
        kind, _, index = turn.way.partition("/")
        word = f"{kind}[{index}]"
        if kind == "Catch":
            yield from self._row("caught", f"by {word}, goes to {safe(turn.next)}", role="warn")
        else:
            yield from self._row("retried", f"by {word}{self._pause(attempt)}", role="warn")

    @staticmethod
    def _pause(attempt: Attempt) -> str:
        if attempt.following is None or attempt.kept.failed is None:
            return ""
        return f", after {duration(attempt.following.began - attempt.kept.failed)}"

    def _left(self, step: Step, last: Json, named: str) -> Iterator[str]:
        kept = step.kept
        assert kept is not None, "asked for where it was kept"
        if kept.turn is not None:
            chosen = rule(self._told.run, kept)
            kind, _, index = kept.turn.way.partition("/")
            told = f"{kind}[{index}] {cut(chosen)}" if chosen is not None else "Default"
            yield from self._row("choice", f"{told}, goes to {safe(kept.turn.next)}", role="hint")
        if kept.assigned:
            yield from self._row("assigned", cut(kept.assigned), role="hint")
        self._variables = {**kept.variables, **(kept.assigned or {})}
        if kept.left:
            yield from self._row("output", f"as {named}" if same(kept.output, last) else cut(kept.output))

    def _row(self, label: str, text: str, role: str = "faint") -> Iterator[str]:
        indent = self._indent + 2
        first, *rest = labelled(label, text, indent=indent, margin=indent + _LABEL, width=self._width)
        yield first.replace(label, self._paint(role, label), 1)
        yield from rest


def _told(call: Asked) -> str:
    times = f", {call.times} times" if call.times > 1 else ""
    on = f" on {call.resource}" if call.resource not in ("", "*") else ""
    return f"{call.action}{on} as {_short(call.principal)}: {call.verdict}{times}"


def _short(principal: str) -> str:
    """A principal of IAM by its name and account."""
    fields = principal.split(":", 5)
    return f"{fields[5]} of {fields[4]}" if len(fields) > 5 and fields[4] else principal  # noqa: PLR2004 - parts of an ARN


def _text(cause: str) -> str:
    shown = str(masked(cause))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}… ({len(shown):,} characters)"
