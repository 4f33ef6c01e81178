"""`turnstile import`: fragments that load, what is left out, and wrong input."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from turnstile.cli.app import app
from turnstile.scenario.load import load
from turnstile.scenario.run import run_scenario

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "importers"
DETAILS = [str(CASES / "details" / f"page-{number}.json") for number in (1, 2)]
PLAN = str(CASES / "terraform" / "plan.json")
REST = """
cases:
  - name: it runs
    input: {}
    expect: { status: SUCCEEDED }
"""
MACHINE = """
state_machines:
  Idle:
    account: dev
    role: dag-trigger
    definition: { StartAt: A, States: { A: { Type: Succeed } } }
"""
HEAD = "version: 1\nname: fragment\n"


def invoke(*words):
    return CliRunner().invoke(app, ["import", *words])


def test_a_live_account_becomes_a_scenario_that_loads(tmp_path):
    """Roles, users, groups and policies are the same once they are read again."""
    path = tmp_path / "live.scenario.yaml"
    ran = invoke("account", *DETAILS, "--account", "dev", "--output", str(path))
    assert ran.exit_code == 1  # an instance profile is left out
    assert "2 roles, 1 user, 1 group, 2 managed policies" in ran.stderr
    assert "instance-profile" in ran.stderr
    path.write_text(HEAD + path.read_text() + MACHINE + REST)
    (account,) = load(path).cases[0].declarations.accounts
    roles = {role.name: role for role in account.roles}
    assert roles["dag-trigger"].boundary.endswith(":policy/Boundary")
    assert roles["dag-trigger"].policies[0].statements[0].actions == ("airflow:CreateCliToken",)
    assert [user.arn for user in account.users] == ["arn:aws:iam::444455556666:user/staff/Ann"]


def test_a_plan_becomes_a_scenario_that_runs(tmp_path):
    """Machine, role, queue and function are those of the plan."""
    path = tmp_path / "plan.scenario.yaml"
    ran = invoke("terraform", PLAN, "--output", str(path))
    assert ran.exit_code == 1  # a firewall is left out
    assert "aws_wafv2_web_acl.front" in ran.stderr
    path.write_text(HEAD + path.read_text() + REST)
    (case,) = run_scenario(path).files[0].cases
    assert case.passed, case.findings


def test_secrets_are_never_written():
    """Not even where the state holds them."""
    ran = invoke("terraform", str(CASES / "terraform" / "state.json"))
    assert ran.exit_code == 0, ran.output
    assert "very-secret-value" not in ran.output
    assert "SecretString: not imported" in ran.stdout


def test_a_template_is_written_with_its_parameters():
    """Other accounts' ARNs come from the command line."""
    template = str(ROOT / "scenarios" / "two-templates" / "dev" / "template.yaml")
    given = ("--parameter", "SourceRoleArn=arn:aws:iam::111122223333:role/r", "--parameter", "SourceMachineArn=m")
    ran = invoke("template", template, "--id", "444455556666", *given)
    assert ran.exit_code == 0, ran.output
    assert 'AWS: "arn:aws:iam::111122223333:role/r"' in ran.stdout


def test_an_assembly_is_read_for_one_account():
    """The stacks of the other one stay out."""
    ran = invoke("cdk", str(CASES / "cdk"), "--id", "444455556666")
    assert "report-trigger" in ran.stdout
    assert "NightlyReports" not in ran.stdout.partition("sts:ExternalId")[0]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("template", "gone.yaml"), 2, "cannot be read"),
        (("cdk", "gone"), 2, "no cloud assembly"),
        (("cdk", str(CASES / "cdk"), "--id", "999999999999"), 5, "no stack is of account"),
        (("terraform", DETAILS[0]), 2, "neither a plan nor a state"),
        (("account", PLAN), 2, "authorization details"),
        (("account", DETAILS[0]), 2, "unknown-group"),
        (("template", str(ROOT / "scenarios" / "two-templates" / "staging" / "template.yaml")), 2, "missing-parameter"),
        (("template", PLAN, "--id", "12"), 2, "twelve digits"),
        (("template", PLAN, "--region", "moon-1"), 2, "not a Region"),
        (("template", PLAN, "--parameter", "x"), 2, "NAME=VALUE"),
        (("else", PLAN), 2, "else"),
    ],
)
def test_wrong_input_is_told_without_traceback(words, code, told):
    """By fault, usage error or an exit code of its own."""
    ran = invoke(*words)
    assert ran.exit_code == code, ran.output
    assert told in ran.output
    assert "Traceback" not in ran.output


def test_files_that_hold_nothing_are_told(tmp_path):
    """With an exit code of its own."""
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"format_version": "1.0", "values": {"root_module": {}}}))
    assert invoke("terraform", str(path)).exit_code == 5


def test_a_refusal_is_explained_by_the_line_of_the_template():
    """The role to change is named with the place where the template declares it."""
    ran = CliRunner().invoke(app, ["run", str(ROOT / "scenarios" / "two-templates.scenario.yaml")])
    assert ran.exit_code == 0, ran.output
    lines = (ROOT / "scenarios" / "two-templates" / "staging" / "template.yaml").read_text().splitlines()
    policy = next(number for number, text in enumerate(lines, 1) if "PolicyName: InvokePrepare" in text)
    shown = re.search(r"two-templates/staging/template\.yaml:(\d+)", re.sub(r"\s", "", ran.stdout))
    assert shown is not None
    assert policy < int(shown[1]) < policy + 7


@pytest.mark.parametrize("name", ["batch-analytics", "event-driven", "fan-out"])
def test_templates_of_published_shapes_are_staged(name):
    """More than twenty resources each, and every case ends as expected."""
    ran = CliRunner().invoke(app, ["run", str(CASES / "shapes" / f"{name}.scenario.yaml"), "-q"])
    assert ran.exit_code == 0, ran.output
