"""A refused call as text: what AWS shows of it, then what Turnstile knows, link by link."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.report.explanation import visible
from turnstile.report.layout import Paint, frame, labelled, safe, snug
from turnstile.report.masking import masked
from turnstile.report.place import duration, instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.report.explanation import Advice, Explanation, Failed, Nearest, Occasion, Refusal
    from turnstile.report.report import Case

CHANGES = {
    "add-statement": "add this statement to",
    "change-statement": "change this in the statement of",
    "remove-statement": "remove this statement from",
}
"""What to do with the text of an advice, by its kind; other kinds are sentences."""

_INDENT = 6
_MARGIN = 18
_INSET = _INDENT + 2
_FEW = 3
_SAID = {"Allow": "this statement allows the call", "Deny": "this statement denies the call"}


def diagnosis(case: Case, explanation: Explanation, paint: Paint, width: int) -> list[str]:
    """The lines below a case for one refused call."""
    return [
        *_aws(case, explanation, paint, width),
        "",
        *reasons(explanation, paint, width),
    ]


def reasons(explanation: Explanation, paint: Paint, width: int) -> list[str]:
    """Which call was refused, by what, and what would allow it."""
    return [*_call(explanation, paint, width), *links(explanation, paint, width)]


def links(explanation: Explanation, paint: Paint, width: int) -> list[str]:
    """What refused the call, link by link, each with the statement that came nearest and what to change."""
    lines: list[str] = []
    for refusal in _in_order(explanation):
        lines += _refusal(refusal, explanation, paint, width)
        for advice in refusal.advice:
            lines += _advice(advice, paint, width)
    return lines


def statements(explanation: Explanation, paint: Paint, width: int) -> list[str]:
    """Every statement that was looked at: where it stands, and each part of it that failed."""
    lines: list[str] = []
    for layer, one in explanation.statements:
        lines += row("applies" if not one.failed else "not", "strong", f"{one.effect} of the {layer}", paint, width)
        lines += statement_lines(one, paint, width)
    return lines


def statement_lines(one: Nearest, paint: Paint, width: int) -> list[str]:
    """Where a statement stands, and each part of it that failed."""
    return list(_nearest(one, paint, width, said=_SAID[one.effect], told=one.failed))


def outcome(error: str, cause: str, paint: Paint, width: int) -> list[str]:
    """What AWS shows of a failure."""
    text = f"{error}: {masked(cause)}" if cause else error
    return row("AWS shows", "warn", safe(text), paint, width)


def _aws(case: Case, explanation: Explanation, paint: Paint, width: int) -> list[str]:
    shown = visible(case, explanation)
    if shown is None:
        return row("AWS shows", "warn", "nothing of this refusal", paint, width)
    return outcome(shown.error, shown.cause, paint, width)


def _call(explanation: Explanation, paint: Paint, width: int) -> list[str]:
    caller = explanation.principal
    if explanation.acting_for:
        caller += f" for {explanation.acting_for}"
    rows = {
        "call": f"{explanation.action} on {explanation.resource}",
        "caller": caller,
        "where" if explanation.state else "when": _where(explanation),
    }
    return [line for label, text in rows.items() for line in row(label, "strong", safe(text), paint, width)]


def row(label: str, role: str, text: str, paint: Paint, width: int) -> list[str]:
    """A paragraph behind its label."""
    first, *rest = labelled(label, text, indent=_INDENT, margin=_MARGIN, width=width)
    return [first.replace(label, paint(role, label), 1), *rest]


def _where(explanation: Explanation) -> str:
    times = explanation.occasions
    place = f"state `{explanation.state}`, " if explanation.state else ""
    if len(times) == 1 and not explanation.state:
        return _at(times[0])
    listed = "; ".join(f"{tried(one.attempt, one.poll)} {_at(one)}" for one in times[:_FEW])
    more = f"; and {len(times) - _FEW} more" if len(times) > _FEW else ""
    return f"{place}{listed}{more}"


def tried(attempt: int, poll: int) -> str:
    """Which attempt of a Task, or which poll of it, a call belongs to."""
    return f"poll {poll} of attempt {attempt}" if poll else f"attempt {attempt}"


def _at(occasion: Occasion) -> str:
    return f"at +{duration(occasion.after)} ({instant(occasion.time)})"


def _in_order(explanation: Explanation) -> Sequence[Refusal]:
    """The link that the answer comes from, then the others as they stand in the chain."""
    return sorted(explanation.refusals, key=lambda refusal: not refusal.shown)


def _refusal(refusal: Refusal, explanation: Explanation, paint: Paint, width: int) -> Iterator[str]:
    other = "" if refusal.action == explanation.action else f" ({refusal.action} on {refusal.resource})"
    text = f"{refusal.link}, {refusal.meaning}{other}: {refusal.sentence}"
    yield from row("refused by" if refusal.shown else "also by", "bad", safe(text), paint, width)
    if refusal.nearest:
        yield from _nearest(refusal.nearest, paint, width, said=_SAID["Deny"], told=parts_told(refusal.nearest))
    if refusal.help:
        yield from _help(refusal.help, paint, width)


def _nearest(nearest: Nearest, paint: Paint, width: int, *, said: str, told: tuple[Failed, ...]) -> Iterator[str]:
    excerpt = told[0].excerpt if told else nearest.excerpt
    text = f"{excerpt.where}, statement {nearest.statement} of `{nearest.policy}`"
    first, *rest = labelled("-->", safe(text), indent=_INSET, margin=_INSET + 4, width=width)
    yield first.replace("-->", paint("frame", "-->"), 1)
    yield from rest
    if not told:
        yield from frame(excerpt, [said], paint, indent=_INSET, width=width)
    for one in told:
        notes = [f"{safe(one.wants)},", safe(one.has)]
        yield from frame(one.excerpt, notes, paint, indent=_INSET, width=width)


def parts_told(nearest: Nearest) -> tuple[Failed, ...]:
    """The parts worth a frame: a statement about another action is not looked into further."""
    action = tuple(one for one in nearest.failed if one.part == "Action")
    return action or nearest.failed


def _advice(advice: Advice, paint: Paint, width: int) -> Iterator[str]:
    if advice.kind not in CHANGES:
        yield from _help(advice.text, paint, width)
        return
    if advice.excerpt:
        text = f"{CHANGES[advice.kind]} {advice.place} ({advice.excerpt.where})"
    else:
        text = f"attach this policy to {advice.place}{f' ({advice.declared.where})' if advice.declared else ''}"
    yield from _help(text, paint, width)
    margin = _INSET + 2
    yield from (" " * margin + safe(line) for line in snug(json.loads(advice.text), width - margin))


def _help(text: str, paint: Paint, width: int) -> list[str]:
    first, *rest = labelled("help:", safe(text), indent=_INSET, margin=_INSET + 6, width=width)
    return [first.replace("help:", paint("hint", "help:"), 1), *rest]
