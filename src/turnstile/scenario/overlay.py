"""Changes laid over a document, with the way back to where each part of the result was written.

The rule is that of JSON merge patches (RFC 7386): mappings merge, null removes, anything else replaces. Two things
differ: policies and definitions are replaced whole, so that a reader sees all of what a case runs with, and removing
what is not there is a fault, for it is a misspelt name. This file knows no types of values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.scenario.spelling import hint
from turnstile.source import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.faults import Fault
    from turnstile.source import Source

_WHOLE = (
    ("accounts", "*", "roles", "*", "trust"),
    ("accounts", "*", "roles", "*", "policies", "*"),
    ("accounts", "*", "users", "*", "policies", "*"),
    ("accounts", "*", "groups", "*", "policies", "*"),
    ("accounts", "*", "policies", "*"),
    ("accounts", "*", "functions", "*", "policy"),
    ("state_machines", "*", "definition"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A document made of parts of one source; `moved` maps a pointer to where the value was written instead."""

    document: Json
    source: Source
    moved: Mapping[str, str] = field(default_factory=dict)

    def place(self, target: str) -> str:
        """The pointer in the source of the value under a pointer of the document."""
        nearest = target
        while nearest and nearest not in self.moved:
            nearest = nearest.rpartition("/")[0]
        return self.moved.get(nearest, nearest) + target[len(nearest) :]

    def origin(self, *names: str | int) -> Origin:
        """The origin of the value that the names lead to."""
        return Origin(self.source, self.place(pointer("", *names)))


def overlay(base: Written, changes: Json, place: str) -> tuple[Written, list[Fault]]:
    """The document with the changes, which stand at `place` of its source, and what is wrong with them."""
    merge = _Merge(base, dict(base.moved))
    return Written(merge.over(base.document, changes, (), place), base.source, merge.moved), merge.faults


@dataclass
class _Merge:
    base: Written
    moved: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def over(self, old: Json, new: Json, names: tuple[str, ...], place: str) -> Json:
        if not isinstance(old, dict) or not isinstance(new, dict) or _is_whole(names):
            return self._replace(new, names, place)
        merged = dict(old)
        for name, value in new.items():
            here, written = (*names, name), pointer(place, name)
            if value is None:
                self._remove(merged, name, written)
            elif name in old:
                merged[name] = self.over(old[name], value, here, written)
            else:
                merged[name] = self._replace(value, here, written)
        return merged

    def _replace(self, value: Json, names: tuple[str, ...], place: str) -> Json:
        self.moved[pointer("", *names)] = place
        return value

    def _remove(self, members: dict[str, Json], name: str, place: str) -> None:
        if name in members:
            del members[name]
            return
        origin = Origin(self.base.source, place)
        message = f"`{name}` cannot be removed: it is not there"
        self.faults.append(origin.fault("nothing-to-remove", message, hint(name, members, "names")))


def _is_whole(names: tuple[str, ...]) -> bool:
    if names[:1] == ("organization",):  # its units are nested, so control policies stand at any depth
        return names[-2:-1] in (("scps",), ("rcps",))
    return any(
        len(pattern) == len(names) and all(part in ("*", name) for part, name in zip(pattern, names, strict=True))
        for pattern in _WHOLE
    )
