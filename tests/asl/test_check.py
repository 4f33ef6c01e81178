"""What CreateStateMachine refuses, and how it says so."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.asl import check
from turnstile.asl.finding import Finding
from turnstile.asl.schema import STATES

_REFUSED = json.loads((Path(__file__).parents[1] / "cases" / "asl" / "refused.json").read_text(encoding="utf-8"))
_FINE = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


@pytest.mark.parametrize("case", _REFUSED, ids=lambda case: case["name"])
def test_a_definition_is_refused_in_aws_words(case):
    """Every case file entry gives exactly AWS's findings."""
    found = check.findings(case["definition"], express=case.get("express", False))
    assert check.aws_text(found) == f"Invalid State Machine Definition: '{case['text']}'"
    if "help" in case:
        assert found[0].help == case["help"]


@pytest.mark.parametrize(
    "definition",
    [
        _FINE,
        {**_FINE, "Version": "1.0", "TimeoutSeconds": 0, "Comment": "", "QueryLanguage": "JSONPath"},
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": False, "Next": "B"}, "B": {"Type": "Fail"}}},
        {"StartAt": "A", "States": {"A": {"Type": "Fail", "ErrorPath": "States.UUID()", "CausePath": "$$.State.Name"}}},
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": None, "OutputPath": "$v", "End": True}}},
        {
            "StartAt": "A",
            "QueryLanguage": "JSONata",
            "States": {"A": {"Type": "Wait", "Seconds": "{% 1 %}", "End": True}},
        },
        {
            "StartAt": "A",
            "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "$[?(@.a contains 'b')]"}, "End": True}},
        },
    ],
    ids=json.dumps,
)
def test_a_sound_definition_has_no_findings(definition):
    """What AWS takes is not refused, even where we cannot run it."""
    assert check.findings(definition) == ()


def test_express_rules_apply_to_express_machines_only():
    """A callback is fine in a Standard machine."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}
    definition = {"StartAt": "A", "States": {"A": task}}
    assert check.findings(definition) == ()
    assert len(check.findings(definition, express=True)) == 1


def test_broken_schema_hides_transitions_from_aws_but_not_from_us():
    """Our users see every fault at once."""
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Nxt": "B", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}},
    }
    found = check.findings(definition)
    assert [each.code for each in found] == [
        "SCHEMA_VALIDATION_FAILED",
        "MISSING_TRANSITION_TARGET",
        "MISSING_END_STATE",
    ]
    assert [each.code for each in check.as_aws(found)] == ["SCHEMA_VALIDATION_FAILED"]


def test_places_are_written_in_both_ways():
    """AWS writes positions in brackets and names as they are; JSON pointers escape them."""
    found = Finding("C", "m", ("States", "a/b~c", "Choices", 0, "Next"))
    assert found.location == "/States/a/b~c/Choices[0]/Next"
    assert found.pointer == "/States/a~1b~0c/Choices/0/Next"
    assert Finding("C", "m", ()).location == "/"
    assert Finding("C", "m", None).location is None


def test_long_state_names_are_refused():
    """Eighty characters fit, one more does not."""
    for length, count in ((80, 0), (81, 1)):
        name = "s" * length
        assert len(check.findings({"StartAt": name, "States": {name: {"Type": "Succeed"}}})) == count


def test_endless_nesting_is_a_finding():
    """A document deeper than the stack is refused, not a crash."""
    value = {}
    for _ in range(100_000):
        value = {"a": value}
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": value, "End": True}}}
    assert [each.code for each in check.findings(definition)] == ["TOO_DEEPLY_NESTED"]


_NAMES = st.sampled_from(sorted({name for shape in STATES.values() for name in shape.fields}))
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from(["A", "$.a", "$", "States.UUID()", "{% 1 %}", "Pass"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)
_STATES = st.dictionaries(_NAMES, _VALUES, max_size=5).flatmap(
    lambda fields: st.sampled_from(sorted(STATES)).map(lambda kind: {**fields, "Type": kind})
)


@given(
    states=st.dictionaries(st.sampled_from("ABC"), _STATES | _VALUES, max_size=3), more=st.dictionaries(_NAMES, _VALUES)
)
def test_any_document_is_judged(states, more):
    """Checking never fails, whatever stands in the fields."""
    found = check.findings({"StartAt": "A", "States": states, **more})
    assert check.aws_text(found).startswith("Invalid State Machine Definition: '")
