"""What every resource type gives for `Ref` and `Fn::GetAtt`, and the calls that it becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from turnstile.importers.importing import import_stacks
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import read_template
from turnstile.source import Source

if TYPE_CHECKING:
    from turnstile.importers.kinds import Item

_CASES = Path(__file__).parent.parent / "cases" / "importers" / "resources"
_RESOURCES = json.loads((_CASES / "staged.json").read_text())
_WANTED = json.loads((_CASES / "declared.json").read_text())


@pytest.fixture(scope="module")
def items() -> dict[str, Item]:
    """The resources of the template by logical id."""
    source = Source("all.json", json.dumps({"Resources": _RESOURCES}, indent=1))
    stack = Stack("demo", "111122223333", "us-east-1", "staging")
    (imported,) = import_stacks([StackTemplate(stack, read_template(source))], KINDS)
    return {item.logical_id: item for item in imported.items}


@pytest.mark.parametrize("name", _WANTED)
def test_a_resource_gives_its_documented_values(name: str, items: dict[str, Item]) -> None:
    """`Ref` and each attribute are what the Template Reference says of the type."""
    item, wanted = items[name], _WANTED[name]
    kind = KINDS[item.type]
    assert item.type == wanted["type"]
    assert kind.reference(item) == wanted["ref"]
    assert {each: kind.attribute(item, each) for each in wanted["gets"]} == wanted["gets"]


@pytest.mark.parametrize("name", _WANTED)
def test_a_resource_becomes_calls_of_its_service(name: str, items: dict[str, Item]) -> None:
    """Properties are parameters of the API, of the types that it wants, and no property is passed over."""
    item = items[name]
    into = Draft(item.stack)
    KINDS[item.type].declare(item, into)
    assert (into.faults, into.ignored) == ([], [])
    assert [_shown(call) for call in (*into.resources, *into.finishing)] == _WANTED[name]["calls"]


def _shown(call: Any) -> dict[str, Any]:
    shown = {"call": f"{call.service}:{call.operation}", "parameters": call.parameters}
    return shown | ({"made": call.made} if call.made else {})


def test_every_type_that_makes_something_stands_in_the_template() -> None:
    """The cases miss no type but those that are tested for themselves."""
    elsewhere = {name for name in KINDS if name.startswith(("AWS::IAM::", "AWS::Lambda::", "AWS::CloudFormation::"))}
    named = {entry["Type"] for entry in _RESOURCES.values()}
    assert set(KINDS) - named - elsewhere == {
        "AWS::CDK::Metadata",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::Logs::LogStream",
        "AWS::SNS::TopicInlinePolicy",
    }


def test_what_a_type_does_not_have_is_no_attribute(items: dict[str, Item]) -> None:
    """A table without a stream has no ARN of one, and no type has an attribute of another."""
    for name, attribute in (("Everywhere", "StreamArn"), ("Work", "TopicArn"), ("DataPolicy", "Arn")):
        with pytest.raises(LookupError):
            KINDS[items[name].type].attribute(items[name], attribute)
