"""CBOR agrees with botocore's, and nothing malformed comes through."""

from __future__ import annotations

import math

import pytest
from botocore.parsers import RpcV2CBORParser
from hypothesis import given
from hypothesis import strategies as st

from turnstile.wire import cbor

LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
)
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(DOCUMENTS)
def test_what_is_written_is_read(document):
    """By us."""
    assert cbor.loads(cbor.dumps(document)) == document


@given(st.dictionaries(st.text(), LEAVES.filter(lambda leaf: leaf is not None)))
def test_botocore_reads_what_is_written(document):
    """All but nulls, which it leaves out."""
    parser = RpcV2CBORParser()
    assert parser.parse_data_item(parser.get_peekable_stream_from_bytes(cbor.dumps(document))) == document


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("9f0102ff", [1, 2]),
        ("bf616101ff", {"a": 1}),
        ("7f61616162ff", "ab"),
        ("5f41004101ff", b"\x00\x01"),
        ("f93c00", 1.0),
        ("fa3fc00000", 1.5),
        ("f97c00", math.inf),
        ("f7", None),
        ("c11a65920080", 1704067200),
    ],
)
def test_forms_that_other_clients_use(octets, value):
    """Items without length, short floats, times."""
    assert cbor.loads(bytes.fromhex(octets)) == value


@pytest.mark.parametrize(
    "octets", ["", "18", "61ff", "5f", "bf6161ff", "1c", "f800", "c200", "0000", "a18001", "dfff", "81" * 600 + "00"]
)
def test_malformed_items_are_refused(octets):
    """As values, never as crashes."""
    with pytest.raises(ValueError, match=r"\w"):
        cbor.loads(bytes.fromhex(octets))


def test_numbers_beyond_64_bits_are_refused():
    """CBOR has no room for them."""
    with pytest.raises(ValueError, match="64 bits"):
        cbor.dumps(2**64)
    assert cbor.dumps(cbor.Moment(1.5)) == bytes.fromhex("c1fb3ff8000000000000")
