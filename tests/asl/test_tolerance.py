"""How many failed iterations a Map bears."""

from __future__ import annotations

import pytest

from turnstile.asl.errors import StatesError
from turnstile.asl.parse import parse
from turnstile.asl.scope import Scope
from turnstile.asl.tolerance import exceeded, tolerated_count, tolerated_percentage

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def state(**fields):
    """A Map with some fields."""
    body = {"Type": "Map", "ItemProcessor": PASS, "End": True, **fields}
    return parse({"StartAt": "M", "States": {"M": body}}).states["M"]


@pytest.mark.parametrize(
    ("fields", "value", "count"),
    [
        ({}, None, None),
        ({"ToleratedFailureCount": 3}, None, 3),
        ({"ToleratedFailureCountPath": "$.n"}, 0, 0),
        ({"ToleratedFailureCountPath": "$.n"}, "2", 2),
        ({"QueryLanguage": "JSONata", "ToleratedFailureCount": "{% $states.input.n + 1 %}"}, 1, 2),
    ],
)
def test_a_count_is_a_number_or_leads_to_one(fields, value, count):
    """Text with digits counts as a number."""
    scope = Scope({}, {})
    scope.input = {"n": value}
    assert tolerated_count(state(**fields), {"n": value}, scope) == count


@pytest.mark.parametrize("value", ["NoNumber", {}, 1.5, True, None])
def test_a_count_that_is_none_fails_the_state(value):
    """The cause names field, value and path."""
    with pytest.raises(StatesError) as caught:
        tolerated_count(state(ToleratedFailureCountPath="$.n"), {"n": value}, Scope({}, {}))
    assert caught.value.error == "States.Runtime"
    assert caught.value.cause.startswith("The ToleratedFailureCountPath field refers to value ")
    assert caught.value.cause.endswith(" which is not a valid integer: $.n")


def test_a_count_below_zero_fails_the_state():
    """A negative count has a text of its own."""
    with pytest.raises(StatesError) as caught:
        tolerated_count(state(ToleratedFailureCountPath="$.n"), {"n": -1}, Scope({}, {}))
    assert (caught.value.error, caught.value.cause) == ("States.Runtime", "ToleratedFailureCount cannot be negative.")


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (-1.1, "ToleratedFailurePercentage must be between 0 and 100."),
        (100.1, "ToleratedFailurePercentage must be between 0 and 100."),
        ({}, 'The ToleratedFailurePercentagePath field refers to value "{}" which is not a valid float: $.n'),
    ],
)
def test_a_percentage_out_of_range_fails_the_state(value, cause):
    """A share lies between nothing and everything."""
    with pytest.raises(StatesError) as caught:
        tolerated_percentage(state(ToleratedFailurePercentagePath="$.n"), {"n": value}, Scope({}, {}))
    assert (caught.value.error, caught.value.cause) == ("States.Runtime", cause)


@pytest.mark.parametrize(
    ("failed", "count", "percentage", "verdict"),
    [
        (0, 0, 0.0, False),
        (1, 0, None, True),
        (1, 1, None, False),
        (5, None, 50.0, False),
        (6, None, 50.0, True),
        (6, 9, 50.0, True),
        (9, None, None, False),
    ],
)
def test_the_first_limit_that_is_passed_counts(failed, count, percentage, verdict):
    """Of ten iterations."""
    assert exceeded(failed, 10, count, percentage) is verdict
