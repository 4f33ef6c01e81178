"""The run of one bare definition as text: how it ended, and its output or error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.report.aftermath import aftermath
from turnstile.report.diagnosis import diagnosis
from turnstile.report.explanation import explain
from turnstile.report.fault_text import faults
from turnstile.report.layout import Paint, labelled, safe, uncommanding
from turnstile.report.masking import masked
from turnstile.report.place import duration, short, shown_file
from turnstile.report.report import STUCK
from turnstile.report.text import EVENTS, NORMAL, QUIET, finding, happened, helping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.report.report import Case, File

_MARGIN = 9


def render(file: File, *, color: bool, width: int, verbose: int = NORMAL) -> str:
    """The one case of a file, as text that ends with a line break; quiet prints the output alone."""
    if file.faults:
        return faults(file.faults, color=color, width=width)
    paint, case = Paint(color), file.cases[0]
    if verbose <= QUIET and case.error is None and case.supported and case.status != STUCK:
        return _output(case) + "\n"
    lines = [_head(file, case, paint)]
    for block in aftermath(case, paint, width):
        lines += ["", *block]
    for explanation in explain(case):
        lines += ["", *diagnosis(case, explanation, paint, width)]
    if verbose >= EVENTS and case.history:
        lines += ["", *happened(case, paint, width, verbose, indent=2), ""]
    if not case.supported:
        lines += [line for one in case.findings for line in finding(one, paint, width, indent=2)]
    else:
        ended = [] if case.status == STUCK else [_output(case)]
        lines += list(_failure(case, paint, width)) if case.error is not None else ended
        for one in case.findings:
            lines += helping(one.help, paint, width, 2) if one.help else []
    return "\n".join(lines) + "\n"


def _head(file: File, case: Case, paint: Paint) -> str:
    status = paint("good" if case.passed else "bad", case.status)
    judged = "" if case.judged else ", permissions not judged"
    judged += ", not deterministic" if case.undetermined else ""
    times = f"in {duration(case.virtual)} ({short(case.wall)} wall)"
    return f"{paint('strong', uncommanding(safe(shown_file(file.path))))}  {status}  {times}{judged}"


def _failure(case: Case, paint: Paint, width: int) -> Iterator[str]:
    for label, text in (("error", case.error), ("cause", masked(case.cause))):
        if text:
            first, *rest = labelled(label, safe(text), indent=2, margin=_MARGIN, width=width)
            yield first.replace(label, paint("bad", label), 1)
            yield from rest


def _output(case: Case) -> str:
    """Pretty JSON; escapes keep control characters harmless."""
    text = json.dumps(masked(case.output), indent=2, ensure_ascii=False, allow_nan=False)
    return "\n".join(safe(line) for line in text.splitlines())
