"""The coverage of a whole report, held against what was asked for, and what it says as JSON.

The counting is that of each case (`counted`); here is only what all of them come to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.place import shown, shown_file
from turnstile.report.tally import KINDS, Coverage, merged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.report.report import File, Report
    from turnstile.report.tally import Item

TOTAL = "total"
"""The name of all kinds together."""


def coverage(report: Report) -> Coverage:
    """The coverage of all cases of all files."""
    return merged(of_file(file) for file in report.files)


def of_file(file: File) -> Coverage:
    """The coverage of the cases of one file."""
    return merged(case.coverage for case in file.cases)


def below(found: Coverage, wanted: Mapping[str, float]) -> tuple[tuple[str, float, float], ...]:
    """Each kind that is covered less than it has to be: the kind, its percent, and the least."""
    shares = {kind: found.total if kind == TOTAL else found.percent(kind) for kind in wanted}
    return tuple((kind, shares[kind], least) for kind, least in wanted.items() if shares[kind] < least)


def by_file(report: Report) -> dict[str, Coverage]:
    """The coverage of the cases of each file that has some, by the file's path as reports show it."""
    return {shown_file(file.path): of_file(file) for file in report.files if file.cases}


def as_json(found: Coverage, files: Mapping[str, Coverage]) -> dict[str, Json]:
    """Percent by kind, and every item with how often it happened, in all and by each of the files."""
    return {
        "percent": found.total,
        "kinds": {kind: _kind(found, kind) for kind in KINDS},
        "items": [_item(item, found.hits[item], files) for kind in KINDS for item in found.of(kind)],
    }


def _kind(found: Coverage, kind: str) -> dict[str, Json]:
    covered, count = found.counts(kind)
    return {"percent": found.percent(kind), "covered": covered, "count": count}


def _item(item: Item, hits: int, files: Mapping[str, Coverage]) -> dict[str, Json]:
    place = shown(item.where)
    where = {"file": place.file, "line": place.line, "column": place.column, "pointer": place.pointer}
    counts = {path: each.hits[item] for path, each in files.items() if item in each.hits}
    return {
        "kind": item.kind,
        "name": item.name,
        "owner": item.owner,
        "hits": hits,
        "files": counts,
        "where": where,
    }
