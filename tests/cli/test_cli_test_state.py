"""`turnstile test-state` prints what became of one state."""

from __future__ import annotations

import json

import pytest

TASK = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"Q.$": "$.q"}, "Next": "B"}


@pytest.fixture
def task(tmp_path):
    """The file of one Task."""
    (tmp_path / "task.json").write_text(json.dumps(TASK))
    return "task.json"


def test_a_mocked_task_succeeds(turnstile, task):
    """The answer is the API's, with documents in the place of JSON text."""
    ended = turnstile("test-state", task, "--input", '{"q": 1}', "--mock", '{"result": {"MessageId": "m"}}')
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == {"status": "SUCCEEDED", "output": {"MessageId": "m"}, "nextState": "B"}


def test_the_data_on_their_way_are_shown_on_request(turnstile, task):
    """The level may be written in small letters."""
    ended = turnstile("test-state", task, "--input", '{"q": 1}', "--mock", '{"result": {}}', "--level", "debug")
    shown = json.loads(ended.out)["inspectionData"]
    assert (ended.code, shown["input"], shown["afterParameters"]) == (0, {"q": 1}, {"Q": 1})


def test_a_state_of_a_whole_definition(turnstile):
    """It is chosen by its name; the input is `{}` where none is given."""
    ended = turnstile("test-state", "hello.asl.json", "--state", "Greet")
    said = {"greeting": "hello", "password": "hunter2"}
    assert (ended.code, json.loads(ended.out)) == (0, {"status": "SUCCEEDED", "output": {"said": said}})


def test_a_whole_definition_needs_the_name_of_a_state(turnstile):
    """The names that there are stand in the help."""
    ended = turnstile("test-state", "hello.asl.json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(
        "turnstile: `hello.asl.json` is a whole definition\n  help: name a state with `--state`"
    )
    assert "`Greet`" in ended.err


def test_a_state_that_is_not_there(turnstile):
    """The API's refusal is shown in one line."""
    ended = turnstile("test-state", "hello.asl.json", "--state", "Nobody")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "turnstile: ValidationException: State not found in definition\n"


def test_a_failed_state_is_exit_code_1(turnstile, task):
    """So is one that would be retried; one whose error is caught goes on."""
    error = ("--mock", '{"errorOutput": {"error": "E", "cause": "c"}}', "--input", '{"q": 1}')
    ended = turnstile("test-state", task, *error)
    assert (ended.code, json.loads(ended.out)) == (1, {"status": "FAILED", "error": "E", "cause": "c"})


def test_a_caught_error_is_exit_code_0(turnstile, tmp_path):
    """The state goes on where the catcher says."""
    (tmp_path / "task.json").write_text(json.dumps({**TASK, "Catch": [{"ErrorEquals": ["E"], "Next": "C"}]}))
    mock = '{"errorOutput": {"error": "E", "cause": "c"}}'
    ended = turnstile("test-state", "task.json", "--input", '{"q": 1}', "--mock", "-", stdin=mock)
    assert (ended.code, json.loads(ended.out)["nextState"]) == (0, "C")


def test_variables_context_and_configuration(turnstile, tmp_path):
    """Each is a JSON object."""
    parameters = {"v.$": "$v", "n.$": "$$.State.RetryCount"}
    state = {**TASK, "Parameters": parameters, "Retry": [{"ErrorEquals": ["E"]}]}
    (tmp_path / "task.json").write_text(json.dumps(state))
    ended = turnstile(
        *("test-state", "task.json", "--level", "TRACE", "--mock", '{"errorOutput": {"error": "E"}}'),
        *("--variables", '{"v": 1}', "--context", '{"State": {"RetryCount": 2}}'),
        *("--configuration", '{"retrierRetryCount": 2}'),
    )
    shown = json.loads(ended.out)["inspectionData"]
    assert (ended.code, shown["afterParameters"]) == (1, {"v": 1, "n": 2})
    assert shown["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": 4}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--mock", "[]"), "it is no JSON object"),
        (("--mock", "nothing.json"), "no such mock file: `nothing.json`"),
        (("--mock", '{"resul": 1}'), "a mock has no member `resul`"),
        (("--configuration", '{"x": 1}'), "a state configuration has no member `x`"),
        (("--context", "{}"), "ValidationException: TestState does not support Context when a mock is not specified."),
        (("--level", "ALL"), "'ALL' is not one of"),
    ],
)
def test_mistakes_are_exit_code_2(turnstile, task, arguments, message):
    """A sentence says what is wrong, and nothing is printed to stdout."""
    ended = turnstile("test-state", task, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert message in " ".join(ended.err.split())


def test_faults_of_the_state_are_shown_in_its_file(turnstile, tmp_path):
    """With the line they stand in."""
    (tmp_path / "state.json").write_text('{\n  "Type": "Pas",\n  "End": true\n}')
    ended = turnstile("test-state", "state.json")
    assert (ended.code, ended.out) == (2, "")
    assert "state.json:2:" in ended.err
    assert "did you mean `Pass`?" in ended.err


def test_what_is_not_emulated_is_exit_code_3(turnstile, tmp_path):
    """It is refused by name."""
    nowhere = {"ApiEndpoint": "nowhere", "Method": "GET"}
    state = {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke", "Parameters": nowhere, "End": True}
    (tmp_path / "state.json").write_text(json.dumps(state))
    ended = turnstile("test-state", "state.json")
    assert (ended.code, ended.out) == (3, "")
    assert "not supported: the API endpoint `nowhere`" in ended.err
