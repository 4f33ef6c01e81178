"""Refused calls as Markdown for the ticket of whoever owns the other account: one section for each refusal.

Told are who asked for what, which statement of which file stands in the way, what to change, what AWS shows, and where
the report has it, that the same call passes once it is changed. A refusal of a case that expects it stands here as
well. Texts from users are escaped, secrets masked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.report.aftermath import orphan_told, polls_told, stuck_told, veil_told
from turnstile.report.diagnosis import CHANGES, parts_told, tried
from turnstile.report.explanation import explain, visible
from turnstile.report.layout import Paint, frame, safe, snug
from turnstile.report.markup import block, fenced, prose, span
from turnstile.report.masking import hiding, masked
from turnstile.report.place import duration, shown, shown_file
from turnstile.report.turns import turn_told, turns
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.faults import Fault
    from turnstile.gate.call import Call
    from turnstile.gate.trail import Entry
    from turnstile.report.explanation import Advice, Explanation, Nearest, Refusal
    from turnstile.report.report import Case, File, Report

_WIDTH = 110
_FEW = 5


def render(report: Report) -> str:
    """The ticket as Markdown text that ends with a line break."""
    with hiding(report.secrets):
        return "\n".join(_lines(report)) + "\n"


@dataclass(slots=True)
class _Section:
    """One refusal, and where it was met."""

    explanation: Explanation
    met: list[tuple[File, Case, Explanation]] = field(default_factory=list)


def _lines(report: Report) -> Iterator[str]:
    sections = _sections(report)
    yield f"# {_title(len(sections))}"
    yield ""
    if not sections:
        yield "No call of this report was refused."
        yield ""
    for number, section in enumerate(sections, 1):
        yield from _section(number, section, report)
    yield from _others(report)
    yield f"Found by Turnstile, a local emulator of AWS Step Functions, with seed {report.seed}."


def _title(count: int) -> str:
    return f"{count} refused call{'s' * (count != 1)}" if count else "No refused call"


def _sections(report: Report) -> list[_Section]:
    """The same refusal met in several cases, states or executions is one."""
    found: dict[Explanation, _Section] = {}
    for file in report.files:
        for case in file.cases:
            for one in explain(case):
                found.setdefault(_what(one), _Section(one)).met.append((file, case, one))
    return sorted(found.values(), key=lambda one: all(case.passed for _, case, _ in one.met))


def _what(one: Explanation) -> Explanation:
    """The refusal without where and when it happened."""
    who = one.role or one.principal
    return replace(one, principal=who, execution="", state="", occasions=(), answer="", statements=())


def _section(number: int, section: _Section, report: Report) -> Iterator[str]:
    one = section.explanation
    yield f"## {number}. {span(one.action)} on {span(one.resource)}"
    yield ""
    yield from _facts(section)
    yield ""
    for refusal in sorted(one.refusals, key=lambda refusal: not refusal.shown):
        yield from _refusal(refusal, one)
    yield from _aws(section)
    yield from _evidence(section, report)


def _facts(section: _Section) -> Iterator[str]:
    one = section.explanation
    caller = span(one.role or one.principal) + _account(one.role or one.principal)
    yield f"- **Who was refused:** {caller}" + (f", for {span(one.acting_for)}" if one.acting_for else "")
    yield f"- **Call:** {span(one.action)} on {span(one.resource)}{_account(one.resource)}"
    for file, case, met in section.met[:_FEW]:
        yield f"- **Where:** {_where(file, case, met)}"
    if len(section.met) > _FEW:
        yield f"- and in {len(section.met) - _FEW} more"


def _account(name: str) -> str:
    try:
        account = arns.parse(name).account
    except ValueError:
        return ""
    return f" of account {account}" if account else ""


def _where(file: File, case: Case, met: Explanation) -> str:
    first = met.occasions[0]
    times = len(met.occasions)
    often = f", {times} times" if times > 1 else ""
    wanted = "; this case expects it" if case.passed else ""
    origin = case.sites.get((met.execution, met.state))
    written = f" ({span(str(shown(origin.where())))})" if origin is not None else ""
    state = f"state {span(met.state)}{written}, {tried(first.attempt, first.poll)}, " if met.state else ""
    place = f"case {span(case.name)} of {span(shown_file(file.path))}"
    return f"{state}{duration(first.after)} after the start{often}, {place}{wanted}"


def _refusal(refusal: Refusal, one: Explanation) -> Iterator[str]:
    yield f"### {'Refused' if refusal.shown else 'Also refused'} by {span(refusal.link)}"
    yield ""
    other = "" if refusal.action == one.action else f" ({span(refusal.action)} on {span(refusal.resource)})"
    yield f"{prose(_begun(refusal.meaning))}{other}: {prose(refusal.sentence)}."
    yield ""
    if refusal.nearest is not None:
        yield from _nearest(refusal.nearest)
    if refusal.help:
        yield f"**What to change:** {prose(refusal.help)}."
        yield ""
    for advice in refusal.advice:
        yield from _advice(advice)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _nearest(nearest: Nearest) -> Iterator[str]:
    told = parts_told(nearest)
    excerpt = told[0].excerpt if told else nearest.excerpt
    statement = nearest.statement.strip("`")
    yield f"Statement {span(statement)} of {span(nearest.policy)}, {span(str(excerpt.where))}:"
    yield ""
    lines = [line for one in told for line in frame(one.excerpt, [], Paint(on=False), indent=0, width=_WIDTH)]
    if not told:
        lines = frame(excerpt, [], Paint(on=False), indent=0, width=_WIDTH)
    if lines:
        yield from fenced(lines)
        yield ""
    yield from (f"- {prose(one.wants)}, {prose(one.has)}" for one in told)
    if not told:
        yield f"- this statement {'denies' if nearest.effect == 'Deny' else 'allows'} the call"
    yield ""


def _advice(advice: Advice) -> Iterator[str]:
    if advice.kind not in CHANGES:
        yield f"**What to change:** {prose(advice.text)}."
        yield ""
        return
    if advice.excerpt is not None:
        yield f"**What to change:** {CHANGES[advice.kind]} {prose(advice.place)} ({span(str(advice.excerpt.where))}):"
    else:
        declared = f" ({span(str(advice.declared.where))})" if advice.declared else ""
        yield f"**What to change:** attach this policy to {prose(advice.place)}{declared}:"
    yield ""
    yield from fenced([safe(line) for line in snug(json.loads(advice.text), _WIDTH)], "json")
    yield ""


def _aws(section: _Section) -> Iterator[str]:
    """What the history of the first case shows; AWS tells less than the sections above."""
    _, case, met = section.met[0]
    seen = visible(case, met)
    yield "### What AWS shows"
    yield ""
    if seen is None:
        yield "Nothing of this refusal."
    else:
        yield from block(f"{seen.error}: {masked(seen.cause)}" if seen.cause else seen.error)
    yield ""


def _evidence(section: _Section, report: Report) -> Iterator[str]:
    """Cases of the report in which the same role made the same call and was let through."""
    passing = [
        f"- {span(case.name)} of {span(shown_file(file.path))}, which ended as {case.status}"
        for file in report.files
        for case in file.cases
        if any(_is_allowed(entry, section.explanation) for entry in case.calls)
    ]
    if passing:
        yield "### Evidence that it works once it is allowed"
        yield ""
        yield "The same call by the same caller was let through in the report's"
        yield ""
        yield from passing[:_FEW]
        if len(passing) > _FEW:
            yield f"- and {len(passing) - _FEW} more"
        yield ""


def _is_allowed(entry: Entry, one: Explanation) -> bool:
    """The call passed, and the refused permission is among those it was judged for."""
    ruling = entry.ruling
    if not ruling.allowed or not ruling.judged or _caller(entry.call) != (one.role or one.principal):
        return False
    return any((each.request.action, each.request.resource) == (one.action, one.resource) for each in ruling.decisions)


def _caller(call: Call) -> str:
    return call.caller.role_arn if isinstance(call.caller, Session) else call.caller.arn


def _others(report: Report) -> Iterator[str]:
    """What is left besides refusals: stuck Tasks, orphans, turns, faults."""
    told = [line for file in report.files for case in file.cases for line in _left(case)]
    told += [f"- fault: {prose(fault.message)} ({span(str(shown(fault.where)))})" for fault in _faults(report.files)]
    if told:
        yield "## What else the report has"
        yield ""
        yield from told
        yield ""


def _left(case: Case) -> Iterator[str]:
    name = span(case.name)
    if not case.supported:
        yield from (f"- {name}: not supported: {prose(one.message)}" for one in case.findings)
    yield from (f"- {name}: {prose(one.message)}; {prose(one.help)}" for one in case.findings if one.help)
    yield from (f"- {name}: stuck: {prose(stuck_told(one))}" for one in case.stuck)
    yield from (f"- {name}: {prose(orphan_told(one))}" for one in case.orphans)
    yield from (f"- {name}: {prose(polls_told(one))}" for one in case.collapses)
    yield from (f"- {name}: {prose(veil_told(one))}" for one in case.veiled)
    yield from (f"- {name}: {prose(turn_told(one))}" for one in turns(case.leases))


def _faults(files: Iterable[File]) -> Iterator[Fault]:
    for file in files:
        yield from file.faults
