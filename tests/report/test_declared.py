"""Where a new policy goes: the role by its name and account, and the line of the file that declares it."""

from __future__ import annotations

import json

import pytest

from turnstile.report.renderers import render
from turnstile.report.text import render as text
from turnstile.scenario.run import run_files

FILE = """\
version: 1
name: small
accounts:
  claims:
    id: "111122223333"
    region: us-east-1
    roles:
      PayRole:
        path: /claims/
        trust: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: states.amazonaws.com},
          Action: "sts:AssumeRole"}]}
state_machines:
  M:
    account: claims
    role: PayRole
    definition: {StartAt: A, States: {A: {Type: Task, Resource: "arn:aws:states:::sqs:sendMessage", End: true,
      Parameters: {QueueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/q", MessageBody: x}}}}
cases:
  - {name: one, expect: {status: SUCCEEDED}}
"""
SAID = "attach this policy to role `PayRole` (path `/claims/`) in account `111122223333`"
PLACE = "a.scenario.yaml:8:7"


@pytest.fixture
def report(tmp_path, monkeypatch):
    """The run of a role that has no policies."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.scenario.yaml").write_text(FILE)
    return run_files([tmp_path / "a.scenario.yaml"])


def test_text_names_role_account_and_line(report):
    """A path is told apart from an account, and the line is that of the role's name."""
    assert f"{SAID} ({PLACE})" in " ".join(text(report, color=False, width=100).split())


@pytest.mark.parametrize("name", ["markdown", "junit", "github"])
def test_other_forms_name_them_too(report, name):
    """Tickets, tests and annotations say the same."""
    told = " ".join(render(name, report).split()).replace("\\`", "`")
    assert SAID in told
    assert PLACE in told


def test_code_scanning_shows_the_role(report):
    """The result stands at the declaration, since no statement is there to stand at."""
    (run,) = json.loads(render("sarif", report))["runs"]
    (refused,) = [one for one in run["results"] if one["ruleId"] == "caller-policy"]
    assert refused["locations"][0]["physicalLocation"]["region"]["startLine"] == 8
    assert f"{SAID} ({PLACE})" in refused["message"]["text"]


def test_json_and_the_page_have_the_place(report):
    """A new policy has no excerpt, and says where its owner is declared."""
    (case,) = json.loads(render("json", report))["files"][0]["cases"]
    (remedy,) = case["refused"][0]["links"][0]["remedies"]
    assert (remedy["new_policy"], remedy["excerpt"]) == (True, None)
    assert (remedy["declared"]["file"], remedy["declared"]["line"]) == ("a.scenario.yaml", 8)
    assert "PayRole` (path `/claims/`) in account `111122223333`" in render("html", report)
