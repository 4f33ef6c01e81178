"""`turnstile graph`: pictures of definitions and of cases that ran."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from turnstile.cli.app import app

SCENARIO = str(Path(__file__).parent.parent.parent / "scenarios" / "cross-account-lambda.scenario.yaml")
HELLO = {"StartAt": "Greet", "States": {"Greet": {"Type": "Pass", "End": True}}}


def ran(*arguments):
    """How the command ended."""
    return CliRunner().invoke(app, ["graph", *arguments])


@pytest.fixture
def definition(tmp_path):
    """A definition in a file."""
    path = tmp_path / "hello.asl.json"
    path.write_text(json.dumps(HELLO))
    return str(path)


def test_a_definition_is_drawn(definition):
    """Without options it is an SVG that stands alone, without outcomes."""
    done = ran(definition)
    assert done.exit_code == 0
    assert done.stdout.startswith("<?xml")
    assert 'data-state="Greet"' in done.stdout
    assert 'data-state="Greet" transform' in done.stdout


def test_a_definition_is_written_for_mermaid(definition, tmp_path):
    """`--format mermaid` with `--output` writes the diagram to a file."""
    done = ran(definition, "--format", "mermaid", "--output", str(tmp_path / "out.mmd"))
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / "out.mmd").read_text().splitlines()[:2] == ["stateDiagram-v2", '  state "Greet" as s1']


def test_a_case_is_coloured_by_what_became_of_it():
    """The states of a case have their outcomes."""
    done = ran(SCENARIO, "--case", "both halves are missing")
    assert done.exit_code == 0
    assert 'data-state="AskProduction" data-outcome="failed"' in done.stdout


WRONG = [
    ([SCENARIO], 2, "name one: `production tells the price`"),
    ([SCENARIO, "--case", "no such case"], 5, "no case of"),
    ([SCENARIO, "--case", "both halves", "--machine", "Other"], 5, "no state machine `Other` ran in it"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), WRONG)
def test_what_cannot_be_drawn_is_said(arguments, code, said):
    """A missing or unknown case or machine ends with its own exit code and the names there are."""
    done = ran(*arguments)
    assert done.exit_code == code
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_options_of_scenarios_are_refused_for_definitions(definition):
    """A definition has no cases."""
    assert ran(definition, "--case", "x").exit_code == 2


@pytest.mark.parametrize("text", ["[]", "{}", '{"StartAt": "A", "States": 3}', '{"StartAt": "A", "States": {}}'])
def test_what_has_no_states_is_not_drawn(tmp_path, text):
    """An empty picture would say that all is well."""
    path = tmp_path / "none.asl.json"
    path.write_text(text)
    done = ran(str(path))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "`none.asl.json` has no states to draw" in done.stderr


def test_a_definition_in_the_making_is_drawn_and_told_of(tmp_path):
    """What leads nowhere is said; a placeholder that a template fills in is no matter of the picture."""
    path = tmp_path / "making.asl.json"
    task = {"Type": "Task", "Resource": "${ChargeArn}"}
    path.write_text(json.dumps({"StartAt": "Ask", "States": {"Ask": {**task, "End": True}}}))
    assert (ran(str(path)).exit_code, ran(str(path)).stderr) == (0, "")
    path.write_text(json.dumps({"StartAt": "Ask", "States": {"Ask": {**task, "Next": "Nowhere"}}}))
    done = ran(str(path))
    assert (done.exit_code, "leads to states that are not there" in done.stderr) == (0, True)
    assert 'data-state="Ask"' in done.stdout
