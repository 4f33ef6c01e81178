"""From the content of an object to items: CSV, JSON, JSON lines, Parquet.

Rules of CSV: developer guide, "ItemReader (Map)"; rows that are too short or too long are recorded
(scenarios.base_scenarios/test_map_item_reader_csv_first_row_extra_fields). Texts are *inferred*, but that of JSON
which is no array (recorded: test_map_item_reader_json_no_json_list_object).
"""

from __future__ import annotations

import datetime as dt
import decimal
import io
import json
from typing import TYPE_CHECKING

from turnstile.asl.dataset import READER_FAILED
from turnstile.asl.errors import StatesError
from turnstile.document import Json, resolve
from turnstile.faults import Unsupported
from turnstile.states.inputs import Items, members
from turnstile.states.objects import PARQUET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.dataset import Csv

_NOT_ITERABLE = "Attempting to map over non-iterable node."


def failed(cause: str) -> StatesError:
    """The error of a dataset that cannot be read."""
    return StatesError(READER_FAILED, cause)


def json_items(content: bytes, pointer: str, *, objects: bool) -> Items:
    """The array of a JSON document, or the members of its object, at a JSON pointer.

    Raises:
        StatesError: it is no JSON, nothing stands there, or something else.
    """
    document = _parsed(_text(content))
    try:
        value = resolve(document, pointer) if pointer.startswith("/") else document
    except (LookupError, TypeError, ValueError):
        raise failed(f"The ItemsPointer {pointer} does not lead to a value.") from None
    found = members(value) if objects or not isinstance(value, dict) else None
    if found is None:
        raise failed(_NOT_ITERABLE)
    return found


def line_items(content: bytes) -> list[Json]:
    """The documents of JSON lines; empty lines are none.

    Raises:
        StatesError: a line is no JSON.
    """
    return [_parsed(line) for line in _text(content).split("\n") if line.strip()]


def csv_items(content: bytes, csv: Csv) -> list[Json]:
    """The rows as objects of text: short rows are filled up, what is too much is left out.

    Raises:
        StatesError: the content is no text, or two columns have one name (text *inferred*).
    """
    text = _text(content)
    special = "\\" in text or '"' in text
    rows = _rows(text, csv.delimiter) if special else _plain_rows(text, csv.delimiter)
    headers = csv.headers if csv.headers is not None else tuple(next(rows, ()))
    if len(set(headers)) < len(headers):
        raise failed("CSV headers cannot contain duplicates.")
    missing = [""] * len(headers)
    return [dict(zip(headers, [*row, *missing], strict=False)) for row in rows]


def parquet_items(content: bytes) -> list[Json]:
    """The rows of a Parquet file as objects.

    Raises:
        StatesError: it is none.
        Unsupported: the extra that reads it is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        from pyarrow import parquet  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise Unsupported("reading Parquet without `pyarrow` (install the extra `parquet`)") from None
    if not content.startswith(PARQUET):
        raise failed("The object is not a Parquet file.")
    try:
        rows = parquet.read_table(io.BytesIO(content)).to_pylist()
    except (pa.ArrowException, OSError):
        raise failed("The object is not a Parquet file.") from None
    return [_plain(row) for row in rows]


def _plain_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records of text without quotes and escapes."""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line:
            yield line.split(delimiter)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records; one that has not a single character is none."""
    special = ("\\", '"', delimiter)
    fields: list[str] = []
    field: list[str] = []
    quoted = False
    for unit in _units(text, special):
        if unit == '"':
            quoted = not quoted
        elif len(unit) > 1:
            field.append(unit[1:])
        elif quoted or unit not in (delimiter, "\n", "\r"):
            field.append(unit)
        elif unit == delimiter:
            fields.append("".join(field))
            field = []
        elif fields or field:
            yield [*fields, "".join(field)]
            fields, field = [], []
    if fields or field:
        yield [*fields, "".join(field)]


def _units(text: str, special: tuple[str, ...]) -> Iterator[str]:
    """Characters; one that is escaped comes with a backslash before it, a backslash that escapes nothing not at all.

    A quotation mark inside a quoted field is escaped by another one.
    """
    position, end, quoted = 0, len(text), False
    while position < end:
        character, following = text[position], text[position + 1 : position + 2]
        position += 1
        if character == "\\":
            if following in special:
                yield character + following
                position += 1
        elif character == '"' and quoted and following == '"':
            yield '\\"'
            position += 1
        else:
            quoted ^= character == '"'
            yield character


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise failed("The object is not encoded in UTF-8.") from None


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        raise failed("The object is not valid JSON.") from None


def _plain(value: object) -> Json:
    """A value of Parquet as JSON: times as ISO 8601, decimals as numbers, bytes as text."""
    match value:
        case dict():
            return _object(value)
        case list():
            return [_plain(item) for item in value]
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case decimal.Decimal():
            return float(value)
        case bytes():
            return value.decode(errors="replace")
        case _:
            return value


def _object(value: Mapping[str, object]) -> Json:
    return {name: _plain(member) for name, member in value.items()}
