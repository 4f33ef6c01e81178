"""Coverage read back from JSON reports, so that what several machines ran counts together: the inverse of `coverage`.

Paths in reports are relative to the folder they were made in, so reports of shards speak of the same files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Where
from turnstile.report.tally import KINDS, Coverage, Item, merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.document import Json


def reread(document: Json) -> dict[str, Coverage]:
    """What each file of a report covers, by its path.

    Raises:
        LookupError, TypeError, AttributeError: it is no report in JSON, or one that had no coverage by file yet.
    """
    found: dict[str, dict[Item, int]] = {file["path"]: {} for file in document["files"] if file["cases"]}
    for one in document["coverage"]["items"]:
        if one["kind"] not in KINDS:
            raise LookupError(one["kind"])
        place = one["where"]
        where = Where(place["file"], place["line"], place["column"], place["pointer"])
        item = Item(one["kind"], where, one["owner"], one["name"])
        for path, hits in one["files"].items():
            found[path][item] = hits
    return {path: Coverage(hits) for path, hits in found.items()}


def together(parts: Iterable[Mapping[str, Coverage]]) -> dict[str, Coverage]:
    """The coverage of each file, added up over several reports."""
    found: dict[str, list[Coverage]] = {}
    for part in parts:
        for path, covered in part.items():
            found.setdefault(path, []).append(covered)
    return {path: merged(each) for path, each in sorted(found.items())}
