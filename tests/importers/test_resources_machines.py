"""State machines of templates: every way to write a definition, and what stands beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from turnstile.importers.kinds import Draft, Item, Stack
from turnstile.importers.resources import KINDS
from turnstile.source import Origin, Source

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.world.declaration import MachineDeclaration

_STACK = Stack("demo", "111122223333", "us-east-1", "staging")
_ROLE = "arn:aws:iam::111122223333:role/r"
_DEFINITION = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Greeting}", "End": True}}}


def _machine(properties: dict[str, Any], **more: Any) -> MachineDeclaration:
    given = {"RoleArn": _ROLE, "StateMachineName": "m", **properties}
    text = json.dumps({"Resources": {"M": {"Properties": given}}}, indent=1)
    origin = Origin(Source("t.json", text), "/Resources/M")
    item = Item("M", "AWS::StepFunctions::StateMachine", given, _STACK, origin, **more)
    into = Draft(_STACK)
    KINDS[item.type].declare(item, into)
    assert into.faults == []
    (machine,) = into.machines.values()
    return machine


@pytest.mark.parametrize(
    "written",
    [{"Definition": _DEFINITION}, {"DefinitionString": json.dumps(_DEFINITION, indent=2)}],
    ids=["an object", "text"],
)
def test_substitutions_reach_a_definition_however_it_is_written(written: dict[str, Any]) -> None:
    """The text of the machine has the values in place of their names."""
    machine = _machine({**written, "DefinitionSubstitutions": {"Greeting": "hello"}})
    assert json.loads(machine.text)["States"]["A"]["Result"] == "hello"
    assert (machine.name, machine.type, machine.role_arn) == ("m", "STANDARD", _ROLE)


def test_a_substitution_in_text_may_be_no_text() -> None:
    """Numbers are put where the text of the definition has them."""
    text = '{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": ${N}, "End": true}}}'
    machine = _machine({"DefinitionString": text, "DefinitionSubstitutions": {"N": 5}})
    assert json.loads(machine.text)["States"]["A"]["Seconds"] == 5


def test_a_definition_in_a_file_keeps_its_lines(tmp_path: Path) -> None:
    """A definition that the template has in a bucket is read from the file given for it."""
    file = tmp_path / "m.asl.json"
    file.write_text(json.dumps(_DEFINITION, indent=1))
    location = {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}, "DefinitionSubstitutions": {"Greeting": "x"}}
    machine = _machine(location, code=file)
    assert machine.definition.origin.where().file == str(file)


def test_configurations_are_those_of_the_api() -> None:
    """Type, logging, tracing and tags are written as CreateStateMachine takes them."""
    group = "arn:aws:logs:us-east-1:111122223333:log-group:g:*"
    machine = _machine(
        {
            "Definition": _DEFINITION,
            "DefinitionSubstitutions": {"Greeting": "x"},
            "StateMachineType": "EXPRESS",
            "LoggingConfiguration": {
                "Level": "ALL",
                "IncludeExecutionData": "true",
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": group}}],
            },
            "TracingConfiguration": {"Enabled": True},
            "Tags": [{"Key": "team", "Value": "data"}],
        }
    )
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": group}}
    assert machine.logging == {"level": "ALL", "includeExecutionData": True, "destinations": [destination]}
    assert (machine.type, machine.tracing, machine.tags) == ("EXPRESS", {"enabled": True}, {"team": "data"})
