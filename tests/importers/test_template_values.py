"""Functions of templates: what each gives, and the fault where it cannot."""

import json
from pathlib import Path

import pytest

from turnstile.faults import Rejected

_CASES = Path(__file__).parents[1] / "cases/importers/templates"
_VALUES = json.loads((_CASES / "values.json").read_text())
_HOLES = json.loads((_CASES / "holes.json").read_text())
_TEMPLATE = """
Transform: AWS::LanguageExtensions
Parameters:
  Text: {Type: String, Default: x}
  Number: {Type: Number, Default: 3}
  List: {Type: CommaDelimitedList, Default: 'a, b'}
  Attribute: {Type: String, Default: QueueName}
Mappings:
  Sizes: {eu-west-1: {Large: 10, Zones: [a, b], Block: 192.168.0.0/24}}
Conditions:
  IsX: !Equals [!Ref Text, x]
  IsNotX: !Not [!Condition IsX]
  Both: !And [!Condition IsX, !Or [!Condition IsNotX, !Equals [!Ref AWS::Region, eu-west-1]]]
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Absent: {Type: AWS::SQS::Queue, Condition: IsNotX}
  Odd: {Type: Custom::Odd}
  Odd2: {Type: Custom::Odd}
  Probe:
    Type: AWS::SQS::Queue
    Properties:
      Tags:
        - %s
"""
_GIVEN = {"{{resolve:ssm:/name:1}}": "given", "other-export": "imported", "Odd": "odd", "Odd.Thing": 5}


@pytest.mark.parametrize("case", _VALUES, ids=lambda case: case["name"])
def test_a_function_gives_its_value(case, stack_of):
    """Each function resolves as CloudFormation documents it."""
    stack = stack_of(_TEMPLATE % case["value"], values=_GIVEN)
    assert stack.items[-1].properties == {"Tags": [case["result"]]} or {"Tags": [case["result"]]} in [
        item.properties for item in stack.items
    ]


@pytest.mark.parametrize("case", _HOLES, ids=lambda case: case["name"])
def test_what_cannot_be_resolved_is_one_fault(case, stack_of):
    """Each hole is one fault, with line and remedy."""
    text = _TEMPLATE % case["value"]
    with pytest.raises(Rejected) as refused:
        stack_of(text)
    (fault,) = refused.value.faults
    assert fault.code == case["code"]
    assert case["says"] in fault.message
    assert case["remedy"] in fault.help
    assert fault.where.line == text.rstrip().count("\n") + 1


def test_all_faults_come_at_once(stack_of):
    """One reading tells everything that is wrong, in several resources and sections."""
    text = """
Parameters: {Missing: {Type: String}, Odd: {Type: Strange}}
Conditions: {Wrong: {Fn::Equals: [1]}}
Resources:
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Nothing, KmsMasterKeyId: !GetAtt B.Nothing}}
  B: {Type: AWS::SQS::Queue, DependsOn: C, Properties: {QueueName: !If [Wrong, 1, 2]}}
Outputs: {O: {Value: !Ref Neither}, P: {}}
"""
    with pytest.raises(Rejected) as refused:
        stack_of(text)
    assert [(fault.where.line, fault.code) for fault in refused.value.faults] == [
        (2, "missing-parameter"),
        (2, "parameter-type"),
        (3, "wrong-arguments"),
        (5, "unknown-reference"),
        (6, "unknown-resource"),
        (7, "unknown-reference"),
        (7, "missing-value"),
    ]


def test_a_circle_is_shown(stack_of):
    """The fault of a circle names every resource of it, in order."""
    text = """
Resources:
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${B}'}}
  B: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt C.QueueName}}
  C: {Type: AWS::SQS::Queue, DependsOn: A}
"""
    with pytest.raises(Rejected) as refused:
        stack_of(text)
    (fault,) = refused.value.faults
    assert fault.code == "circular-reference"
    assert "`A` → `B` → `C` → `A`" in fault.message
    assert fault.where.line == 5


def test_a_chain_of_the_longest_template_resolves(stack_of):
    """Five hundred resources that each need the next one are resolved in their order."""
    rows = [f"  R{n}: {{Type: AWS::SQS::Queue, DependsOn: R{n + 1}}}" for n in range(499)]
    stack = stack_of("\n".join(["Resources:", *rows, "  R499: {Type: AWS::SQS::Queue}"]))
    assert [item.logical_id for item in stack.items] == [f"R{n}" for n in reversed(range(500))]


def test_places_follow_what_moved(stack_of):
    """A property leads to its own line, through `Fn::If` and past elements that are left out."""
    text = """Conditions:
  Never: !Equals [a, b]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      Tags:
        - !Ref AWS::NoValue
        - !If
          - Never
          - Key: no
          - Key: a
            Value: b
        - Key: c
"""
    (item,) = stack_of(text).items
    assert [item.at("Tags", 0, "Value").where().line, item.at("Tags", 1, "Key").where().line] == [13, 14]
    assert item.at("Tags", 0, "Value").written.pointer == "/Resources/Queue/Properties/Tags/1/Fn::If/2/Value"
