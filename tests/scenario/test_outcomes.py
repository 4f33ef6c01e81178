"""Expectations of ways, calls, times, outputs and resources; the file itself says which do not hold, and where.

`### key: part of the message` stands as a comment on the line a finding points at.
"""

import re
from pathlib import Path

import pytest

from turnstile.scenario.run import run_scenario

CASES = Path(__file__).parents[1] / "cases" / "scenario"
PATH = CASES / "outcomes.scenario.yaml"
EXPECTED = re.compile(r"### ([a-z_]+): (.*)$")


@pytest.fixture(scope="module")
def cases():
    (file,) = run_scenario(PATH).files
    assert file.faults == ()
    return {case.name: case for case in file.cases}


def test_what_holds_gives_no_finding(cases):
    """Every key at once, each with what the run really does."""
    assert cases["everything holds"].findings == ()


def test_each_broken_expectation_is_told_at_its_line(cases):
    """What the file marks is found, and nothing else; values of files are told in those files."""
    lines = enumerate(PATH.read_text("utf-8").splitlines()[1:], 2)
    wanted = sorted((number, *found.groups()) for number, line in lines if (found := EXPECTED.search(line)))
    told = sorted(
        (finding.where.line, finding.code, finding.message)
        for case in cases.values()
        for finding in case.findings
        if finding.where.file == str(PATH)
    )
    assert [each[:2] for each in told] == [each[:2] for each in wanted]
    for (*_, message), (*_, part) in zip(told, wanted, strict=True):
        assert part in message
    (other,) = (one for one in cases["nothing holds"].findings if one.code == "output_file")
    assert (Path(other.where.file).name, other.where.line) == ("other.json", 2)


def test_questions_about_resources_leave_no_trace(cases):
    """The root user's questions are no part of what is tested: the trail is the same with and without them."""
    asked = [entry.call.operation for case in cases.values() for entry in case.calls]
    assert not {"GetItem", "GetObject", "ReceiveMessage", "GetSecretValue", "GetParameter"} & set(asked)
