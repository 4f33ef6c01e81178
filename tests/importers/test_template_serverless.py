"""SAM resources as the plain resources they stand for, and what is wrong with them."""

import json
import re
from pathlib import Path

import pytest

from turnstile.faults import Rejected

_FOLDER = Path(__file__).parents[1] / "cases/importers/templates"
_CASES = json.loads((_FOLDER / "serverless.json").read_text())
_HEAD = "Transform: AWS::Serverless-2016-10-31\nConditions: {Never: !Equals [a, b]}\n"
_WRONG = json.loads((_FOLDER / "serverless-faults.json").read_text())


def _text(resources, section=""):
    head = _HEAD + (f"Globals: {section}\n" if section else "")
    return f"{head}Resources: {resources if resources.startswith('{') else '{' + resources + '}'}\n"


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["name"])
def test_a_serverless_resource_makes_plain_ones(case, stack_of):
    """Types, names and properties of what is made are those that SAM documents."""
    stack = stack_of(_text(case["resources"], case.get("globals", "")))
    made = {item.logical_id: item for item in stack.items}
    assert {name: item.type for name, item in made.items()} == {
        name: wanted["type"] for name, wanted in case["made"].items()
    }
    for name, wanted in case["made"].items():
        for key, value in wanted.get("properties", {}).items():
            assert made[name].properties.get(key) == value, f"{name}.{key}"
    assert {each.logical_id: each.type for each in stack.skipped} == case.get("skipped", {})


@pytest.mark.parametrize("case", _WRONG, ids=lambda case: case["resources"])
def test_a_wrong_serverless_resource_is_one_fault(case, stack_of):
    """What SAM would refuse is a fault, with its line and what to do."""
    with pytest.raises(Rejected) as refused:
        stack_of(_text(case["resources"]))
    (fault,) = refused.value.faults
    assert (fault.code, fault.where.line) == (case["code"], 3)
    assert case["says"] in fault.message
    assert case["remedy"] in fault.help


def test_a_policy_that_nobody_knows_keeps_its_name(stack_of):
    """A name is taken for that of a policy of AWS; whether there is one is looked up where the role is made."""
    text = _text("F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Policies: [NoSuchPolicy]}}")
    assert stack_of(text).items[0].properties["ManagedPolicyArns"][1] == "arn:aws:iam::aws:policy/NoSuchPolicy"


def test_an_alias_is_published(stack_of):
    """Version and alias are made, have names of their own, and change with the code."""
    text = _text(
        "F: {Type: AWS::Serverless::Function, Properties: {InlineCode: %s, FunctionName: f, AutoPublishAlias: live}}"
    )
    text += "Outputs: {V: {Value: !Ref F.Version}, A: {Value: !Ref F.Alias}, S: {Value: !Sub '${F.Alias}'}}\n"
    first, second = (stack_of(text % code) for code in ("x", "y"))
    arn = "arn:aws:lambda:eu-west-1:111111111111:function:f"
    assert [each.value for each in first.outputs.values()] == [f"{arn}:1", f"{arn}:live", f"{arn}:live"]
    names = [next(item.logical_id for item in stack.items if "Version" in item.logical_id) for stack in (first, second)]
    assert all(re.fullmatch("FVersion[0-9a-f]{10}", name) for name in names)
    assert names[0] != names[1]


def test_policies_lead_to_their_lines(stack_of):
    """Each policy of a generated role has the line of its entry, also below a condition."""
    text = """Transform: AWS::Serverless-2016-10-31
Conditions: {Always: !Equals [a, a]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Policies:
        - SQSPollerPolicy:
            QueueName: q
        - !If
          - Always
          - Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: "*"
          - !Ref AWS::NoValue
"""
    role = next(item for item in stack_of(text).items if item.type == "AWS::IAM::Role")
    statements = ("PolicyDocument", "Statement", 0)
    assert role.origin.where().line == 8
    assert role.at("Policies", 0, *statements).where().line == 9
    assert role.at("Policies", 1, *statements).where().line == 14
    assert role.at("Policies", 1, *statements, "Action").written.pointer.endswith("/Fn::If/1/Statement/0/Action")
