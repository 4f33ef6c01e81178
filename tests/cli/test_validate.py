"""`turnstile validate`: findings, exit codes and forms."""

from __future__ import annotations

import json

import pytest

EXPRESS = {
    "StartAt": "A",
    "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}},
}
SCENARIO = """
version: 1
name: s
accounts:
  a:
    id: "111122223333"
    region: us-east-1
    roles:
      R:
        trust:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {Service: states.amazonaws.com}, Action: "sts:AssumeRole"}]
state_machines:
  M:
    account: a
    role: R
    type: EXPRESS
    definition:
      StartAt: A
      States: {A: {Type: Task, Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken", End: true}}
cases:
  - name: c
    expect: {status: SUCCEEDED}
"""


def test_a_sound_definition_passes(turnstile):
    """One line says so."""
    ended = turnstile("validate", "hello.asl.json")
    assert (ended.code, ended.out, ended.err) == (0, "1 file, nothing found\n", "")


def test_every_finding_is_shown_where_it_stands(turnstile):
    """With AWS's code and the line of the file."""
    ended = turnstile("validate", "faulty.asl.json", "hello.asl.json")
    heads = [line for line in ended.out.splitlines() if line.startswith(("fault:", "  -->"))]
    assert (ended.code, len(heads), ended.out.splitlines()[-1]) == (1, 6, "2 files, 3 findings")
    assert "[MISSING_TRANSITION_TARGET]" in ended.out


def test_the_kind_of_machine_is_an_option(turnstile, tmp_path):
    """What only Express machines may not have is found only for them."""
    (tmp_path / "wait.asl.json").write_text(json.dumps(EXPRESS))
    assert [turnstile("validate", "wait.asl.json", *more).code for more in ((), ("--type", "express"))] == [0, 1]


def test_findings_as_json(turnstile, tmp_path):
    """Code, severity, message, location and place of each; the text stays on stdout."""
    ended = turnstile("validate", "faulty.asl.json", "--format", "json=out.json", "--quiet")
    report = json.loads((tmp_path / "out.json").read_text())
    first = report["files"][0]["diagnostics"][0]
    assert (ended.code, report["passed"], report["files"][0]["path"]) == (1, False, "faulty.asl.json")
    assert (first["severity"], first["location"], first["where"]["line"]) == ("ERROR", "/States/Second/Type", 5)
    assert "file" not in ended.out.splitlines()[-1]


def test_text_that_is_no_document_is_a_finding(turnstile, tmp_path):
    """As AWS would answer; only a file that cannot be read at all is not."""
    (tmp_path / "broken.asl.json").write_text('{"StartAt": ')
    (tmp_path / "binary.asl.json").write_bytes(b"\x89PNG\xff\xfe")
    ended = turnstile("validate", "broken.asl.json")
    assert (ended.code, "[INVALID_JSON_DESCRIPTION]" in ended.out) == (1, True)
    assert turnstile("validate", "binary.asl.json").code == 2


def test_a_scenario_file_is_checked_with_its_machines(turnstile, tmp_path):
    """Its faults, or what its Express machines may not have."""
    (tmp_path / "s.scenario.yaml").write_text(SCENARIO)
    ended = turnstile("validate", "s.scenario.yaml")
    assert (ended.code, "Express state machine does not support" in ended.out) == (1, True)
    unknown = turnstile("validate", "unknown.scenario.yaml")
    assert (unknown.code, "did you mean `accounts`?" in unknown.out) == (1, True)


@pytest.mark.parametrize(("arguments", "code"), [(["absent.json"], 2), (["empty"], 5), ([], 2)])
def test_nothing_to_check_is_an_error(turnstile, arguments, code):
    """A path that does not exist, a folder without scenarios, no path."""
    assert turnstile("validate", *arguments).code == code


def test_warnings_of_policies_are_shown_and_change_no_exit_code(turnstile, tmp_path):
    """With their own word and severity; `--quiet` leaves them out of the text."""
    (tmp_path / "s.scenario.yaml").write_text(SCENARIO.replace("type: EXPRESS", "type: STANDARD"))
    ended = turnstile("validate", "s.scenario.yaml", "--format", "json=out.json", "--format", "text")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "1 file, 1 warning")
    assert "warning: `states.amazonaws.com` may take this role" in ended.out
    assert "s.scenario.yaml:" in ended.out
    report = json.loads((tmp_path / "out.json").read_text())
    (found,) = report["files"][0]["diagnostics"]
    assert (report["passed"], found["severity"], found["code"]) == (True, "WARNING", "no-source-condition")
    assert turnstile("validate", "s.scenario.yaml", "--quiet").out == ""


FAR = {
    "StartAt": "A",
    "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:444455556666:function:f", "End": True}},
}


@pytest.mark.parametrize(
    ("machine", "code"),
    [
        ((), 0),
        (("--machine", "arn:aws:states:eu-west-1:111122223333:stateMachine:M"), 0),
        (("--machine", "arn:aws:states:us-east-1:111122223333:stateMachine:M"), 1),
        (("--machine", "arn:aws-cn:states:cn-north-1:111122223333:stateMachine:M"), 1),
        (("--machine", "arn:aws:states:us-east-1:111122223333:activity:M"), 2),
        (("--machine", "arn:aws:states:nowhere:111122223333:stateMachine:M"), 2),
        (("--machine", "M"), 2),
    ],
)
def test_a_definition_is_checked_for_the_place_of_its_machine(turnstile, tmp_path, machine, code):
    """What lies in another Region or partition than the machine is a fault."""
    (tmp_path / "far.asl.json").write_text(json.dumps(FAR, indent=2))
    ended = turnstile("validate", "far.asl.json", *machine)
    assert ended.code == code
    if code == 1:
        assert "far.asl.json:6:7" in ended.out


@pytest.mark.parametrize(
    ("expect", "code"),
    [
        ("{status: SUCCEEDED}", 1),
        ("{output: 1}", 1),
        ("{status: FAILED}", 0),
        ("{error: Lambda.ResourceNotFoundException}", 0),
        ("{status: SUCCEEDED, denied: [{link: region}]}", 0),
    ],
)
def test_a_border_is_a_fault_unless_a_case_is_about_it(turnstile, tmp_path, expect, code):
    """A case that expects the refusal shows that its author knows."""
    text = SCENARIO.replace("type: EXPRESS", "type: STANDARD").replace("{status: SUCCEEDED}", expect)
    far = text.replace("arn:aws:states:::lambda:invoke.waitForTaskToken", FAR["States"]["A"]["Resource"])
    (tmp_path / "s.scenario.yaml").write_text(far)
    ended = turnstile("validate", "s.scenario.yaml", "--quiet")
    assert (ended.code, "[other-region]" in ended.out) == (code, code == 1)
    if code:
        line = next(number for number, text in enumerate(far.splitlines(), 1) if "Resource" in text)
        assert f"s.scenario.yaml:{line}:{far.splitlines()[line - 1].index('Resource') + 1}" in ended.out


def test_tasks_that_take_turns_are_a_warning(turnstile, tmp_path):
    """It changes no exit code."""
    lines = [
        {"StartAt": name, "States": {name: {**EXPRESS["States"]["A"], "Credentials": {"RoleArn": role}}}}
        for name, role in (("X", "arn:aws:iam::444455556666:role/A"), ("Y", "arn:aws:iam::777788889999:role/B"))
    ]
    both = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": lines, "End": True}}}
    (tmp_path / "both.asl.json").write_text(json.dumps(both))
    ended = turnstile("validate", "both.asl.json")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "1 file, 1 warning")
    assert "role_slot: per-task" in " ".join(ended.out.split())
