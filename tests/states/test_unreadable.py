"""JSON text that cannot be read is described in the words of the service's parser."""

from __future__ import annotations

import pytest

from turnstile.states.unreadable import complaint, located_complaint

VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', None),
        ("not some json", f"Unrecognized token 'not': was expecting {VALUES}"),
        ('{"a": tru}', f"Unrecognized token 'tru': was expecting {VALUES}"),
        ("{'a'", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
        ('{"a": 1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"),
        ('{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"),
        ('{"a": "]" "b"}', "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries"),
        ('{"a": [1 2]}', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"),
        ("[&]", f"Unexpected character ('&' (code 38)): expected a valid value {VALUES}"),
        (
            '[\n{"a": 1',
            (
                "Unexpected end-of-input: expected close marker for Object "
                '(start marker at [Source: (String)"[\n{"a": 1"; line: 2, column: 1])'
            ),
        ),
        ('{"a": 1,', "Unexpected end-of-input within/between Object entries"),
        ('{"a"', "Unexpected end-of-input within/between Object entries"),
        ("[1, ", "Unexpected end-of-input within/between Array entries"),
        ("", "Unexpected end-of-input"),
        ('{"a": "b', "Unexpected end-of-input: was expecting closing quote for a string value"),
        ('{"a": 1, "b', "Unexpected end-of-input in field name"),
        (
            '{"a": [1}',
            (
                "Unexpected close marker '}': expected ']' "
                '(for Array starting at [Source: (String)"{"a": [1}"; line: 1, column: 7])'
            ),
        ),
        ('["\\x"]', "Unrecognized character escape 'x' (code 120)"),
        (
            '["\t"]',
            (
                "Illegal unquoted character ((CTRL-CHAR, code 9)): "
                "has to be escaped using backslash to be included in string value"
            ),
        ),
        (
            "\x01",
            (
                "Illegal character ((CTRL-CHAR, code 1)): "
                "only regular white space (\\r, \\n, \\t) is allowed between tokens"
            ),
        ),
        ("{€", "Unexpected character ('€' (code 8364 / 0x20ac)): was expecting double-quote to start field name"),
        ("\ufeff1", f"Unexpected character ('\ufeff' (code 65279 / 0xfeff)): expected a valid value {VALUES}"),
        (
            "[1, // one",
            (
                "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? "
                "(not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)"
            ),
        ),
        ("[-01]", "Invalid numeric value: Leading zeroes not allowed"),
        ("[" * 100_000, "The document is nested too deeply"),
    ],
)
def test_a_complaint_names_what_was_found_and_what_was_expected(text, expected):
    """Text that can be read gives no complaint."""
    assert complaint(text) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("not a definition", '(String)"not a definition"; line: 1, column: 4'),
        ('{\n  "a" 1}', '(String)"{\n  "a" 1}"; line: 2, column: 8'),
        ("[" + " " * 600 + "&", f'(String)"[{" " * 499}"[truncated 102 chars]; line: 1, column: 603'),
    ],
)
def test_a_located_complaint_ends_with_the_place(text, place):
    """Line and column are those after what was read; a long text is shown in part."""
    assert (located_complaint(text) or "").endswith(f"\n at [Source: {place}]")


def test_a_name_that_stands_twice_in_an_object_is_refused_in_definitions():
    """Elsewhere, and in inputs, it may."""
    text = '{"a": {"b": "c"}, "b": ["a", {"a": 1}],\n "a": "a"}'
    place = f'(String)"{text}"; line: 2, column: 5'
    assert located_complaint(text) == f"Duplicate field 'a'\n at [Source: {place}]"
    assert complaint(text) is None


def test_sound_text_has_no_located_complaint():
    """Nothing is made up about JSON."""
    assert located_complaint("[]") is None
