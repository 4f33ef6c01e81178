"""The changes that a report tells: pasted where it says, they make the refused case end as it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.report.applied import applied

from turnstile.report import json as json_report
from turnstile.scenario.run import run_scenario

TABLE = json.loads((Path(__file__).parent.parent / "cases" / "report" / "changes.json").read_text("utf-8"))


def changed(row):
    """The scenario of the table with what the row sets; null takes a member away."""
    document = json.loads(json.dumps(TABLE["base"]))
    for pointer, value in row["set"].items():
        *way, last = pointer.strip("/").split("/")
        holder = document
        for part in way:
            holder = holder[int(part) if isinstance(holder, list) else part]
        if isinstance(holder, list):
            holder[int(last) :] = [value]
        elif value is None:
            del holder[last]
        else:
            holder[last] = value
    return document


def ran(folder, document):
    """The report on a scenario, as JSON."""
    path = folder / "changes.scenario.json"
    path.write_text(json.dumps(document, indent=1), "utf-8")
    return json.loads(json_report.render(run_scenario(path, seed=1)))


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: row["name"])
def test_what_is_told_to_change_is_enough(tmp_path, row):
    """The links that broke are told apart, and one round of changes makes the case succeed."""
    document = changed(row)
    report = ran(tmp_path, document)
    (refused, *_) = report["files"][0]["cases"][0]["refused"]
    assert sorted(link["link"] for link in refused["links"]) == sorted(row["links"])
    again = ran(tmp_path, applied(document, report))
    (case,) = again["files"][0]["cases"]
    assert (case["status"], case["findings"]) == ("SUCCEEDED", [])


def test_a_policy_inside_of_parameters_has_its_line(tmp_path):
    """A refusal by the policy of a queue names the file and the line where the parameter stands."""
    document = changed(next(row for row in TABLE["rows"] if row["name"] == "resource-policy: an explicit deny"))
    (refused,) = ran(tmp_path, document)["files"][0]["cases"][0]["refused"]
    excerpt = refused["links"][0]["nearest"]["excerpt"]
    lines = json.dumps(document, indent=1).splitlines()
    assert excerpt["file"].endswith("changes.scenario.json")
    assert lines[excerpt["line"] - 1].lstrip().startswith('"Policy"')
