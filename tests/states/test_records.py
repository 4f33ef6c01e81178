"""The content of objects becomes items: text with delimiters, JSON, Parquet."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.asl.dataset import Csv
from turnstile.asl.errors import StatesError
from turnstile.states.records import csv_items, json_items, line_items, parquet_items


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1,2", ["1", "2"]),
        ('"1,2",3', ["1,2", "3"]),
        ('"a\nb",c', ["a\nb", "c"]),
        ('"say ""hi""",x', ['say "hi"', "x"]),
        (r"C:\\Program Files\\App,1", [r"C:\Program Files\App", "1"]),
        (r"a\,b,c", ["a,b", "c"]),
        (r"\q,1", ["q", "1"]),
        (r"\"x\",1", ['"x"', "1"]),
        ("1", ["1", ""]),
        ("1,2,3", ["1", "2"]),
        ("\ufeff1,2", ["1", "2"]),
        ("  ,", ["  ", ""]),
    ],
)
def test_a_row_is_read_by_the_documented_rules(text, rows):
    """Quotes protect, backslashes escape themselves, quotes and delimiters, and vanish before anything else."""
    assert csv_items(text.encode(), Csv(headers=("a", "b"))) == [dict(zip("ab", rows, strict=True))]


def test_empty_lines_are_no_rows():
    """Neither at the end nor in between, with or without quotes in the file."""
    assert csv_items(b"a\n1\n\n2\n", Csv()) == csv_items(b'"a"\n1\r\n\n2\n', Csv()) == [{"a": "1"}, {"a": "2"}]


@given(st.lists(st.lists(st.text(st.characters(codec="ascii"), min_size=1), min_size=2, max_size=2), min_size=1))
def test_what_is_quoted_is_read_back(rows):
    """Any text survives quotes with doubled quotes and backslashes."""

    def quoted(field):
        return '"' + field.replace("\\", "\\\\").replace('"', '""') + '"'

    text = "\n".join(",".join(map(quoted, row)) for row in rows)
    assert csv_items(text.encode(), Csv(headers=("a", "b"))) == [{"a": a, "b": b} for a, b in rows]


@pytest.mark.parametrize(
    ("read", "cause"),
    [
        (lambda: csv_items(b"\xff", Csv()), "The object is not encoded in UTF-8."),
        (lambda: csv_items(b"a,b,a\n1,2,3\n", Csv()), "CSV headers cannot contain duplicates."),
        (lambda: csv_items(b"1,2\n", Csv(headers=("a", "a"))), "CSV headers cannot contain duplicates."),
        (lambda: line_items(b"{"), "The object is not valid JSON."),
        (lambda: json_items(b"1", "", objects=True), "Attempting to map over non-iterable node."),
        (lambda: json_items(b'{"a": 1}', "", objects=False), "Attempting to map over non-iterable node."),
        (lambda: json_items(b"[1]", "/x", objects=True), "The ItemsPointer /x does not lead to a value."),
    ],
)
def test_what_is_no_dataset_says_why(read, cause):
    """All are failures of the reader."""
    with pytest.raises(StatesError) as caught:
        read()
    assert (caught.value.error, caught.value.cause) == ("States.ItemReaderFailed", cause)


def test_parquet_gives_its_rows():
    """Where the extra is installed."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - an optional extra

    file = io.BytesIO()
    parquet.write_table(pa.table({"a": [1, 2], "b": ["x", None]}), file)
    assert parquet_items(file.getvalue()) == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    with pytest.raises(StatesError, match="not a Parquet file"):
        parquet_items(b"PAR1 but not")
