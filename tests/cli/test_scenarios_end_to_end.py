from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ONBOARDING = "scenarios/data-onboarding.scenario.yaml"


@pytest.fixture
def report(turnstile, monkeypatch):
    """Runs scenarios of the project and reads the JSON report."""
    monkeypatch.chdir(ROOT)

    def run(*arguments):
        ended = turnstile("run", *arguments, "--format", "json")
        return ended.code, json.loads(ended.out)

    return run


@pytest.mark.slow
def test_every_shipped_scenario_ends_as_expected(report):
    """A folder is searched for scenarios, and all of them pass."""
    code, found = report("scenarios")
    assert (code, found["passed"]) == (0, True)
    assert ONBOARDING in [file["path"] for file in found["files"]]


def test_each_refused_case_names_its_link(report):
    """The cases of the how-to break one link of the chain each, and the report says which."""
    _, found = report(ONBOARDING)
    cases = found["files"][0]["cases"]
    links = [link["link"] for case in cases for refused in case["refused"] for link in refused["links"]]
    assert links == ["caller-policy", "trust-policy", "external-id", "target-policy", "source-condition"]


def test_cases_are_selected_by_their_names(report):
    """`-k` keeps the cases whose name contains the text."""
    code, found = report(ONBOARDING, "-k", "external id")
    assert (code, len(found["files"][0]["cases"])) == (0, 1)


def test_nothing_selected(turnstile, monkeypatch):
    """A text that is in no name is exit code 5."""
    monkeypatch.chdir(ROOT)
    ended = turnstile("run", ONBOARDING, "-k", "no such case")
    first, second = ended.err.splitlines()
    assert (ended.code, first) == (5, "turnstile: no case is chosen by `-k no such case`")
    assert second.startswith("  help: there are 7 cases in 1 file: `")
    assert second.endswith(" and 2 more")


def test_a_seed_fixes_the_report(report):
    """Two runs with one seed are the same but for wall times; another seed gives other session names."""
    first, again, other = (report(ONBOARDING, "--seed", seed)[1] for seed in ("7", "7", "8"))
    for found in (first, again, other):
        for case in found["files"][0]["cases"]:
            del case["wall_seconds"]
    assert first == again
    assert first["files"] != other["files"]


def test_the_text_explains_what_aws_hides(turnstile, monkeypatch):
    """What AWS shows and the policy line behind it stand in one report, on at most 100 columns."""
    monkeypatch.chdir(ROOT)
    ended = turnstile("run", ONBOARDING)
    lines = ended.out.splitlines()
    assert lines[-1] == "7 cases, 7 as expected"
    assert sum(line.startswith("      AWS shows ") for line in lines) == 5
    assert sum("refused by  " in line for line in lines) == 5
    assert max(map(len, lines)) <= 100


def test_an_unexpected_end_is_exit_code_1(turnstile, tmp_path, monkeypatch):
    """A case that does not end as its `expect` says is told with expected and found."""
    for file in (ROOT / "scenarios").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            copy = tmp_path / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    changed = tmp_path / ONBOARDING
    changed.write_text(changed.read_text().replace("status: SUCCEEDED", "status: ABORTED", 1))
    monkeypatch.chdir(tmp_path)
    ended = turnstile("run", ONBOARDING, "-k", "triggered", "-q")
    assert ended.code == 1
    assert 'expected  "ABORTED"' in ended.out
    assert "found     " in ended.out
