"""Coverage as the data of a page: each thing that can be covered, its place, and how often each file's cases did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.coverage import of_file
from turnstile.report.place import shown
from turnstile.report.tally import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.document import Json
    from turnstile.faults import Where
    from turnstile.report.html_payload import Shared
    from turnstile.report.report import File
    from turnstile.report.tally import Item

_NUMBERS = frozenset({"line", "column", "times"})


def data(files: Sequence[File], shared: Shared) -> Json:
    """The kinds with what they count, and the items of all files; None where nothing was counted.

    `times` has a pair for each file that declares an item: its index, and how often its cases did it. `state` is the
    name of the state an item belongs to, and `written` the place of its definition, empty for what is no part of one.
    """
    found: dict[Item, list[Json]] = {}
    for index, file in enumerate(files):
        for item, times in of_file(file).hits.items():
            found.setdefault(item, []).append([index, times])
    if not found:
        return None
    order = list(KINDS)
    listed = sorted(found, key=lambda item: (order.index(item.kind), item))
    return {
        "kinds": [[kind, what] for kind, what in KINDS.items()],
        "items": shared.rows((_row(item, found[item]) for item in listed), _NUMBERS),
    }


def _row(item: Item, times: list[Json]) -> dict[str, Json]:
    place = shown(item.where)
    state = _state(item.where.pointer) if ":stateMachine:" in item.owner else ""
    return {
        "kind": item.kind,
        "name": item.name,
        "owner": item.owner,
        "state": state,
        "written": written_at(place) if state else "",
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "times": times,
    }


def written_at(place: Where) -> str:
    """What names a definition: its file, and the pointer to it without what leads into its states."""
    return f"{place.file}#{place.pointer.partition('/States/')[0]}"


def _state(pointer: str) -> str:
    """The innermost state that a JSON pointer (RFC 6901) leads into."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")]
    last = next((index for index in range(len(steps) - 2, -1, -1) if steps[index] == "States"), -1)
    return steps[last + 1] if last >= 0 else ""
