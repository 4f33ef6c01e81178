"""A step as rows of a label and a text: what a terminal and a page show of it, in the order it happened.

Stages go by AWS's names (InspectionData of TestState). A stage that leaves the document as it was has no row, and a
later try only those that differ from the try before. Secret values are masked; a long value is cut with its size.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from turnstile.document import compact, size
from turnstile.report.masking import masked
from turnstile.report.place import duration
from turnstile.report.steps import rule, same

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.report.course import Run
    from turnstile.report.steps import Asked, Attempt, Step
    from turnstile.world.stages import Visit


class Row(NamedTuple):
    """A label, what stands beside it, and the role of the label's colour."""

    label: str
    text: str
    role: str = "faint"


class Rows:
    """The rows of the steps of one execution, in their order; variables are told where they are news.

    `origin` is the time that others are told from, `longest` how many characters of a value are shown.
    """

    def __init__(self, run: Run, origin: float, longest: int) -> None:
        self._run, self._origin, self._longest = run, origin, longest
        self._variables: Mapping[str, Json] = {}

    def of(self, step: Step) -> Iterator[Row]:
        """The data on its way in, each try, and how the state was left; none for a visit that was not kept."""
        kept = step.kept
        if kept is None:
            return
        yield Row("input", self._cut(kept.raw))
        if kept.variables and kept.variables != self._variables:
            yield Row("variables", self._cut(kept.variables))
        last: tuple[str, Json] = ("input", kept.raw)
        for attempt in step.attempts:
            if attempt.number > 1:
                began = f"at +{duration(attempt.kept.began - self._origin)}"
                yield Row("redriven" if attempt.redriven else f"try {attempt.again}", began, "warn")
            last = yield from self._tried(attempt, ("input", kept.raw))
        yield from self._left(kept, *last)
        self._variables = {**kept.variables, **(kept.assigned or {})}

    def _tried(self, attempt: Attempt, last: tuple[str, Json]) -> Generator[Row, None, tuple[str, Json]]:
        """One try; gives back the last stage with its document."""
        for stage in attempt.changes(last[1], worked=False):
            yield Row(stage.name, self._cut(stage.value))
        last = _latest(attempt, last, worked=False)
        yield from map(_asked, attempt.calls)
        for stage in attempt.changes(last[1], worked=True):
            yield Row(stage.name, self._cut(stage.value))
        yield from self._failed(attempt)
        return _latest(attempt, last, worked=True)

    def _failed(self, attempt: Attempt) -> Iterator[Row]:
        for error, cause in attempt.kept.errors:
            named = error or "without a name"
            yield Row("error", f"{named}: {self._shortened(str(masked(cause)))}" if cause else named, "bad")
        turn = attempt.kept.turn
        if turn is not None:
            kind, _, index = turn.way.partition("/")
            if kind == "Catch":
                yield Row("caught", f"by Catch[{index}], goes to {turn.next}", "warn")
            else:
                yield Row("retried", f"by Retry[{index}]{_pause(attempt)}", "warn")

    def _left(self, kept: Visit, named: str, last: Json) -> Iterator[Row]:
        if kept.turn is not None:
            chosen = rule(self._run, kept)
            kind, _, index = kept.turn.way.partition("/")
            told = kind if chosen is None else f"{kind}[{index}] {self._cut(chosen)}"
            yield Row("choice", f"{told}, goes to {kept.turn.next}", "hint")
        if kept.assigned:
            yield Row("assigned", self._cut(kept.assigned), "hint")
        if kept.left:
            yield Row("output", f"as {named}" if same(kept.output, last) else self._cut(kept.output))

    def _cut(self, value: Json) -> str:
        """A masked document on one line; of a long one the beginning, and the size of all of it."""
        text = json.dumps(masked(value), ensure_ascii=False, allow_nan=False)
        if len(text) <= self._longest:
            return text
        return f"{text[: self._longest]}… ({size(compact(value)):,} bytes, cut after {self._longest:,} characters)"

    def _shortened(self, text: str) -> str:
        if len(text) <= self._longest:
            return text
        return f"{text[: self._longest]}… ({len(text):,} characters)"


def _latest(attempt: Attempt, last: tuple[str, Json], *, worked: bool) -> tuple[str, Json]:
    """The stage that the document is known by after a part of a try: the first that has it."""
    for name, value in attempt.documents(worked=worked):
        if not same(value, last[1]):
            last = (name, value)
    return last


def _pause(attempt: Attempt) -> str:
    if attempt.following is None or attempt.kept.failed is None:
        return ""
    return f", after {duration(attempt.following.began - attempt.kept.failed)}"


def _asked(call: Asked) -> Row:
    times = f", {call.times} times" if call.times > 1 else ""
    on = f" on {call.resource}" if call.resource not in ("", "*") else ""
    role = "bad" if call.verdict.startswith("refused") else "hint"
    return Row("call", f"{call.action}{on} as {_short(call.principal)}: {call.verdict}{times}", role)


def _short(principal: str) -> str:
    """A principal of IAM by its name and account."""
    fields = principal.split(":", 5)
    return f"{fields[5]} of {fields[4]}" if len(fields) > 5 and fields[4] else principal  # noqa: PLR2004 - parts of an ARN
