"""Changes laid over a document, with the way back to where each part of the result was written.

The rule is that of JSON merge patches (RFC 7386): mappings merge, null removes, anything else replaces. Three things
differ: null is a value of settings; policies and definitions are replaced whole, so that a reader sees all of what a
case runs with; and removing what is not there is a fault, for it is a misspelt name. A list of templates is changed by
the names of its stacks. This file knows no types of values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.importers.brought import stack_name
from turnstile.source import Origin
from turnstile.spelling import hint

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
    ("accounts", "*", "jobs", "*"),
    ("state_machines", "*", "definition"),
    ("state_machines", "*", "stubs", "*"),
)

_STACKS = ("accounts", "*", "templates")
_SETTINGS = ("settings",)
"""Where null is a choice like others."""


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
    merge = _Merge(base, dict(base.moved))
    return Written(merge.over(base.document, changes, (), place), base.source, merge.moved), merge.faults


def composed(base: Json, first: Json, then: Json, names: tuple[str, ...] = ()) -> Json:
    """The changes that do to the base what the one and then the other would do."""
    if not isinstance(first, dict) or not isinstance(then, dict) or _is_whole(names):
        return then
    both = dict(first)
    for name, value in then.items():
        below = base.get(name) if isinstance(base, dict) else None
        if value is None and below is None and names != _SETTINGS:
            both.pop(name, None) if first.get(name) is not None else both.update({name: None})
        else:
            both[name] = composed(below, first[name], value, (*names, name)) if name in first else value
    return both


@dataclass
class _Merge:
    base: Written
    moved: dict[str, Origin]
    faults: list[Fault] = field(default_factory=list)

    def over(self, old: Json, new: Json, names: tuple[str, ...], place: Origin) -> Json:
        if isinstance(old, list) and isinstance(new, dict) and _matches(names, _STACKS):
            return self._stacks(old, new, names, place)
        if not isinstance(old, dict) or not isinstance(new, dict) or _is_whole(names):
            return self._replace(new, names, place)
        merged = dict(old)
        for name, value in new.items():
            here, written = (*names, name), place.at(name)
            if value is None and names != _SETTINGS:
                self._remove(merged, name, pointer("", *here), written)
            elif name in old:
                merged[name] = self.over(old[name], value, here, written)
            else:
                merged[name] = self._replace(value, here, written)
        return merged

    def _stacks(self, old: list[Json], new: dict[str, Json], names: tuple[str, ...], place: Origin) -> Json:
        """Templates changed by the names of their stacks."""
        titles = list(map(_title, old))
        for title in new.keys() - set(titles):
            message = f"`{title}` cannot be changed: no template is a stack of that name"
            self.faults.append(place.at(title).fault("unknown-stack", message, hint(title, titles, "stacks")))
        kept = [index for index, title in enumerate(titles) if new.get(title, {}) is not None]
        origins = [self.base.origin(*names, index) for index in kept]
        self.moved |= {pointer("", *names, index): origin for index, origin in enumerate(origins)}
        return [
            self.over(old[number], new[titles[number]], (*names, str(index)), place.at(titles[number]))
            if titles[number] in new
            else old[number]
            for index, number in enumerate(kept)
        ]

    def _replace(self, value: Json, names: tuple[str, ...], place: Origin) -> Json:
        self.moved[pointer("", *names)] = place
        return value

    def _remove(self, members: dict[str, Json], name: str, target: str, place: Origin) -> None:
        if name in members:
            del members[name]
            self.moved[target] = place
            return
        message = f"`{name}` cannot be removed: it is not there"
        self.faults.append(place.fault("nothing-to-remove", message, hint(name, members, "names")))


def _title(entry: Json) -> str:
    if not isinstance(entry, dict):
        return ""
    return str(entry.get("stack") or stack_name(str(entry.get("path") or "")))


def _matches(names: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    return len(pattern) == len(names) and all(part in ("*", name) for part, name in zip(pattern, names, strict=True))


def _is_whole(names: tuple[str, ...]) -> bool:
    if names[:1] == ("organization",):  # its units are nested, so control policies stand at any depth
        return names[-2:-1] in (("scps",), ("rcps",))
    return any(_matches(names, pattern) for pattern in _WHOLE)
