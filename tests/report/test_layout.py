from __future__ import annotations

import json

import pytest

from turnstile.faults import Where
from turnstile.report.excerpt import Excerpt
from turnstile.report.layout import Paint, cells, clipped, frame, safe, snug, wrapped

PLAIN = Paint(on=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("two\nlines\tand\r", "two\\nlines\\tand\\r"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066x\x9b", "\\u2066x\\x9b"),
        ("\ud800", "\\ud800"),
        ("grüße 東京 🦀", "grüße 東京 🦀"),
    ],
)
def test_users_text_cannot_steer_the_terminal(text, shown):
    """Control characters, reading directions and lone surrogates are written as escapes."""
    assert safe(text) == shown


@pytest.mark.parametrize("width", [30, 44, 60, 100])
def test_wrapped_text_keeps_every_character(width):
    """Wrapping drops nothing but the blanks at which it breaks, and no line is too wide."""
    text = "The role arn:aws:iam::111122223333:role/a/long/path/StagingExecution may not, says `x`. " + "y" * 150
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cells(line) <= width for line in lines)


def test_an_arn_breaks_where_its_parts_do():
    """A word that is too long is broken after a colon or a slash."""
    assert wrapped("on arn:aws:iam::111122223333:role/StagingExecution", 36) == [
        "on arn:aws:iam::111122223333:role/",
        "StagingExecution",
    ]


def test_an_empty_text_is_one_empty_line():
    """There is always a line to put a label on."""
    assert wrapped("", 40) == [""]


@pytest.mark.parametrize(("text", "width", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("東京都", 5, "東京…")])
def test_clipped_text_counts_wide_characters(text, width, shown):
    """An East Asian character takes two columns."""
    assert clipped(text, width) == shown


@pytest.mark.parametrize("width", [20, 40, 200])
@pytest.mark.parametrize("value", [{}, [], "x", {"a": [1, {"b": None}], "c": "d" * 30}, [[1, 2], [3, "e" * 50]]])
def test_snug_json_is_the_same_json(value, width):
    """However narrow, the lines are still the document, ready to be pasted."""
    assert json.loads("\n".join(snug(value, width))) == value


def test_the_caret_stands_below_what_is_meant():
    """Leading blanks go, and the carets follow."""
    excerpt = Excerpt(Where("a.yaml", 7, 5), "    Action: sts:TagSession", 12, 14)
    assert frame(excerpt, ["here"], PLAIN, indent=0, width=60) == [
        "7 | Action: sts:TagSession",
        "  |         ^^^^^^^^^^^^^^ here",
    ]


def test_the_caret_counts_columns_not_characters():
    """Wide characters before and in the marked part are counted as the terminal does."""
    _, caret = frame(Excerpt(Where("a.yaml", 1, 1), "東京: 大阪", 4, 2), [], PLAIN, indent=0, width=60)
    assert caret == "  |       ^^^^"


def test_a_long_line_shows_the_part_that_is_meant():
    """A line that is too long loses its beginning before it loses the marked part."""
    line = "x" * 80 + " MEANT " + "y" * 80
    source, caret = frame(Excerpt(Where("a.yaml", 1, 1), line, 81, 5), [], PLAIN, indent=0, width=40)
    assert (len(source) <= 40, source[caret.index("^") :][:5]) == (True, "MEANT")


@pytest.mark.parametrize(
    ("meant", "marked"),
    [("status: FAILED", "status: FAILED"), ("hunter2", "********"), ("password: hunter2", "password: ********")],
)
def test_the_caret_follows_what_is_masked(meant, marked):
    """A mask is longer or shorter than what it hides; what is meant stays marked, and the secret is not shown."""
    line = "{password: hunter2, status: FAILED}"
    source, caret = frame(
        Excerpt(Where("a.yaml", 1, 1), line, line.index(meant), len(meant)), [], PLAIN, indent=0, width=80
    )
    assert "hunter2" not in source
    assert source[caret.index("^") : caret.rindex("^") + 1] == marked


def test_a_place_without_text_shows_its_notes_only():
    """Where the source is not known, the notes still are."""
    assert frame(Excerpt(Where("<definition>")), ["a note"], PLAIN, indent=2, width=60) == ["  a note"]


def test_paint_that_is_off_changes_nothing():
    """No escape sequence is ever written where colours are off."""
    assert (PLAIN("bad", "x"), Paint(on=True)("bad", "x")) == ("x", "\x1b[1;31mx\x1b[0m")
