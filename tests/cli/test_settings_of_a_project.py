from __future__ import annotations

import json

import pytest
from tests.cli.test_run_selection import scenario


@pytest.fixture
def here(turnstile, tmp_path, monkeypatch):
    """A project with one scenario, and a folder below it that one is in."""
    folder = tmp_path / "project"
    (folder / "deep").mkdir(parents=True)
    (folder / "scenarios").mkdir()
    scenario(folder / "scenarios" / "a.scenario.yaml", one="SUCCEEDED")
    monkeypatch.chdir(folder / "deep")
    return folder


def settings(folder, *lines):
    """Writes the settings of a project."""
    (folder / "pyproject.toml").write_text("\n".join(("[project]", 'seed = "x"', "", "[tool.turnstile]", *lines, "")))


def test_settings_fill_in_what_is_not_said(here, turnstile):
    """Paths are relative to the file, whatever folder one is in."""
    settings(here, 'paths = ["scenarios"]', "seed = 7", 'format = ["json"]')
    ended = turnstile("run")
    assert (ended.code, json.loads(ended.out)["seed"]) == (0, 7)


def test_options_come_before_the_environment_and_that_before_the_file(here, turnstile, monkeypatch):
    """Flags, `TURNSTILE_*`, `[tool.turnstile]`."""
    settings(here, 'paths = ["scenarios"]', "seed = 7", 'format = ["json"]')
    monkeypatch.setenv("TURNSTILE_SEED", "8")
    seeds = [json.loads(turnstile("run", *options).out)["seed"] for options in ([], ["--seed", "9"])]
    assert seeds == [8, 9]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["seed = 1", "sead = 2"], ["pyproject.toml:6:1", "no setting `sead`", "did you mean `seed`?"]),
        (['jobs = "many"'], ["pyproject.toml:5:1", "`jobs` is not a number from 1"]),
        (["paths = []"], ["`paths` is not a list of texts"]),
        (["seed = true"], ["`seed` is not a number from 0"]),
        (['color = "blue"', "maxfail = -1"], ["`color` is not one of", "`maxfail` is not a number"]),
        (["seed ="], ["pyproject.toml:5", "this is not TOML"]),
    ],
)
def test_faults_of_settings_have_their_line(here, turnstile, lines, said):
    """Every one at once, with exit code 2."""
    settings(here, *lines)
    ended = turnstile("run", "../scenarios")
    assert ended.code == 2
    assert all(each in ended.err for each in said), ended.err


def test_other_tools_settings_are_theirs(here, turnstile):
    """A file without the table says nothing."""
    (here / "pyproject.toml").write_text("[tool.other]\nsead = 1\n")
    assert turnstile("run", "../scenarios").code == 0
