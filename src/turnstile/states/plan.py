"""What a fan-out walks: the branches of a Parallel, the items of a Map, and the events around each walk.

A walk starts at what `open` returns. Shapes: reference/recorded-behaviour.md, "History shape".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from turnstile.asl import dataflow
from turnstile.states.inputs import STATE_DATA

if TYPE_CHECKING:
    from turnstile.asl.definition import Map, Parallel
    from turnstile.document import Json
    from turnstile.states.interpreter import Walk


class Plan(Protocol):
    """The walks of one attempt, known by their index below `length`."""

    length: int

    def open(self, index: int, previous: int) -> Walk:
        """The walk, standing before its first state, after the event `previous`.

        Raises:
            StatesError: its input cannot be made.
        """

    def succeeded(self, index: int, walk: Walk) -> int:
        """Record that it ended well; the event after which the state may be left."""

    def failed(self, index: int, cause: int) -> None:
        """Record that it failed at the event `cause`."""

    def aborted(self, index: int, cause: int) -> None:
        """Record that it was cut because of the event `cause`."""


class Branches:
    """The branches of a Parallel; they leave no events of their own."""

    def __init__(self, walk: Walk, state: Parallel, data: Json) -> None:
        self._walk = walk
        self._branches = state.branches
        self._data = data
        self.length = len(state.branches)

    def open(self, index: int, previous: int) -> Walk:
        """See `Plan.open`."""
        inner = self._walk.fork(previous, dict(self._walk.context))
        inner.start(self._branches[index], self._data)
        return inner

    def succeeded(self, _: int, walk: Walk) -> int:
        """See `Plan.succeeded`."""
        return walk.previous

    def failed(self, index: int, cause: int) -> None:
        """Nothing tells of it but ParallelStateFailed."""

    def aborted(self, index: int, cause: int) -> None:
        """Nothing tells of it but the state it was in."""


class Iterations:
    """The iterations of an inline Map."""

    def __init__(self, walk: Walk, state: Map, data: Json, items: list[Json]) -> None:
        self._walk = walk
        self._state = state
        self._data = data
        self._items = items
        self._source = {"Source": STATE_DATA} if walk.world.settings.object_items else {}
        self.length = len(items)

    def open(self, index: int, previous: int) -> Walk:
        """See `Plan.open`. An ItemSelector that fails does so before the iteration starts."""
        value = self._items[index]
        item = {"Index": index, "Value": value, **self._source}
        inner = self._walk.fork(previous, {**self._walk.context, "Map": {"Item": item}})
        raw = dataflow.item(self._state, self._data, value, inner.scope)
        inner.previous = self._record("Started", index, previous)
        inner.start(self._state.item_processor, raw)
        return inner

    def succeeded(self, index: int, walk: Walk) -> int:
        """See `Plan.succeeded`."""
        return self._record("Succeeded", index, walk.previous)

    def failed(self, index: int, cause: int) -> None:
        """See `Plan.failed`."""
        self._record("Failed", index, cause)

    def aborted(self, index: int, cause: int) -> None:
        """See `Plan.aborted`."""
        self._record("Aborted", index, cause)

    def _record(self, what: str, index: int, previous: int) -> int:
        walk = self._walk
        return walk.execution.events.append(
            previous,
            walk.world.clock.now(),
            f"MapIteration{what}",
            f"mapIteration{what}EventDetails",
            {"name": self._state.name, "index": index},
        )
