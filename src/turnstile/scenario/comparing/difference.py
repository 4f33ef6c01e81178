"""The first place where one JSON document differs from what was wanted.

Equality is JSON's: `1` and `1.0` are one number, `true` is no number, members have no order. Knows no scenarios.
"""

from __future__ import annotations

from dataclasses import dataclass

from turnstile.document import Json, compact, pointer
from turnstile.report.masking import masked
from turnstile.report.secret_keys import is_secret
from turnstile.report.secret_text import MASK

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """A pointer into the wanted document, and what is different there."""

    pointer: str
    message: str


def first_difference(wanted: Json, found: Json, *, partial: bool, here: str = "") -> Difference | None:
    """None where the documents are equal; with `partial`, mappings found may have more members."""
    match wanted, found:
        case dict(), dict():
            return _members(wanted, found, partial, here)
        case list(), list():
            return _elements(wanted, found, partial, here)
        case _:
            same = isinstance(wanted, bool) == isinstance(found, bool) and wanted == found
            return (
                None if same else Difference(here, f"{at(here)}{shown(found, here)} instead of {shown(wanted, here)}")
            )


def _members(wanted: dict[str, Json], found: dict[str, Json], partial: bool, here: str) -> Difference | None:  # noqa: FBT001 - handed down
    for name, value in wanted.items():
        place = pointer(here, name)
        if name not in found:
            return Difference(place, f"{at(here)}the member `{name}` is missing")
        if difference := first_difference(value, found[name], partial=partial, here=place):
            return difference
    more = [name for name in found if name not in wanted]
    if more and not partial:
        return Difference(
            here, f"{at(here)}the member `{more[0]}` is there as well: {shown(found[more[0]], pointer(here, more[0]))}"
        )
    return None


def _elements(wanted: list[Json], found: list[Json], partial: bool, here: str) -> Difference | None:  # noqa: FBT001 - handed down
    for index, (value, other) in enumerate(zip(wanted, found, strict=False)):
        if difference := first_difference(value, other, partial=partial, here=pointer(here, index)):
            return difference
    if len(wanted) != len(found):
        return Difference(here, f"{at(here)}{len(found)} elements instead of {len(wanted)}")
    return None


def at(place: str) -> str:
    """The beginning of a message: the place, unless it is the whole document."""
    return f"at `{place}` " if place else ""


def shown(value: Json, place: str = "") -> str:
    """A value in a message: its JSON text, cut where it is long; secrets, by the keys of its place too, are masked."""
    text = compact(MASK if any(map(is_secret, place.split("/"))) else masked(value))
    return f"`{text}`" if len(text) <= _LONGEST_SHOWN else f"`{text[:_LONGEST_SHOWN]}...`"
