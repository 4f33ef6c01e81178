from __future__ import annotations

import pickle

import pytest

from turnstile.scenario.running.keyword import Keyword, KeywordError

NAMES = ("an order is charged", "the external id is wrong", "nothing (yet) happens", "an order and a refund")


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("", (0, 1, 2, 3)),
        ("ORDER", (0, 3)),
        ("external id", (1,)),
        ("id external", ()),
        ("order and charged", (0,)),
        ("'order and a'", (3,)),
        ("not order", (1, 2)),
        ("charged or external", (0, 1)),
        ("order and not (charged or refund)", ()),
        ("external or order and refund", (1, 3)),
        ('"(yet)"', (2,)),
        ("NOT not order", (0, 3)),
    ],
)
def test_an_expression_means_names(expression, meant):
    """Phrases stand anywhere in a name; `not` binds closest, then `and`, then `or`."""
    means = Keyword(expression).meaning()
    assert tuple(place for place, name in enumerate(NAMES) if means(name)) == meant


@pytest.mark.parametrize("expression", ["(", "a and", "or b", "a (b)", "not", "a)", "(a"])
def test_what_cannot_be_read_is_refused_at_once(expression):
    """A faulty expression is no value."""
    with pytest.raises(KeywordError):
        Keyword(expression)


def test_an_expression_goes_to_other_processes():
    """It is a value."""
    assert pickle.loads(pickle.dumps(Keyword("a or b"))) == Keyword("a or b")
