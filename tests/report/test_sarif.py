"""Reports as SARIF: structure, places, fingerprints, what is an alert and what is not."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from turnstile.faults import Fault, Where
from turnstile.report import sarif
from turnstile.report.alerts import merged, of_faults
from turnstile.report.codes import codes
from turnstile.report.report import Report

PUBLISHED = os.environ.get("TURNSTILE_SARIF_SCHEMA")


def results(report):
    return json.loads(sarif.render(report))["runs"][0]["results"]


def test_the_structure(forms, everything):
    """Only members that SARIF knows, with values of their kinds; each rule has a help text and a page."""
    run = forms.sarif(sarif.render(everything))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({one["ruleId"] for one in run["results"]})
    assert all(rule["help"]["text"] and rule["helpUri"].endswith(f"/docs/codes/{rule['id']}.md") for rule in rules)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", "2.2.0"),
        ("$schema", "no address"),
        ("runs/0/columnKind", "bytes"),
        ("runs/0/properties/tags", ["a", "a"]),
        ("runs/0/tool/driver/name", None),
        ("runs/0/tool/driver/informationUri", "a path"),
        ("runs/0/tool/driver/rules/0/help", {"markdown": "alone"}),
        ("runs/0/invocations/0", {}),
        ("runs/0/invocations/0/exitCode", True),
        ("runs/0/results/0/message", {}),
        ("runs/0/results/0/level", "fatal"),
        ("runs/0/results/0/ruleIndex", -2),
        ("runs/0/results/0/occurrenceCount", 0),
        ("runs/0/results/0/partialFingerprints", {"x": 1}),
        ("runs/0/results/0/unknown", 1),
        ("runs/0/results/0/locations/0/physicalLocation", {"region": {"startLine": 1}}),
        ("runs/0/results/1/locations/0/physicalLocation/region/startColumn", 0),
        ("runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "a b"),
    ],
)
def test_the_facts_refuse_what_the_schema_refuses(forms, everything, path, value):
    """The table of facts has the rules of the published schema for every object that a report uses."""
    log = json.loads(sarif.render(everything))
    *way, last = path.split("/")
    place = log
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[int(last) if isinstance(place, list) else last] = value
    with pytest.raises((AssertionError, AttributeError, TypeError)):
        forms.sarif(json.dumps(log))


@pytest.mark.skipif(PUBLISHED is None, reason="TURNSTILE_SARIF_SCHEMA names no copy of the published schema")
def test_the_published_schema(everything):
    """The report fits the schema that OASIS publishes, given as a file."""
    schema = json.loads(Path(PUBLISHED).read_text())
    jsonschema.Draft4Validator(schema).validate(json.loads(sarif.render(everything)))


def test_paths_are_relative(everything, monkeypatch, tmp_path):
    """Files below the working directory have relative URIs, others their name alone, and spaces are escaped."""
    assert all("file:" not in one and not one.startswith("/") for one in _uris(results(everything)))
    monkeypatch.chdir(tmp_path)
    assert sarif.uri(str(tmp_path / "a b" / "ü.yaml")) == "a%20b/%C3%BC.yaml"
    assert sarif.uri("../elsewhere/x.yaml") == "x.yaml"
    assert sarif.uri("./here/../x.yaml") == "x.yaml"


def _uris(value):
    match value:
        case dict():
            own = [value["uri"]] if "uri" in value else []
            return own + [uri for each in value.values() for uri in _uris(each)]
        case list():
            return [uri for each in value for uri in _uris(each)]
    return []


def test_columns_are_utf16_units(tmp_path, monkeypatch):
    """A character outside of the basic plane counts twice."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text('- {"😀": "x", status: wrong}\n')
    fault = Fault(Where("a.yaml", 1, 14), "wrong-value", "this is not it")
    (result,) = json.loads(sarif.document(merged(of_faults((fault,))), exit_code=2))["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (15, 28)
    assert '😀": "x", status: wrong'[-13:] == "status: wrong"


def test_expected_refusals_are_no_alerts(everything):
    """A case that passes raises none, whatever was refused in it."""
    assert "external-id" not in {one["ruleId"] for one in results(everything)}
    (file, _) = everything.files
    passing = Report((replace(file, cases=tuple(case for case in file.cases if case.passed)),))
    assert results(passing) == []


def test_both_sides_of_a_refusal_are_told(everything):
    """The other link, the state and the case are places related to a refusal."""
    refused = next(one for one in results(everything) if one["ruleId"] == "caller-policy" and "TagSession" in str(one))
    told = [one["message"]["text"] for one in refused["relatedLocations"]]
    assert told == [
        "refused here as well: trust-policy, no statement admits the caller",
        "the state `Trigger DSP MWAA DAGs`",
        "the case `two-links`",
    ]


def test_the_same_refusal_of_two_cases_is_one_result(everything):
    """It has both cases as places, and says how often it was met."""
    trust = [one for one in results(everything) if one["ruleId"] == "trust-policy"]
    assert [one["occurrenceCount"] for one in trust] == [2]
    assert {"the case `trust-policy`", "the case `two-links`"} <= {
        one["message"]["text"] for one in trust[0]["relatedLocations"]
    }


def test_fingerprints_outlive_moved_lines():
    """A fault two lines further down is the same one; another message is another."""
    faults = [
        Fault(Where("a.yaml", line, 1, "/cases/0"), "wrong-type", message)
        for line, message in ((3, "one"), (5, "one"), (3, "two"))
    ]
    prints = [
        json.loads(sarif.document(merged(of_faults((each,))), exit_code=2))["runs"][0]["results"][0] for each in faults
    ]
    first, moved, other = (one["partialFingerprints"]["turnstile/v1"] for one in prints)
    assert first == moved != other


def test_braces_and_brackets_are_no_placeholders_and_links():
    """Section 3.11: one brace begins a placeholder, a bracket a link."""
    fault = Fault(Where("a.yaml"), "wrong-type", "see `{0}` and `[x](1)`")
    (result,) = json.loads(sarif.document(merged(of_faults((fault,))), exit_code=2))["runs"][0]["results"]
    assert result["message"]["text"] == "see `{{0}}` and `\\[x\\](1)`"


def test_every_code_makes_a_rule(forms):
    """Rules of all codes hold together."""
    found = merged(of_faults(Fault(Where("a.yaml"), name, "x") for name in codes()))
    log = forms.sarif(sarif.document(found, exit_code=1))
    assert len(log["runs"][0]["tool"]["driver"]["rules"]) == len(codes())
