"""`run --watch` as a user sees it: a process of its own, files saved in every way editors have."""

from __future__ import annotations

import json
import re
import signal
import time

import pytest
from tests.cli.test_run_selection import SUCCEED, WORLD, scenario


class Watched:
    """A command that watches; its streams are read up to where it waits."""

    def __init__(self, running):
        self.running = running

    def waits(self):
        """What was told on stderr until it waits."""
        told = []
        while (line := self.running.stderr.readline()) and not line.startswith("watching"):
            told.append(line.rstrip())
        assert line, told
        return told

    def line(self, word):
        """The next line of stdout with a word in it."""
        return next(text for text in self.running.stdout if word in text)

    def end(self):
        """Ctrl-C; the exit code, and what else was written."""
        self.running.send_signal(signal.SIGINT)
        rest, said = self.running.communicate()
        return self.running.returncode, rest + said


@pytest.fixture
def folder(tmp_path, turnstile, monkeypatch):
    """A project with two scenario files."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in "ab":
        scenario(folder / f"{name}.scenario.yaml", **{f"case_{name}": "SUCCEEDED"})
    return folder


@pytest.fixture
def watch(folder, process):
    """Starts the command, and waits until it waits."""
    started = []

    def start(*options):
        started.append(watched := Watched(process("run", "--watch", *options)))
        watched.told = watched.waits()
        return watched

    yield start
    for watched in started:
        if watched.running.returncode is None:
            watched.end()


def test_a_saved_file_runs_its_scenario_again_and_no_other(folder, watch):
    """At once, in the same process; Ctrl-C ends it with 130 and without a word."""
    watched = watch()
    assert "ok" in watched.line("case_a")
    assert "ok" in watched.line("case_b")
    began = time.perf_counter()
    scenario(folder / "b.scenario.yaml", case_b="FAILED")
    assert "FAIL" in watched.line("case_")
    assert time.perf_counter() - began < 3  # half a second where nothing else runs
    assert watched.waits() == ["changed: `b.scenario.yaml`"]
    code, rest = watched.end()
    assert (code, "Traceback" in rest, "case_a" in rest) == (130, False, False)


def test_files_come_and_go(folder, watch):
    """A new one runs, one that is gone is told of, and is there again when it is back."""
    watched = watch()
    scenario(folder / "c.scenario.yaml", case_c="SUCCEEDED")
    assert watched.waits() == ["new: `c.scenario.yaml`"]
    assert watched.line("case_c")
    (folder / "c.scenario.yaml").rename(folder / "away")
    assert watched.waits() == ["gone: `c.scenario.yaml`"]
    (folder / "deep").mkdir()
    (folder / "away").rename(folder / "deep" / "d.scenario.yaml")
    assert watched.waits() == ["new: `deep/d.scenario.yaml`"]


def test_the_only_file_goes_and_comes_back(folder, watch):
    """Its absence ends nothing."""
    watched = watch("a.scenario.yaml")
    (folder / "a.scenario.yaml").unlink()
    assert watched.waits() == ["gone: `a.scenario.yaml`"]
    scenario(folder / "a.scenario.yaml", case_new="SUCCEEDED")
    assert watched.waits() == ["new: `a.scenario.yaml`"]
    assert watched.line("case_new")


def test_a_broken_file_is_told_and_mended(folder, watch):
    """Between the two nothing of it runs."""
    watched = watch("a.scenario.yaml")
    good = (folder / "a.scenario.yaml").read_text()
    (folder / "a.scenario.yaml").write_text("cases: [\n")
    watched.waits()
    assert watched.line("fault: not YAML")
    (folder / "a.scenario.yaml").write_text(good)
    watched.waits()
    assert "ok" in watched.line("case_a")


def test_a_burst_of_saves_is_one_run(folder, watch):
    """Of files written in place and files put in their place."""
    watched = watch()
    texts = [folder / f"{name}.scenario.yaml" for name in "ab"]
    for _ in range(5):
        for file in texts:
            (folder / ".part").write_text(file.read_text() + "\n")
            (folder / ".part").replace(file)
    assert watched.waits() == ["changed: `a.scenario.yaml`, `b.scenario.yaml`"]
    code, rest = watched.end()
    assert (code, rest.count("case_a"), rest.count("watching")) == (130, 2, 0)


PARTS = {
    "world.yaml": 'accounts: {home: {id: "111122223333", region: us-east-1, functions: {F: {handler: code/f.py:go}}}}',
    "machine.asl.json": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
    "trust.json": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    ),
    "input.json": "{}",
    "golden.json": "[]",
    "code/f.py": "def go(event, context):\n    return 1\n",
    "code/more/g.py": "",
}
WHOLE = """\
version: 1
name: whole
include: [world.yaml]
accounts: {home: {roles: {R: {trust: trust.json}}}}
state_machines: {M: {account: home, role: R, definition: machine.asl.json}}
cases:
  - {name: one, input: input.json, expect: {status: SUCCEEDED, history: golden.json}}
"""


def test_everything_that_a_scenario_reads_is_watched(folder, watch):
    """Included files, definitions, policies, inputs, golden files, handlers and what lies beside them."""
    for name, text in PARTS.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    (folder / "whole.scenario.yaml").write_text(WHOLE)
    watched = watch("whole.scenario.yaml")
    assert watched.line("the history differs from `golden.json`")
    for name, text in PARTS.items():
        (folder / name).write_text(text + "\n")
        assert watched.waits() == [f"changed: `{name}`"]
    (folder / "code" / "new.py").write_text("")
    assert watched.waits() == ["changed: `code`"]


def test_a_file_that_was_missing_is_waited_for(folder, watch):
    """Its fault is told until it is there."""
    for name, text in PARTS.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    (folder / "whole.scenario.yaml").write_text(WHOLE.replace(", history: golden.json", ""))
    for name in ("code/f.py", "machine.asl.json"):
        (folder / name).rename(folder / "away")
        watched = watch("whole.scenario.yaml")
        assert watched.line("cannot be used: it does not exist")
        (folder / "away").rename(folder / name)
        assert watched.waits() == [f"changed: `{name}`"]
        assert watched.line("ok    one")
        watched.end()


def test_a_file_of_the_report_has_all_files(folder, watch):
    """However few of them ran last."""
    watched = watch("--format", "json=report.json")
    scenario(folder / "b.scenario.yaml", case_b="SUCCEEDED", case_new="SUCCEEDED")
    watched.waits()
    files = json.loads((folder / "report.json").read_text())["files"]
    assert [[case["name"] for case in file["cases"]] for file in files] == [["case_a"], ["case_b", "case_new"]]


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        (["-k", "case_b"], ["case_b"]),
        (["-k", "none"], []),
        (["-x"], ["case_a"]),
        (["--lf"], ["case_a"]),
        (["-j", "2"], ["case_a", "case_b"]),
    ],
)
def test_options_that_choose(folder, watch, turnstile, options, ran):
    """Each means with `--watch` what it means without."""
    scenario(folder / "a.scenario.yaml", case_a="FAILED")
    turnstile("run")
    watched = watch(*options)
    if not ran:
        help_ = "  help: there are 2 cases in 2 files: `case_a`, `case_b`"
        assert watched.told == ["no case is chosen by `-k none`", help_]
    _, rest = watched.end()
    assert re.findall(r"^  (?:ok|FAIL) +(\w+)", rest, re.MULTILINE) == ran


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--update"], "`--update` does not go with it"),
        (["--shard", "1/2"], "`--shard` does not go with it"),
        (["--format", "json"], "write `json=FILE`"),
        (["-"], "stdin is read but once"),
    ],
)
def test_what_cannot_be_done_again_is_refused(folder, turnstile, options, said):
    """With a reason, before anything runs."""
    ended = turnstile("run", "--watch", *options)
    assert (ended.code, ended.out, said in " ".join(ended.err.replace("│", "").split())) == (2, "", True)


def test_a_watched_world_is_staged_anew(folder, watch):
    """What the file declares counts at once: nothing of the run before is used again."""
    text = WORLD.replace("STATE", SUCCEED) + "  - {name: one, expect: {status: SUCCEEDED}}\n"
    (folder / "a.scenario.yaml").write_text(text)
    watched = watch("a.scenario.yaml")
    assert watched.line("ok    one")
    (folder / "a.scenario.yaml").write_text(text.replace("states.amazonaws.com", "lambda.amazonaws.com"))
    assert "NOT_CREATED" in watched.line("FAIL")
    watched.waits()
    (folder / "a.scenario.yaml").write_text(text)
    assert watched.line("ok    one")
