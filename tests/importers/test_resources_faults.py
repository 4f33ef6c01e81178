"""What is wrong with a resource of a template: a fault at its line, with a remedy; and what is left out, a note."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from turnstile.importers.kinds import Draft, Item, Stack
from turnstile.importers.resources import KINDS
from turnstile.source import Origin, Source

_CASES = Path(__file__).parent.parent / "cases" / "importers" / "resources"
_FAULTS = json.loads((_CASES / "faults.json").read_text())
_STACK = Stack("demo", "111122223333", "us-east-1", "staging")


def _item(type_: str, properties: dict[str, Any], **more: Any) -> Item:
    text = json.dumps({"Resources": {"It": {"Type": type_, "Properties": properties}}}, indent=1)
    return Item("It", type_, properties, _STACK, Origin(Source("t.json", text), "/Resources/It"), **more)


def _declared(item: Item) -> Draft:
    into = Draft(_STACK)
    KINDS[item.type].declare(item, into)
    return into


@pytest.mark.parametrize("case", _FAULTS, ids=[case["name"] for case in _FAULTS])
def test_a_wrong_resource_is_a_fault_at_its_place(case: dict[str, Any]) -> None:
    """Code and place say what is wrong and where, the help what to do, and nothing is declared."""
    into = _declared(_item(case["type"], case["properties"]))
    fault = into.faults[0]
    assert (fault.code, fault.where.pointer) == (case["code"], f"/Resources/It{case['at']}")
    assert fault.help
    assert fault.where.line > 1
    assert not any((into.roles, into.users, into.groups, into.functions, into.machines, into.resources, into.stubs))


@pytest.mark.parametrize(
    ("type_", "properties", "place"),
    [
        ("AWS::SQS::Queue", {"QueueName": "q", "Colour": "red"}, "Colour"),
        ("AWS::Batch::SchedulingPolicy", {"FairsharePolicy": {"Mood": 1}}, "FairsharePolicy/Mood"),
        (
            "AWS::DynamoDB::GlobalTable",
            {
                "AttributeDefinitions": [],
                "KeySchema": [],
                "Replicas": [{"Region": "us-east-1"}, {"Region": "eu-west-1"}],
            },
            "Replicas/1",
        ),
    ],
    ids=["a name nobody knows", "further down", "a replica elsewhere"],
)
def test_what_is_not_honoured_is_noted(type_: str, properties: dict[str, Any], place: str) -> None:
    """A property without effect here that might matter is never passed over in silence."""
    into = _declared(_item(type_, properties))
    (note,) = into.ignored
    assert (note.code, note.where.pointer) == ("ignored-property", f"/Resources/It/Properties/{place}")
    assert into.faults == []


def test_a_handler_that_its_folder_does_not_have_is_a_fault(tmp_path: Path) -> None:
    """The module that `Handler` names has to be in the folder of the code."""
    (tmp_path / "app.py").write_text("def lambda_handler(event, context): ...\n")
    properties = {"Handler": "main.lambda_handler", "Role": "arn:aws:iam::111122223333:role/r", "Code": {}}
    into = _declared(_item("AWS::Lambda::Function", properties, code=tmp_path))
    assert [fault.code for fault in into.faults] == ["missing-handler"]
    assert "main.py" in into.faults[0].message


def test_inline_policies_over_size_are_a_fault() -> None:
    """The policies of a role count together, also those that stand apart."""
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [f"arn:aws:s3:::{'b' * 50}{n}" for n in range(90)],
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    trusted = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [trusted]}
    into = _declared(_item("AWS::IAM::Role", {"RoleName": "r", "AssumeRolePolicyDocument": trust}))
    for name in ("one", "two"):
        item = _item("AWS::IAM::Policy", {"PolicyName": name, "PolicyDocument": document, "Roles": ["r"]})
        KINDS[item.type].declare(item, into)
    assert [fault.code for fault in into.faults] == ["policies-too-long"]
