"""`turnstile explain` and `turnstile simulate`: verdicts, explanations, forms and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import turnstile as package

CALLER = "arn:aws:sts::111122223333:assumed-role/Exec/run"
QUEUE = "arn:aws:sqs:us-east-1:444455556666:jobs"
IDENTITY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Send", "Effect": "Allow", "Action": "sqs:Send*", "Resource": "arn:aws:sqs:us-east-1:444455556666:jobs",
     "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}},
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
  ]
}
"""
SIDE = """
Version: "2012-10-17"
Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sqs:SendMessage", Resource: "*"}]
"""
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
NOTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
REQUEST = ("--principal", CALLER, "--action", "sqs:SendMessage", "--resource", QUEUE)
POLICIES = ("--identity", "identity.json", "--resource-policy", "queue.yaml")
CASES = Path(__file__).parents[1] / "conformance" / "iam-cases"


@pytest.fixture
def files(tmp_path):
    """The policies of the request."""
    (tmp_path / "identity.json").write_text(IDENTITY)
    (tmp_path / "queue.yaml").write_text(SIDE)
    for name, document in (("all.json", EVERYTHING), ("none.json", NOTHING)):
        (tmp_path / name).write_text(json.dumps(document))
    return tmp_path


@pytest.mark.usefixtures("files")
def test_a_denied_request_shows_the_nearest_miss(turnstile):
    """The condition that failed, with its line and the remedy, and nothing of other statements."""
    ended = turnstile("explain", *REQUEST, *POLICIES, "--context", "aws:PrincipalTag/team=red")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith(f"denied  sqs:SendMessage on {QUEUE}\n")
    assert "--> identity.json:5:37, statement `Send` of `identity.json`" in ended.out
    assert "the call sends `red`" in ended.out
    assert '["blue", "red"]' in ended.out
    assert "s3:*" not in ended.out


@pytest.mark.usefixtures("files")
def test_every_statement_where_asked_for(turnstile):
    """With -v also those that apply and those about other actions."""
    ended = turnstile("explain", *REQUEST, *POLICIES, "-v")
    assert "applies     Allow of the resource-based policy" in ended.out
    assert "Action lists `s3:*`" in ended.out


@pytest.mark.usefixtures("files")
def test_an_allowed_request_shows_what_grants(turnstile):
    """One statement of each layer."""
    ended = turnstile("explain", *REQUEST, *POLICIES, "--context", "aws:PrincipalTag/team=blue")
    assert (ended.code, ended.out.partition(" ")[0]) == (0, "allowed")
    assert ended.out.count("granted by") == 2


@pytest.mark.parametrize(
    ("principal", "action", "said"),
    [
        ("arn:aws:iam::444455556666:root", "sqs:SendMessage", "the root user's right to everything in its account"),
        (CALLER, "sts:GetCallerIdentity", "AWS, whatever policies say"),
    ],
)
def test_what_no_policy_has_to_grant(turnstile, principal, action, said):
    """A right that stands in no policy is told as what grants."""
    told = turnstile("explain", "--principal", principal, "--action", action, "--resource", QUEUE)
    assert (told.code, f"granted by  {said}" in told.out) == (0, True)


@pytest.mark.usefixtures("files")
def test_an_explanation_as_json(turnstile):
    """The verdict, the links and every statement."""
    told = json.loads(turnstile("explain", *REQUEST, *POLICIES, "--format", "json").out)
    assert (told["allowed"], told["reason"], told["granting"]) == (False, "implicit_deny", [])
    assert [link["link"] for link in told["links"]] == ["caller-policy"]
    assert [one["layer"] for one in told["statements"]] == ["resource-based policy", *["identity-based policy"] * 2]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("more", "code", "link"),
    [
        (["--identity", "all.json"], 0, None),
        (["--identity", "all.json", "--boundary", "identity.json"], 1, "permissions-boundary"),
        (["--identity", "all.json", "--session", "none.json"], 1, "session-policy"),
        (["--identity", "all.json", "--scp", "all.json", "--scp", "all.json,identity.json"], 0, None),
        (["--identity", "all.json", "--scp", "all.json", "--scp", "identity.json"], 1, "service-control-policy"),
        (["--identity", "all.json", "--scp", "all.json,none.json"], 1, "service-control-policy"),
    ],
)
def test_every_kind_of_policy_is_an_option(turnstile, more, code, link):
    """Levels of control policies are separate options, policies of one level stand in one."""
    ended = turnstile("explain", *REQUEST, "--resource-policy", "queue.yaml", *more, "--format", "json")
    links = [one["link"] for one in json.loads(ended.out)["links"]]
    assert (ended.code, links) == (code, [link] if link else [])


def test_a_trust_policy_and_an_external_id(turnstile, tmp_path):
    """A service and a role ask for a role."""
    statement = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    statement["Condition"] = {"StringEquals": {"sts:ExternalId": ["1", "2"]}}
    (tmp_path / "trust.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    role = ("--action", "sts:AssumeRole", "--resource", "arn:aws:iam::444455556666:role/R", "--trust", "trust.json")
    ended = turnstile("explain", "--principal", "states.amazonaws.com", *role, "--format", "json")
    assert (ended.code, json.loads(ended.out)["links"][0]["link"]) == (1, "service-trust")
    ended = turnstile("explain", "--principal", CALLER, *role, "--context", "sts:ExternalId=3", "--format", "json")
    assert "external-id" in {link["link"] for link in json.loads(ended.out)["links"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--action", "sqs:SendMessage"], "the request has no `--principal`, `--resource`"),
        ([*REQUEST, "--context", "team"], "`team` is not KEY=VALUE"),
        ([*REQUEST, "--identity", "absent.json"], "absent.json"),
        (["--principal", "arn:aws", "--action", "sqs:X", "--resource", "*"], "`arn:aws` is not an ARN"),
        (["--principal", "Exec", "--action", "sqs:X", "--resource", "*"], "`Exec` is not a principal"),
        (["--principal", CALLER, "--action", "sqsX", "--resource", "*"], "`sqsX` is not an action"),
        (["--principal", CALLER, "--action", "sqs:X", "--resource", "jobs"], "`jobs` is not a resource"),
        ([*REQUEST, "--report", "report.json"], "a report has its own request"),
        ([*REQUEST, "--case", "x"], "it needs `--report`"),
        ([*REQUEST, "--identity", "plain.json"], "unknown-policy-element"),
        (["--report", "plain.json"], "is not a report of this version"),
    ],
)
def test_usage_errors(turnstile, arguments, said):
    """What is missing, contradictory or faulty is named, with exit code 2."""
    ended = turnstile("explain", *arguments)
    assert ended.code == 2
    assert said.split()[0] in ended.err
    assert "Traceback" not in ended.err


def test_a_refused_call_of_a_report(turnstile, tmp_path):
    """The case and the call are named; the text is the one of the report."""
    scenario = Path(__file__).parents[2] / "scenarios" / "data-onboarding.scenario.yaml"
    assert turnstile("run", scenario, "--format", "json=report.json", "-k", "external id").code == 0
    ended = turnstile("explain", "--report", "report.json")
    assert ended.code == 1
    assert "external-id" in ended.out
    assert "the call sends `arn:aws:states:" in ended.out
    assert "service-trust" not in ended.out
    every = turnstile("explain", "--report", "report.json", "-v")
    assert len(every.out) > len(ended.out)
    name = json.loads((tmp_path / "report.json").read_text())["files"][0]["cases"][0]["name"]
    assert turnstile("explain", "--report", "report.json", "--case", name).out == ended.out
    assert turnstile("explain", "--report", "report.json", "--case", "other").code == 2
    assert turnstile("explain", "--report", "report.json", "--call", "9").code == 2


def test_the_conformance_cases_can_be_simulated(turnstile):
    """Every case is decided as it says."""
    ended = turnstile("simulate", *sorted(CASES.glob("*.json")), "-q")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "341 requests, 167 allowed\n"


def test_mismatches_are_named(turnstile, tmp_path):
    """With what was expected; -v explains, JSON holds the message."""
    case = {"id": "one", "principal": CALLER, "action": "sqs:SendMessage", "resource": QUEUE, "expected": "allow"}
    (tmp_path / "cases.json").write_text(json.dumps([case, case | {"id": "two", "expected": "deny"}]))
    ended = turnstile("simulate", "cases.json")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "deny   implicit_deny  one  expected allow",
        "deny   implicit_deny  two",
        "2 requests, 0 allowed, 1 not as expected",
    ]
    assert "refused by" in turnstile("simulate", "cases.json", "-v").out
    first = json.loads(turnstile("simulate", "cases.json", "--format", "json").out)["cases"][0]
    assert (first["passed"], first["layer"]) == (False, "identity-based policy")
    assert first["message"].startswith(f"User: {CALLER} is not authorized")


def test_without_expectations_the_exit_code_tells_the_verdict(turnstile, tmp_path):
    """0 where all are allowed, 1 where one is denied, 5 where there is none."""
    case = {"principal": CALLER, "action": "a:b", "resource": "*", "resource_account": "111122223333"}
    for name, cases in (
        ("good", [case | {"identity_policies": [EVERYTHING]}]),
        ("bad", [case]),
        ("empty", []),
    ):
        (tmp_path / f"{name}.yaml").write_text(json.dumps(cases))
    assert [turnstile("simulate", f"{name}.yaml").code for name in ("good", "bad", "empty")] == [0, 1, 5]


FAULTY = [
    ({}, "not-a-list"),
    ([1], "case-not-object"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "identity_policy": []}], "unknown-field"),
    ([{"principal": "*", "action": "a:b"}], "missing-field"),
    ([{"principal": 7, "action": "a:b", "resource": "*"}], "not-text"),
    ([{"principal": "arn:x", "action": "a:b", "resource": "*"}], "bad-arn"),
    ([{"principal": "*", "action": "a:b", "resource": "arn:"}], "bad-arn"),
    ([{"principal": "Exec", "action": "a:b", "resource": "*"}], "bad-principal"),
    ([{"principal": "*", "action": "sendMessage", "resource": "*"}], "bad-action"),
    ([{"principal": "*", "action": "a:b", "resource": "jobs"}], "bad-resource"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "resource_account": 1}], "not-text"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "context": []}], "not-object"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "context": {"aws:x": 1}}], "not-text"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "identity_policies": {}}], "not-a-list"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "scps": [EVERYTHING]}], "not-a-list"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "scps": [[{}]]}], "missing-statement"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "expected": "yes"}], "unknown-outcome"),
    ([{"principal": "*", "action": "a:b", "resource": "*", "principal_in_management_account": 1}], "not-boolean"),
]


@pytest.mark.parametrize(
    ("document", "code"), FAULTY, ids=[f"{number}-{code}" for number, (_, code) in enumerate(FAULTY)]
)
def test_a_faulty_case_is_refused_with_its_place(turnstile, tmp_path, document, code):
    """Never a traceback, never a silent pass."""
    (tmp_path / "cases.json").write_text(json.dumps(document, indent=1))
    ended = turnstile("simulate", "cases.json")
    assert ended.code == 2
    assert f"[{code}]" in ended.err
    assert ended.err.count("fault: ") == ended.err.count(f"[{code}]")
    assert "cases.json:" in ended.err


def test_the_same_from_python():
    """Decisions with message, layer and every statement; documents in place of files."""
    denied = package.explain(principal=CALLER, action="sqs:SendMessage", resource=QUEUE, identity=[EVERYTHING])
    assert (denied.allowed, denied.layer.value, len(denied.judged)) == (False, "resource-based policy", 1)
    assert denied.message.startswith(f"User: {CALLER} is not authorized to perform: sqs:SendMessage")
    own = QUEUE.replace("444455556666", "111122223333")
    allowed = package.explain(principal=CALLER, action="sqs:SendMessage", resource=own, identity=[EVERYTHING])
    assert (allowed.allowed, allowed.message, allowed.layer) == (True, "", None)
    assert [granting.layer.value for granting in allowed.granting] == ["identity-based policy"]
    given = {"principal": CALLER, "action": "a:b", "resource": "*", "resource_account": "111122223333"}
    (one,) = package.simulate([given | {"identity_policies": [EVERYTHING]}])
    assert (one.name, one.verdict, one.passed) == ("case 1", "allow", True)
