"""Where a distributed Map takes its items from, how it groups them, and where its results go. It holds no behaviour.

`asl.parse_dataset` makes the values, `asl.limits` reads their numbers when the state runs. Fields: developer guide,
"ItemReader (Map)", "ItemBatcher (Map)", "ResultWriter (Map)".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from turnstile.asl.path import Path
    from turnstile.asl.query import Query
    from turnstile.asl.template import Template

READER_FAILED = "States.ItemReaderFailed"
WRITER_FAILED = "States.ResultWriterFailed"

Number: TypeAlias = "int | Path | Query"
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
