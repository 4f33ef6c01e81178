"""Patterns of expectations: none keeps a run waiting, and wildcards mean what they say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.scenario.comparing import patience
from turnstile.scenario.comparing.likeness import first_unlike
from turnstile.scenario.comparing.output_schema import first_violation

SLOW = "(.*)*x(.*)*y(.*)*z(.*)*!(.*)*?"
TEXT = "a" * 4000


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(patience, "LONGEST", 1e-9)


@pytest.mark.parametrize("tried", [patience.matches_whole, patience.matches_anywhere])
def test_an_expression_has_a_limited_time(tried, hurried):
    """What takes longer is told by name."""
    with pytest.raises(patience.Impatience, match="takes more than"):
        tried(SLOW, TEXT)


def test_a_slow_expression_is_a_difference(hurried):
    """Neither a pattern of an output nor a schema waits."""
    assert "takes more than" in first_unlike(f"<regex {SLOW}>", TEXT).message
    assert "takes more than" in first_violation({"pattern": SLOW}, TEXT).message


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=12))
def test_wildcards_are_those_of_expressions(pattern, text):
    """`*` is any text and `?` any character, as an expression would have them."""
    expression = "".join({"*": ".*", "?": "."}.get(one, one) for one in pattern)
    assert patience.matches_wildcards(pattern, text) == (re.fullmatch(expression, text, re.DOTALL) is not None)
