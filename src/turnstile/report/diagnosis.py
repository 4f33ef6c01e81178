"""A refused call as text: what AWS shows of it, then what Turnstile knows, link by link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.explanation import visible
from turnstile.report.layout import Paint, frame, labelled, safe, wrapped
from turnstile.report.masking import masked
from turnstile.report.place import duration, instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.report.explanation import Advice, Explanation, Failed, Nearest, Occasion, Refusal
    from turnstile.report.report import Case

_INDENT = 6
_MARGIN = 17
_FEW = 3


def diagnosis(case: Case, explanation: Explanation, paint: Paint, width: int) -> list[str]:
    """The lines below a case for one refused call."""
    return [
        *_aws(case, explanation, paint, width),
        *_call(explanation, paint, width),
        *(line for refusal in _in_order(explanation) for line in _refusal(refusal, explanation, paint, width)),
    ]


def outcome(error: str, cause: str, paint: Paint, width: int) -> list[str]:
    """What AWS shows of a failure."""
    text = f"{error}: {masked(cause)}" if cause else error
    return _row("AWS shows", "warn", safe(text), paint, width)


def _aws(case: Case, explanation: Explanation, paint: Paint, width: int) -> list[str]:
    shown = visible(case, explanation)
    if shown is None:
        return _row("AWS shows", "warn", "nothing of this refusal", paint, width)
    return outcome(shown.error, shown.cause, paint, width)


def _call(explanation: Explanation, paint: Paint, width: int) -> list[str]:
    lines = _row("refused", "bad", safe(f"{explanation.action} on {explanation.resource}"), paint, width)
    caller = explanation.principal
    if explanation.acting_for:
        caller += f" for {explanation.acting_for}"
    lines += _row("caller", "strong", safe(caller), paint, width)
    return lines + _row("where", "strong", safe(_where(explanation)), paint, width)


def _row(label: str, role: str, text: str, paint: Paint, width: int) -> list[str]:
    first, *rest = labelled(label, text, indent=_INDENT, margin=_MARGIN, width=width)
    return [first.replace(label, paint(role, label), 1), *rest]


def _where(explanation: Explanation) -> str:
    times = explanation.occasions
    place = f"state `{explanation.state}`, " if explanation.state else ""
    if len(times) == 1:
        return place + _when(times[0])
    listed = "; ".join(_when(one) for one in times[:_FEW])
    more = f"; and {len(times) - _FEW} more" if len(times) > _FEW else ""
    return f"{place}{len(times)} times: {listed}{more}"


def _when(occasion: Occasion) -> str:
    tried = f"attempt {occasion.attempt}" + (f", poll {occasion.poll}" if occasion.poll else "")
    return f"{tried}, {duration(occasion.after)} after the start ({instant(occasion.time)})"


def _in_order(explanation: Explanation) -> Sequence[Refusal]:
    """The link that the answer comes from, then the others as they stand in the chain."""
    return sorted(explanation.refusals, key=lambda refusal: not refusal.shown)


def _refusal(refusal: Refusal, explanation: Explanation, paint: Paint, width: int) -> Iterator[str]:
    lead = "refused by" if refusal.shown else "also refused by"
    other = "" if refusal.action == explanation.action else f" ({refusal.action} on {refusal.resource})"
    text = f"{lead} {refusal.link}, {refusal.meaning}{other}: {refusal.sentence}"
    first, *rest = wrapped(safe(text), width - _INDENT)
    yield " " * _INDENT + first.replace(f"{lead} {refusal.link}", f"{lead} {paint('strong', refusal.link)}", 1)
    yield from (" " * _INDENT + line for line in rest)
    if refusal.nearest:
        yield from _nearest(refusal.nearest, paint, width)
    if refusal.help:
        yield from _help(refusal.help, paint, width)
    for advice in refusal.advice[:1]:
        yield from _advice(advice, paint, width)


def _nearest(nearest: Nearest, paint: Paint, width: int) -> Iterator[str]:
    failed = _told(nearest)
    excerpt = failed[0].excerpt if failed else nearest.excerpt
    arrow = f"{' ' * (_INDENT + 2)}{paint('frame', '-->')}"
    kind = "" if nearest.effect == "Allow" else f"{nearest.effect} "
    text = f"{excerpt.where}, {kind}statement {nearest.statement} of {nearest.policy}"
    yield f"{arrow} {safe(text)}"
    if not failed:
        yield from frame(excerpt, ["this statement denies the call"], paint, indent=_INDENT + 2, width=width)
    for one in failed:
        yield from frame(one.excerpt, [safe(one.sentence)], paint, indent=_INDENT + 2, width=width)


def _told(nearest: Nearest) -> tuple[Failed, ...]:
    """The parts worth a frame: a statement about another action is not looked into further."""
    action = tuple(one for one in nearest.failed if one.part == "Action")
    return action or nearest.failed


def _advice(advice: Advice, paint: Paint, width: int) -> Iterator[str]:
    place = f" ({advice.excerpt.where})" if advice.excerpt else ""
    yield from _help(f"{advice.kind} in {advice.place}{place}", paint, width)
    yield from (f"{' ' * (_INDENT + 8)}{safe(line)}" for line in advice.text.splitlines())


def _help(text: str, paint: Paint, width: int) -> list[str]:
    first, *rest = labelled("help:", safe(text), indent=_INDENT + 2, margin=_INDENT + 8, width=width)
    return [first.replace("help:", paint("hint", "help:"), 1), *rest]
