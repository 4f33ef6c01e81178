"""Reports in JSON against the schema that is shipped."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from turnstile.report.renderers import render
from turnstile.scenario.run import run_scenario

ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted((ROOT / "scenarios").glob("*.scenario.yaml"))


def _closed(schema):
    """The schema, with members that it does not name refused: the test's own, so that no member goes undescribed."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(each) for name, each in schema.items()}
    return {**closed, "additionalProperties": False} if "required" in schema else closed


@pytest.fixture(scope="module")
def validator():
    """Holds a document against the schema."""
    schema = json.loads(files("turnstile").joinpath("data/report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(_closed(schema))


def test_everything_fits(validator, everything):
    """A report with every kind of thing in it has the members of the schema and no others."""
    validator.validate(json.loads(render("json", everything)))


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name.partition(".")[0])
def test_shipped_scenarios_fit(validator, path):
    """What the shipped scenarios report as well."""
    validator.validate(json.loads(render("json", run_scenario(path))))


def test_the_schema_refuses(validator, everything):
    """A member of another type is refused."""
    report = json.loads(render("json", everything))
    report["files"][0]["cases"][0]["passed"] = "yes"
    assert not validator.is_valid(report)
