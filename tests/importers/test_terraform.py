"""Terraform plans and states: types, modules, references, parts of resources, and what a plan does not know."""

import json
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.importers.kinds import Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.terraform import Plan, bring_plan
from turnstile.importers.terraform_types import TYPES

FOLDER = Path(__file__).parents[1] / "cases" / "importers" / "terraform"
ACCOUNT = "111122223333"
STACK = Stack("jobs", ACCOUNT, "us-east-1")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def brought(name, **given):
    found, faults = bring_plan(Plan(FOLDER / name, name, STACK, **given))
    assert not faults
    return found


def state(tmp_path, *resources):
    """The codes of the faults of a state with these resources: (type, values)."""
    listed = [
        {"address": f"{kind}.x{number}", "mode": "managed", "type": kind, "name": f"x{number}", "values": values}
        for number, (kind, values) in enumerate(resources)
    ]
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": listed}}}))
    return bring_plan(Plan(path, "state.json", STACK))


def test_every_type_has_a_kind():
    """The table names no CloudFormation type that nothing is made of."""
    assert {kind.cloudformation for kind in TYPES.values()} <= set(KINDS)


def test_a_plan_gives_machines_roles_and_functions():
    """Those of modules and those with an index as well."""
    draft = brought("plan.json").draft
    assert {role.name for role in draft.roles.values()} == {"jobs-machine", "worker"}
    assert [machine.name for machine in draft.machines.values()] == ["jobs"]
    (worker,) = draft.functions.values()
    assert (worker.name, worker.timeout, worker.memory, worker.environment) == ("worker", 20, 256, {"STAGE": "dev"})
    queues = [each.parameters["QueueName"] for each in draft.resources if each.operation == "CreateQueue"]
    assert queues == ["jobs-high", "jobs-low"]


def test_references_of_a_plan_are_followed():
    """A role that is not there yet is known by the configuration, inside of modules as well."""
    draft = brought("plan.json").draft
    (machine,) = draft.machines.values()
    (worker,) = draft.functions.values()
    assert machine.role_arn == f"arn:aws:iam::{ACCOUNT}:role/jobs-machine"
    assert worker.role == f"arn:aws:iam::{ACCOUNT}:role/jobs/worker"


def test_attached_and_inline_policies_are_those_of_the_role():
    """Terraform has them as resources of their own."""
    role = brought("plan.json").draft.roles[f"arn:aws:iam::{ACCOUNT}:role/jobs-machine"]
    assert [policy.name for policy in role.policies] == ["send"]
    assert role.managed == ("arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess",)


def test_policies_lead_to_their_lines():
    """The line of the attribute that holds the document."""
    role = brought("plan.json").draft.roles[f"arn:aws:iam::{ACCOUNT}:role/jobs-machine"]
    where = role.policies[0].origin.where()
    assert '"policy": "{' in (FOLDER / "plan.json").read_text().splitlines()[where.line - 1]


def test_what_is_not_emulated_is_named():
    """With its address and type."""
    (note,) = brought("plan.json").skipped
    assert note.message == "`aws_wafv2_web_acl.front` is left out: `aws_wafv2_web_acl` is not emulated"


def test_a_state_has_the_ids_of_the_emulated_services():
    """Where a service makes up an ARN, policies name the one that it has here."""
    found = brought("state.json")
    key = found.references["aws_kms_key.jobs"]
    role = found.draft.roles[f"arn:aws:iam::{ACCOUNT}:role/jobs-machine"]
    assert "1b6f1a4e" not in key
    assert role.policies[0].statements[0].resources == (key,)


def test_parts_join_what_they_belong_to():
    """Targets of a rule, the value of a secret, the policy of a queue."""
    calls = {each.operation: each.parameters for each in brought("state.json").draft.resources}
    assert calls["PutTargets"]["Targets"] == [{"Id": "queue", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"}]
    assert calls["CreateSecret"]["SecretString"] == "very-secret-value"
    assert "jobs-machine" in calls["SetQueueAttributes"]["Attributes"]["Policy"]


def test_an_unknown_value_that_matters_is_a_fault(tmp_path):
    """The remedies are the state, and a value."""
    document = json.loads((FOLDER / "plan.json").read_text())
    resources = document["planned_values"]["root_module"]["resources"]
    policy = next(each for each in resources if each["type"] == "aws_iam_role_policy")["values"].pop("policy")
    change = next(each for each in document["resource_changes"] if each["address"] == "aws_iam_role_policy.machine")
    change["change"]["after_unknown"]["policy"] = True
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    code = {"module.worker.aws_lambda_function.this[0]": tmp_path}
    (tmp_path / "app.py").write_text("def handler(event, context): return event\n")
    _, faults = bring_plan(Plan(path, "plan.json", STACK, code=code))
    assert [fault.message for fault in faults] == [
        "the plan does not know `policy` of `aws_iam_role_policy.machine` yet"
    ]
    given = {"aws_iam_role_policy.machine": {"policy": policy}}
    found, faults = bring_plan(Plan(path, "plan.json", STACK, given, code))
    assert not faults
    assert len(found.draft.roles) == 2


@pytest.mark.parametrize(
    ("resources", "code"),
    [
        ([("aws_iam_role", {"name": "r", "assume_role_policy": "no json"})], "json-syntax"),
        (
            [("aws_iam_role", {"name": "r", "arn": "arn:aws:iam::999999999999:role/r", "assume_role_policy": TRUST})],
            "other-account",
        ),
        ([("aws_lambda_function", {"function_name": "f", "role": "arn:aws:iam::111122223333:role/r"})], "missing-code"),
        ([("aws_lambda_function", {"function_name": "f", "filename": "gone.zip"})], "missing-file"),
        (
            [("aws_iam_role_policy_attachment", {"role": "r", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})],
            "unresolved-dependency",
        ),
    ],
)
def test_what_is_wrong_is_a_fault(tmp_path, resources, code):
    """Whatever stands in the state."""
    _, faults = state(tmp_path, *resources)
    assert code in [fault.code for fault in faults]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "no-terraform"),
        ([], "no-terraform"),
        ({"format_version": "2.0"}, "terraform-version"),
        ({"format_version": 1}, "wrong-type"),
        ({"format_version": "1.0", "values": {"root_module": {"resources": "x"}}}, "wrong-type"),
        ({"format_version": "1.0", "configuration": 1}, "wrong-type"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path, document, code):
    """With the command that writes one."""
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    with pytest.raises(Rejected) as rejected:
        bring_plan(Plan(path, "plan.json", STACK))
    assert code in [fault.code for fault in rejected.value.faults]


def test_addresses_that_are_not_there_are_faults():
    """A misspelt address never silently does nothing."""
    _, faults = bring_plan(Plan(FOLDER / "state.json", "state.json", STACK, {"aws_sqs_queue.job": {"name": "x"}}))
    assert [fault.code for fault in faults] == ["unknown-address"]
