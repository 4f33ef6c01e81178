"""Why calls were refused and executions failed, in the words of the report, for messages of tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from turnstile.gate.judge import refusal
from turnstile.report.diagnosis import outcome, reasons
from turnstile.report.explanation import explain
from turnstile.report.layout import Paint
from turnstile.report.text import NORMAL, below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.gate.trail import Entry
    from turnstile.report.report import Case

WIDTH = 100
"""Columns of explanations in messages of tests."""


class Place(Protocol):
    """A world, or an execution in one."""

    def case_of(self, execution_arn: str) -> Case:
        """An execution as a case of a report; one without a history if there is none."""
        ...


def explained(case: Case) -> str:
    """What is told below a case, on lines of its own."""
    paint = Paint(on=False)
    lines = list(below(case, paint, WIDTH, NORMAL))
    if case.error and not case.refused and case.passed:
        lines += outcome(case.error, case.cause or "", paint, WIDTH)
    text = "\n".join(lines).strip("\n")
    return f"\n\n{text}" if text else ""


def told_of(entry: Entry, place: Place) -> str:
    """Why one call was refused, below what the client was told."""
    paint, case = Paint(on=False), _shown(entry, place)
    return "\n".join(line for one in explain(case) for line in ["", *reasons(one, paint, WIDTH)])


def explanations(refused: Iterable[Entry], place: Place) -> str:
    """Each refused call, told once, with what AWS shows of it where it was made."""
    return "".join(dict.fromkeys(explained(_shown(entry, place)) for entry in refused))


def _shown(entry: Entry, place: Place) -> Case:
    """A case of one refused call: what AWS shows is in the history of its execution, else the answer to the call."""
    site = entry.call.site
    case = place.case_of(site.execution if site else "")
    if site is None:
        answer = refusal(entry)
        case = replace(case, error=answer.code, cause=answer.message)
    return replace(case, refused=(entry,))
