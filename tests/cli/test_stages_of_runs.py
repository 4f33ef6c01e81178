"""`-vv` shows the data after each stage, of definitions and of scenarios; nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import run

DEFINITION = {
    "StartAt": "Shape",
    "States": {
        "Shape": {
            "Type": "Pass",
            "Parameters": {"b.$": "$.a", "apiKey.$": "$.password"},
            "ResultPath": "$.c",
            "Next": "W",
        },
        "W": {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 1, "Next": "End"}]},
        "End": {"Type": "Succeed"},
    },
}
SCENARIO = Path(__file__).parent.parent.parent / "scenarios" / "cross-account-lambda.scenario.yaml"


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    """A terminal on which no line of these tests is broken."""
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def definition(tmp_path):
    """A definition of a Pass and a Choice."""
    path = tmp_path / "small.asl.json"
    path.write_text(json.dumps(DEFINITION))
    return path


def test_a_definition_shows_its_data(definition):
    """Stages stand by AWS's names, the rule that was taken is shown, and secrets are not."""
    ended = run("run", "-vv", definition, "--input", '{"a": 1, "password": "hunter22"}')
    assert ended.code == 0
    assert 'afterParameters      {"b": 1, "apiKey": "********"}' in ended.out
    assert 'choice               Choices[0] {"Variable": "$.a", "NumericEquals": 1}, goes to End' in ended.out
    assert "hunter22" not in ended.out
    assert "PassStateEntered" not in ended.out


def test_a_wrong_input_is_told_where_it_goes_wrong(definition):
    """The stage that fails is the first that is missing, and the error stands in its place."""
    ended = run("run", "-vv", definition, "--input", '{"a": 1}')
    shown = ended.out[ended.out.index("Shape") : ended.out.index("\n\n", ended.out.index("Shape"))]
    assert ended.code == 1
    assert "Pass  failed" in shown
    assert "afterParameters " not in shown
    assert "error                States.Runtime: An error occurred while executing the state 'Shape'" in shown


@pytest.mark.parametrize("level", [(), ("-q",), ("-v",), ("-vv", "-q")])
def test_other_levels_show_none(definition, level):
    """Quieter runs keep nothing and show no stage."""
    ended = run("run", *level, definition, "--input", '{"a": 1, "password": "k"}')
    assert ended.code == 0
    assert "afterParameters" not in ended.out
    assert ("PassStateEntered" in ended.out) is (level in (("-v",), ("-vv", "-q")))


def test_a_scenario_shows_its_data():
    """Each case has its steps below it; its JSON report has them as well, and none without `-vv`."""
    chosen = (SCENARIO, "-k", "development")
    shown = run("run", "-vv", *chosen).out
    assert "call                 sts:AssumeRole on" in shown
    assert "refused by caller-policy" in " ".join(shown.split())
    for options, told in ((("-vv",), True), ((), False)):
        report = json.loads(run("run", *options, *chosen, "--format", "json").out)
        assert ("stages" in report["files"][0]["cases"][0]) is told


def test_a_page_has_them_always(definition, tmp_path):
    """The HTML report shows data in its step panel, so it is kept without `-vv`."""
    page = tmp_path / "page.html"
    run("run", definition, "--input", '{"a": 1, "password": "k"}', "--format", f"html={page}")
    assert "afterParameters" in page.read_text("utf-8")


def test_calls_after_a_redrive_are_told_apart(tmp_path):
    """Tries count again, under a line that says so, and each has its own calls."""
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "X"}}
    (tmp_path / "a.asl.json").write_text(
        json.dumps({"StartAt": "B", "States": {"B": {**task, "Retry": retry, "End": True}}})
    )
    ended = run("run", "-vv", "--redrive", tmp_path / "a.asl.json")
    marks = [line.split()[0] for line in ended.out.splitlines() if line.startswith("    ") and line[4] != " "]
    told = [mark for mark in marks if mark in ("call", "try", "redriven", "retried")]
    assert told == ["call", "retried", "try", "call", "redriven", "call", "retried", "try", "call"]
    assert "2 times" not in ended.out
    report = json.loads(run("run", "--redrive", "--format", "json", "-vv", tmp_path / "a.asl.json").out)
    (visit,) = report["files"][0]["cases"][0]["stages"]["executions"][0]["visits"]
    assert [(one["number"], one["redrives"], len(one["calls"])) for one in visit["tries"]] == [
        (1, 0, 1),
        (2, 0, 1),
        (3, 1, 1),
        (4, 1, 1),
    ]
