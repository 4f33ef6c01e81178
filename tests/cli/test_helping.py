"""What a run says to somebody who does not know yet: things that are not there, names of cases, shares of a run."""

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


WORLD = """\
version: 1
name: small
accounts: {home: {id: "111122223333", region: us-east-1, roles: {R: {trust: {Version: "2012-10-17", Statement: [
  {Effect: Allow, Principal: {Service: states.amazonaws.com}, Action: "sts:AssumeRole"}]}}}}}
state_machines: {M: {account: home, role: R, definition: {StartAt: A, States: {A: {Type: Succeed}}}}}
cases:
"""


def scenario(path, *names):
    """A scenario whose cases, of these names, succeed."""
    path.write_text(WORLD + "".join(f"  - {{name: {name!r}, expect: {{status: SUCCEEDED}}}}\n" for name in names))


@pytest.mark.parametrize(
    ("keyword", "said"),
    [
        ("zzz", "there are 3 cases in 2 files: `it pays`, `wrong External Id`, `waits`"),
        (
            "pyas",
            "did you mean `pays`? there are 3 cases in 2 files: `it pays`, `wrong External Id`, `waits`",
        ),
        (
            "extrenal id",
            "did you mean `external id`? there are 3 cases in 2 files: `wrong External Id`, `it pays`, `waits`",
        ),
    ],
)
def test_a_keyword_that_means_no_case_is_told_with_the_names(turnstile, tmp_path, keyword, said):
    """How many cases of how many files there are, the near ones first."""
    (tmp_path / "two").mkdir()
    scenario(tmp_path / "two" / "a.scenario.yaml", "it pays", "wrong External Id")
    scenario(tmp_path / "two" / "b.scenario.yaml", "waits")
    ended = turnstile("run", "two", "-k", keyword)
    assert (ended.code, ended.err) == (5, f"turnstile: no case is chosen by `-k {keyword}`\n  help: {said}\n")


def test_many_names_are_counted(turnstile, tmp_path):
    """The first five, and how many more; a share without a case is not a matter of names."""
    (tmp_path / "one").mkdir()
    scenario(tmp_path / "one" / "a.scenario.yaml", *(f"case {letter}" for letter in "abcdefg"))
    assert turnstile("run", "one", "-k", "zzz").err.endswith(
        "7 cases in 1 file: `case a`, `case b`, `case c`, `case d`, `case e` and 2 more\n"
    )
    assert "help" not in turnstile("run", "one", "--shard", "8/8").err


def test_what_a_message_says_is_not_said_again(turnstile, tmp_path):
    """Facts of a refused call stand in the message; a status, which stands there in words, is still compared."""
    path = tmp_path / "a.scenario.yaml"
    scenario(path, "it pays")
    states = "{A: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', End: true, Parameters: "
    states += "{QueueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/q', MessageBody: x}}}"
    path.write_text(path.read_text("utf-8").replace("{A: {Type: Succeed}}", states).replace("D}", "D, denied: []}"))
    ended = turnstile("run", "a.scenario.yaml")
    told = " ".join(ended.out[: ended.out.index("AWS shows")].split())
    assert ended.code == 1
    assert told.count("arn:aws:sqs:us-east-1:111122223333:q") == 1
    assert 'found "FAILED"' in told


def test_a_share_is_told_that_it_is_judged_alone(turnstile, tmp_path):
    """`--fail-under` with `--shard` points to `turnstile coverage`; neither alone does."""
    (tmp_path / "one").mkdir()
    scenario(tmp_path / "one" / "a.scenario.yaml", "one", "two")
    both = turnstile("run", "one", "--shard", "1/2", "--fail-under", "1")
    assert both.code == 0
    assert "--fail-under: holds for the cases of this share alone" in both.err
    assert "`turnstile coverage 1.json 2.json --fail-under 1`" in both.err
    for alone in (("--shard", "1/2", "--coverage"), ("--fail-under", "1")):
        assert "--fail-under" not in turnstile("run", "one", *alone).err
