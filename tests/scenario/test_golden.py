"""Golden histories: written when asked for, compared otherwise, the same for every seed and every day."""

import json

import pytest

from turnstile.scenario.run import run_files

TEXT = """\
version: 1
name: golden
accounts:
  home:
    id: "111122223333"
    roles:
      Runner:
        trust:
          Version: "2012-10-17"
          Statement: {Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: states.amazonaws.com}}
state_machines:
  Wait:
    account: home
    role: Runner
    definition:
      StartAt: Wait
      States:
        Wait: {Type: Wait, Seconds: 7, Next: Name}
        Name: {Type: Pass, Parameters: {id.$: $$.Execution.Name}, End: true}
defaults: {start_time: "2026-03-01T00:00:00Z"}
cases:
  - name: waits
    matrix: {n: [1, 2]}
    input: {n: "${matrix.n}"}
    expect: {history: "golden/waits-${matrix.n}.json"}
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "golden.scenario.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def told(report):
    (file,) = report.files
    return [finding for case in file.cases for finding in case.findings]


def test_a_golden_file_that_is_not_there_is_a_finding(path):
    """At the key that names it, with the way to write it; nothing is written unasked."""
    first, _ = told(run_files([path]))
    assert (first.code, first.where.line) == ("history", 25)
    assert "`--update`" in first.message
    assert not (path.parent / "golden").exists()


def test_update_writes_what_later_runs_are_held_against(path):
    """With times since the start and numbered ids, so that neither seed nor start time matters."""
    assert told(run_files([path], update=True)) == []
    assert told(run_files([path], seed=99)) == []
    path.write_text(TEXT.replace("2026-03-01", "2027-04-05"), encoding="utf-8")
    assert told(run_files([path])) == []
    events = json.loads((path.parent / "golden" / "waits-2.json").read_text("utf-8"))
    assert [event["timestamp"] for event in events] == [0, 0, 7, 7, 7, 7]
    assert events[0]["executionStartedEventDetails"]["input"] == {"n": 2}
    assert events[-1]["executionSucceededEventDetails"]["output"] == {"id": "<id 1>"}


def test_a_history_that_has_changed_is_a_finding(path):
    """It says where the first difference is, and carries both histories."""
    run_files([path], update=True)
    path.write_text(TEXT.replace("Seconds: 7", "Seconds: 8"), encoding="utf-8")
    first, _ = told(run_files([path]))
    assert "at `/2/timestamp` `8.0` instead of `7.0`" in first.message
    assert len(first.expected) == len(first.found) == 6


@pytest.mark.parametrize("content", ["{", '{"a": 1}', "[]"])
def test_a_file_that_is_no_golden_history_is_a_finding(path, content):
    """Whatever somebody has made of it."""
    run_files([path], update=True)
    (path.parent / "golden" / "waits-1.json").write_text(content, encoding="utf-8")
    (first,) = told(run_files([path]))
    assert first.code == "history"


def test_a_golden_file_that_cannot_be_written_is_a_fault(path):
    """Where its folder is a file, the name of a folder, or nothing that ends in `.json`."""
    (path.parent / "golden").write_text("", encoding="utf-8")
    (file,) = run_files([path], update=True).files
    assert {fault.code for fault in file.faults} == {"unwritable-file"}
    path.write_text(TEXT.replace(".json", ".yaml"), encoding="utf-8")
    (file,) = run_files([path]).files
    assert {fault.code for fault in file.faults} == {"golden-file"}


def test_two_cases_cannot_have_one_golden_file(path):
    """The one would overwrite the other."""
    path.write_text(TEXT.replace("waits-${matrix.n}", "waits"), encoding="utf-8")
    (file,) = run_files([path]).files
    assert [fault.code for fault in file.faults] == ["golden-file"]


def test_secrets_stay_out_of_the_file(path):
    """What a report masks, the file does not have, and runs with another secret fit it."""
    path.write_text(TEXT.replace('input: {n: "${matrix.n}"}', "input: {apiKey: s3cr3t-1}"), encoding="utf-8")
    assert told(run_files([path], update=True)) == []
    assert "s3cr3t" not in (path.parent / "golden" / "waits-1.json").read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace("s3cr3t-1", "s3cr3t-2"), encoding="utf-8")
    assert told(run_files([path])) == []
