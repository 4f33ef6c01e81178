"""What a template calls secret (`NoEcho`) stands in no report, fault or fragment, wherever it turns up."""

import json

import pytest

from turnstile.importers.brought import together
from turnstile.importers.fragment import fragment
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.stacked import bring, stack_template
from turnstile.report.json import render as as_json
from turnstile.report.text import DETAILS
from turnstile.report.text import render as as_text
from turnstile.scenario.run import run_scenario

_VALUE = "hunter2-and-more"
_TEMPLATE = {
    "Parameters": {"Word": {"Type": "String", "NoEcho": True, "MinLength": 8, "AllowedPattern": "[a-z0-9-]+"}},
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "Policies": [
                    {
                        "PolicyName": "Call",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}],
                        },
                    }
                ],
            },
        },
        "Tell": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Runtime": "python3.12",
                "Handler": "index.handler",
                "Code": {
                    "ZipFile": "import os\ndef handler(event, context):\n    return 'it is ' + os.environ['WORD']\n"
                },
                "Environment": {"Variables": {"WORD": {"Ref": "Word"}}},
            },
        },
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "Definition": {
                    "StartAt": "Call",
                    "States": {"Call": {"Type": "Task", "Resource": {"Fn::GetAtt": ["Tell", "Arn"]}, "End": True}},
                },
            },
        },
    },
}


@pytest.fixture
def report_with(tmp_path):
    def run(value):
        (tmp_path / "t.json").write_text(json.dumps(_TEMPLATE, indent=1), encoding="utf-8")
        scenario = {
            "version": 1,
            "name": "secrets",
            "accounts": {
                "one": {
                    "id": "111122223333",
                    "templates": [{"path": "t.json", "parameters": {"Word": "value"}}],
                }
            },
            "cases": [
                {
                    "name": "told",
                    "state_machine": "one/Machine",
                    "input": {},
                    "expect": {"status": "FAILED", "output": "other"},
                }
            ],
            "state_machines": {},
        }
        text = json.dumps(scenario, indent=1).replace('"value"', f'"{value}"')
        (tmp_path / "s.scenario.json").write_text(text, encoding="utf-8")
        report = run_scenario(tmp_path / "s.scenario.json")
        return as_json(report), as_text(report, color=False, width=100, verbose=DETAILS)

    return run


def test_no_report_shows_what_a_template_hides(report_with):
    """Though a handler hands it out, and the report shows output, history and findings."""
    for text in report_with(_VALUE):
        assert _VALUE not in text
        assert "it is ********" in text


@pytest.mark.parametrize("value", ["short!!", "Not Allowed At All"])
def test_no_fault_shows_it(value, report_with):
    """Neither in its words nor in the line that it points at."""
    for text in report_with(value):
        assert value not in text
        assert "NoEcho" in text


def test_no_fragment_shows_it(tmp_path):
    """`turnstile import` writes `not imported` in its place."""
    (tmp_path / "t.json").write_text(json.dumps(_TEMPLATE), encoding="utf-8")
    stack = Stack("t", "111122223333", "us-east-1")
    found, faults = bring([stack_template(tmp_path / "t.json", stack, parameters={"Word": _VALUE})])
    assert not faults
    written = fragment(together(Draft(stack), found), "one", tmp_path)
    assert _VALUE not in json.dumps(written)
    (function,) = written["accounts"]["one"]["functions"].values()
    assert function["environment"] == {"WORD": "not imported"}
