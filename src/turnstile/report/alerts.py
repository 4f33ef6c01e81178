"""What a report has that somebody should look at, each at its place in a file: for code scanning and annotations.

Pure: a report or the faults of files go in, frozen values come out in a fixed order; `sarif` and `github` print them.
A refusal is an alert only where its case did not end as expected: a scenario that shows a refusal on purpose raises
none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.document import compact
from turnstile.report.aftermath import orphan_told, stuck_told
from turnstile.report.diagnosis import CHANGES, parts_told
from turnstile.report.excerpt import Excerpt, on_disk, written
from turnstile.report.explanation import explain
from turnstile.report.layout import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.faults import Fault
    from turnstile.report.explanation import Advice, Explanation, Refusal
    from turnstile.report.report import Case, File, Report

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to an alert, and what it is."""

    text: str
    place: Excerpt


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at; texts are safe to print, `times` is how often the report has it.

    `identity` tells it from others even when lines move: no line numbers, no times.
    """

    code: str
    level: str
    message: str
    place: Excerpt
    help: str = ""
    related: tuple[Related, ...] = ()
    identity: tuple[str, ...] = ()
    times: int = 1


def alerts(report: Report) -> tuple[Alert, ...]:
    """Everything that is not as it should be, once each, by file and place; secrets are not hidden yet."""
    return merged(alert for file in report.files for alert in _of_file(file))


def of_faults(faults: Iterable[Fault], level: str = ERROR, folder: Path | None = None) -> Iterator[Alert]:
    """Faults or warnings of users' files."""
    for fault in faults:
        place = on_disk(fault.where, folder)
        yield _alert(fault.code, level, fault.message, place, fault.help, identity=(fault.where.pointer, fault.message))


def merged(found: Iterable[Alert]) -> tuple[Alert, ...]:
    """The same alert met again is one more time of it; in order of file, line, column and code."""
    once: dict[tuple[object, ...], Alert] = {}
    for alert in found:
        key = (alert.code, alert.message, alert.place.where)
        first = once.get(key)
        once[key] = alert if first is None else _again(first, alert)
    return tuple(sorted(once.values(), key=lambda one: (one.place.where, one.code, one.message)))


def _again(first: Alert, other: Alert) -> Alert:
    related = tuple(dict.fromkeys((*first.related, *other.related)))
    level = ERROR if ERROR in (first.level, other.level) else first.level
    return replace(first, level=level, related=related, times=first.times + other.times)


def _alert(
    code: str,
    level: str,
    message: str,
    place: Excerpt,
    remedy: str = "",
    *,
    related: tuple[Related, ...] = (),
    identity: tuple[str, ...] = (),
) -> Alert:
    return Alert(code, level, safe(message), place, safe(remedy), related, (code, place.where.file, *identity))


def _of_file(file: File) -> Iterator[Alert]:
    yield from of_faults(file.faults, folder=Path(file.path).parent)
    for case in file.cases:
        if not case.passed:
            yield from _of_case(case)


def _of_case(case: Case) -> Iterator[Alert]:
    here = on_disk(case.where)
    told = Related(safe(f"the case `{case.name}`"), here)
    for finding in case.findings:
        place = on_disk(finding.where)
        message = f"case `{case.name}`: {finding.message}"
        identity = (case.name, finding.where.pointer)
        yield _alert(finding.code, ERROR, message, place, finding.help, related=(told,), identity=identity)
    for explanation in explain(case):
        yield from _of_refusal(explanation, here, (*_state(case, explanation), told))
    for one in case.stuck:
        yield _alert(
            "stuck", ERROR, f"case `{case.name}`: {stuck_told(one)}", here, identity=(case.name, one.site.state)
        )
    for left in case.orphans:
        message = f"case `{case.name}`: {orphan_told(left)}"
        yield _alert("orphans", WARNING, message, here, identity=(case.name, left.site.state))


def _state(case: Case, explanation: Explanation) -> Iterator[Related]:
    """The place of the state in its definition, where it is known."""
    origin = case.sites.get((explanation.execution, explanation.state))
    if origin is not None:
        yield Related(safe(f"the state `{explanation.state}`"), written(origin))


def _of_refusal(explanation: Explanation, here: Excerpt, places: tuple[Related, ...]) -> Iterator[Alert]:
    """One alert for each link that refused; the others are places related to it."""
    sides = [(refusal, place_of(refusal)) for refusal in explanation.refusals]
    for refusal, place in sides:
        others = tuple(_side(other, there) for other, there in sides if other is not refusal and there is not None)
        yield _alert(
            refusal.link,
            ERROR if refusal.shown else WARNING,
            f"{_refused(explanation)}: {refusal.link}, {refusal.meaning}: {refusal.sentence}",
            place or here,
            "; ".join((*filter(None, [refusal.help]), *map(advised, refusal.advice))),
            related=(*others, *places),
            identity=_identity(explanation, refusal),
        )


def _refused(explanation: Explanation) -> str:
    state = f" in state `{explanation.state}`" if explanation.state else ""
    who = explanation.role or explanation.principal
    return f"`{who}` may not `{explanation.action}` on `{explanation.resource}`{state}"


def _side(refusal: Refusal, place: Excerpt) -> Related:
    return Related(safe(f"refused here as well: {refusal.link}, {refusal.sentence}"), place)


def _identity(explanation: Explanation, refusal: Refusal) -> tuple[str, ...]:
    policy = (refusal.nearest.policy, refusal.nearest.statement) if refusal.nearest else ()
    who = explanation.role or explanation.principal
    return (who, explanation.action, explanation.resource, explanation.state, *policy)


def place_of(refusal: Refusal) -> Excerpt | None:
    """The place of the policy text that a refusal is about: the part that did not match, else where to write.

    None where there is neither, and where the policy stands in no file, as one that a call has set.
    """
    found = next((there for one in refusal.advice if (there := one.excerpt or one.declared) is not None), None)
    if refusal.nearest is not None:
        told = parts_told(refusal.nearest)
        found = told[0].excerpt if told else refusal.nearest.excerpt
    return None if found is None or found.where.file.startswith("<") else found


def advised(advice: Advice) -> str:
    """What to change, as one sentence with the policy text in it."""
    if advice.kind not in CHANGES:
        return advice.text
    where = f"{CHANGES[advice.kind]} {advice.place}" if advice.excerpt else f"attach this policy to {advice.place}"
    where += f" ({advice.declared.where})" if advice.declared else ""
    return f"{where}: {compact(json.loads(advice.text))}"
