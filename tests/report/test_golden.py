"""Rendered reports against the files in tests/golden.

A change of a rendering is looked at before it is taken over:

    GOLDEN=write python -m pytest tests/report/test_golden.py && git diff tests/golden
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from turnstile.faults import Fault, Where
from turnstile.report import execution, text
from turnstile.report import json as json_report
from turnstile.report.report import UNSUPPORTED, Case, File, Finding, Report, unsupported

GOLDEN = Path(__file__).parent.parent / "golden"
CASES = Path(__file__).parent.parent / "cases" / "report"
DAWN = 1_767_225_600.0
SCENARIO = "sample.scenario.yaml"


@pytest.fixture(autouse=True)
def _among_the_files(monkeypatch):
    """Findings and faults show lines of `sample.scenario.yaml` and `broken.scenario.yaml`."""
    monkeypatch.chdir(CASES)


def agree(name, rendered):
    """The rendering is the one in the file; GOLDEN=write makes it so."""
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(rendered, "utf-8")
    assert rendered == file.read_text("utf-8")


def case(name, **changes):
    """A case that succeeded as expected."""
    history = (
        {
            "timestamp": DAWN,
            "type": "ExecutionStarted",
            "id": 1,
            "previousEventId": 0,
            "executionStartedEventDetails": {"input": '{"order":7,"apiKey":"abc"}', "roleArn": "arn:aws:iam::1:role/X"},
        },
        {
            "timestamp": DAWN + 3725,
            "type": "ExecutionSucceeded",
            "id": 2,
            "previousEventId": 1,
            "executionSucceededEventDetails": {"output": '{"done":true}', "outputDetails": {"truncated": False}},
        },
    )
    plain = Case(
        name=name,
        status="SUCCEEDED",
        virtual=3725.0,
        wall=1.234,
        output={"done": True},
        error=None,
        cause=None,
        findings=(),
        refused=(),
        history=history,
        judged=True,
        where=Where(SCENARIO, 5, 5),
    )
    return replace(plain, **changes)


def failed(name):
    """A case that did not end as expected."""
    findings = (
        Finding("status", "the execution ended as FAILED", "SUCCEEDED", "FAILED", Where(SCENARIO, 8, 7)),
        Finding("output", "there is no output", {"user": "me", "password": "x"}, None, Where(SCENARIO, 9, 7)),
    )
    return case(name, status="FAILED", output=None, error="X.Y", cause="no \x1b[31mred\nhere", findings=findings)


FAULTS = (
    Fault(
        Where("broken.scenario.yaml", 3, 1),
        "unknown-key",
        "`acounts` is not a key of a scenario",
        "did you mean `accounts`?",
    ),
    Fault(Where("broken.scenario.yaml"), "no-cases", "the file has no cases"),
)

LACKING = (unsupported("the resource `arn:aws:states:::glue:startJobRun`", Where(SCENARIO, 5, 5)),)


@pytest.fixture
def mixed():
    """A report with everything in it but refusals."""
    cases = (
        case("happy path"),
        case("a name that goes on and on, 東京 included, until nobody can read it in a single line of a terminal"),
        failed("not as expected"),
        case("not judged", judged=False, status="SUCCEEDED", history=()),
        case("not supported", status=UNSUPPORTED, output=None, findings=LACKING, history=()),
    )
    return Report((File(SCENARIO, "data onboarding", cases), File("broken.scenario.yaml", "", (), FAULTS)), seed=7)


def refusals(refused, rows, *names):
    """A report of refused cases."""
    cases = tuple(refused(rows[name]) for name in names or rows)
    return Report((File(SCENARIO, "data onboarding", cases),))


def test_every_link_as_text(refused, rows):
    """Each kind of link is explained: what AWS shows, the statement that came nearest, and what to write where."""
    agree("refusals.txt", text.render(refusals(refused, rows), color=False, width=100))


def test_a_narrow_terminal(refused, rows):
    """Explanations stay readable on 72 columns."""
    report = refusals(refused, rows, "trust-policy", "target-policy")
    agree("refusals-narrow.txt", text.render(report, color=False, width=72))


def test_links_as_json(refused, rows):
    """The JSON report holds everything that the text says of a refusal."""
    report = refusals(refused, rows, "two-links", "source-condition", "partition", "caller-policy-explicit-deny")
    agree("refusals.json", json_report.render(report))


def test_colours_add_nothing_but_colour(refused, rows):
    """Without its escape sequences, the coloured text is the plain one."""
    report = refusals(refused, rows, "external-id")
    colored = text.render(report, color=True, width=100)
    agree("refusals-color.txt", colored)
    plain = "".join(part.partition("m")[2] if number else part for number, part in enumerate(colored.split("\x1b[")))
    assert plain == text.render(report, color=False, width=100)


@pytest.mark.parametrize(("name", "verbose"), [("quiet", -1), ("normal", 0), ("events", 1), ("details", 2)])
def test_findings_and_faults_as_text(mixed, name, verbose):
    """Findings, faults, events and secrets at each level of talk."""
    agree(f"mixed-{name}.txt", text.render(mixed, color=False, width=100, verbose=verbose))


def test_findings_and_faults_as_json(mixed):
    """The JSON report of findings, faults, events and secrets."""
    agree("mixed.json", json_report.render(mixed))


@pytest.mark.parametrize(("name", "verbose"), [("normal", 0), ("events", 1)])
def test_a_bare_definition(name, verbose):
    """One execution without a scenario: status, times, output or error."""
    went, broke = case("hello", judged=False), replace(failed("hello"), judged=False)
    lacked = replace(went, status=UNSUPPORTED, output=None, findings=LACKING)
    rendered = [
        execution.render(File("hello.asl.json", "", (one,)), color=False, width=100, verbose=verbose)
        for one in (went, broke, lacked)
    ]
    agree(f"execution-{name}.txt", "\n".join(rendered))


def test_json_of_two_runs_differs_in_wall_times_only(mixed):
    """Fields named `wall_seconds` are the only ones that change with the machine's speed."""
    slower = replace(mixed, files=tuple(replace(file, cases=tuple(_slower(file))) for file in mixed.files))
    first, second = (json.loads(json_report.render(one)) for one in (mixed, slower))
    assert first != second
    assert _without_wall(first) == _without_wall(second)


def _slower(file):
    return (replace(one, wall=one.wall * 3) for one in file.cases)


def _without_wall(document):
    match document:
        case dict():
            return {name: _without_wall(value) for name, value in document.items() if name != "wall_seconds"}
        case list():
            return [_without_wall(value) for value in document]
        case _:
            return document
