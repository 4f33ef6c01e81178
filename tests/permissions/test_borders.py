"""Borders are found in a definition without running it, and nothing is said of what cannot be known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile import arn
from turnstile.permissions.borders import borders
from turnstile.permissions.surroundings import NOWHERE, Surroundings
from turnstile.validation import validate
from turnstile.world.settings import Settings

CASES = Path(__file__).parent.parent / "cases" / "permissions"
ROWS = json.loads((CASES / "borders.json").read_text())
MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Orders"
ROLES = {"role/Target", "role/jobs/nightly/Runner"}


def definition(task):
    """One Task alone."""
    language = {"QueryLanguage": task["QueryLanguage"]} if "QueryLanguage" in task else {}
    return {**language, "StartAt": "Call", "States": {"Call": {"Type": "Task", "End": True, **task}}}


def surroundings(row):
    """A world of two accounts with a role, two machines and two buckets."""
    machine = row.get("machine", MACHINE)
    if machine is None:
        return NOWHERE
    return Surroundings(
        arn.parse(machine),
        {"444455556666": frozenset(f"arn:aws:iam::444455556666:{role}" for role in ROLES)},
        {
            f"{MACHINE[: MACHINE.rindex(':')]}:{name}": kind
            for name, kind in (("Fast", "EXPRESS"), ("Child", "STANDARD"))
        },
        {("aws", "far"): "eu-west-1", ("aws", "near"): "us-east-1"},
        Settings(**row.get("settings", {})),
    )


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_a_task_is_told_what_it_would_meet(row):
    """Code, place and text of the one finding; none where the Task may well work."""
    found = list(borders(definition(row["task"]), surroundings(row)))
    assert [each.code for each in found] == ([row["code"]] if row["code"] else [])
    for each in found:
        assert each.pointer.startswith(f"/States/Call{row.get('at', '')}")
        assert row.get("text", "") in each.message
        assert (each.severity, bool(each.help)) == ("ERROR", True)


def test_every_kind_of_finding_has_a_case():
    """And no case has a kind that does not exist."""
    documented = {
        "commercial-only", "http-credentials", "malformed-role-arn", "no-such-role", "other-partition", "other-region",
        "sync-express-child", "unreachable-account", "unsendable-name",
    }  # fmt: skip
    assert {row["code"] for row in ROWS if row["code"]} == documented


def test_a_definition_by_itself_reaches_one_region():
    """Which one it is cannot be told, but things of two Regions are one too many."""
    functions = (f"arn:aws:lambda:{region}:444455556666:function:f" for region in ("us-east-1", "eu-west-1"))
    first, second = ({"Type": "Task", "Resource": each} for each in functions)
    both = {"StartAt": "A", "States": {"A": {**first, "Next": "B"}, "B": {**second, "End": True}}}
    (found,) = borders(both, NOWHERE)
    assert (found.code, found.pointer) == ("other-region", "/States/B/Resource")
    assert "what the state `A` names in `us-east-1`" in found.message


def test_tasks_inside_other_states_are_looked_at():
    """In branches, in Maps and in the children of a distributed Map."""
    task = {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:444455556666:function:f", "End": True}
    inner = {"StartAt": "T", "States": {"T": task}}
    distributed = {**inner, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    states = {
        "P": {"Type": "Parallel", "Branches": [inner], "Next": "M"},
        "M": {"Type": "Map", "ItemProcessor": inner, "Next": "D"},
        "D": {"Type": "Map", "ItemProcessor": distributed, "Next": "I"},
        "I": {"Type": "Map", "Iterator": inner, "End": True},
    }
    found = borders({"StartAt": "P", "States": states}, surroundings({}))
    assert [each.pointer for each in found] == [
        "/States/P/Branches/0/States/T/Resource",
        "/States/M/ItemProcessor/States/T/Resource",
        "/States/D/ItemProcessor/States/T/Resource",
        "/States/I/Iterator/States/T/Resource",
    ]


def test_a_role_from_an_outer_variable_is_refused_in_the_children_of_a_distributed_map():
    """AWS refuses the definition, so that is a finding of the definition itself."""
    child = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f"},
        "Credentials": {"RoleArn.$": "$role"},
        "End": True,
    }
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "T",
        "States": {"T": child},
    }
    states = {
        "Set": {"Type": "Pass", "Assign": {"role": "arn:aws:iam::444455556666:role/Target"}, "Next": "Each"},
        "Each": {"Type": "Map", "ItemProcessor": processor, "End": True},
    }
    (found,) = validate({"StartAt": "Set", "States": states})
    assert "The variable 'role' of an outer scope cannot be referenced" in found.message
