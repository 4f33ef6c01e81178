"""The items of a distributed Map and the inputs of its children: one for each item, or one for each batch of items.

Inputs of single items are made when their child starts, so a hundred thousand cost no memory before. Documented:
developer guide, "ItemSelector (Map)", "ItemBatcher (Map)", "Accessing execution data from the Context object".
*Inferred*: a child that is given a member of an object gets its value; a single item over the limit of bytes is a
batch of its own; items that make no input fail the Map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from turnstile.asl import dataflow
from turnstile.document import Json, compact, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.asl.definition import Map
    from turnstile.states.interpreter import Walk

STATE_DATA = "STATE_DATA"


@dataclass(frozen=True, slots=True)
class Items:
    """What a Map runs over. `keys` are the names of members of an object, empty for an array.

    `source` says where all come from, or for each where it comes from: an S3 URI, or `STATE_DATA`.
    """

    values: Sequence[Json]
    keys: Sequence[str] = ()
    source: str | Sequence[str] = STATE_DATA

    def shown(self, index: int) -> dict[str, Json]:
        """The item in the context object."""
        key = {"Key": self.keys[index]} if self.keys else {}
        source = self.source if isinstance(self.source, str) else self.source[index]
        return {"Index": index, **key, "Value": self.values[index], "Source": source}

    def first(self, most: int) -> Items:
        """So many of them, all for 0."""
        if not most or most >= len(self.values):
            return self
        source = self.source if isinstance(self.source, str) else self.source[:most]
        return Items(self.values[:most], self.keys[:most], source)


def members(value: Json) -> Items | None:
    """The elements of an array or the members of an object; None for anything else."""
    if isinstance(value, dict):
        return Items(list(value.values()), list(value))
    return Items(value) if isinstance(value, list) else None


class Inputs(Protocol):
    """What the children are given, by their index."""

    def __len__(self) -> int: ...

    def weight(self, index: int) -> int:
        """How many items the child is given."""

    def make(self, index: int) -> Json:
        """The input of a child.

        Raises:
            StatesError: the ItemSelector fails, or the input is larger than a document may be.
        """


class Single:
    """One item for each child."""

    def __init__(self, walk: Walk, state: Map, data: Json, items: Items) -> None:
        self._walk = walk
        self._state = state
        self._data = data
        self._items = items

    def __len__(self) -> int:
        return len(self._items.values)

    def weight(self, _: int) -> int:
        """See `Inputs.weight`."""
        return 1

    def make(self, index: int) -> Json:
        """See `Inputs.make`."""
        value = self.select(index)
        self._walk.measure(value, self._state.name)
        return value

    def select(self, index: int) -> Json:
        """The item, or what ItemSelector makes of it.

        Raises:
            StatesError: it fails.
        """
        value = self._items.values[index]
        if self._state.item_selector is None:
            return value
        walk = self._walk
        inner = walk.fork(walk.previous, {**walk.context, "Map": {"Item": self._items.shown(index)}})
        inner.scope.input = walk.scope.input
        return dataflow.item(self._state, self._data, value, inner.scope)


class Batched:
    """Several items for each child, within a limit of items, of bytes of the input, or both."""

    def __init__(
        self, walk: Walk, state: Map, items: Single, limits: tuple[int | None, int | None], more: Json
    ) -> None:
        """Put the items together; `more` is what every child is given besides, None for nothing.

        Raises:
            StatesError: the ItemSelector fails.
        """
        self._walk = walk
        self._name = state.name
        self._more: dict[str, Json] = {} if more is None else {"BatchInput": more}
        most, largest = limits
        empty = size(compact({**self._more, "Items": []}))
        self._batches: list[list[Json]] = []
        room = taken = 0
        for index in range(len(items)):
            item = items.select(index)
            needed = 0 if largest is None else size(compact(item)) + 1
            full = most is not None and taken >= most
            if not self._batches or full or (largest is not None and taken and needed > room + 1):
                self._batches.append([])
                taken, room = 0, (largest or 0) - empty
            self._batches[-1].append(item)
            taken, room = taken + 1, room - needed

    def __len__(self) -> int:
        return len(self._batches)

    def weight(self, index: int) -> int:
        """See `Inputs.weight`."""
        return len(self._batches[index])

    def make(self, index: int) -> Json:
        """See `Inputs.make`."""
        value = {**self._more, "Items": self._batches[index]}
        self._walk.measure(value, self._name)
        return value
