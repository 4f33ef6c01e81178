"""The variables that each state refers to, in both query languages."""

import pytest

from turnstile.asl.references import variable_references


def _one(body, **more):
    return {"StartAt": "S", "States": {"S": {"End": True, **body}}, **more}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"Type": "Pass", "InputPath": "$b.x", "Assign": {"c.$": "States.Format('{} $no', $a)"}}, ["a", "b"]),
        ({"Type": "Pass", "Parameters": {"x": "$no", "y.$": "$$.Execution.Id", "z.$": "$.no"}}, []),
        ({"Type": "Pass", "Parameters": {"x": [{"y.$": "$a[?(@.b == $c)]"}]}}, ["a", "c"]),
        ({"Type": "Pass", "Result": {"Variable": "$no", "SomePath": "$no"}}, []),
        ({"Type": "Wait", "SecondsPath": "$a"}, ["a"]),
        (
            {"Type": "Choice", "Choices": [{"And": [{"Variable": "$a", "StringEqualsPath": "$b"}], "Next": "S"}]},
            ["a", "b"],
        ),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $a + $sum($b) & $states.input.c %}"}, ["a", "b"]),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"x": ["{% ($own := $a; $own) %}", "$no"]}}, ["a"]),
        (
            {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $map($a, function($v) { $v + $b }) %}"},
            ["a", "b"],
        ),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $a ~> $uppercase ~> $mine %}"}, ["a", "mine"]),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {"x": "{% $count + 1 %}"}}, ["count"]),
    ],
)
def test_a_state_names_its_variables(body, expected):
    """What is constant, quoted, bound by the expression itself or a function is no variable."""
    assert variable_references(_one(body)) == ({"S": expected} if expected else {})


def test_states_inside_states_stand_beside_the_others():
    """Each state has its own entry, in the language of the machine."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Output": "{% $b %}", "End": True}}}
    body = {"Type": "Parallel", "Branches": [inner], "Arguments": "{% $a %}"}
    assert variable_references(_one(body, QueryLanguage="JSONata")) == {"S": ["a"], "I": ["b"]}
