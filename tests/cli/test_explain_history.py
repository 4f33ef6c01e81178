"""`turnstile explain --history` and `turnstile run --coverage`, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SENTENCE = (
    "The role arn:aws:iam::111122223333:role/WorkflowRole is not authorized to assume the task state's role, "
    "arn:aws:iam::444455556666:role/InvokeRole."
)
SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
COVERED = Path(__file__).parent.parent / "cases" / "report" / "coverage.scenario.yaml"


def test_explains_a_pasted_text(turnstile):
    """A text on stdin is explained link by link, and the exit code says that a call was refused."""
    ended = turnstile("explain", "--history", "-", stdin=SENTENCE)
    assert ended.code == 1
    assert "external-id" in ended.out
    assert "sts:AssumeRole" in ended.out


def test_explains_as_json(turnstile, tmp_path):
    """The JSON form has the same, for machines."""
    (tmp_path / "refused.txt").write_text(SENTENCE, "utf-8")
    ended = turnstile("explain", "--history", "refused.txt", "--format", "json")
    (refused,) = json.loads(ended.out)["refused"]
    assert refused["role"] == "arn:aws:iam::111122223333:role/WorkflowRole"
    assert refused["links"][0]["link"] == "caller-policy"


def test_narrows_down_by_a_scenario(turnstile):
    """With declared accounts, links that hold there are told with their places."""
    scenario = SCENARIOS / "cross-account-lambda.scenario.yaml"
    ended = turnstile("explain", "--history", "-", "--scenario", scenario, stdin=SENTENCE)
    assert "`AssumeInvokeRole` allows it" in ended.out


def test_writes_a_case_that_runs(turnstile, tmp_path):
    """What `--write` leaves runs as it stands; a second time nothing is overwritten."""
    written = turnstile("explain", "--history", "-", "--write", "cases", stdin=SENTENCE)
    assert written.code == 1
    assert "turnstile run" in written.err
    ran = turnstile("run", tmp_path / "cases" / "refused.scenario.yaml")
    assert (ran.code, "1 case, 1 as expected" in ran.out) == (0, True)
    again = turnstile("explain", "--history", "-", "--write", "cases", stdin=SENTENCE)
    assert (again.code, "exists already" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (("explain", "--history", "missing.json"), None, "cannot be read"),
        (("explain", "--history", "binary.json"), None, "UTF-8"),
        (("explain", "--history", "-"), "", "is empty"),
        (("explain", "--history", "-"), "all is well", "no history"),
        (("explain", "--history", "-"), '{"events": [{"id": 1, ', "not whole"),
        (("explain", "--history", "-", "--action", "sqs:SendMessage"), SENTENCE, "explained alone"),
        (("explain", "--write", "folder", "--report", "r.json"), None, "--history"),
        (("explain", "--history", "-", "--write", "x"), "An error (AccessDenied): Access Denied", "no case is made"),
    ],
)
def test_faults_of_use(turnstile, arguments, stdin, told):
    """What cannot be explained is a usage error that says why."""
    ended = turnstile(*arguments, stdin=stdin)
    assert (ended.code, told in ended.err + ended.out) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_reads_what_windows_writes(turnstile, tmp_path, encoding):
    """What `>` of PowerShell makes of the output of the AWS CLI is read."""
    (tmp_path / "refused.txt").write_bytes(SENTENCE.replace(". ", ".\r\n").encode(encoding))
    assert turnstile("explain", "--history", "refused.txt").code == 1


@pytest.mark.parametrize(
    "junk",
    [
        "null", "[]", '"x"', '{"events": {}}', "[" * 4000, "<html>", '[{"Records": 5}]',
        '{"events": [1, null, "x", [], {"id": {}, "type": [], "timestamp": 1}]}',
        '{"events": [{"id": 1e400, "type": "TaskFailed", "timestamp": 0, "taskFailedEventDetails": [1]}]}',
        '{"Records": [{"errorCode": 5, "eventSource": "s3.amazonaws.com", "resources": 5}]}',
        '{"events": [{"id": 1, "type": "TaskFailed", "previousEventId": 1, "taskFailedEventDetails": {"error": 5}}]}',
    ],
)  # fmt: skip
def test_junk_is_a_fault(turnstile, junk):
    """Whatever is given, the answer is a fault with its code, and never a bug."""
    ended = turnstile("explain", "--history", "-", stdin=junk)
    assert (ended.code, "fault: " in ended.err + ended.out) == (2, True)


def test_coverage_below_the_report(turnstile):
    """`--coverage` adds the table and leaves the exit code."""
    ended = turnstile("run", COVERED, "--coverage", "-q")
    assert ended.code == 0
    assert "never Forget" in ended.out


@pytest.mark.parametrize(
    ("least", "code"),
    [("10", 0), ("100", 1), ("states=87.5", 0), ("states=88", 1), ("retries=100,states=50", 0), ("total=99.9", 1)],
)
def test_too_little_coverage_is_not_as_expected(turnstile, least, code):
    """`--fail-under` holds all of it, or a kind, against a percentage."""
    assert turnstile("run", COVERED, "--fail-under", least).code == code


@pytest.mark.parametrize("least", ["", "many", "101", "-1", "nan", "stats=90", "states=", "states=90,"])
def test_thresholds_that_are_none(turnstile, least):
    """A kind that there is not, or no percentage, is a usage error."""
    assert turnstile("run", COVERED, "--fail-under", least).code == 2


def test_coverage_stays_out_of_a_report_for_machines(turnstile):
    """JSON on stdout stays JSON, and has the coverage in it."""
    ended = turnstile("run", COVERED, "--coverage", "--format", "json")
    assert json.loads(ended.out)["coverage"]["kinds"]["states"]["covered"] == 7
    assert "never Forget" in ended.err


@pytest.mark.slow
def test_processes_come_to_the_same_coverage(turnstile):
    """Coverage of cases that ran in two processes is that of one."""
    one, two = (turnstile("run", COVERED, "--format", "json", "-j", jobs) for jobs in ("1", "2"))
    assert json.loads(one.out)["coverage"] == json.loads(two.out)["coverage"]
