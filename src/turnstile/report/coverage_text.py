"""Coverage as text for a terminal: a line for each kind, and below it what never happened, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.coverage import TOTAL, by_file, coverage
from turnstile.report.layout import Paint, safe, wrapped
from turnstile.report.masking import hiding
from turnstile.report.place import shown, shown_file
from turnstile.report.tally import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.report.report import Report
    from turnstile.report.tally import Coverage, Item

_KIND, _COUNT = 12, 11
_NAMED = 3
"""Files that a remark names."""
_MOST = 200
"""Places that are listed for each kind."""


def render(report: Report, *, color: bool, width: int, wanted: Mapping[str, float] | None = None) -> str:
    """The coverage of each file and of all together, as text that ends with a line break.

    `wanted` is the least percent by kind; a kind that has less is marked.
    """
    with hiding(report.secrets):
        told = table(coverage(report), by_file(report), color=color, width=width, wanted=wanted)
        return told + _not_judged(report, color=color)


def table(
    found: Coverage,
    files: Mapping[str, Coverage],
    *,
    color: bool,
    width: int,
    wanted: Mapping[str, float] | None = None,
) -> str:
    """The same for what all cover together, and what each file does, by its path."""
    lines = _lines(found, files, Paint(color), width, wanted or {})
    return "".join(f"{line}\n" for line in lines)


def _not_judged(report: Report, *, color: bool) -> str:
    """A definition that runs by itself has no policies, so there is nothing of them to cover."""
    bare = [shown_file(file.path) for file in report.files if file.cases and not any(one.judged for one in file.cases)]
    if not bare:
        return ""
    named = ", ".join(map(safe, bare[:_NAMED])) + (f" and {len(bare) - _NAMED} more" if len(bare) > _NAMED else "")
    return (
        Paint(color)("faint", f"  no permissions are judged, nor counted, where a definition runs alone: {named}")
        + "\n"
    )


def _lines(
    found: Coverage, files: Mapping[str, Coverage], paint: Paint, width: int, wanted: Mapping[str, float]
) -> Iterator[str]:
    if not found.hits:
        yield "coverage: nothing was counted"
        return
    if len(files) > 1:
        yield paint("strong", "coverage by file")
        for path, one in files.items():
            yield f"  {_share(one.total)}  {safe(path)}"
        yield ""
    yield paint("strong", "coverage")
    for kind, what in KINDS.items():
        covered, count = found.counts(kind)
        if count or kind in wanted:
            yield _line(kind, found.percent(kind), f"{covered} of {count}", wanted, paint, what)
            yield from _missed(found, kind, paint, width)
    covered = sum(1 for times in found.hits.values() if times)
    yield _line(TOTAL, found.total, f"{covered} of {len(found.hits)}", wanted, paint, "all of these")


def _line(kind: str, percent: float, counts: str, wanted: Mapping[str, float], paint: Paint, what: str) -> str:
    low = percent < wanted.get(kind, 0.0)
    told = f"  {paint('bad', f'less than {wanted[kind]:g} %')}" if low else ""
    head = f"  {kind:<{_KIND}}  {_share(percent)}  {counts:>{_COUNT}}"
    return f"{paint('bad', head) if low else head}  {paint('faint', what)}{told}"


def _share(percent: float) -> str:
    return f"{percent:5.1f} %"


def _missed(found: Coverage, kind: str, paint: Paint, width: int) -> Iterator[str]:
    missed = found.missed(kind)
    for item in missed[:_MOST]:
        yield from _item(item, paint, width)
    if len(missed) > _MOST:
        yield f"      and {len(missed) - _MOST} more"


def _item(item: Item, paint: Paint, width: int) -> Iterator[str]:
    place = shown(item.where)
    first, *rest = wrapped(safe(f"{item.name} ({item.owner})"), width - 12)
    yield f"      {paint('bad', 'never')} {first}"
    yield from (f"            {line}" for line in rest)
    yield f"            {paint('frame', '-->')} {safe(f'{place.file}:{place.line}')}"
