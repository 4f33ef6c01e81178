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
    ("accounts", "*", "stubs", "*"),
    ("state_machines", "*", "definition"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A document and the text most of it is from; `moved` maps a pointer to where the value was written instead."""

    document: Json
    source: Source
    moved: Mapping[str, Origin] = field(default_factory=dict)

    def origin(self, *names: str | int) -> Origin:
        """The origin of the value that the names lead to."""
        target = nearest = pointer("", *names)
        while nearest and nearest not in self.moved:
            nearest = nearest.rpartition("/")[0]
        start = self.moved.get(nearest) or Origin(self.source, nearest)
        return start.within(target[len(nearest) :])


def overlay(base: Written, changes: Json, place: Origin) -> tuple[Written, list[Fault]]:
    """The document with the changes, which stand at `place`, and what is wrong with them."""
    merge = _Merge(dict(base.moved))
    return Written(merge.over(base.document, changes, (), place), base.source, merge.moved), merge.faults


@dataclass
class _Merge:
    moved: dict[str, Origin]
    faults: list[Fault] = field(default_factory=list)

    def over(self, old: Json, new: Json, names: tuple[str, ...], place: Origin) -> Json:
        if not isinstance(old, dict) or not isinstance(new, dict) or _is_whole(names):
            return self._replace(new, names, place)
        merged = dict(old)
        for name, value in new.items():
            here, written = (*names, name), place.at(name)
            if value is None:
                self._remove(merged, name, written)
            elif name in old:
                merged[name] = self.over(old[name], value, here, written)
            else:
                merged[name] = self._replace(value, here, written)
        return merged

    def _replace(self, value: Json, names: tuple[str, ...], place: Origin) -> Json:
        self.moved[pointer("", *names)] = place
        return value

    def _remove(self, members: dict[str, Json], name: str, place: Origin) -> None:
        if name in members:
            del members[name]
            return
        message = f"`{name}` cannot be removed: it is not there"
        self.faults.append(place.fault("nothing-to-remove", message, hint(name, members, "names")))


def _is_whole(names: tuple[str, ...]) -> bool:
    if names[:1] == ("organization",):  # its units are nested, so control policies stand at any depth
        return names[-2:-1] in (("scps",), ("rcps",))
    return any(
        len(pattern) == len(names) and all(part in ("*", name) for part, name in zip(pattern, names, strict=True))
        for pattern in _WHOLE
    )
