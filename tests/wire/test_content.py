"""Bytes and dates stand in documents and come out as they went in."""

from __future__ import annotations

import copy

import pytest

from turnstile.wire.content import Encoded, content, instant, on_the_wire, text
from turnstile.wire.scalars import read_header, write_header


@pytest.mark.parametrize("octets", [b"", b"text", "Zoë".encode(), b"\xff\x00", b"//79"])
def test_bytes(octets):
    """Text is text even if it looks like Base64; what is no text is marked, for all who copy documents as well."""
    stands = text(octets)
    assert content(stands) == content(copy.deepcopy(stands)) == octets
    assert isinstance(stands, Encoded) == (octets == b"\xff\x00")


@pytest.mark.parametrize(
    ("given", "iso", "seconds"),
    [
        ("2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z", 1772600767),
        ("2026-03-04T06:06:07+01:00", "2026-03-04T05:06:07Z", 1772600767),
        ("2026-03-04T05:06:07", "2026-03-04T05:06:07Z", 1772600767),
        (1772600767.25, "2026-03-04T05:06:07.250Z", 1772600767.25),
        ("1772600767", "2026-03-04T05:06:07Z", 1772600767),
        ("Wed, 04 Mar 2026 05:06:07 GMT", "2026-03-04T05:06:07Z", 1772600767),
    ],
)
def test_times(given, iso, seconds):
    """Of every format."""
    assert (instant(given), on_the_wire(given, "unixTimestamp")) == (iso, seconds)
    assert on_the_wire(given, "iso8601") == iso
    assert on_the_wire(given, "rfc822") == "Wed, 04 Mar 2026 05:06:07 GMT"


class Shape:
    """As much of a shape as headers need."""

    def __init__(self, type_name, member=None):
        self.type_name = type_name
        self.member = member
        self.serialization = {}


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("string", "a", ["a"]),
        ("string", 'a, "b, c" ,"d\\"e"', ["a", "b, c", 'd"e']),
        ("string", "a\\b", ["a\\b"]),
        ("integer", "1,2", [1, 2]),
        (
            "timestamp",
            "Wed, 04 Mar 2026 05:06:07 GMT, Thu, 05 Mar 2026 05:06:07 GMT",
            ["2026-03-04T05:06:07Z", "2026-03-05T05:06:07Z"],
        ),
        ("timestamp", "2026-03-04T05:06:07Z", ["2026-03-04T05:06:07Z"]),
    ],
)
def test_lists_in_headers(kind, given, value):
    """With quotes where there are commas."""
    shape = Shape("list", Shape(kind))
    assert read_header(given, shape) == value
    assert read_header(write_header(value, shape), shape) == value


def test_headers_have_one_line():
    """Whatever a value says."""
    assert write_header("a\r\nb: c", Shape("string")) == "a b: c"
