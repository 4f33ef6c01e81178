from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.cli.shipped import shipped

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DEFINITION = {
    "StartAt": "Look",
    "States": {
        "Look": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:eu-west-1:777788889999:function:look",
            "Next": "Charge",
        },
        "Charge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "${ChargeArn}", "Payload.$": "$"},
            "Credentials": {"RoleArn": "${ChargeRole}"},
            "Next": "Put",
        },
        "Put": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/222233334444/q", "MessageBody": "x"},
            "Credentials": {"RoleArn": "arn:aws:iam::222233334444:role/team/Put"},
            "End": True,
        },
    },
}


@pytest.fixture
def here(turnstile, tmp_path, monkeypatch):
    """An empty folder."""
    folder = tmp_path / "new"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_lesson_is_the_shipped_scenario():
    """What `demo` runs is what stands in scenarios/."""
    for name, content in shipped("lessons").items():
        assert content == (SCENARIOS / name).read_bytes(), name


def test_demo_explains_a_refused_call(here, turnstile):
    """Without a file of one's own: one call that works, one that a trust policy refuses, and what to do next."""
    ended = turnstile("demo")
    assert (ended.code, ended.err, list(here.iterdir())) == (0, "", [])
    assert "refused by  trust-policy" in ended.out
    assert "turnstile init" in ended.out


def test_demo_gives_its_files_away_once(here, turnstile):
    """Into a folder, and never over what is there."""
    assert turnstile("demo", "--into", "lesson").code == 0
    assert turnstile("run", "lesson", "-q").code == 0
    again = turnstile("demo", "--into", "lesson")
    assert (again.code, "is there already" in again.err) == (2, True)


def test_init_from_nothing_runs_at_once(here, turnstile):
    """A case that works and one that is refused, with the line for editors; only `--force` writes over files."""
    assert turnstile("init").code == 0
    first = (here / "orders.scenario.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=./scenario.schema.json"
    assert (here / "scenario.schema.json").is_file()
    ended = turnstile("run", "--format", "json")
    assert [case["status"] for case in json.loads(ended.out)["files"][0]["cases"]] == ["SUCCEEDED", "FAILED"]
    assert ended.code == 0
    (here / "orders.asl.json").write_text("mine")
    refused = turnstile("init")
    assert (refused.code, "orders.asl.json" in refused.err) == (2, True)
    assert (here / "orders.asl.json").read_text() == "mine"
    assert turnstile("init", "--force").code == 0
    assert turnstile("run", "-q").code == 0


def test_init_from_a_definition_declares_what_it_names(here, turnstile):
    """Accounts of its ARNs, functions, roles with what they need, and a case for each role that could refuse."""
    (here / "pay.asl.json").write_text(json.dumps(DEFINITION))
    drafted = turnstile("init", "pay.asl.json")
    assert (drafted.code, "left for you" in drafted.err) == (0, False)
    ended = turnstile("run", "--format", "json")
    cases = json.loads(ended.out)["files"][0]["cases"]
    assert (ended.code, [case["status"] for case in cases]) == (0, ["SUCCEEDED", "FAILED", "FAILED"])
    links = [link["link"] for case in cases for refused in case["refused"] for link in refused["links"]]
    assert links == ["trust-policy", "trust-policy"]
    text = (here / "pay.scenario.yaml").read_text()
    assert all(word in text for word in ('"777788889999"', '"222233334444"', "/team/", "definition: pay.asl.json"))


def test_init_says_what_it_cannot_know(here, turnstile):
    """A role that is known only when it runs is left to the user, with exit code 1."""
    task = {**DEFINITION["States"]["Charge"], "Credentials": {"RoleArn.$": "$.role"}, "End": True}
    del task["Next"]
    (here / "pay.asl.json").write_text(json.dumps({"StartAt": "Charge", "States": {"Charge": task}}))
    drafted = turnstile("init", "pay.asl.json")
    assert (drafted.code, "known only when it runs" in drafted.err) == (1, True)
    assert turnstile("run", "-q").code == 0


TEMPLATE = """Transform: AWS::Serverless-2016-10-31
Resources:
  Charge:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: index.handler, InlineCode: "def handler(event, context): return 1"}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionSubstitutions: {ChargeArn: !GetAtt Charge.Arn}
      Definition: {StartAt: Pay, States: {Pay: {Type: Task, Resource: "${ChargeArn}", End: true}}}
"""


def test_init_says_which_permission_a_template_lacks(here, turnstile):
    """The case is called after the refusal, and above it stands what to add and where."""
    (here / "flow.yaml").write_text(TEMPLATE)
    drafted = turnstile("init", "flow.yaml")
    assert (drafted.code, "may not call lambda:InvokeFunction" in drafted.err) == (1, True)
    text = (here / "flow.scenario.yaml").read_text()
    assert '- name: "Pay is refused lambda:InvokeFunction"' in text
    assert "it runs\n" not in text
    assert '#   - { Effect: Allow, Action: "lambda:InvokeFunction", Resource: "arn:aws:lambda:us-east-1:' in text
    assert turnstile("run", "-q").code == 0


def test_init_writes_over_a_schema_of_ours_alone(here, turnstile):
    """A file of the same name that says something else stays."""
    (here / "scenario.schema.json").write_text("{}")
    refused = turnstile("init")
    assert (refused.code, "scenario.schema.json" in refused.err) == (2, True)
    assert turnstile("init", "--force").code == 0
    (here / "pay.asl.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}')
    assert turnstile("init", "pay.asl.json").code == 0


def test_init_from_a_template_takes_its_account(here, turnstile):
    """The template declares roles, functions and the machine; the role of the other account is drafted."""
    template = SCENARIOS / "two-templates" / "staging" / "template.yaml"
    parameters = {
        "TargetRoleArn": "arn:aws:iam::444455556666:role/DagTriggerRole",
        "TargetFunctionArn": "arn:aws:lambda:us-east-1:444455556666:function:T",
    }
    options = [word for name, value in parameters.items() for word in ("--parameter", f"{name}={value}")]
    drafted = turnstile("init", template, *options)
    assert drafted.code in (0, 1), drafted.err
    assert "DagTriggerRole:" in (here / "template.scenario.yaml").read_text()
    assert turnstile("run", "-q").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.asl.json"], "no such file"),
        (["other.json"], "neither a definition nor a template"),
        (["other.json", "--account", "12"], "twelve digits"),
        (["other.json", "--region", "mars"], "`mars` is not a Region"),
        (["."], "`.` is a folder"),
    ],
)
def test_init_refuses_in_a_sentence(here, turnstile, arguments, said):
    """Exit code 2."""
    (here / "other.json").write_text('{"a": 1}')
    ended = turnstile("init", *arguments)
    assert (ended.code, said in ended.err) == (2, True)
