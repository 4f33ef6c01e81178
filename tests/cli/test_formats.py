"""`--format`: several reports at once, to stdout and to files, and what may not be written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

FORMS = ("text", "json", "junit", "sarif", "github", "markdown", "html")


def test_all_forms_at_once(turnstile, tmp_path):
    """Text on stdout and every form in a file of its own."""
    files = [argument for form in FORMS for argument in ("--format", f"{form}=out.{form}")]
    ended = turnstile("run", "hello.asl.json", "fail.asl.yaml", "--format", "text", *files)
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith("hello.asl.json  SUCCEEDED")
    assert (tmp_path / "out.text").read_text() != ""
    assert json.loads((tmp_path / "out.json").read_text())["version"] == 1
    assert ET.parse(tmp_path / "out.junit").getroot().get("failures") == "1"
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "out.github").read_text().startswith("::error file=fail.asl.yaml,title=status::")
    assert (tmp_path / "out.markdown").read_text().startswith("# No refused call\n")
    assert (tmp_path / "out.html").read_text().lower().startswith("<!doctype html>")


def test_a_dash_is_stdout(turnstile):
    """`json=-` prints like `json`."""
    assert json.loads(turnstile("run", "hello.asl.json", "--format", "json=-").out)["passed"] is True


def test_text_and_annotations_share_stdout(turnstile):
    """GitHub takes its commands out of what is printed; nothing else goes together."""
    ended = turnstile("run", "fail.asl.yaml", "--format", "text", "--format", "github")
    assert ended.code == 1
    assert ended.out.splitlines()[0].startswith("fail.asl.yaml  FAILED")
    assert ended.out.splitlines()[-1].startswith("::error file=fail.asl.yaml")
    ended = turnstile("run", "fail.asl.yaml", "--format", "json=-", "--format", "github")
    assert (ended.code, "only one report can go to stdout" in ended.err) == (2, True)


def test_the_summary_of_a_step(turnstile, tmp_path, monkeypatch):
    """It is added to the file that GitHub names, behind what other tools wrote."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (tmp_path / "summary.md").write_text("# before\n")
    turnstile("run", "hello.asl.json", "--format", "github")
    assert (tmp_path / "summary.md").read_text().startswith("# before\n## Turnstile\n\n### `hello.asl.json`\n")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("xml", "`xml` is not `text`, `json`"),
        ("junit=", "`junit=` is not"),
        ("junit=no/such/out.xml", "there is no folder `no/such`"),
        ("json=hello.asl.json", "`hello.asl.json` is a file that you wrote"),
        ("json=./empty/../hello.asl.json", "is a file that you wrote"),
        ("sarif=other.asl.json", "`other.asl.json` is a file that you wrote"),
        ("sarif=empty", "`empty` cannot be written: is a directory"),
    ],
)
def test_what_may_not_be_written(turnstile, tmp_path, form, message):
    """A fault before anything runs; the files of users stay as they are."""
    (tmp_path / "other.asl.json").write_text("{}")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    ended = turnstile("run", "hello.asl.json", "--format", form)
    assert (ended.code, message in " ".join(ended.err.split())) == (2, True), ended.err
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_two_reports_for_one_file(turnstile):
    """The second would take the place of the first."""
    ended = turnstile("run", "hello.asl.json", "--format", "json=a.out", "--format", "junit=./a.out")
    assert (ended.code, "two reports would go to" in ended.err) == (2, True)


def test_a_report_takes_the_place_of_an_older_one(turnstile, tmp_path):
    """Whole, through a link as well, and nothing is left beside it."""
    (tmp_path / "real.json").write_text("older and longer" * 1000)
    (tmp_path / "link.json").symlink_to("real.json")
    turnstile("run", "hello.asl.json", "--format", "json=link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["passed"] is True
    assert list(tmp_path.glob(".*.part")) == []


def test_findings_as_sarif_and_annotations(turnstile, tmp_path):
    """`validate` has forms for code scanning too, and none that need a run."""
    ended = turnstile("validate", "faulty.asl.json", "--format", "sarif=out.sarif", "--format", "github")
    (first, *_) = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"]
    assert ended.code == 1
    assert ended.out.startswith("::error file=faulty.asl.json,line=")
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "faulty.asl.json"
    assert turnstile("validate", "faulty.asl.json", "--format", "junit").code == 2


def test_a_code_is_explained(turnstile):
    """Offline; with a misspelt one the near code is told."""
    ended = turnstile("explain", "external-id")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("external-id: a link of the permission chain")
    assert json.loads(turnstile("explain", "stuck", "--format", "json").out)["kind"] == "expectation"
    ended = turnstile("explain", "extrenal-id")
    assert (ended.code, "did you mean `external-id`?" in ended.err) == (2, True)
    ended = turnstile("explain", "external-id", "--action", "s3:GetObject")
    assert (ended.code, "`external-id` is explained alone" in ended.err) == (2, True)


def test_every_code_in_messages_is_explained(turnstile):
    """The code that a fault carries in brackets is one that `explain` knows."""
    told = re.findall(r"\[([\w-]+)\]$", turnstile("validate", "faulty.asl.json").out, re.MULTILINE)
    assert told == ["SCHEMA_VALIDATION_FAILED", "MISSING_TRANSITION_TARGET", "MISSING_TRANSITION_TARGET"]
    assert [turnstile("explain", code).code for code in told] == [0, 0, 0]


def test_the_schema_of_reports(turnstile):
    """`turnstile schema report` prints it."""
    assert json.loads(turnstile("schema", "report").out)["title"] == "Turnstile report, version 1"


def test_reports_name_no_folder_of_this_machine(turnstile, tmp_path):
    """Paths are relative in every form."""
    for form in FORMS[1:]:
        ended = turnstile("run", Path(tmp_path) / "fail.asl.yaml", "--format", form)
        assert str(tmp_path) not in ended.out
