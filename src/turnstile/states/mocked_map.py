"""What a mocked Map evaluates before it is given its result: its items, the inputs of its iterations, its limits.

What a reader is said to have read comes as text "as found in its original source" (states-api.json), so CSV and JSON
lines are read as such; *inferred*: a JSON array is the items in any format, and with nothing said there are none. That
`afterItemBatcher` is the array of the inputs of all children is *inferred* from `afterItemSelector`. Values on the way
go by AWS's member names (`states.inspection`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import dataflow, limits, tolerance
from turnstile.asl.definition import Mode, QueryLanguage
from turnstile.states.inputs import Batched, Items, Single, members
from turnstile.states.records import csv_items, failed, json_items, line_items

if TYPE_CHECKING:
    from turnstile.asl.dataset import ItemReader
    from turnstile.asl.definition import Map
    from turnstile.document import Json
    from turnstile.states.interpreter import Walk


def prepare(walk: Walk, state: Map, data: Json, read: str | None, seen: dict[str, Json]) -> None:
    """Evaluate everything that the state would evaluate before its iterations; `read` is what its reader has read.

    Raises:
        StatesError: something cannot be evaluated, or the dataset cannot be read.
    """
    items = _items(walk, state, data, read, seen)
    single = Single(walk, state, data, items)
    if state.item_selector is not None:
        seen["afterItemSelector"] = [single.select(index) for index in range(len(single))]
    _limit(walk, state, data, seen)
    if state.item_batcher is not None:
        seen["afterItemBatcher"] = _batches(walk, state, data, single)
    if state.result_writer is not None and state.result_writer.arguments is not None:
        state.result_writer.arguments.fill(walk.scope, data)


def _limit(walk: Walk, state: Map, data: Json, seen: dict[str, Json]) -> None:
    seen["maxConcurrency"] = dataflow.max_concurrency(state, data, walk.scope)
    count = tolerance.tolerated_count(state, data, walk.scope)
    if count is not None:
        seen["toleratedFailureCount"] = count
    percentage = tolerance.tolerated_percentage(state, data, walk.scope)
    if percentage is not None:
        seen["toleratedFailurePercentage"] = percentage


def _batches(walk: Walk, state: Map, data: Json, items: Single) -> list[Json]:
    batcher = state.item_batcher
    assert batcher is not None  # only asked where there is one
    more = None if batcher.batch_input is None else batcher.batch_input.fill(walk.scope, data)
    batched = Batched(walk, state, items, limits.batch_limits(batcher, data, walk.scope), more)
    return [batched.make(index) for index in range(len(batched))]


def _items(walk: Walk, state: Map, data: Json, read: str | None, seen: dict[str, Json]) -> Items:
    """What the Map runs over: the items in its input, or what its reader is said to have read."""
    if state.item_reader is not None:
        return _read(walk, state.item_reader, data, read, seen)
    value = dataflow.dataset(state, data, walk.scope)
    found = members(value) if state.mode is Mode.DISTRIBUTED and walk.world.settings.object_items else None
    if found is None and not isinstance(value, list):
        raise dataflow.not_iterable(state, value)
    if state.query_language is QueryLanguage.JSONPATH:
        seen["afterItemsPath"] = value
    return Items(value) if found is None else found


def _read(walk: Walk, reader: ItemReader, data: Json, read: str | None, seen: dict[str, Json]) -> Items:
    most = limits.max_items(reader, data, walk.scope)
    reader.arguments.fill(walk.scope, data)
    if most < 0:
        raise failed("field MaxItems must be positive")
    if read is None:
        return Items([])
    return _parsed(reader, read, walk.world.settings.object_items, seen).first(most)


def _parsed(reader: ItemReader, text: str, objects: bool, seen: dict[str, Json]) -> Items:  # noqa: FBT001 - a setting
    content = text.encode()
    if reader.input_type in _IN_LINES and not text.lstrip().startswith("["):
        return Items(csv_items(content, reader.csv) if reader.input_type == "CSV" else line_items(content))
    found = json_items(content, reader.pointer, objects=objects)
    if reader.pointer:
        seen["afterItemsPointer"] = dict(zip(found.keys, found.values, strict=True)) if found.keys else found.values
    return found


_IN_LINES = frozenset({"CSV", "JSONL"})
"""Formats whose source is no JSON document."""
