"""One state walks alone: its data are shown, its work is done or mocked, its errors are answered once."""

from __future__ import annotations

import json

import pytest

import turnstile
from turnstile.faults import Rejected
from turnstile.source import unwritten
from turnstile.states.execution import Status
from turnstile.world.function import Function, FunctionError
from turnstile.world.world import default_world

INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f", "Payload.$": "$"},
    "ResultSelector": {"said.$": "$.Payload"},
    "ResultPath": "$.result",
    "OutputPath": "$.result.said",
    "Next": "B",
}
ITEMS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
MAP = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": ITEMS, "End": True}
RETRIED = {**INVOKE, "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 3, "MaxDelaySeconds": 7}]}
BUSY = {"errorOutput": {"error": "Busy", "cause": "later"}}


def world_with(code):
    """The default world with a function `f`."""
    world = default_world()
    (account,) = world.accounts.values()
    arn = account.arn("lambda", "function:f")
    origin = unwritten("<f>")
    account.functions[arn] = Function(
        arn=arn, name="f", account=account.id, region=account.region, code=code, origin=origin
    )
    return world


def test_the_work_is_done_where_it_is_not_mocked():
    """The function is asked, and each step on the way is shown."""
    result = turnstile.test_state(
        INVOKE, {"a": 1}, world=world_with(lambda event: [event["a"]]), inspection_level="DEBUG"
    )
    assert (result.status, result.output, result.next_state) == ("SUCCEEDED", [1], "B")
    shown = result.inspection
    assert (shown["input"], shown["afterInputPath"]) == ({"a": 1}, {"a": 1})
    assert shown["afterParameters"] == {"FunctionName": "f", "Payload": {"a": 1}}
    assert (shown["result"]["StatusCode"], shown["result"]["Payload"]) == (200, [1])
    assert (shown["afterResultSelector"], shown["afterResultPath"]) == (
        {"said": [1]},
        {"a": 1, "result": {"said": [1]}},
    )


def test_an_error_of_the_work_can_be_caught():
    """The error is named, the output is what the catcher makes of it."""

    def fail(_event):
        raise FunctionError({"errorMessage": "no", "errorType": "Refused"})

    state = {**INVOKE, "Catch": [{"ErrorEquals": ["Other"], "Next": "C"}, {"ErrorEquals": ["States.ALL"], "Next": "D"}]}
    result = turnstile.test_state(state, {"a": 1}, world=world_with(fail), inspection_level="DEBUG")
    assert (result.status, result.error, result.next_state) == ("CAUGHT_ERROR", "Refused", "D")
    assert result.output == {"Error": "Refused", "Cause": result.cause}
    assert result.inspection["errorDetails"] == {"catchIndex": 1}
    assert "result" not in result.inspection


@pytest.mark.parametrize(
    ("used", "status", "details"),
    [
        (0, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 2}),
        (1, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 4}),
        (2, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 7}),
        (3, "FAILED", {"retryIndex": 0}),
    ],
)
def test_a_retry_is_told_and_not_made(used, status, details):
    """The interval grows with the attempts used up, as far as MaxDelaySeconds, until none is left."""
    configuration = {"retrierRetryCount": used}
    result = turnstile.test_state(RETRIED, mock=BUSY, state_configuration=configuration, inspection_level="DEBUG")
    assert (result.status, result.error, result.cause) == (status, "Busy", "later")
    assert (result.inspection["errorDetails"], result.next_state) == (details, None)
    assert "output" not in result.response


def test_a_retrier_without_attempts_left_leaves_the_error_to_the_catchers():
    """Both indexes are told."""
    state = {**RETRIED, "Catch": [{"ErrorEquals": ["Busy"], "Next": "C", "ResultPath": None}]}
    configuration = {"retrierRetryCount": 3}
    result = turnstile.test_state(
        state, {"a": 1}, mock=BUSY, state_configuration=configuration, inspection_level="DEBUG"
    )
    assert (result.status, result.output, result.next_state) == ("CAUGHT_ERROR", {"a": 1}, "C")
    assert result.inspection["errorDetails"] == {"retryIndex": 0, "catchIndex": 0}


def test_what_failed_before_a_step_is_not_shown():
    """A path that leads nowhere ends the way, and its cause names no event."""
    result = turnstile.test_state(
        {**INVOKE, "InputPath": "$.b"}, {"a": 1}, mock={"result": {}}, inspection_level="DEBUG"
    )
    assert (result.status, result.error) == ("FAILED", "States.Runtime")
    assert result.cause == "Invalid path '$.b' : No results for path: $['b']"
    assert result.inspection == {"input": {"a": 1}}


def test_a_result_that_cannot_be_shaped_fails_the_state():
    """The result is shown, and nothing after it."""
    result = turnstile.test_state(INVOKE, {"a": 1}, mock={"result": {"no": "payload"}}, inspection_level="DEBUG")
    assert result.status == "FAILED"
    assert result.inspection["result"] == {"no": "payload"}
    assert not {"afterResultSelector", "afterResultPath"} & result.inspection.keys()


def test_null_filters_are_shown_as_what_they_leave():
    """InputPath and OutputPath `null` leave an empty object, ResultPath `null` the input."""
    state = {"Type": "Pass", "InputPath": None, "ResultPath": None, "OutputPath": None, "End": True}
    result = turnstile.test_state(state, {"a": 1}, inspection_level="TRACE")
    assert (result.output, result.next_state) == ({}, None)
    shown = result.inspection
    assert (shown["afterInputPath"], shown["afterParameters"], shown["afterResultPath"]) == ({}, {}, {"a": 1})


def test_variables_are_those_given_and_those_assigned():
    """They can be read, and are shown as they stand after the state."""
    state = {
        "Type": "Pass",
        "Parameters": {"sum.$": "States.MathAdd($x, $.a)"},
        "Assign": {"y.$": "$.sum"},
        "End": True,
    }
    result = turnstile.test_state(state, {"a": 1}, variables={"x": 2}, inspection_level="DEBUG")
    assert (result.output, result.inspection["variables"]) == ({"sum": 3}, {"x": 2, "y": 3})


def test_a_state_in_jsonata_shows_arguments_and_result():
    """There are no filters to look behind."""
    state = {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "f", "Payload": "{% $states.input.a + 1 %}"},
        "Output": "{% $states.result.Payload %}",
        "End": True,
    }
    result = turnstile.test_state(state, {"a": 1}, mock={"result": {"Payload": "5"}}, inspection_level="DEBUG")
    assert result.output == "5"
    arguments = {"FunctionName": "f", "Payload": 2}
    assert result.inspection == {"input": {"a": 1}, "afterArguments": arguments, "result": {"Payload": "5"}}


def test_the_iterations_of_a_map_are_shown():
    """The items, and what ItemSelector makes of each; a mock decides what comes of them."""
    selector = {"index.$": "$$.Map.Item.Index", "value.$": "$$.Map.Item.Value", "all.$": "$.n"}
    state = {**MAP, "ItemSelector": selector, "MaxConcurrencyPath": "$.n"}
    result = turnstile.test_state(
        state, {"items": ["a", "b"], "n": 2}, mock={"result": [1, 2]}, inspection_level="DEBUG"
    )
    assert result.output == [1, 2]
    assert result.inspection["afterItemsPath"] == ["a", "b"]
    items = [{"index": 0, "value": "a", "all": 2}, {"index": 1, "value": "b", "all": 2}]
    assert (result.inspection["afterItemSelector"], result.inspection["maxConcurrency"]) == (items, 2)


@pytest.mark.parametrize(
    ("tolerated", "failed", "status"),
    [
        ({}, 4, "SUCCEEDED"),
        ({"ToleratedFailureCount": 1}, 1, "SUCCEEDED"),
        ({"ToleratedFailureCount": 1}, 2, "FAILED"),
        ({"ToleratedFailurePercentage": 50}, 2, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 50}, 3, "FAILED"),
        ({"ToleratedFailureCount": 4, "ToleratedFailurePercentage": 50}, 3, "FAILED"),
        ({"ToleratedFailureCountPath": "$.most"}, 2, "FAILED"),
    ],
)
def test_failed_iterations_are_held_against_what_is_tolerated(tolerated, failed, status):
    """Where nothing is said to be tolerated, no number is too high (recorded)."""
    result = turnstile.test_state(
        {**MAP, **tolerated},
        {"items": [1, 2, 3, 4], "most": 1},
        mock={"result": [0, 0, 0, 0]},
        state_configuration={"mapIterationFailureCount": failed},
    )
    assert result.status == status
    if status == "FAILED":
        assert result.error == "States.ExceedToleratedFailureThreshold"


def test_a_mocked_callback_has_a_token_without_a_context_object():
    """The Task sees one, as it would when it really waits."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"},
        "End": True,
    }
    result = turnstile.test_state(state, mock={"result": {"a": 1}}, inspection_level="DEBUG")
    assert (result.status, result.output) == ("SUCCEEDED", {"a": 1})
    assert len(result.inspection["afterParameters"]["MessageBody"]) > 100


def test_what_a_reader_read_takes_the_place_of_the_items():
    """The data are said to have been read; nothing reads them."""
    processor = {**ITEMS, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    reader = {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {}}
    state = {"Type": "Map", "ItemProcessor": processor, "ItemReader": reader, "End": True}
    state["ItemSelector"] = {"v.$": "$$.Map.Item.Value"}
    result = turnstile.test_state(
        state, mock={"result": [1]}, state_configuration={"mapItemReaderData": [7]}, inspection_level="DEBUG"
    )
    assert result.inspection["afterItemSelector"] == [{"v": 7}]


@pytest.mark.parametrize(
    ("config", "read", "items"),
    [
        ({"InputType": "CSV"}, "a,b\n1,2\n", [{"a": "1", "b": "2"}]),
        ({"InputType": "CSV"}, '[{"a": "1"}]', [{"a": "1"}]),
        ({"InputType": "JSONL"}, '{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ({"InputType": "JSON", "MaxItems": 1}, "[1, 2]", [1]),
        ({"InputType": "JSON", "ItemsPointer": "/in/it"}, '{"in": {"it": [5]}}', [5]),
    ],
)
def test_data_are_said_to_have_been_read_as_they_stand_in_their_source(config, read, items):
    """Text in lines is no JSON document, and a pointer leads to the items."""
    processor = {**ITEMS, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    reader = {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": config, "Parameters": {}}
    batcher = {"MaxItemsPerBatch": 1, "BatchInput": {"b": 1}}
    state = {"Type": "Map", "ItemProcessor": processor, "ItemReader": reader, "ItemBatcher": batcher, "End": True}
    told = {"mapItemReaderData": read}
    shown = turnstile.test_state(
        state, mock={"result": []}, state_configuration=told, inspection_level="DEBUG"
    ).inspection
    assert shown["afterItemBatcher"] == [{"BatchInput": {"b": 1}, "Items": [item]} for item in items]
    assert shown.get("afterItemsPointer") == (items if "ItemsPointer" in config else None)


def test_a_state_of_a_whole_definition_is_found_wherever_it_stands():
    """By its name, also inside another state, and in the query language of the whole."""
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "Output": "{% $states.input.a %}", "End": True}}}
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "Out",
        "States": {"Out": {"Type": "Parallel", "Branches": [inner], "End": True}},
    }
    assert turnstile.test_state(machine, {"a": 1}, state_name="In").output == 1
    assert turnstile.test_state(turnstile.parse(machine), {"a": 2}, state_name="In").output == 2


def test_a_context_object_that_is_not_given_is_that_of_an_express_execution():
    """Its ids go together, the state is named, and nothing tells of redrives."""
    state = {**INVOKE, "Parameters": {"FunctionName": "f", "Payload.$": "$$"}, "ResultSelector": {"said.$": "$$"}}
    shown = turnstile.test_state(
        state, {"a": 1}, mock={"result": {}}, role_arn="arn:aws:iam::123456789012:role/r"
    ).output
    execution, machine = shown["Execution"], shown["StateMachine"]
    assert execution["Id"].split(":")[5:] == ["express", machine["Name"], execution["Name"]]
    assert machine["Id"].split(":")[5:] == ["stateMachine", machine["Name"]]
    assert (execution["Input"], execution["RoleArn"].rpartition("/")[2]) == ({"a": 1}, "r")
    assert (shown["State"]["Name"], shown["State"]["RetryCount"]) == ("StateName", 0)
    assert "RedriveCount" not in execution


def test_a_test_lasts_five_minutes_at_most():
    """Then it fails with States.Timeout, in no time of ours."""
    result = turnstile.test_state({"Type": "Wait", "Seconds": 301, "End": True})
    assert (result.status, result.error) == ("FAILED", "States.Timeout")
    assert turnstile.test_state({"Type": "Wait", "Seconds": 299, "End": True}).status == "SUCCEEDED"


def test_faults_of_a_state_have_places_in_its_file(tmp_path):
    """A state alone stands at the root of the file."""
    file = tmp_path / "state.json"
    file.write_text('{\n  "Type": "Pass",\n  "Nxt": "B"\n}')
    with pytest.raises(Rejected) as caught:
        turnstile.test_state(file)
    assert {(fault.where.line, fault.code) for fault in caught.value.faults} == {(1, "SCHEMA_VALIDATION_FAILED")}
    assert not any("StateName" in fault.where.pointer for fault in caught.value.faults)


@pytest.mark.parametrize("option", [{"mock": {"resul": 1}}, {"mock": {"result": 1}, "state_configuration": {"x": 1}}])
def test_a_mistyped_member_is_refused(option):
    """It must not silently be passed over."""
    with pytest.raises(ValueError, match=r"has no member `(resul|x)`"):
        turnstile.test_state(INVOKE, **option)


async def test_a_test_leaves_nothing_behind():
    """No execution and no machine can be seen afterwards, and the same seed gives the same answer."""
    worlds = [default_world(seed=5), default_world(seed=5)]
    state = {"Type": "Pass", "Parameters": {"id.$": "States.UUID()", "name.$": "$$.Execution.Name"}, "End": True}
    results = [await turnstile.test_state_async(state, world=world) for world in worlds]
    assert results[0].response == results[1].response
    assert not any(account.machines for world in worlds for account in world.accounts.values())
    assert Status.RUNNING not in json.loads(results[0].response["output"]).values()


def test_the_answer_can_be_had_with_documents():
    """As the API gives it, but for JSON text."""
    result = turnstile.test_state({"Type": "Pass", "End": True}, {"a": 1}, inspection_level="DEBUG")
    assert result.documents()["output"] == {"a": 1}
    assert result.documents()["inspectionData"]["input"] == {"a": 1}
    assert json.loads(result.response["output"]) == {"a": 1}
