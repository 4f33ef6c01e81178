"""Expectations against outcomes; the scenario file itself says which of them do not hold, and where that is told.

`### key: part of the message` stands as a comment on the line a finding points at.
"""

import re
from pathlib import Path

import pytest

from turnstile.scenario.run import run_scenario

CASES = Path(__file__).parents[1] / "cases" / "scenario"
PATH = CASES / "expectations.scenario.yaml"
EXPECTED = re.compile(r"### ([a-z_]+): (.*?)(?= ###|$)")
LINES = PATH.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def report():
    return run_scenario(PATH)


def expected():
    found = [
        (number, code, part)
        for number, line in enumerate(LINES, 1)
        if not line.startswith("#")
        for code, part in EXPECTED.findall(line)
    ]
    assert len(found) > 20
    return found


def test_each_broken_expectation_gives_one_finding_at_its_line(report):
    """What the file marks is found, and nothing else."""
    found = sorted(
        (finding.where.line, finding.code, finding.message)
        for case in report.files[0].cases
        for finding in case.findings
    )
    wanted = sorted(expected())
    assert [each[:2] for each in found] == [each[:2] for each in wanted]
    for (*_, message), (*_, part) in zip(found, wanted, strict=True):
        assert part in message


def test_a_finding_carries_both_values_whole(report):
    """Expected and found stand in it as documents."""
    findings = {case.name: case.findings for case in report.files[0].cases}
    (output,) = findings["a number for a truth value"]
    assert output.expected["ok"] is not output.found["ok"]
    assert output.found["text"] == output.expected["text"] == "111122223333"
    (_, denied) = findings["none is expected"]
    assert denied.found == {
        "who": "arn:aws:iam::111122223333:role/Runner",
        "action": "lambda:InvokeFunction",
        "resource": "arn:aws:lambda:us-east-1:444455556666:function:Work",
        "link": denied.found["link"],
    }
    assert sorted(denied.found["link"]) == ["caller-policy", "resource-policy"]


def test_a_case_passes_only_without_findings(report):
    """One broken expectation is enough to fail a case, the file and the run."""
    assert not report.passed
    assert report.exit_code == 1
    for case in report.files[0].cases:
        assert case.passed == (not case.findings)
