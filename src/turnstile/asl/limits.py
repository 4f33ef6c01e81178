"""The numbers of a dataset that a path or an expression gives, read when the state runs.

What is refused is recorded for MaxItems (scenarios.base_scenarios/test_map_item_reader_csv_max_items_paths); for
batches the texts are inferred from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.dataflow import found
from turnstile.asl.query import Query
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from turnstile.asl.dataset import ItemBatcher, ItemReader, Number
    from turnstile.asl.scope import Scope


def max_items(reader: ItemReader, data: Json, scope: Scope) -> int:
    """How many items are read at most, 0 for all; a negative number is for the reader to refuse.

    Raises:
        StatesError: MaxItemsPath leads nowhere, or to no whole number.
    """
    return _whole("MaxItemsPath", reader.max_items, data, scope)


def batch_limits(batcher: ItemBatcher, data: Json, scope: Scope) -> tuple[int | None, int | None]:
    """Items and bytes of one batch, None where there is no limit.

    Raises:
        StatesError: a path leads nowhere, or to no positive whole number.
    """
    return (
        _positive("MaxItemsPerBatch", batcher.max_items, data, scope),
        _positive("MaxInputBytesPerBatch", batcher.max_bytes, data, scope),
    )


def _positive(field: str, given: Number | None, data: Json, scope: Scope) -> int | None:
    if given is None:
        return None
    number = _whole(f"{field}Path", given, data, scope)
    if number < 1:
        raise errors.runtime(f"field {field} must be positive")
    return number


def _whole(field: str, given: Number, data: Json, scope: Scope) -> int:
    """Text with digits is a number (recorded: test_reference_in_map_state_max_items_path)."""
    if isinstance(given, int):
        return given
    value = given.find(scope, data) if isinstance(given, Query) else found(given, data, scope)
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    shown = value if isinstance(value, str) else compact(value)
    raise errors.runtime(f'The {field} field refers to value "{shown}" which is not a valid integer: {given.text}')
