"""A report as text for a terminal.

One line for each case; below it what was not as expected, and for each refused call what AWS shows and what
Turnstile knows. Marks are words before they are colours; users' text is escaped and secret values are masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.report.aftermath import aftermath
from turnstile.report.diagnosis import diagnosis, outcome
from turnstile.report.excerpt import on_disk
from turnstile.report.explanation import explain
from turnstile.report.fault_text import fault
from turnstile.report.layout import Paint, cells, clipped, frame, labelled, safe, uncommanding, wrapped
from turnstile.report.masking import hiding, masked
from turnstile.report.place import duration, short, shown, shown_file
from turnstile.report.steps_text import steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.report.report import Case, File, Finding, Report

QUIET, NORMAL, EVENTS, DETAILS = -1, 0, 1, 2
"""What `verbose` means: only what is wrong; each case and refusal; events as well; data after each stage,
or events with all their details where it was not kept."""

_INDENT = 6
_MARKS = 25
"""Columns that mark, status and the gaps of a case's line take."""


def render(report: Report, *, color: bool, width: int, verbose: int = NORMAL) -> str:
    """The report as text that ends with a line break; `width` in columns."""
    paint = Paint(color)
    with hiding(report.secrets):
        lines = [line for file in report.files for line in _file(file, paint, width, verbose)]
    lines.append(_summary(report, paint))
    return "".join(f"{line}\n" for before, line in pairwise(["", *lines]) if before or line)


def _file(file: File, paint: Paint, width: int, verbose: int) -> Iterator[str]:
    if file.faults:
        folder = Path(file.path).parent
        yield from (line for each in file.faults for line in fault(each, paint, width, folder))
    cases = [case for case in file.cases if verbose > QUIET or not case.passed]
    if not cases:
        return
    path = safe(shown_file(file.path))
    yield f"{paint('strong', uncommanding(safe(file.name) or path))}  {paint('faint', path)}"
    columns = _Columns.of(cases, width)
    yield paint("faint", columns.head())
    for case in cases:
        yield columns.line(case, paint)
        yield from below(case, paint, width, verbose)
    yield ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The widths of the columns of a file's cases; a name gives way where a line would be too long."""

    name: int
    virtual: int
    wall: int

    @classmethod
    def of(cls, cases: Sequence[Case], width: int) -> _Columns:
        virtual = max(7, *(len(duration(case.virtual)) for case in cases))
        wall = max(7, *(len(short(case.wall)) for case in cases))
        name = max(4, *(cells(safe(case.name)) for case in cases))
        return cls(max(min(name, width - virtual - wall - _MARKS), 4), virtual, wall)

    def head(self) -> str:
        return f"        {'case':<{self.name}}  {'status':<11}  {'virtual':>{self.virtual}}  {'wall':>{self.wall}}"

    def line(self, case: Case, paint: Paint) -> str:
        name = clipped(safe(case.name), self.name)
        name += " " * (self.name - cells(name))
        mark = paint("good", "ok  ") if case.passed else paint("bad", "FAIL")
        times = f"{duration(case.virtual):>{self.virtual}}  {short(case.wall):>{self.wall}}"
        return f"  {mark}  {name}  {case.status:<11}  {times}"


def below(case: Case, paint: Paint, width: int, verbose: int) -> Iterator[str]:
    """What is told about one case, between blank lines; nothing for an uneventful one."""
    blocks = [list(finding(one, paint, width)) for one in case.findings]
    blocks += aftermath(case, paint, width)
    blocks += [diagnosis(case, explanation, paint, width) for explanation in explain(case)]
    blocks.append(list(disturbances(case, paint, width)) if verbose > NORMAL or not case.passed else [])
    if case.error and not case.refused and (verbose > NORMAL or not case.passed):
        blocks.append(outcome(case.error, case.cause or "", paint, width))
    if verbose > NORMAL:
        blocks.append(list(happened(case, paint, width, verbose)))
    told = [block for block in blocks if block]
    for block in told:
        yield ""
        yield from block
    if told:
        yield ""


def disturbances(case: Case, paint: Paint, width: int) -> Iterator[str]:
    """The calls that went wrong on order, a line for each."""
    for one in case.disturbances:
        call, site = one.call, one.call.site
        place = f" of {site.state}, attempt {site.attempt}" if site else ""
        place += f", poll {site.poll}" if site and site.poll else ""
        text = f"on order: {call.service}:{call.operation}{place}: {one.told} ({shown(one.origin.where())})"
        first, *rest = wrapped(safe(text), width - _INDENT)
        yield " " * _INDENT + paint("warn", "on order") + first.removeprefix("on order")
        yield from (" " * (_INDENT + 2) + line for line in rest)


def finding(one: Finding, paint: Paint, width: int, indent: int = _INDENT) -> Iterator[str]:
    """What was not as expected, its line, and both values."""
    where = on_disk(one.where)
    first, *rest = wrapped(safe(f"{one.code}: {one.message}"), width - indent)
    yield " " * indent + first.replace(one.code, paint("bad", one.code), 1)
    yield from (" " * (indent + 2) + line for line in rest)
    yield f"{' ' * (indent + 2)}{paint('frame', '-->')} {safe(str(where.where))}"
    yield from frame(where, [], paint, indent=indent + 2, width=width)
    if one.code != "unsupported":
        told = [pair for pair in (("expected", one.expected), ("found", one.found)) if not _said(pair[1], one.message)]
        yield from (line for label, value in told for line in _value(label, value, width))
    if one.help:
        yield from helping(one.help, paint, width, indent + 2)


def _said(value: Json, message: str) -> bool:
    """A message that names every member tells the value: nobody reads it twice."""
    members = value.values() if isinstance(value, dict) else ()
    texts = [", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in members]
    return bool(texts) and all(f"`{text}`" in message for text in texts)


def helping(text: str, paint: Paint, width: int, indent: int) -> Iterator[str]:
    """What to do."""
    first, *rest = labelled("help:", safe(text), indent=indent, margin=indent + 6, width=width)
    yield first.replace("help:", paint("hint", "help:"), 1)
    yield from rest


def _value(label: str, value: Json, width: int) -> list[str]:
    text = safe(compact(masked(value)))
    return labelled(label, text, indent=_INDENT + 2, margin=_INDENT + 12, width=width)


def happened(case: Case, paint: Paint, width: int, verbose: int, *, indent: int = _INDENT) -> list[str]:
    """The events of a case; where details are asked for, its data after each stage, if that was kept."""
    followed = steps(case, paint, width, indent=indent) if verbose >= DETAILS else []
    return followed or list(events(case, width, verbose, indent=indent))


def events(case: Case, width: int, verbose: int, *, indent: int = _INDENT) -> Iterator[str]:
    """The history of a case, a line for each event; in full where details are asked for."""
    if not case.history:
        return
    started = case.history[0]["timestamp"]
    times = [f"+{duration(event['timestamp'] - started)}" for event in case.history]
    timed, typed = max(map(len, times)), max(len(event["type"]) for event in case.history)
    margin = indent + timed + typed + 8
    for event, time in zip(case.history, times, strict=True):
        head = f"{' ' * indent}{time:>{timed}}  {event['id']:>3}  {event['type']:<{typed}} "
        text = _details(event)
        if verbose < DETAILS:
            yield clipped(f"{head} {text}".rstrip(), width)
        else:
            first, *rest = wrapped(text, width - margin)
            yield f"{head} {first}".rstrip()
            yield from (" " * margin + line for line in rest)


def _details(event: Json) -> str:
    """What an event carries, without the notes that nothing was truncated."""
    details: dict[str, Json] = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    told = {name: value for name, value in details.items() if not name.endswith("Details")}
    return safe(compact(masked(told))) if told else ""


def _summary(report: Report, paint: Paint) -> str:
    cases = [case for file in report.files for case in file.cases]
    passed = sum(case.passed for case in cases)
    words = [f"{_count(len(cases), 'case')}, {passed} as expected"] if cases else []
    unsupported = sum(not case.supported for case in cases)
    if passed + unsupported < len(cases):
        words.append(f"{len(cases) - passed - unsupported} not")
    if unsupported:
        words.append(f"{unsupported} not supported")
    found = [fault for file in report.files for fault in file.faults]
    if found:
        files = len({fault.where.file for fault in found})
        words.append(f"{_count(len(found), 'fault')} in {_count(files, 'file')}")
    if any(not case.judged for case in cases):
        words.append("permissions not judged")
    if undetermined := {arn.rpartition(":")[2] for case in cases for arn in case.undetermined}:
        words.append(f"not deterministic: calls of concurrent handlers of {', '.join(sorted(undetermined))}")
    return paint("good" if report.passed else "bad", ", ".join(words))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
