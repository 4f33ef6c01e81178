"""The data of a state on its way through."""

import json

import pytest

from turnstile.asl import dataflow
from turnstile.asl.errors import StatesError
from turnstile.asl.parse import parse
from turnstile.asl.scope import Scope

_LAMBDA = "arn:aws:states:::lambda:invoke"
_SCOPE = Scope({"State": {"Name": "S"}}, {"answer": 42, "role": "arn:aws:iam::444455556666:role/r"})


def _state(**fields):
    ending = {} if fields["Type"] in ("Fail", "Succeed", "Choice") else {"End": True}
    return parse({"StartAt": "S", "States": {"S": {**fields, **ending}}}).states["S"]


def _task(**fields):
    return _state(Type="Task", Resource=_LAMBDA, **fields)


def _failure(call, *arguments):
    with pytest.raises(StatesError) as caught:
        call(*arguments)
    assert caught.value.located
    return caught.value.error, caught.value.cause


def test_defaults_pass_documents_on_unchanged():
    """Without fields every step hands on the very same object."""
    document, result = {"a": 1}, {"b": 2}
    state = _task()
    assert dataflow.effective_input(state, document, _SCOPE) is document
    assert dataflow.arguments(state, document, _SCOPE) is document
    assert dataflow.selected(state, result, _SCOPE) is result
    assert dataflow.output(state, document, result, _SCOPE) is result
    assert dataflow.assigned(state, result, _SCOPE) is None
    assert dataflow.role_arn(state, document, _SCOPE) is None
    assert dataflow.timeout_seconds(state, document, _SCOPE) is None
    assert dataflow.heartbeat_seconds(state, document, _SCOPE) is None


def test_null_paths_stand_for_nothing():
    """InputPath null gives the state `{}`, OutputPath null the next one, and ResultPath null drops the result."""
    state = _task(InputPath=None, OutputPath=None, ResultPath=None)
    assert dataflow.effective_input(state, {"a": 1}, _SCOPE) == {}
    assert dataflow.output(state, {"a": 1}, 2, _SCOPE) == {}
    kept = {"a": 1}
    assert dataflow.output(_task(ResultPath=None), kept, 2, _SCOPE) is kept


def test_every_field_does_its_part_in_order():
    """Input, parameters, selector, result path and output path of one Task."""
    state = _task(
        InputPath="$.in",
        Parameters={"n.$": "$.n", "v.$": "$answer"},
        ResultSelector={"only.$": "$.Payload"},
        ResultPath="$.out.here",
        OutputPath="$.out",
        Assign={"got.$": "$.only", "before.$": "$answer"},
    )
    raw = {"in": {"n": 1}, "out": {"old": True}}
    data = dataflow.effective_input(state, raw, _SCOPE)
    assert dataflow.arguments(state, data, _SCOPE) == {"n": 1, "v": 42}
    selected = dataflow.selected(state, {"Payload": 5, "Status": 200}, _SCOPE)
    assert selected == {"only": 5}
    assert dataflow.assigned(state, selected, _SCOPE) == {"got": 5, "before": 42}
    assert dataflow.output(state, raw, selected, _SCOPE) == {"old": True, "here": {"only": 5}}
    assert raw == {"in": {"n": 1}, "out": {"old": True}}


def test_an_empty_assign_sets_nothing():
    """AWS shows no assigned variables then (recorded: assign.assign_base/test_base_cases[BASE_EMPTY])."""
    assert dataflow.assigned(_state(Type="Pass", Assign={}), {}, _SCOPE) is None


def test_input_and_output_may_come_from_elsewhere():
    """Paths may start at the context object or a variable (recorded: context_object, assign_reference_variables)."""
    assert dataflow.effective_input(_state(Type="Pass", InputPath="$$.State.Name"), {}, _SCOPE) == "S"
    assert dataflow.output(_state(Type="Pass", OutputPath="$answer"), {}, {}, _SCOPE) == 42


@pytest.mark.parametrize("field", ["InputPath", "OutputPath"])
def test_a_missing_path_fails_the_state(field):
    """The text is the one recorded for TimeoutSecondsPath."""
    state = _state(Type="Pass", **{field: "$.a.b"})
    call = dataflow.effective_input if field == "InputPath" else lambda *rest: dataflow.output(rest[0], 0, *rest[1:])
    failed = _failure(call, state, {"a": {}}, _SCOPE)
    assert failed == ("States.Runtime", "Invalid path '$.a.b' : No results for path: $['a']['b']")


@pytest.mark.parametrize(
    ("fields", "call"),
    [
        ({"InputPath": "$.a"}, dataflow.effective_input),
        ({"Parameters": {"a.$": "$"}}, dataflow.arguments),
        ({"Parameters": {"a": [{"b.$": "$.c"}]}}, dataflow.arguments),
    ],
)
def test_no_path_leads_into_null(fields, call):
    """AWS says so whatever the path; what starts elsewhere, and no path at all, is as ever."""
    failed = _failure(call, _state(Type="Pass", **fields), None, _SCOPE)
    assert failed == ("States.Runtime", "Unable to apply Path transformation to null or empty input.")
    assert dataflow.effective_input(_state(Type="Pass"), None, _SCOPE) is None
    state = _state(Type="Pass", Parameters={"n.$": "$$.State.Name", "v.$": "$answer", "c": None})
    assert dataflow.arguments(state, None, _SCOPE) == {"n": "S", "v": 42, "c": None}


def test_a_result_path_that_cannot_be_reached_fails_the_state():
    """An array takes no name."""
    failed = _failure(dataflow.output, _state(Type="Pass", ResultPath="$.x"), [1], 2, _SCOPE)
    assert failed == ("States.ResultPathMatchFailure", 'Unable to apply step "x" to input [1]')


def test_a_catcher_joins_the_error_with_the_raw_input():
    """ResultPath of a catcher works on the raw input."""
    task = parse(
        {
            "StartAt": "S",
            "States": {
                "S": {
                    "Type": "Task",
                    "Resource": _LAMBDA,
                    "Catch": [
                        {"ErrorEquals": ["A"], "Next": "E", "ResultPath": "$.error", "Assign": {"e.$": "$.Error"}},
                        {"ErrorEquals": ["B"], "Next": "E", "ResultPath": None},
                        {"ErrorEquals": ["States.ALL"], "Next": "E"},
                    ],
                    "Next": "E",
                },
                "E": {"Type": "Succeed"},
            },
        }
    ).states["S"]
    shown = {"Error": "A", "Cause": "c"}
    joined, dropped, replaced = (dataflow.caught(each, {"k": 1}, shown, _SCOPE) for each in task.catch)
    assert joined == {"k": 1, "error": shown}
    assert dropped == {"k": 1}
    assert replaced is shown
    assert dataflow.assigned(task.catch[0], shown, _SCOPE) == {"e": "A"}


def test_a_fail_state_says_error_and_cause():
    """Constants, paths and calls; what is not given is None."""
    assert dataflow.failure(_state(Type="Fail"), {}, _SCOPE) == (None, None)
    assert dataflow.failure(_state(Type="Fail", Error="E", Cause="C"), {}, _SCOPE) == ("E", "C")
    state = _state(Type="Fail", ErrorPath="$.e", CausePath="States.Format('c={}', $.c)")
    assert dataflow.failure(state, {"e": "E", "c": 1}, _SCOPE) == ("E", "c=1")


def test_a_fail_state_needs_text_where_its_paths_lead():
    """Recorded: scenarios.base_scenarios/test_invalid_jsonpath[INVALID_JSONPATH_IN_ERRORPATH]."""
    state = _state(Type="Fail", ErrorPath="$.ErrorX")
    document = {"Error": "error-value"}
    text = "The JSONPath '$.ErrorX' specified for the field 'ErrorPath' could not be found in the input"
    missing = f"{text} '{json.dumps(document, separators=(',', ':'))}'"
    assert _failure(dataflow.failure, state, document, _SCOPE) == ("States.Runtime", missing)
    error, cause = _failure(dataflow.failure, state, {"ErrorX": 5}, _SCOPE)
    assert (error, cause) == (
        "States.Runtime",
        "The ErrorPath parameter does not reference a string value: $.ErrorX == 5",
    )


def test_the_role_may_be_computed():
    """RoleArn is a constant, a path, a context path, a variable or a call."""
    for credentials in ({"RoleArn": "arn"}, {"RoleArn.$": "$.role"}, {"RoleArn.$": "States.Format('{}', 'arn')"}):
        assert dataflow.role_arn(_task(Credentials=credentials), {"role": "arn"}, _SCOPE) == "arn"
    assert dataflow.role_arn(_task(Credentials={"RoleArn.$": "$role"}), {}, _SCOPE) == _SCOPE.variables["role"]
    error, _ = _failure(dataflow.role_arn, _task(Credentials={"RoleArn.$": "$.role"}), {"role": 1}, _SCOPE)
    assert error == "States.Runtime"


@pytest.mark.parametrize("name", ["Timeout", "Heartbeat"])
def test_limits_may_be_looked_up(name):
    """Recorded: scenarios.base_scenarios/test_invalid_jsonpath[ST.INVALID_JSONPATH_IN_TIMEOUTSECONDSPATH]."""
    seconds = dataflow.timeout_seconds if name == "Timeout" else dataflow.heartbeat_seconds
    assert seconds(_task(**{f"{name}Seconds": 5}), {}, _SCOPE) == 5
    state = _task(**{f"{name}SecondsPath": "$.t"})
    assert seconds(state, {"t": 7}, _SCOPE) == 7
    missing = "Invalid path '$.t' : No results for path: $['t']"
    assert _failure(seconds, state, {}, _SCOPE) == ("States.Runtime", missing)
    for value, shown in ((0, "0"), (1.5, "1.5"), ("x", "x"), (True, "true")):
        wrong = f'The {name}SecondsPath field refers to value "{shown}" which is not a valid integer: $.t'
        assert _failure(seconds, state, {"t": value}, _SCOPE) == ("States.Runtime", wrong)
