"""The steps of an execution with the data after each stage: visits of its history joined with what was kept of them.

A step is one visit of a state, known by the event of its entry (`report.walk`, `world.stages`), with the calls that
each of its tries made (`gate.trail`). Pure values; `steps_text` and `steps_json` show them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from turnstile.document import resolve
from turnstile.faults import Unsupported
from turnstile.gate.chain import deciding
from turnstile.report.secret_keys import is_secret_text
from turnstile.report.secret_text import MASK
from turnstile.report.walk import ABORTED, FAILED, walk
from turnstile.states.history import served
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.report.course import Run
    from turnstile.report.report import Case
    from turnstile.report.walk import Visit
    from turnstile.world.stages import Stage, Try
    from turnstile.world.stages import Visit as Kept

_ORDER = (
    "input", "variables", "afterInputPath", "afterItemsPath", "afterItems", "afterItemSelector", "maxConcurrency",
    "toleratedFailureCount", "toleratedFailurePercentage", "afterParameters", "afterArguments", "request", "response",
    "result", "afterResultSelector", "afterResultPath",
)  # fmt: skip
"""Stages in the order of the specification."""
_RANK = {name: rank for rank, name in enumerate(_ORDER)}
_OF_THE_WORK = _RANK["request"]
_MESSAGES = ("request", "response")
_HEADER = re.compile(r"(?P<name>[\w-]+): (?P<value>[^,\]]*)")


NUMBERS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")
"""Stages that are no document on its way."""


class Asked(NamedTuple):
    """A call that a try made, `times` one after the other; `verdict` in words.

    `action` is the first permission it needs, or the operation where nothing was judged.
    """

    action: str
    resource: str
    principal: str
    verdict: str
    at: float
    times: int = 1


class _Key(NamedTuple):
    """What tells one try of one visit."""

    execution: str
    entered: int
    redrives: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: its stages in order, the calls it made, and the tries before and after it, if there are any.

    `number` counts all tries of the visit, `again` those since the execution was last redriven, both from 1.
    """

    number: int
    again: int
    kept: Try
    stages: tuple[Stage, ...]
    calls: tuple[Asked, ...]
    before: Try | None
    following: Try | None

    def documents(self, *, worked: bool) -> Iterator[Stage]:
        """The stages of a document on its way, before the work was done or since."""
        return (one for one in self.stages if one.name not in NUMBERS and (_RANK[one.name] >= _OF_THE_WORK) is worked)

    def changes(self, last: Json, *, worked: bool) -> Iterator[Stage]:
        """The stages that change the document, before the work was done or since; in a later try only what differs.

        The numbers of a Map stand before its work, where they are no zero.
        """
        for stage in self.documents(worked=worked):
            if not same(stage.value, last) and not self._known(stage):
                yield stage
            last = stage.value
        if not worked:
            yield from (one for one in self.stages if one.name in NUMBERS and one.value and not self._known(one))

    @property
    def redriven(self) -> bool:
        """It is the first after a redrive."""
        return self.before is not None and self.before.redrives != self.kept.redrives

    def _known(self, stage: Stage) -> bool:
        before = self.before
        return before is not None and before.has(stage.name) and bool(before.value(stage.name) == stage.value)


@dataclass(frozen=True, slots=True)
class Step:
    """One visit; `inside` names the Maps and Parallels around it. `kept` is None where there was no room for it."""

    visit: Visit
    inside: tuple[tuple[str, int], ...]
    kept: Kept | None
    attempts: tuple[Attempt, ...]

    @property
    def outcome(self) -> str:
        """What became of it; what failed inside of a state that was caught is told by its error alone."""
        failed = self.attempts and self.attempts[-1].kept.errors
        return FAILED if failed and self.visit.outcome == ABORTED else self.visit.outcome


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one execution in the order they began; `left_out` were not kept."""

    run: Run
    status: str
    steps: tuple[Step, ...]
    left_out: int


def followed(case: Case) -> Iterator[Steps]:
    """The steps of every execution of a case whose data was watched."""
    calls = _calls(case.calls or case.refused)
    for run in case.runs:
        if run.stages is not None:
            yield _steps(case, run, calls)


def rule(run: Run, kept: Kept) -> Json:
    """The rule of a Choice that was taken, as written; None for the default."""
    if kept.turn is None or kept.turn.way == "Default":
        return None
    written = resolve(run.document, f"{kept.pointer}/{kept.turn.way}")
    return {name: value for name, value in written.items() if name not in ("Next", "Assign", "Output", "Comment")}


def same(one: Json, other: Json) -> bool:
    """Whether two stages have one document: shared, or a value that is as short as its name."""
    return one is other or (type(one) is type(other) and not isinstance(one, dict | list) and bool(one == other))


def _steps(case: Case, run: Run, calls: Mapping[_Key, Sequence[Asked]]) -> Steps:
    first = run is case.runs[0]
    status = case.status if first else run.status
    assert run.stages is not None, "asked for by `followed`"
    kept = {one.entered: one for one in run.stages.visits}
    steps: list[Step] = []
    for visit in walk(case.history if first and case.history else _events(run), status).visits:
        inside = steps[visit.parent].inside if visit.parent >= 0 else ()
        found = kept.get(visit.entered)
        if visit.parent >= 0 and found is not None:
            inside = (*inside, *_around(steps[visit.parent], found))
        attempts = () if found is None else tuple(_attempts(run.arn, found, calls))
        steps.append(Step(visit, inside, found, attempts))
    return Steps(run, status, tuple(steps), run.stages.left_out)


def _around(outer: Step, kept: Kept) -> Iterator[tuple[str, int]]:
    """The Map or Parallel that a visit is inside of, with the index of its iteration or branch."""
    if outer.visit.type == "Map" and kept.item is not None:
        yield outer.visit.name, kept.item
    if outer.visit.type == "Parallel" and outer.kept is not None:
        yield outer.visit.name, int(kept.pointer.removeprefix(outer.kept.pointer).split("/")[2])


def _events(run: Run) -> list[Json]:
    try:
        return [served(event) for event in run.events]
    except Unsupported:  # of a child whose history was not kept
        return []


def _attempts(arn: str, kept: Kept, calls: Mapping[_Key, Sequence[Asked]]) -> Iterator[Attempt]:
    for index, one in enumerate(kept.tries):
        stages = tuple(map(_shown, sorted(one.stages, key=lambda stage: _RANK[stage.name])))
        again = sum(each.redrives == one.redrives for each in kept.tries[: index + 1])
        made = tuple(calls.get(_Key(arn, kept.entered, one.redrives, again), ()))
        before = kept.tries[index - 1] if index else None
        following = kept.tries[index + 1] if index + 1 < len(kept.tries) else None
        yield Attempt(index + 1, again, one, stages, made, before, following)


def _shown(stage: Stage) -> Stage:
    """The stage; headers of an HTTP Task are one text, in which those that look secret have no value."""
    value = stage.value
    if stage.name not in _MESSAGES or not isinstance(value, dict):
        return stage
    return stage._replace(value={**value, "headers": _HEADER.sub(_masked_header, str(value.get("headers", "")))})


def _masked_header(found: re.Match[str]) -> str:
    return f"{found['name']}: {MASK}" if is_secret_text(found["name"]) else found[0]


def _calls(entries: Iterable[Entry]) -> dict[_Key, list[Asked]]:
    """The calls of each try; those that follow each other and are alike, as polls are, count as one."""
    found: dict[_Key, list[Asked]] = {}
    for entry in entries:
        site = entry.call.site
        if site is None or not site.entered:
            continue
        made = found.setdefault(_Key(site.execution, site.entered, site.redrives, site.attempt), [])
        asked = _asked(entry)
        if made and made[-1][:4] == asked[:4]:
            made[-1] = made[-1]._replace(times=made[-1].times + 1)
        else:
            made.append(asked)
    return found


def _asked(entry: Entry) -> Asked:
    call = entry.call
    principal = call.caller.role_arn if isinstance(call.caller, Session) else call.caller.arn
    needed = entry.ruling.decisions
    action = needed[0].request.action if needed else f"{call.service}:{call.operation}"
    return Asked(action, entry.resource, principal, _verdict(entry), entry.time)


def _verdict(entry: Entry) -> str:
    if not entry.ruling.allowed:
        first = deciding(entry)
        return f"refused by {first.link.value}" if first else "refused"
    return "allowed" if entry.ruling.judged else "not judged"
