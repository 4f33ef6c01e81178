"""The JSON Schema of scenario files: it is current, it takes what we ship, and it explains every key."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from turnstile.cli.app import app
from turnstile.faults import Rejected
from turnstile.scenario.models.entry import Entry, left_out_by_none
from turnstile.scenario.schema import FILE, PART, models, part_schema, scenario_schema, text
from turnstile.yaml import read_yaml

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.scenario.yaml"))
CASES = sorted((ROOT / "tests" / "cases" / "scenario").glob("*.scenario.yaml"))
PARTS = sorted((ROOT / "tests" / "cases" / "scenario" / "guide" / "shared").glob("*.yaml"))
PART_VALIDATOR = Draft202012Validator(part_schema())
VALIDATOR = Draft202012Validator(scenario_schema())


def document(path):
    return read_yaml(path.name, path.read_text("utf-8"))[0]


def small(**changes):
    """A file as small as one can be; keyword arguments replace top-level keys, None takes them away."""
    whole = {
        "version": 1,
        "name": "small",
        "accounts": {"home": {"id": "111122223333"}},
        "state_machines": {},
        "cases": [{"name": "one", "expect": {"status": "SUCCEEDED"}}],
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


def test_the_shipped_schema_is_that_of_themodels():
    """`python -m turnstile.scenario.schema` renews it, and that of parts."""
    assert FILE.read_text("utf-8") == text(scenario_schema())
    assert PART.read_text("utf-8") == text(part_schema())


def test_the_schema_is_a_schema():
    """Draft 2020-12."""
    Draft202012Validator.check_schema(json.loads(FILE.read_text("utf-8")))


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_parts_are_valid(path):
    """Files that others include, which name their schema in the first line."""
    Draft202012Validator.check_schema(part_schema())
    assert [error.message for error in PART_VALIDATOR.iter_errors(document(path))] == []
    address = path.read_text("utf-8").splitlines()[0].partition("$schema=")[2]
    assert (path.parent / address).resolve() == PART


@pytest.mark.parametrize("key", ["cases", "extends", "inherit_cases", "acounts"])
def test_a_part_has_no_cases(key):
    """What `include` refuses, its schema refuses too."""
    assert list(PART_VALIDATOR.iter_errors({"accounts": {}, key: []}))
    assert not list(PART_VALIDATOR.iter_errors({"accounts": {"home": {"roles": {"R": {}}}}, "include": ["more.yaml"]}))


@pytest.mark.parametrize("path", [*SHIPPED, *CASES], ids=lambda path: path.name)
def test_files_that_run_are_valid(path):
    """Every shipped scenario, and those of tests."""
    assert [error.message for error in VALIDATOR.iter_errors(document(path))] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"name": None},
        {"cases": None},
        {"casses": []},
        {"accounts": {"home": {}}},
        {"accounts": {"home": {"id": "12"}}},
        {"accounts": {"home": {"id": "111122223333", "roles": {"R": {}}}}},
        {"cases": [{"name": "one", "expect": {"status": "DONE"}}]},
        {"cases": [{"name": "one", "expect": {"denied": [{"link": "nothing"}]}}]},
        {"cases": [{"name": "one", "expect": {"virtual_seconds": {"most": 1}}}]},
        {"cases": [{"name": "one", "expect": {"coverage": {"states": 101}}}]},
        {"settings": {"events": "maybe"}},
    ],
    ids=str,
)
def test_what_is_wrong_with_a_file_is_seen_in_an_editor(changes):
    """Unknown keys, missing ones and wrong values."""
    assert list(VALIDATOR.iter_errors(small(**changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"accounts": None, "state_machines": None, "cases": None, "name": None, "extends": "a.yaml"},
        {"accounts": {"home": {"roles": {"R": {"tags": {"a": 1}}}}}, "include": ["a.yaml"]},
        {"cases": [{"name": "one", "matrix": {"n": [1]}, "expect": {"virtual_seconds": "${matrix.n}"}}]},
        {"cases": [{"name": "one", "expect": {"calls": [{"action": "a:b", "times": "${matrix.n}"}]}}]},
        {"cases": [{"name": "one"}], "defaults": {"expect": {"status": "FAILED"}}},
        {"$schema": "scenario.schema.json"},
    ],
    ids=str,
)
def test_what_parts_and_matrices_bring_is_valid(changes):
    """What another file may give need not be there, and a value of a matrix is text until it is put in."""
    assert [error.message for error in VALIDATOR.iter_errors(small(**changes))] == []


REFUSED = sorted((ROOT / "tests" / "cases" / "scenario" / "refused").glob("*.scenario.yaml"))
UNSEEN = "changes.scenario.yaml"
"""Changes are parts of anything until they are laid over a file."""
SEEN = re.compile(r"### (unknown-key|missing-key|wrong-type: `\w+` (must be|is null)|wrong-type: element)")


SEEN_FILES = [path for path in REFUSED if path.name != UNSEEN and SEEN.search(path.read_text("utf-8"))]


@pytest.mark.parametrize("path", SEEN_FILES, ids=lambda path: path.name)
def test_a_fault_of_shape_is_seen_in_an_editor(path):
    """Files that the loader refuses for their keys and types are invalid for the schema as well."""
    try:
        written = document(path)
    except Rejected:
        return
    assert list(VALIDATOR.iter_errors(written))


@pytest.mark.parametrize("model", [*models(Entry)], ids=lambda model: model.__name__)
def test_what_may_be_left_out_is_no_null(model):
    """The schema and the models agree on where null says nothing."""
    part = scenario_schema()["$defs"].get(model.__name__)
    for name in left_out_by_none(model) if part else ():
        assert {"type": "null"} not in part["properties"][name].get("anyOf", [part["properties"][name]]), name


def test_no_part_takes_unknown_keys():
    """Every mapping with keys of the format has no others."""
    schema = scenario_schema()
    parts = {"": schema, **schema["$defs"]}
    assert [
        name for name, part in parts.items() if "properties" in part and part.get("additionalProperties") is not False
    ] == []


def test_keys_explain_themselves():
    """An editor shows a description for each key."""
    parts = {"ScenarioEntry": scenario_schema(), **scenario_schema()["$defs"]}
    silent = {
        f"{name}.{key}"
        for name, part in parts.items()
        for key, value in part.get("properties", {}).items()
        if not value.get("description") and key != "$schema"
    }
    assert not silent


def test_the_command_prints_it_or_writes_it(tmp_path):
    """`turnstile schema`, and `--output`."""
    runner = CliRunner()
    printed = runner.invoke(app, ["schema"])
    assert (printed.exit_code, json.loads(printed.stdout)) == (0, scenario_schema())
    path = tmp_path / "scenario.schema.json"
    assert runner.invoke(app, ["schema", "--output", str(path)]).exit_code == 0
    assert path.read_text("utf-8") == text(scenario_schema())
    assert json.loads(runner.invoke(app, ["schema", "part"]).stdout) == part_schema()
