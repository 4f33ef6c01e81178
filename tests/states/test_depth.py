"""Documents that are nested more deeply than the stack, and inputs that JSON cannot hold."""

import math

import pytest

import turnstile
from turnstile.gate.errors import ServiceError


def _deep(levels):
    value = 1
    for level in range(levels):
        value = [value] if level % 2 else {"k": value}
    return value


def _pass(**fields):
    return {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True, **fields}}}


@pytest.mark.parametrize(
    "fields",
    [
        {"Parameters": {"x.$": "States.Format('{}', $.a[0])"}},
        {"Parameters": {"x.$": "States.ArrayUnique($.a)"}},
        {"Parameters": {"x.$": "States.ArrayContains($.a, $.a[0])"}},
        {"Parameters": {"x.$": "$..x"}},
        {"ResultPath": "$.a.b"},
        {"Type": "Fail", "CausePath": "States.Format('{}', $.a[0])"},
        {},
    ],
)
@pytest.mark.parametrize("levels", [500, 800])
def test_a_state_ends_or_fails_whatever_the_depth_of_its_input(fields, levels):
    """Nothing but a status comes of it, and what fails is a States.Runtime of the state."""
    definition = _pass(**fields)
    if fields.get("Type") == "Fail":
        del definition["States"]["A"]["End"]
    execution = turnstile.run(definition, {"a": [_deep(levels), _deep(levels)]})
    assert (execution.status, execution.error) in [
        ("SUCCEEDED", None),
        ("FAILED", "States.Runtime"),
        ("FAILED", "States.ResultPathMatchFailure"),
    ]


def test_what_ends_the_stack_fails_in_words():
    """The cause names the state, also from a branch, and Catch does not take it."""
    branch = {"StartAt": "B", "States": {"B": _pass(Parameters={"x.$": "States.Format('{}', $.a)"})["States"]["A"]}}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "C"}]
    states = {
        "A": {"Type": "Parallel", "Branches": [branch], "Catch": catch, "End": True},
        "C": {"Type": "Succeed"},
    }
    execution = turnstile.run({"StartAt": "A", "States": states}, {"a": _deep(700)})
    place = "An error occurred while executing the state 'B' (entered at the event id #4). "
    text = "The state works on a document that is nested too deeply."
    assert (execution.error, execution.cause) == ("States.Runtime", place + text)


_CIRCLE: list = []
_CIRCLE.append(_CIRCLE)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"a": math.nan}, "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"),
        (math.inf, "Non-standard token 'Infinity': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"),
        (
            {"a": -math.inf},
            "Non-standard token '-Infinity': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
        ),
        (_deep(5000), "The document is nested too deeply"),
        ({"a": {1, 2}}, "The document is not JSON"),
        (_CIRCLE, "The document is not JSON"),
    ],
)
def test_an_input_that_is_no_json_is_refused_in_words(document, problem):
    """The refusal is the service's, for numbers in its own words."""
    with pytest.raises(ServiceError) as refused:
        turnstile.run(_pass(), document)
    assert refused.value.code == "InvalidExecutionInput"
    assert refused.value.message == f"Invalid State Machine Execution Input: '{problem}'"
