"""Where data of a workflow comes from: which member of which Task's result a value is, as far as that can be told.

Values only. A `Traced` is one value: places that it may be, and members that are traced by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json

Steps: TypeAlias = tuple[str | int, ...]
"""The way into a value: names of members and indexes; index 0 stands for any."""

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A member of the result of the Task `state`."""

    state: str
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class Traced:
    """What is known of a value; nothing by default."""

    places: frozenset[Place] = frozenset()
    members: Mapping[str | int, Traced] = field(default_factory=dict)

    def at(self, steps: Steps) -> Traced:
        """A member of it."""
        found = self
        for step in steps:
            inner = frozenset(Place(one.state, (*one.steps, step)) for one in found.places if len(one.steps) < _DEEPEST)
            found = joined(Traced(inner), found.members.get(step, UNKNOWN))
        return found

    def put(self, steps: Steps, value: Traced) -> Traced:
        """The same with another value at a member."""
        if not steps:
            return value
        first, *rest = steps
        return Traced(self.places, {**self.members, first: self.members.get(first, UNKNOWN).put(tuple(rest), value)})


UNKNOWN = Traced()


def joined(one: Traced, other: Traced) -> Traced:
    """A value that may be either."""
    names = dict.fromkeys((*one.members, *other.members))
    members = {name: joined(one.members.get(name, UNKNOWN), other.members.get(name, UNKNOWN)) for name in names}
    return Traced(one.places | other.places, members)


def document(wanted: Mapping[Steps, Json]) -> Json:
    """The least document that has a value at every place; what lies on the way to another is an object or a list.

    Steps of another kind than those before them at one place are left out: no document has both.
    """
    tree: dict[str | int, Json] = {}
    for steps in sorted(wanted, key=len):
        _grow(tree, steps, wanted[steps])
    return _written(tree) if tree else wanted.get((), {})


_VALUE = "\0value"


def _grow(tree: dict[str | int, Json], steps: Steps, value: Json) -> None:
    for step in steps:
        kinds = {type(one) for one in tree if one != _VALUE}
        if kinds and type(step) not in kinds:
            return
        tree = tree.setdefault(step, {})
    tree.setdefault(_VALUE, value)


def _written(tree: Mapping[str | int, Json]) -> Json:
    members = {step: inner for step, inner in tree.items() if step != _VALUE}
    if not members:
        return tree[_VALUE]
    if all(isinstance(step, int) for step in members):
        last = max(int(step) for step in members)
        return [_written(members[index]) if index in members else {} for index in range(last + 1)]
    return {str(step): _written(inner) for step, inner in members.items()}
