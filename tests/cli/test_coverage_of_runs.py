"""`--coverage` and `--fail-under` for definitions that run alone, and `turnstile coverage` for reports of shards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

SCENARIO = Path(__file__).parents[1] / "cases" / "report" / "coverage.scenario.yaml"
PICK = {
    "StartAt": "Pick",
    "States": {
        "Pick": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "Far"}],
            "Default": "Near",
        },
        "Far": {"Type": "Pass", "End": True},
        "Near": {"Type": "Pass", "End": True},
    },
}


@pytest.fixture
def here(turnstile, tmp_path, monkeypatch):
    """A folder with a definition and a scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pick.asl.json").write_text(json.dumps(PICK))
    shutil.copy(SCENARIO, tmp_path)
    return tmp_path


def test_a_definition_alone_has_states_and_ways_to_cover(here, turnstile):
    """Its permissions are not judged, which the table says."""
    ended = turnstile("run", "pick.asl.json", "--coverage", "--input", "{}")
    assert ended.code == 0
    assert "states         66.6 %       2 of 3" in ended.out
    assert "never Far " in ended.out
    assert "no permissions are judged, nor counted, where a definition runs alone: pick.asl.json" in ended.out
    assert "permissions   " not in ended.out


@pytest.mark.parametrize(
    ("least", "code"), [("66", 1), ("50", 0), ("states=66,choices=50", 0), ("states=67", 1), ("permissions=1", 2)]
)
def test_a_definition_alone_is_held_against_thresholds(here, turnstile, least, code):
    """By kind and in total; nothing can be asked of policies that it does not have."""
    assert turnstile("run", "pick.asl.json", "--input", "{}", "--fail-under", least).code == code


def test_reports_of_shards_count_together(here, turnstile):
    """As one run over all of them does, and less than one shard alone covers is no failure of the others."""
    for shard in ("1", "2"):
        turnstile("run", SCENARIO.name, "--shard", f"{shard}/2", "--format", f"json={shard}.json")
    assert turnstile("coverage", "1.json", "--fail-under", "75").code == 1
    ended = turnstile("coverage", "1.json", "2.json", "--fail-under", "75")
    assert (ended.code, "total          75.0 %     24 of 32" in ended.out) == (0, True)
    whole = turnstile("run", SCENARIO.name, "--format", "json")
    summed = turnstile("coverage", "1.json", "2.json", "--format", "json")
    assert json.loads(summed.out) == json.loads(whole.out)["coverage"]


@pytest.mark.parametrize("content", ["[]", '{"files": 1}', '{"files": [], "coverage": {"items": [{}]}}'])
def test_what_is_no_report_is_said(here, turnstile, content):
    """With how to make one."""
    (here / "other.json").write_text(content)
    ended = turnstile("coverage", "other.json")
    assert (ended.code, "is no report in JSON" in ended.err) == (2, True)


def test_reports_in_which_nothing_ran(here, turnstile):
    """Have their own exit code."""
    (here / "none.json").write_text('{"files": [], "coverage": {"items": []}}')
    assert turnstile("coverage", "none.json", "--fail-under", "1").code == 5
