"""SAM resources as the plain resources they stand for, and what is wrong with them."""

import json
import re
from pathlib import Path

import pytest

from turnstile.faults import Rejected

_CASES = json.loads((Path(__file__).parents[1] / "cases/importers/templates/serverless.json").read_text())
_HEAD = "Transform: AWS::Serverless-2016-10-31\nConditions: {Never: !Equals [a, b]}\n"
_FUNCTION = "F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, %s}}"
_WRONG = [
    (_FUNCTION % "Polices: []", "unknown-property", "has no property `Polices`", "did you mean `Policies`?"),
    (_FUNCTION % "Policies: [{SQSPolerPolicy: {QueueName: q}}]", "unknown-policy-template", "`SQSPolerPolicy`", "`SQSPollerPolicy`"),
    (_FUNCTION % "Policies: [{SQSPollerPolicy: {}}]", "missing-parameter", "needs `QueueName`", "QueueName"),
    (_FUNCTION % "Policies: [{SQSPollerPolicy: {QueueName: q, Q: 1}}]", "unknown-parameter", "no parameter `Q`", "`QueueName`"),
    (_FUNCTION % "Policies: [5]", "wrong-type", "not `5`", ""),
    (_FUNCTION % "Policies: [{Statement: [], Statment: []}]", "unknown-member", "`Statment`", "`Statement`"),
    (_FUNCTION % "Policies: [NoSuchPolicy]", None, "", ""),
    (_FUNCTION % "Events: {E: {Type: SQQS}}", "unknown-event", "no event type `SQQS`", "`SQS`"),
    (_FUNCTION % "Events: {E: {Type: SNS, Properties: {}}}", "missing-property", "the event `E` has no `Topic`", "add `Topic`"),
    (_FUNCTION % "Events: {E: {}}", "missing-type", "the event `E` has no `Type`", ""),
    (_FUNCTION % "Events: []", "wrong-type", "`Events` is an object", ""),
    (_FUNCTION % "DeadLetterQueue: {Type: SQ}", "wrong-type", "`DeadLetterQueue`", ""),
    ("F: {Type: AWS::Serverless::Function}", "missing-code", "the code of `F`", "`code:`"),
    ("F: {Type: AWS::Serverless::Fuction}", "unknown-type", "`AWS::Serverless::Fuction`", "did you mean `AWS::Serverless::Function`?"),
    ("M: {Type: AWS::Serverless::StateMachine}", "missing-definition", "has no definition", "`DefinitionUri`"),
    ("M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: {Bucket: b, Key: k}}}", "missing-definition", "not on this machine", "`code:`"),
    ("T: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: a, Type: Text}}}", "wrong-type", "`Text`", ""),
    ("C: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: X}, Destination: {Id: Y}, Permissions: [Read]}}", "unknown-resource", "no resource `X`", ""),
    ("{Q: {Type: AWS::SQS::Queue}, T: {Type: AWS::SNS::Topic}, C: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Q}, Destination: {Id: T}, Permissions: [Read]}}}", "unknown-connector", "connects no", ""),
    ("{Q: {Type: AWS::SQS::Queue}, T: {Type: AWS::SNS::Topic}, C: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: T}, Destination: {Id: Q}, Permissions: [Read]}}}", "unknown-connector", "cannot `Read`", "`Write`"),
    ("{FRole: {Type: AWS::SQS::Queue}, F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x}}}", "duplicate-resource", "SAM makes a resource `FRole`", ""),
]  # fmt: skip


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


@pytest.mark.parametrize(("resources", "code", "says", "remedy"), _WRONG)
def test_a_wrong_serverless_resource_is_one_fault(resources, code, says, remedy, stack_of):
    """What SAM would refuse is a fault with its line; a policy of AWS that is not known keeps its name."""
    if code is None:
        assert stack_of(_text(resources)).items[0].properties["ManagedPolicyArns"][1].endswith("policy/NoSuchPolicy")
        return
    with pytest.raises(Rejected) as refused:
        stack_of(_text(resources))
    (fault,) = refused.value.faults
    assert (fault.code, fault.where.line) == (code, 3)
    assert says in fault.message
    assert remedy in fault.help


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
