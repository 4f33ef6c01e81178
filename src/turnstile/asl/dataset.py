"""Where a distributed Map takes its items from, how it groups them, and where its results go: values and their numbers.

`asl.parse_dataset` makes the values. Numbers that a path or an expression gives are read when the state runs; what is
refused then is recorded (scenarios.base_scenarios/test_map_item_reader_csv_max_items_paths), for batches the texts are
inferred from it. Fields: developer guide, "ItemReader (Map)", "ItemBatcher (Map)", "ResultWriter (Map)".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl import errors
from turnstile.asl.dataflow import found
from turnstile.asl.path import Path
from turnstile.asl.query import Query
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from turnstile.asl.scope import Scope
    from turnstile.asl.template import Template

READER_FAILED = "States.ItemReaderFailed"
WRITER_FAILED = "States.ResultWriterFailed"

Number: TypeAlias = int | Path | Query
"""A number, or what gives it when the state runs."""


class Transformation(Enum):
    """What a result is made of: all that is known of the child, its output, or the elements of its output."""

    NONE = "NONE"
    COMPACT = "COMPACT"
    FLATTEN = "FLATTEN"


@dataclass(frozen=True, slots=True)
class Csv:
    """How text with delimiters is read; `headers` None says that the first row holds them."""

    delimiter: str = ","
    headers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ItemReader:
    """What is read from S3: one object, or the objects of a bucket (`listing`), themselves or what is in them.

    `input_type` is CSV, JSON, JSONL or PARQUET, empty where only metadata are read; `manifest` says whose list of
    objects the object is: S3_INVENTORY, ATHENA_DATA, or empty. `pointer` is a JSON pointer to the items.
    """

    listing: bool
    arguments: Template
    input_type: str = ""
    manifest: str = ""
    load: bool = False
    csv: Csv = Csv()
    pointer: str = ""
    max_items: Number = 0


@dataclass(frozen=True, slots=True)
class ItemBatcher:
    """How many items, or bytes of them, one child is given; `batch_input` is given to each besides."""

    max_items: Number | None = None
    max_bytes: Number | None = None
    batch_input: Template | None = None


@dataclass(frozen=True, slots=True)
class ResultWriter:
    """What becomes of the results; without `arguments` they are the output of the state."""

    arguments: Template | None
    transformation: Transformation
    lines: bool = False


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
