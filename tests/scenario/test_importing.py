"""Templates, assemblies, plans and live accounts in scenario files: names, changes, and what is wrong."""

import shutil
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.importers.notation import yaml_text
from turnstile.scenario.load import load
from turnstile.scenario.run import run_scenario

CASES = Path(__file__).parents[1] / "cases" / "importers"
STAGING, DEV = "111122223333", "444455556666"


def trust(principal, **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


def allow(action, resource):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


MACHINE = {
    "Parameters": {"Target": {"Type": "String"}, "Prefix": {"Type": "String", "Default": "orders"}},
    "Resources": {
        "RunRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": {"Fn::Sub": "${Prefix}-run"},
                "AssumeRolePolicyDocument": trust({"Service": "states.amazonaws.com"}),
                "Policies": [
                    {"PolicyName": "Invoke", "PolicyDocument": allow("lambda:InvokeFunction", {"Ref": "Target"})}
                ],
            },
        },
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "StateMachineName": {"Fn::Sub": "${Prefix}-machine"},
                "RoleArn": {"Fn::GetAtt": ["RunRole", "Arn"]},
                "Definition": {
                    "StartAt": "Call",
                    "States": {"Call": {"Type": "Task", "Resource": {"Ref": "Target"}, "End": True}},
                },
            },
        },
        "Firewall": {"Type": "AWS::NetworkFirewall::Firewall", "Properties": {}},
    },
    "Outputs": {"Role": {"Value": {"Fn::GetAtt": ["RunRole", "Arn"]}}},
}
FUNCTION = {
    "Parameters": {"Caller": {"Type": "String"}},
    "Resources": {
        "Echo": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "echo",
                "Runtime": "python3.12",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["EchoRole", "Arn"]},
                "Code": {"ZipFile": "def handler(event, context):\n    return event\n"},
            },
        },
        "EchoRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trust({"Service": "lambda.amazonaws.com"})},
        },
        "CallerMayInvoke": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": "Echo"},
                "Action": "lambda:InvokeFunction",
                "Principal": {"Ref": "Caller"},
            },
        },
    },
}


@pytest.fixture
def write(tmp_path):
    """A scenario of two templates in two accounts; keyword arguments replace its parts."""

    def written(*, cases=None, staging=None, dev=None, **others):
        (tmp_path / "machine.yaml").write_text(yaml_text(MACHINE))
        (tmp_path / "function.yaml").write_text(yaml_text(FUNCTION))
        document = {
            "version": 1,
            "name": "imported",
            "accounts": {
                "staging": {
                    "id": STAGING,
                    "templates": [{"path": "machine.yaml", "parameters": {"Target": "${dev/function/Echo}"}}],
                    **(staging or {}),
                },
                "dev": {
                    "id": DEV,
                    "templates": [{"path": "function.yaml", "parameters": {"Caller": "${staging/stack/Role}"}}],
                    **(dev or {}),
                },
            },
            "state_machines": {},
            "cases": cases or [{"name": "it runs", "input": {"a": 1}, "expect": {"status": "SUCCEEDED"}}],
            **others,
        }
        path = tmp_path / "imported.scenario.yaml"
        path.write_text(yaml_text(document))
        return path

    return written


def case(changes, **expect):
    return {"name": "changed", "input": {"a": 1}, "changes": changes, "expect": expect}


def rejected(path):
    with pytest.raises(Rejected) as caught:
        load(path)
    return [(fault.code, Path(fault.where.file).name) for fault in caught.value.faults]


def passed(path):
    report = run_scenario(path)
    assert not report.files[0].faults, report.files[0].faults
    return [(one.passed, one.findings) for one in report.files[0].cases]


def test_templates_of_two_accounts_name_each_other(write):
    """Each has a parameter that the other one gives: an output, a logical id."""
    expect = {"status": "SUCCEEDED", "output": {"a": 1}, "denied": []}
    assert passed(write(cases=[{"name": "both", "input": {"a": 1}, "expect": expect}])) == [(True, ())]


@pytest.mark.parametrize("name", ["Machine", "staging/Machine", "orders-machine", "staging/orders-machine"])
def test_a_machine_is_started_by_any_of_its_names(write, name):
    """The logical id or the physical one, with or without the account."""
    one = {"name": "named", "state_machine": name, "input": {"a": 1}, "expect": {"status": "SUCCEEDED"}}
    assert passed(write(cases=[one])) == [(True, ())]


@pytest.mark.parametrize("role", ["RunRole", "orders-run"])
def test_a_case_takes_away_what_a_template_grants(write, role):
    """A policy of a role, by the logical id of the role or by its name; both names stand in expectations."""
    changes = {"accounts": {"staging": {"roles": {role: {"policies": {"Invoke": None}}}}}}
    denied = [{"who": f"staging/{role}", "action": "lambda:InvokeFunction", "resource": "${dev/function/Echo}"}]
    assert passed(write(cases=[case(changes, status="FAILED", denied=denied)])) == [(True, ())]


def test_a_case_changes_a_policy_of_a_template(write):
    """What replaces it is read like any policy of a scenario."""
    policy = allow("lambda:InvokeFunction", "${dev/function/echo}")
    changes = {"accounts": {"staging": {"roles": {"RunRole": {"policies": {"Invoke": policy}}}}}}
    assert passed(write(cases=[case(changes, status="SUCCEEDED", denied=[])])) == [(True, ())]


def test_a_case_gives_other_parameters(write):
    """The stack is read again, and everything is called by its new name."""
    changes = {"accounts": {"staging": {"templates": {"machine": {"parameters": {"Prefix": "bills"}}}}}}
    one = case(changes, status="SUCCEEDED") | {"state_machine": "staging/bills-machine"}
    assert passed(write(cases=[one])) == [(True, ())]


def test_a_case_takes_a_function_of_a_template_away(write):
    """The name stands for its ARN still."""
    changes = {"accounts": {"dev": {"functions": {"Echo": None}}}}
    denied = [{"action": "lambda:InvokeFunction", "resource": "${dev/function/Echo}"}]
    assert passed(write(cases=[case(changes, status="FAILED", denied=denied)])) == [(True, ())]


def test_a_case_changes_a_function_of_a_template(write):
    """It keeps its code."""
    changes = {"accounts": {"dev": {"functions": {"echo": {"takes": 7}}}}}
    path = write(cases=[case(changes, status="SUCCEEDED", output={"a": 1})])
    (one,) = run_scenario(path).files[0].cases
    assert (one.passed, one.virtual) == (True, 7.0)


def test_changes_that_change_nothing_are_a_fault(write):
    """What a template says already, said again."""
    changes = {"accounts": {"staging": {"roles": {"RunRole": {"path": "/"}}}}}
    assert rejected(write(cases=[case(changes, status="SUCCEEDED")])) == [("no-change", "imported.scenario.yaml")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"accounts": {"staging": {"roles": {"RunRol": None}}}}, "nothing-to-remove"),
        ({"accounts": {"staging": {"roles": {"RunRole": {"policies": {"Invok": None}}}}}}, "nothing-to-remove"),
        ({"accounts": {"staging": {"templates": {"machin": {"parameters": {"Prefix": "x"}}}}}}, "unknown-stack"),
        ({"accounts": {"staging": {"templates": {"machine": {"parameters": {"Target": None}}}}}}, "missing-parameter"),
        ({"accounts": {"dev": {"functions": {"Echo": {"timeout": -1}}}}}, "wrong-value"),
    ],
)
def test_wrong_changes_are_faults(write, changes, code):
    """Misspelt names never silently do nothing."""
    assert code in [found for found, _ in rejected(write(cases=[case(changes, status="SUCCEEDED")]))]


def test_a_name_declared_twice_is_a_fault(write):
    """Once by a template, once in the file."""
    role = {"trust": trust({"Service": "states.amazonaws.com"})}
    assert rejected(write(staging={"roles": {"orders-run": role}})) == [("declared-twice", "imported.scenario.yaml")]


def test_one_template_twice_needs_two_names(write):
    """Stacks of one account and Region are told by their names."""
    entry = {"path": "function.yaml", "parameters": {"Caller": "*"}}
    assert ("duplicate-stack", "imported.scenario.yaml") in rejected(write(dev={"templates": [entry, entry]}))


@pytest.mark.parametrize(
    ("dev", "code"),
    [
        ({"templates": [{"path": "gone.yaml"}]}, "missing-file"),
        ({"templates": [{"path": "imported.scenario.yaml"}]}, "not-a-template"),
        (
            {"templates": [{"path": "function.yaml", "region": "nowhere", "parameters": {"Caller": "*"}}]},
            "unknown-region",
        ),
        ({"templates": [{"path": "function.yaml"}]}, "missing-parameter"),
        (
            {"templates": [{"path": "function.yaml", "parameters": {"Caller": "${staging/stack/Gone}"}}]},
            "unknown-reference",
        ),
        ({"cdk": [{"path": "gone"}]}, "no-assembly"),
        ({"terraform": [{"path": "machine.yaml"}]}, "no-terraform"),
        ({"authorization_details": ["machine.yaml"]}, "no-details"),
    ],
)
def test_wrong_files_are_faults(write, dev, code):
    """Each at its place, in the scenario or in the file."""
    assert code in [found for found, _ in rejected(write(dev=dev))]


def test_an_assembly_brings_the_stacks_of_the_account(tmp_path):
    """Two accounts share one folder; the workflow of one calls the function of the other."""
    shutil.copytree(CASES / "cdk", tmp_path / "cdk.out")
    document = {
        "version": 1,
        "name": "assembly",
        "accounts": {
            "staging": {"id": STAGING, "cdk": [{"path": "cdk.out"}]},
            "dev": {"id": DEV, "cdk": [{"path": "cdk.out"}]},
        },
        "state_machines": {},
        "defaults": {"state_machine": "NightlyReports", "input": {"report": "sales"}},
        "cases": [
            {
                "name": "it is told",
                "expect": {"status": "SUCCEEDED", "denied": [], "output_partial": {"dev": {"state": "queued"}}},
            },
            {
                "name": "the role in dev may not invoke",
                "changes": {
                    "accounts": {
                        "dev": {
                            "roles": {
                                "ReportTriggerRole9A4927E3": {
                                    "policies": {"ReportTriggerRoleDefaultPolicy904C5BE8": None}
                                }
                            }
                        }
                    }
                },
                "expect": {
                    "status": "SUCCEEDED",
                    "denied": [{"action": "lambda:InvokeFunction", "link": "target-policy"}],
                },
            },
        ],
    }
    path = tmp_path / "assembly.scenario.yaml"
    path.write_text(yaml_text(document))
    assert passed(path) == [(True, ()), (True, ())]


def test_a_plan_and_a_live_account_are_staged(tmp_path):
    """The workflow of the plan sends to its queue; identities of the live account are there."""
    shutil.copytree(CASES / "terraform", tmp_path / "terraform")
    shutil.copytree(CASES / "details", tmp_path / "details")
    document = {
        "version": 1,
        "name": "plan",
        "accounts": {
            "jobs": {"id": STAGING, "terraform": [{"path": "terraform/plan.json"}]},
            "live": {"id": DEV, "authorization_details": ["details/page-1.json", "details/page-2.json"]},
        },
        "state_machines": {},
        "defaults": {"state_machine": "jobs", "input": {"job": 1}},
        "cases": [
            {"name": "sent", "expect": {"status": "SUCCEEDED", "denied": []}},
            {
                "name": "not allowed",
                "changes": {"accounts": {"jobs": {"roles": {"aws_iam_role.machine": {"policies": {"send": None}}}}}},
                "expect": {"status": "FAILED", "denied": [{"who": "jobs/jobs-machine", "action": "sqs:SendMessage"}]},
            },
            {"name": "started by Ann", "caller": "live/user/Ann", "expect": {"status": "NOT_CREATED"}},
        ],
    }
    path = tmp_path / "plan.scenario.yaml"
    path.write_text(yaml_text(document))
    assert passed(path) == [(True, ()), (True, ()), (True, ())]


def test_faults_of_a_template_have_no_consequences(write):
    """What it would have declared is not missed as well."""
    cases = [{"name": "it runs", "state_machine": "Machine", "expect": {"status": "SUCCEEDED"}}]
    dev = {"templates": [{"path": "function.yaml", "parameters": {"Caller": "*"}}]}
    path = write(cases=cases, staging={"templates": [{"path": "machine.yaml"}]}, dev=dev)
    assert rejected(path) == [("missing-parameter", "machine.yaml")]


def test_what_is_left_out_is_named(write):
    """A resource type that is not emulated, at its place in the template."""
    (note,) = load(write()).notes
    assert note.message == "`Firewall` is left out: `AWS::NetworkFirewall::Firewall` is not emulated"
    assert Path(note.where.file).name == "machine.yaml"


def test_a_changed_managed_policy_keeps_its_path(tmp_path):
    """Its ARN is still the one that roles have as their boundary."""
    shutil.copytree(CASES / "details", tmp_path / "details")
    document = {
        "version": 1,
        "name": "live",
        "accounts": {"live": {"id": DEV, "authorization_details": ["details/page-1.json", "details/page-2.json"]}},
        "state_machines": {
            "Idle": {
                "account": "live",
                "role": "dag-trigger",
                "definition": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
            }
        },
        "cases": [case({"accounts": {"live": {"policies": {"Boundary": allow("sqs:*", "*")}}}}, status="NOT_CREATED")],
    }
    path = tmp_path / "live.scenario.yaml"
    path.write_text(yaml_text(document))
    (account,) = load(path).cases[0].declarations.accounts
    (boundary,) = [policy for policy in account.policies if policy.name == "Boundary"]
    assert boundary.arn == f"arn:aws:iam::{DEV}:policy/team/Boundary"
    assert boundary.policy.statements[0].actions == ("sqs:*",)
