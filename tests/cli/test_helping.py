"""What a run says to somebody who does not know yet: things that are not there, `-k` without a case, shares of a run."""

from __future__ import annotations

import json

import pytest

INVOKE = "arn:aws:states:::lambda:invoke"
FUNCTION = "arn:aws:lambda:us-east-1:444455556666:function:Score"
ENDPOINT = {"ApiEndpoint": "nowhere", "Method": "GET"}
FORMS = ("text", "json", "markdown", "sarif", "github", "junit")


def task(resource, parameters, **members):
    """A Task at the end."""
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **members}


def written(folder, **states):
    """A definition of these states, begun with the first."""
    path = folder / "claims.asl.json"
    path.write_text(json.dumps({"StartAt": next(iter(states)), "States": states}))
    return path


@pytest.mark.parametrize("form", FORMS)
def test_a_definition_that_names_a_function_points_to_init(turnstile, tmp_path, form):
    """The function is not there in any form of the report, and neither is the user left alone with that."""
    written(tmp_path, Score=task(INVOKE, {"FunctionName": FUNCTION}))
    ended = turnstile("run", "claims.asl.json", "--format", form)
    assert ended.code == 1
    assert "turnstile init claims.asl.json" in " ".join(ended.out.split())


def test_a_page_points_to_init(turnstile, tmp_path):
    """The HTML page has the help among its data."""
    written(tmp_path, Score=task(INVOKE, {"FunctionName": FUNCTION}))
    turnstile("run", "claims.asl.json", "--format", "html=page.html")
    assert "turnstile init claims.asl.json" in (tmp_path / "page.html").read_text("utf-8")


def test_a_resource_that_is_not_there_points_to_init(turnstile, tmp_path):
    """What other services call missing is meant as well."""
    written(tmp_path, Send=task("arn:aws:states:::sqs:sendMessage", {"QueueUrl": "https://x/1/q", "MessageBody": "x"}))
    ended = turnstile("run", "claims.asl.json")
    assert ended.code == 1
    assert "help: a definition alone runs in a world without functions and resources" in ended.out


def test_other_errors_and_caught_ones_have_no_help(turnstile, tmp_path):
    """A Fail state wants no function, and who catches an error knows of it."""
    assert "help:" not in turnstile("run", "fail.asl.yaml").out
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    written(tmp_path, Score=task(INVOKE, {"FunctionName": FUNCTION}, Catch=catch), Done={"Type": "Succeed"})
    ended = turnstile("run", "claims.asl.json")
    assert (ended.code, "help:" in ended.out) == (0, False)


def test_a_definition_from_stdin_is_no_file_to_draft_for(turnstile, tmp_path):
    """The help names a file that the user has to name."""
    text = written(tmp_path, Score=task(INVOKE, {"FunctionName": FUNCTION})).read_text("utf-8")
    ended = turnstile("run", "-", stdin=text)
    assert "`turnstile init FILE`" in " ".join(ended.out.split())


def test_what_came_before_something_not_emulated_is_shown(turnstile, tmp_path):
    """Steps and events of a definition that ends UNSUPPORTED stand in front of what is not emulated."""
    job = task("arn:aws:states:::apigateway:invoke", ENDPOINT)
    written(tmp_path, Shape={"Type": "Pass", "Result": {"shaped": 1}, "Next": "Job"}, Job=job)
    ended = turnstile("run", "claims.asl.json", "-vv")
    assert (ended.code, "claims.asl.json  UNSUPPORTED" in ended.out) == (3, True)
    assert ended.out.index("#2  Shape  Pass") < ended.out.index('{"shaped": 1}') < ended.out.index("unsupported: ")
    assert "Job  Task" in ended.out
    assert "TaskStateEntered" in turnstile("run", "claims.asl.json", "-v").out
    case = json.loads(turnstile("run", "claims.asl.json", "--format", "json").out)["files"][0]["cases"][0]
    assert [event["type"] for event in case["history"]][:3] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
    ]
