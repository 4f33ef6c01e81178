"""`turnstile init` around definitions of every kind: what is drafted validates, runs as it says, and can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from turnstile.scenario.drafts.drafting import Wishes, draft
from turnstile.scenario.run import run_files
from turnstile.scenario.schema import scenario_schema
from turnstile.yaml import read_yaml

DRAFTED = Path(__file__).parents[1] / "cases" / "scenario" / "drafted"
CASES = json.loads((DRAFTED / "definitions.json").read_text("utf-8"))
SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*/*.asl.json"))
VALIDATOR = Draft202012Validator(scenario_schema())
WIDEST = 120


def drafted(folder, source, given):
    """The draft, and the report of running it."""
    made = draft(source, folder, Wishes(given, "", ""))
    path = folder / made.name
    path.write_text(made.text, "utf-8")
    document = read_yaml(made.name, made.text)[0]
    assert [error.message for error in VALIDATOR.iter_errors(document)] == [], made.text
    (file,) = run_files([path]).files
    assert file.faults == (), made.text
    assert [case.name for case in file.cases if not case.passed] == [], made.text
    return made, file


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_draft_runs_as_it_says(tmp_path, case):
    """Its cases are called after what they show, and what only the user can know is left to the user."""
    source = tmp_path / "work.asl.json"
    source.write_text(json.dumps(case["definition"]), "utf-8")
    made, file = drafted(tmp_path, source, case["input"])
    if case["cases"] is not None:
        assert [one.name for one in file.cases] == case["cases"]
        assert len(made.left) == len(case["left"])
        assert all(told.startswith(left) for told, left in zip(made.left, case["left"], strict=True)), made.left
    assert [part for part in case["has"] if part not in made.text] == [], made.text


@pytest.mark.parametrize("source", SCENARIOS, ids=[path.name for path in SCENARIOS])
def test_a_definition_of_a_lesson_can_be_drafted_around(tmp_path, source):
    """Also without an input, and the file can be read: its lines are short, save for policies to be copied."""
    made, _ = drafted(tmp_path, source, {})
    long = [line for line in made.text.splitlines() if len(line) > WIDEST and "#   - " not in line]
    assert long == []
    assert made.text.startswith("# yaml-language-server: $schema=./scenario.schema.json\n")


def test_a_definition_in_yaml_is_drafted_around(tmp_path):
    """As one in JSON is."""
    source = tmp_path / "work.asl.yaml"
    source.write_text("StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n")
    made, _ = drafted(tmp_path, source, {})
    assert made.name == "work.scenario.yaml"
