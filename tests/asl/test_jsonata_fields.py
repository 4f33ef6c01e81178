"""Definitions in JSONata: which fields hold expressions, what those may refer to, and what becomes of them."""

import json
import sys
from pathlib import Path
from subprocess import run

import pytest

from turnstile.asl import dataflow, limits, tolerance
from turnstile.asl.check import findings
from turnstile.asl.errors import QueryFailure
from turnstile.asl.parse import parse
from turnstile.asl.scope import Scope
from turnstile.asl.wait import wait_until

_REFUSED = json.loads((Path(__file__).parents[1] / "cases" / "asl" / "jsonata_refused.json").read_text("utf-8"))
_OTHER = "is only supported for the 'JSONPath' QueryLanguage"
_TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
_CATCH = {"ErrorEquals": ["States.ALL"], "Next": "Z"}
_ITEMS = {"Type": "Map", "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}}


def _machine(body, **more):
    if body["Type"] == "Fail":
        return {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": body}, **more}
    leaving = {} if body["Type"] == "Choice" else {"Next": "Z"}
    states = {"S": {**leaving, **body}, "Z": {"Type": "Succeed"}}
    return {"QueryLanguage": "JSONata", "StartAt": "S", "States": states, **more}


def _state(body):
    return parse(_machine(body)).states["S"]


def _found(body):
    return [(each.code, each.message, each.location) for each in findings(_machine(body))]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["expression"]) for case in _REFUSED])
def test_an_expression_that_aws_refuses_is_refused(case):
    """Every case file entry is found with AWS's code and text at its place."""
    body = {"Type": "Pass", "Output": {"v": [f"{{% {case['expression']} %}}"]}}
    assert _found(body) == [(case["code"], case["message"], "/States/S/Output/v[0]")]


@pytest.mark.parametrize(
    "body",
    [
        {**_TASK, "Output": "{% $states.result %}", "Assign": {"a": "{% $states.result.b %}"}},
        {**_TASK, "Catch": [{**_CATCH, "Output": "{% $states.errorOutput %}"}]},
        {**_TASK, "Catch": [{**_CATCH, "Assign": {"e": "{% $states.errorOutput.Error %}"}}]},
        {**_TASK, "Arguments": "{% $states.input %}", "TimeoutSeconds": "{% 5 %}", "HeartbeatSeconds": "{% $h %}"},
        {**_TASK, "Credentials": {"RoleArn": "{% $role %}"}},
        {**_TASK, "Credentials": "{% $states.context.Execution.Input %}"},
        {
            **_ITEMS,
            "Items": "{% [1, 2] %}",
            "MaxConcurrency": "{% 2 %}",
            "ItemSelector": {"a": "{% $states.context %}"},
        },
        {**_ITEMS, "Items": [1, "{% 2 %}"], "ToleratedFailurePercentage": "{% 5 %}"},
        {"Type": "Wait", "Seconds": "{% 1 %}"},
        {"Type": "Wait", "Timestamp": "{% $now() %}"},
        {"Type": "Fail", "Error": "{% 'E' %}", "Cause": "{% $string($states.input) %}"},
        {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "Z", "Output": 1}], "Default": "Z"},
        {"Type": "Pass", "Output": " {% not one %}", "Assign": {"x": "{% 1 %}"}},
        {"Type": "Pass", "Output": {"phone.$": "$.not.a.path"}},
    ],
)
def test_a_sound_state_is_accepted(body):
    """Expressions may stand in these fields, and see what these see."""
    assert _found(body) == []


@pytest.mark.parametrize(
    ("body", "message", "location"),
    [
        ({**_TASK, "Arguments": "{% $states.result %}"}, "Field '$states.result' does not exist.", "/Arguments"),
        ({**_TASK, "Output": "{% $states.errorOutput %}"}, "Field '$states.errorOutput' does not exist.", "/Output"),
        (
            {**_TASK, "Catch": [{**_CATCH, "Output": {"a": "{% $states.result %}"}}]},
            "Field '$states.result' does not exist.",
            "/Catch[0]/Output/a",
        ),
        (
            {"Type": "Choice", "Choices": [{"Condition": "{% a %}", "Next": "Z"}]},
            "Reference to 'a' at the top level is not supported.",
            "/Choices[0]/Condition",
        ),
        ({"Type": "Pass", "Assign": "{% {} %}"}, "Expected value of type Object", "/Assign"),
        ({**_TASK, "Credentials": {}}, "The field 'RoleArn' is required but was missing", "/Credentials"),
        (
            {**_TASK, "Retry": [{"ErrorEquals": ["A"], "BackoffRate": "{% 2 %}"}]},
            "Expected value of type Float",
            "/Retry[0]/BackoffRate",
        ),
        (
            {"Type": "Pass", "Parameters": {}},
            f"The QueryLanguage is set to 'JSONata', but field 'Parameters' {_OTHER}",
            "",
        ),
        ({"Type": "Wait", "Seconds": "1"}, "Expected value of type Integer", "/Seconds"),
    ],
)
def test_what_stands_in_the_wrong_field_is_refused(body, message, location):
    """An expression sees only what its field offers, and may stand only where a field can be computed."""
    assert (message, f"/States/S{location}") in [(found[1], found[2]) for found in _found(body)]


def test_a_branch_has_the_language_of_the_machine():
    """A Map that says JSONata does not say so for what is inside it."""
    inside = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"a.$": "$"}, "End": True}}}
    body = {"Type": "Map", "QueryLanguage": "JSONata", "ItemProcessor": inside}
    inner = parse(_machine(body, QueryLanguage="JSONPath")).states["S"].item_processor.states["P"]
    assert inner.parameters.fill(Scope({}, {}), 1) == {"a": 1}


def _scope(raw=None, **variables):
    scope = Scope({"Execution": {"Id": "e"}}, variables)
    scope.input = raw
    return scope


def test_output_and_assign_of_work_see_input_and_result():
    """`$states.input` is what the state was given, `$states.result` what its work gave."""
    both = ["{% $states.input %}", "{% $states.result %}"]
    task = _state({**_TASK, "Output": both, "Assign": {"seen": both}, "Catch": [{**_CATCH, "Output": both[:1]}]})
    assert dataflow.output(task, 1, 2, _scope(1)) == [1, 2]
    assert dataflow.assigned(task, 2, _scope(1)) == {"seen": [1, 2]}
    assert dataflow.caught(task.catch[0], 1, {"Error": "E"}, _scope(1)) == [1]


def test_without_output_the_result_leaves():
    """A Task leaves its result, a catcher the error output, every other state its input."""
    task = _state({**_TASK, "Catch": [_CATCH]})
    assert dataflow.output(task, 1, 2, _scope(1)) == 2
    assert dataflow.caught(task.catch[0], 1, {"Error": "E"}, _scope(1)) == {"Error": "E"}
    assert dataflow.output(_state({"Type": "Pass"}), 1, 1, _scope(1)) == 1


def test_a_constant_is_shared():
    """A field without expressions is the definition's own value."""
    body = {"Type": "Pass", "Output": {"a": [1, {"b": None}]}}
    assert dataflow.output(_state(body), 1, 1, _scope()) is body["Output"]


def test_a_choice_leaves_by_the_rule_that_matched():
    """The state's own Output is for the default, a rule without Output leaves the input."""
    rules = [{"Condition": f"{{% $states.input = {n} %}}", "Next": "Z"} for n in (1, 2)]
    rules[0]["Output"] = "{% 'one' %}"
    choice = _state({"Type": "Choice", "Choices": rules, "Default": "Z", "Output": "{% 'none' %}"})
    one, two = choice.rules
    assert one.test(_scope(), 1)
    assert not two.test(_scope(), 1)
    assert [dataflow.routed(choice, chosen, 2, _scope()) for chosen in (one, two, choice)] == ["one", 2, "none"]


@pytest.mark.parametrize(
    ("body", "read", "says", "location"),
    [
        ({**_TASK, "TimeoutSeconds": "{% 'a' %}"}, dataflow.timeout_seconds, "'number', but was 'string'", None),
        ({**_TASK, "TimeoutSeconds": "{% 1.5 %}"}, dataflow.timeout_seconds, "'integer', but was 'number'", None),
        ({**_TASK, "Credentials": {"RoleArn": "{% 1 %}"}}, dataflow.role_arn, "'string'", "Credentials/RoleArn"),
        ({**_ITEMS, "Items": "{% 1 %}"}, dataflow.items, "Expected 'array', but was 'number' for value: 1", "Items"),
        ({"Type": "Fail", "Error": "{% 1 %}"}, dataflow.failure, "Expected 'string', but was 'number'", "Error"),
    ],
)
def test_a_value_of_another_kind_fails_the_state(body, read, says, location):
    """The cause says what was expected and what was found, and names the field."""
    with pytest.raises(QueryFailure) as caught:
        read(_state(body), {}, _scope())
    assert "returned an unexpected result type. Expected" in caught.value.cause
    assert says in caught.value.cause
    assert caught.value.location == (location or "TimeoutSeconds")


def test_a_dataset_is_limited_by_whole_numbers():
    """The field that is named is that of the reader, for expressions have no path."""
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% 1.5 %}"},
        "Arguments": {"Bucket": "b", "Key": "k"},
    }
    processor = {**_ITEMS["ItemProcessor"], "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    state = _state({"Type": "Map", "ItemProcessor": processor, "ItemReader": reader})
    with pytest.raises(QueryFailure, match=r"Expected 'integer', but was 'number' for value: 1\.5") as caught:
        limits.max_items(state.item_reader, {}, _scope())
    assert caught.value.location == "ItemReader/ReaderConfig/MaxItems"


@pytest.mark.parametrize(
    ("body", "read", "cause", "location"),
    [
        (
            {**_ITEMS, "MaxConcurrency": "{% -1 %}"},
            dataflow.max_concurrency,
            "Expected non-negative integer for MaxConcurrency, got -1 instead.",
            "MaxConcurrency",
        ),
        (
            {**_ITEMS, "ToleratedFailureCount": "{% -2 %}"},
            tolerance.tolerated_count,
            "ToleratedFailureCount cannot be negative.",
            "ToleratedFailureCount",
        ),
        (
            {**_ITEMS, "ToleratedFailurePercentage": "{% 100.1 %}"},
            tolerance.tolerated_percentage,
            "ToleratedFailurePercentage must be between 0 and 100.",
            "ToleratedFailurePercentage",
        ),
    ],
)
def test_a_number_out_of_bounds_fails_in_the_words_of_paths(body, read, cause, location):
    """What an expression gives is refused with the sentence that what a path leads to is refused with."""
    with pytest.raises(QueryFailure) as caught:
        read(_state(body), {}, _scope())
    assert (caught.value.cause, caught.value.location, caught.value.entered) == (cause, location, True)


def test_a_condition_must_be_true_or_false():
    """Nothing else counts as either."""
    choice = _state({"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "Z"}], "Default": "Z"})
    with pytest.raises(QueryFailure, match="Expected 'boolean', but was 'number'") as caught:
        choice.rules[0].test(_scope(), {})
    assert caught.value.location == "Choices[0]/Condition"


def test_numbers_and_texts_are_computed():
    """Timeouts, waits, roles and failures may come from expressions."""
    task = _state({**_TASK, "TimeoutSeconds": "{% $t * 2 %}", "Credentials": {"RoleArn": "{% 'r' & $t %}"}})
    assert dataflow.timeout_seconds(task, {}, _scope(t=4)) == 8
    assert dataflow.role_arn(task, {}, _scope(t=4)) == "r4"
    assert wait_until(_state({"Type": "Wait", "Seconds": "{% $t %}"}), {}, _scope(t=4), 10.0) == 14
    stamp = _state({"Type": "Wait", "Timestamp": "{% $t %}"})
    assert wait_until(stamp, {}, _scope(t="1970-01-01T00:01:00Z"), 10.0) == 60
    failed = _state({"Type": "Fail", "Error": "{% 'E' & $t %}", "Cause": "because"})
    assert dataflow.failure(failed, {}, _scope(t=4)) == ("E4", "because")


def test_what_a_map_runs_over_must_be_an_array():
    """A constant or the input that is none fails without a place (recorded: test_map_state_items_input_types)."""
    for body, given in ((_ITEMS, {"foo": 1}), ({**_ITEMS, "Items": {"foo": 1}}, [])):
        with pytest.raises(QueryFailure) as caught:
            dataflow.items(_state(body), given, _scope())
        assert caught.value.cause == 'Map state input must be an array but was: {"foo":1}'
        assert caught.value.location is None


def test_a_definition_without_jsonata_loads_no_engine():
    """The engine costs nothing where nothing is evaluated."""
    code = (
        "import sys; from turnstile.asl.parse import parse;"
        "parse({'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'End': True}}});"
        "sys.exit(any(name in sys.modules for name in ('jsonatapy', 'jsonata')))"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0
