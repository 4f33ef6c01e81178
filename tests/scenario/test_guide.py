"""The guide to scenario files: every block of YAML in it is a file that runs, or a part of one.

A part is laid over `tests/cases/scenario/guide/orders.scenario.yaml`, which is the first block of the guide with what
the others speak of besides.
"""

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from turnstile.scenario.run import run_scenario
from turnstile.scenario.schema import scenario_schema
from turnstile.source import Source, read

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "scenario-files.md").read_text("utf-8")
FILES = ROOT / "tests" / "cases" / "scenario" / "guide"
BLOCKS = {
    GUIDE[: found.start()].count("\n") + 2: found[1] for found in re.finditer(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
}
KINDS = {"accounts", "organization", "settings", "cases", "stubs", "defaults"}
CASE = {"input": {"order": 1, "client": "acme"}, "state_machine": "Orders"}


@pytest.fixture
def folder(tmp_path):
    """The files that the guide names."""
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    with zipfile.ZipFile(tmp_path / "resize.zip", "w") as archive:
        archive.writestr("index.js", "exports.handler = async (event) => event;\n")
    return tmp_path


def whole(block):
    """The file that a block is, or is a part of."""
    document = read(Source("guide.yaml", block))
    if "version" in document:
        return document
    over = {"version": 1, "name": "a part", "extends": "orders.scenario.yaml", "inherit_cases": "cases" not in document}
    if document.keys() <= KINDS:
        return over | document
    ((key, value),) = document.items()
    match key:
        case "functions":
            return over | {"accounts": {"staging": {"functions": value}}}
        case "expect":
            return over | {"cases": [{"name": "a part", **CASE, "expect": value}], "inherit_cases": False}
        case "faults" | "during":
            case = {"name": "a part", **value_of(key), key: value}
            return over | {"extends": "disturbed.scenario.yaml", "cases": [case], "inherit_cases": False}
    raise AssertionError(key)


def value_of(key):
    """The case of the guide's own files that a list of faults or steps belongs to."""
    expect = {"status": "SUCCEEDED", "denied": []}
    if key == "faults":
        return {"state_machine": "Disturbed", "expect": expect}
    refused = {"action": "events:DeleteRule"}
    return {"state_machine": "Approved", "expect": expect | {"denied": [refused]}}


@pytest.mark.parametrize("line", sorted(BLOCKS))
def test_every_example_of_the_guide_runs(folder, line):
    """Without a fault, and every case of it ends as it says."""
    path = folder / "guide.scenario.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(whole(BLOCKS[line]), file)
    (told,) = run_scenario(path).files
    assert told.faults == ()
    assert {case.name: case.findings for case in told.cases if case.findings} == {}
    assert told.cases


@pytest.mark.parametrize("line", sorted(BLOCKS))
def test_every_example_of_the_guide_is_valid_against_the_schema(line):
    """What editors say of it."""
    assert [error.message for error in Draft202012Validator(scenario_schema()).iter_errors(whole(BLOCKS[line]))] == []
