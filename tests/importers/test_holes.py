"""Placeholders that published templates leave: filled by `parameters`, else one fault each."""

import json

import pytest

from turnstile.faults import Rejected
from turnstile.importers.brought import together
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.stacked import bring, stack_template

_STACK = Stack("flow", "111122223333", "us-east-1")
_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flow.asl.json
      Role: arn:aws:iam::<ACCOUNT_ID>:role/flow
"""
_DEFINITION = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Task", "Resource": "${FirstArn}", "Next": "Second"},
        "Second": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Credentials": {"RoleArn": "<TARGET_ROLE_ARN>"},
            "Parameters": {"FunctionName": "${FirstArn}", "Payload": {"text": "a <b> c"}},
            "End": True,
        },
    },
}
_FILLED = {
    "FirstArn": "arn:aws:lambda:us-east-1:111122223333:function:first",
    "TARGET_ROLE_ARN": "arn:aws:iam::444455556666:role/target",
    "ACCOUNT_ID": "111122223333",
}


def _brought(folder, parameters, template=_TEMPLATE):
    (folder / "flow.asl.json").write_text(json.dumps(_DEFINITION, indent=1), encoding="utf-8")
    (folder / "template.yaml").write_text(template, encoding="utf-8")
    found, faults = bring([stack_template(folder / "template.yaml", _STACK, parameters=parameters)])
    if faults:
        raise Rejected(faults)
    draft = Draft(_STACK)
    together(draft, found)
    return draft


def test_parameters_fill_placeholders(tmp_path):
    """In the definition, in ARNs of the template, and text that only looks like one stays."""
    (machine,) = _brought(tmp_path, _FILLED).machines.values()
    document = json.loads(machine.text)
    assert document["States"]["First"]["Resource"] == _FILLED["FirstArn"]
    assert document["States"]["Second"]["Credentials"]["RoleArn"] == _FILLED["TARGET_ROLE_ARN"]
    assert document["States"]["Second"]["Parameters"]["Payload"]["text"] == "a <b> c"
    assert machine.role_arn == "arn:aws:iam::111122223333:role/flow"


@pytest.mark.parametrize("name", _FILLED)
def test_each_hole_that_is_left_is_one_fault_at_its_line(name, tmp_path):
    """However often it stands in the file."""
    with pytest.raises(Rejected) as refused:
        _brought(tmp_path, {key: value for key, value in _FILLED.items() if key != name})
    (fault,) = refused.value.faults
    assert name in fault.message
    assert f"`{name}` under `parameters:`" in fault.help or "under `parameters:`" in fault.help
    assert fault.where.file.endswith("template.yaml" if name == "ACCOUNT_ID" else "flow.asl.json")
    assert fault.where.line > 1


def test_what_fills_nothing_is_a_fault(tmp_path):
    """A value that is neither a parameter nor a placeholder is a slip."""
    with pytest.raises(Rejected) as refused:
        _brought(tmp_path, {**_FILLED, "FirstAm": "x"})
    assert [fault.code for fault in refused.value.faults] == ["unknown-parameter"]


def test_a_template_copied_from_a_web_page_is_read(tmp_path):
    """No-break spaces in front of its lines count as spaces, and a note says so."""
    copied = _TEMPLATE.replace("  ", " \N{NO-BREAK SPACE}")
    draft = _brought(tmp_path, _FILLED, copied)
    assert len(draft.machines) == 1
    (note,) = [each for each in draft.ignored if each.code == "no-break-space"]
    assert (note.where.line, note.where.column) == (4, 1)
