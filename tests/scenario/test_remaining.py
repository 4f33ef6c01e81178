"""What is left when a case is over: the status STUCK, `stuck` and `orphans` of an expectation, and what reports say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from turnstile.report import json as as_json
from turnstile.report import text as as_text
from turnstile.scenario.run import run_files, run_scenario

FILE = """version: 1
name: left
accounts:
  home:
    id: '111122223333'
    roles:
      Runner:
        trust:
          Version: '2012-10-17'
          Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: states.amazonaws.com}}
        policies:
          Inline:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: [ACTIONS], Resource: '*'}]
    jobs:
      glue:StartJobRun: {outcome: NEVER, answer: {JobRunId: jr_1}}
state_machines:
  Nightly:
    account: home
    role: Runner
    definition:
      StartAt: Clean
      States:
        Clean:
          Type: Task
          Resource: arn:aws:states:::glue:startJobRun.sync
          Parameters: {JobName: clean}
          TIMEOUT
          End: true
cases:
  - name: one
    expect: EXPECT
"""
TOLD = "state `Clean`, waiting_for `job`, missing `glue:GetJobRun`"
STUCK = "{status: STUCK, stuck: [{state: Clean, waiting_for: job, missing: 'glue:GetJobRun'}], orphans: []}"
ORPHAN = "{error: States.Timeout, orphans: [{state: Clean, missing: 'glue:BatchStopJobRun', left_running: false}]}"


@pytest.fixture
def run(tmp_path):
    """The report of the case with these actions, timeout and expectation."""

    def ran(expect, actions="'glue:StartJobRun'", timeout=""):
        path = tmp_path / "left.scenario.yaml"
        path.write_text(FILE.replace("ACTIONS", actions).replace("TIMEOUT", timeout).replace("EXPECT", expect))
        return run_scenario(path)

    return ran


def only(report):
    """Its one case."""
    (file,) = report.files
    assert not file.faults
    (case,) = file.cases
    return case


@pytest.mark.parametrize(
    ("expect", "settings"),
    [(STUCK, {}), (ORPHAN, {"timeout": "TimeoutSeconds: 3600"}), ("{stuck: [{}]}", {})],
    ids=["stuck", "orphan", "anything"],
)
def test_what_is_left_can_be_expected(run, expect, settings):
    """A Task that is stuck for want of a right, and a job whose cancellation was refused."""
    case = only(run(expect, **settings))
    assert case.findings == ()


@pytest.mark.parametrize(
    ("expect", "messages"),
    [
        ("{status: SUCCEEDED}", ["the status is `STUCK`, not `SUCCEEDED`"]),
        (
            "{stuck: []}",
            ["a Task is stuck that `stuck` does not list: " + TOLD],
        ),
        (
            "{stuck: [{state: Clean}, {waiting_for: callback}]}",
            ["no Task is stuck that `stuck` lists: waiting_for `callback`"],
        ),
        (
            "{orphans: [{left_running: true}]}",
            ["no job runs on that `orphans` lists: left_running `true`"],
        ),
    ],
    ids=["status", "unlisted", "absent", "no-orphan"],
)
def test_what_is_left_otherwise_is_a_finding(run, expect, messages):
    """Each entry that does not occur, and each thing that no entry lists."""
    assert [finding.message for finding in only(run(expect)).findings] == messages


def test_reports_tell_what_is_left(run):
    """The text names the Task, the right it lacks with the poll that was refused, and the polls that were left out."""
    report = run(STUCK)
    told = as_text.render(report, color=False, width=200)
    assert "state `Clean` (attempt 1) waits for the end of the job" in told
    assert "glue:GetJobRun on arn:aws:glue:us-east-1:111122223333:job/clean, refused at poll 1 of attempt 1" in told
    assert "without end" in told
    assert "state `Clean`, poll 1 of attempt 1 at +5 s" in told
    (case,) = json.loads(as_json.render(report))["files"][0]["cases"]
    assert case["status"] == "STUCK"
    assert case["stuck"][0]["missing"]["action"] == "glue:GetJobRun"
    assert case["stuck"][0]["missing"]["poll"] == 1
    assert case["polls_not_made"][0]["times"] is None


def test_orphans_and_counted_polls_are_told(run):
    """An orphan has the right that would have ended it, polls that were left out have a number."""
    report = run(ORPHAN, timeout="TimeoutSeconds: 3600")
    told = as_text.render(report, color=False, width=200)
    assert "runs on without state `Clean` (attempt 1); its cancellation was refused (AccessDeniedException)" in told
    assert "61 polls by glue:GetJobRun after poll 1 of attempt 1 of state `Clean`" in told
    (case,) = json.loads(as_json.render(report))["files"][0]["cases"]
    assert case["orphans"][0]["missing"]["action"] == "glue:BatchStopJobRun"
    assert case["polls_not_made"][0]["times"] == 61


SCENARIOS = Path(__file__).parents[2] / "scenarios"
KEPT = "kept_by: { state: BookLeft, role: hotels/BookingRole }"
KEEPERS = [
    ("kept_by: {state: BookLeft, role: hotels/BookingRole}", ""),
    ("kept_by: {role: 'arn:aws:iam::222233334444:role/BookingRole'}", ""),
    ("kept_by: null", "no Task is stuck that `stuck` lists: state `BookRight`, waiting_for `role`, kept_by `none`"),
    (
        "kept_by: {state: BookRight}",
        "no Task is stuck that `stuck` lists: state `BookRight`, waiting_for `role`, kept_by (state `BookRight`)",
    ),
]


@pytest.mark.parametrize(("keeper", "message"), KEEPERS)
def test_who_keeps_the_slot_can_be_expected(tmp_path, keeper, message):
    """The Task of the other branch and its role, each alone, both, anybody, and nobody."""
    shutil.copytree(SCENARIOS / "two-target-roles", tmp_path / "two-target-roles")
    text = (SCENARIOS / "two-target-roles.scenario.yaml").read_text()
    assert KEPT in text
    path = tmp_path / "kept.scenario.yaml"
    path.write_text(text.replace(KEPT, keeper))
    (file,) = run_files([path], select="a Task that never ends").files
    messages = [finding.message for case in file.cases for finding in case.findings]
    assert messages[:1] == ([message] if message else [])


def test_a_keeper_must_be_declared(tmp_path):
    """A role that nobody declares is a fault at its place."""
    path = tmp_path / "left.scenario.yaml"
    path.write_text(
        FILE.replace("ACTIONS", "'glue:StartJobRun'")
        .replace("TIMEOUT", "")
        .replace("EXPECT", "{stuck: [{kept_by: {role: Runer}}]}")
    )
    (fault,) = run_scenario(path).files[0].faults
    assert (fault.code, fault.message) == ("unknown-role", "the role `Runer` is not declared")
