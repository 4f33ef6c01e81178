"""Differences between documents."""

import pytest

from turnstile.scenario.comparing.difference import first_difference

SAME = [
    (1, 1.0),
    (None, None),
    ("a", "a"),
    ([1, {"a": []}], [1, {"a": []}]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
]
DIFFERENT = [
    (1, True, ""),
    (0, False, ""),
    (False, None, ""),
    ("1", 1, ""),
    ({}, [], ""),
    ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "/a/b/1"),
    ({"a/b": 1}, {"a/b": 2}, "/a~1b"),
    ([1], [1, 2], ""),
    ([1, 2], [1], ""),
    ({"a": 1}, {}, "/a"),
]


@pytest.mark.parametrize(("wanted", "found"), SAME)
@pytest.mark.parametrize("partial", [True, False])
def test_equal_documents_do_not_differ(wanted, found, partial):
    """Numbers are equal by value, members by name."""
    assert first_difference(wanted, found, partial=partial) is None


@pytest.mark.parametrize(("wanted", "found", "place"), DIFFERENT)
@pytest.mark.parametrize("partial", [True, False])
def test_a_difference_has_a_place(wanted, found, place, partial):
    """The pointer leads to the first value that differs; a truth value is no number."""
    difference = first_difference(wanted, found, partial=partial)
    assert difference is not None
    assert difference.pointer == place


def test_members_that_were_not_asked_for_matter_only_to_the_whole():
    """A part of a mapping may leave members out, at any depth."""
    wanted, found = {"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}], "d": 3}
    assert first_difference(wanted, found, partial=True) is None
    assert first_difference(wanted, found, partial=False).pointer == "/a/0"


def test_long_values_are_cut_in_messages():
    """A message stays one readable line."""
    assert len(first_difference("x" * 500, "y" * 500, partial=False).message) < 200
