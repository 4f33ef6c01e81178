from __future__ import annotations

import json
import os

import pytest

from turnstile.source import _standard_input

WORLD = """\
version: 1
name: small
accounts: {home: {id: "111122223333", region: us-east-1, roles: {R: {trust: {Version: "2012-10-17", Statement: [
  {Effect: Allow, Principal: {Service: states.amazonaws.com}, Action: "sts:AssumeRole"}]}}}}}
state_machines: {M: {account: home, role: R, definition: {StartAt: A, States: {A: STATE}}}}
cases:
"""
SUCCEED = "{Type: Succeed}"


def scenario(path, state=SUCCEED, **cases):
    """Writes a scenario whose cases expect these statuses."""
    listed = "".join(f"  - {{name: {name}, expect: {{status: {status}}}}}\n" for name, status in cases.items())
    path.write_text(WORLD.replace("STATE", state) + listed)


@pytest.fixture
def here(turnstile, tmp_path, monkeypatch):
    """An empty folder of a project, and the command in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    monkeypatch.chdir(folder)
    return folder


def names(ended):
    """The cases of a JSON report."""
    return [case["name"] for file in json.loads(ended.out)["files"] for case in file["cases"]]


@pytest.mark.parametrize(
    ("state", "status", "options", "code"),
    [
        (SUCCEED, "SUCCEEDED", [], 0),
        (SUCCEED, "FAILED", [], 1),
        (SUCCEED, "NONSENSE", [], 2),
        (SUCCEED, "SUCCEEDED", ["-k", "("], 2),
        (SUCCEED, "SUCCEEDED", ["--shard", "3/2"], 2),
        (SUCCEED, "SUCCEEDED", ["-j", "none"], 2),
        (SUCCEED, "SUCCEEDED", ["-k", "no such case"], 5),
        (SUCCEED, "SUCCEEDED", ["--last-failed", "-k", "two"], 5),
    ],
)
def test_exit_codes(here, turnstile, state, status, options, code):
    """Each way a run can end has its code, told apart by nothing else."""
    scenario(here / "a.scenario.yaml", state, one=status)
    ended = turnstile("run", *options)
    assert (ended.code, "Traceback" in ended.err) == (code, False)


def test_a_bug_is_told_without_places(here, turnstile, monkeypatch):
    """Exit code 4, the frames of the traceback by package, and no folder of this machine."""
    scenario(here / "a.scenario.yaml", one="SUCCEEDED")
    monkeypatch.setattr("turnstile.cli.run.run_selection", lambda *_: open(here / "nothing"))  # noqa: PTH123, SIM115
    ended = turnstile("run")
    assert (ended.code, "this is a bug in Turnstile" in ended.err) == (4, True)
    assert 'File "turnstile/cli/run.py"' in ended.err
    assert str(here) not in ended.err


def test_test_is_another_name_of_run_and_this_folder_the_default(here, turnstile):
    """`turnstile test` in a folder runs every scenario below it."""
    (here / "deep").mkdir()
    scenario(here / "deep" / "a.scenario.yaml", one="SUCCEEDED")
    assert names(turnstile("test", "--format", "json")) == ["one"]


def test_a_scenario_and_a_definition_come_from_stdin(here, turnstile):
    """`-` is standard input, told apart as files are."""
    scenario(here / "a.scenario.yaml", one="SUCCEEDED")
    for text, name in (
        ((here / "a.scenario.yaml").read_text(), "one"),
        ('{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}', "-"),
    ):
        _standard_input.cache_clear()
        ended = turnstile("run", "-", "--format", "json", stdin=text)
        assert (ended.code, names(ended)) == (0, [name])
    _standard_input.cache_clear()


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        (["-x"], ["one", "two"]),
        (["--maxfail", "2"], ["one", "two", "three", "four"]),
        (["--maxfail", "0"], list("x" * 5)),
    ],
)
def test_a_run_ends_with_its_failures(here, turnstile, options, ran):
    """`-x` at the first, `--maxfail` at the Nth."""
    scenario(
        here / "a.scenario.yaml", one="SUCCEEDED", two="FAILED", three="SUCCEEDED", four="FAILED", five="SUCCEEDED"
    )
    ended = turnstile("run", *options, "--format", "json")
    assert (ended.code, len(names(ended))) == (1, len(ran))


def test_shards_share_the_cases(here, turnstile):
    """Every case runs on one machine."""
    for name in "ab":
        scenario(here / f"{name}.scenario.yaml", **{f"{name}{n}": "SUCCEEDED" for n in range(3)})
    ran = [names(turnstile("run", "--shard", f"{n}/2", "--format", "json")) for n in (1, 2)]
    assert ran == [["a0", "a2", "b1"], ["a1", "b0", "b2"]]


def test_what_failed_last_runs_again(here, turnstile):
    """Until it is as expected; green projects are left without a trace, and git is told to ignore the others'."""
    file = here / "a.scenario.yaml"
    scenario(file, one="SUCCEEDED", two="SUCCEEDED")
    turnstile("run")
    assert not (here / ".turnstile").exists()
    scenario(file, one="SUCCEEDED", two="FAILED", three="FAILED")
    turnstile("run")
    assert (here / ".turnstile" / ".gitignore").read_text() == "*\n"
    scenario(file, one="SUCCEEDED", two="SUCCEEDED", three="FAILED")
    assert names(turnstile("run", "--lf", "--format", "json")) == ["two", "three"]
    assert names(turnstile("run", "--lf", "--format", "json")) == ["three"]


def test_a_file_with_faults_is_remembered_whole(here, turnstile):
    """Its cases are not known."""
    file = here / "a.scenario.yaml"
    scenario(file, one="NONSENSE")
    turnstile("run")
    scenario(file, one="SUCCEEDED", two="SUCCEEDED")
    assert names(turnstile("run", "--lf", "--format", "json")) == ["one", "two"]


def test_memory_that_cannot_be_read_is_none(here, turnstile):
    """A broken cache is no reason to fail: it is told, everything runs, and the next run has one that is whole."""
    scenario(here / "a.scenario.yaml", one="FAILED", two="SUCCEEDED")
    turnstile("run")
    (here / ".turnstile" / "last-failed.json").write_text("[")
    ended = turnstile("run", "--lf", "--format", "json")
    assert names(ended) == ["one", "two"]
    assert ended.err == "--last-failed: `.turnstile/last-failed.json` cannot be read: all of them run\n"
    assert names(turnstile("run", "--lf", "--format", "json")) == ["one"]


def test_a_memory_of_another_version_is_none(here, turnstile):
    """What an older or newer Turnstile has written is not misread."""
    scenario(here / "a.scenario.yaml", one="FAILED", two="SUCCEEDED")
    (here / ".turnstile").mkdir()
    (here / ".turnstile" / "last-failed.json").write_text('{"version": 1, "failed": {"a.scenario.yaml": ["one"]}}')
    assert names(turnstile("run", "--lf", "--format", "json")) == ["one", "two"]


def test_where_nothing_failed_everything_runs(here, turnstile):
    """As with pytest, and it is told."""
    scenario(here / "a.scenario.yaml", one="SUCCEEDED", two="SUCCEEDED")
    turnstile("run")
    ended = turnstile("run", "--lf", "--format", "json")
    assert (ended.code, names(ended)) == (0, ["one", "two"])
    assert ended.err == "--last-failed: no case of these files failed when it ran last: all of them run\n"


def test_a_renamed_case_is_among_the_new_ones(here, turnstile):
    """It runs, it is told, and its old name is forgotten."""
    file = here / "a.scenario.yaml"
    scenario(file, one="SUCCEEDED", two="FAILED", three="FAILED")
    turnstile("run")
    scenario(file, one="SUCCEEDED", zwei="FAILED", three="SUCCEEDED")
    ended = turnstile("run", "--lf", "--format", "json")
    assert names(ended) == ["zwei", "three"]
    assert ended.err == "--last-failed: `two` is not there any more: 1 case with a new name ran instead\n"
    ended = turnstile("run", "--lf", "--format", "json")
    assert (names(ended), ended.err) == (["zwei"], "")


def test_a_renamed_file_is_known_by_its_content(here, turnstile):
    """And its old name is forgotten."""
    scenario(here / "a.scenario.yaml", one="SUCCEEDED", two="FAILED")
    scenario(here / "b.scenario.yaml", three="SUCCEEDED")
    turnstile("run")
    (here / "a.scenario.yaml").rename(here / "c.scenario.yaml")
    assert names(turnstile("run", "--lf", "--format", "json")) == ["two"]
    assert list(json.loads((here / ".turnstile" / "last-failed.json").read_text())["failed"]) == ["c.scenario.yaml"]


def test_where_no_failed_case_is_left_everything_runs(here, turnstile):
    """A case that is deleted does not keep the others from running."""
    file = here / "a.scenario.yaml"
    scenario(file, one="SUCCEEDED", two="FAILED")
    turnstile("run")
    scenario(file, one="SUCCEEDED")
    ended = turnstile("run", "--lf", "--format", "json")
    assert (ended.code, names(ended)) == (0, ["one"])
    assert ended.err == "--last-failed: no case that failed when it ran last is there any more: all cases run\n"


def test_a_part_of_a_run_forgets_nothing(here, turnstile):
    """What `-k` left out failed last, as far as anybody knows."""
    scenario(here / "a.scenario.yaml", one="FAILED", two="FAILED")
    turnstile("run")
    turnstile("run", "-k", "one")
    assert names(turnstile("run", "--lf", "--format", "json")) == ["one", "two"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(here, turnstile):
    """Runs go on without memory, and who asks for it is told."""
    scenario(here / "a.scenario.yaml", one="FAILED")
    here.chmod(0o500)
    try:
        first, second = turnstile("run"), turnstile("run", "--lf")
    finally:
        here.chmod(0o700)
    assert (first.code, first.err, second.code) == (1, "", 1)
    assert second.err.endswith("--last-failed: what failed cannot be remembered: permission denied\n")


def test_a_memory_that_is_in_the_way(here, turnstile):
    """A file in the place of the folder is left alone, and told."""
    scenario(here / "a.scenario.yaml", one="FAILED")
    (here / ".turnstile").write_text("mine")
    ended = turnstile("run", "--lf")
    assert (ended.code, (here / ".turnstile").read_text()) == (1, "mine")
    assert "cannot be remembered: file exists\n" in ended.err


def test_runs_at_the_same_time_forget_nothing_of_each_other(here, turnstile, process):
    """Each adds what it knows to what is there when it ends."""
    for name in "abcd":
        scenario(here / f"{name}.scenario.yaml", **{name: "FAILED"})
    started = [process("run", f"{name}.scenario.yaml") for name in "abcd"]
    for one in started:
        one.communicate()
    assert names(turnstile("run", "--lf", "--format", "json")) == list("abcd")


def test_ci_gets_a_line_for_each_case_on_stderr(here, turnstile, monkeypatch):
    """Stdout holds the report alone; `--no-progress` keeps stderr empty."""
    monkeypatch.setenv("CI", "true")
    scenario(here / "a.scenario.yaml", one="SUCCEEDED", two="FAILED")
    assert turnstile("run").err == "ok    a.scenario.yaml: one\nFAIL  a.scenario.yaml: two\n"
    assert turnstile("run", "-q").err == "FAIL  a.scenario.yaml: two\n"
    assert turnstile("run", "--no-progress").err == ""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_golden_histories_are_written_on_request(here, turnstile, jobs):
    """`--update` writes them, and from then on they are compared, in any process."""
    scenario(here / "a.scenario.yaml", one="SUCCEEDED, history: one.json")
    before = turnstile("run", "-j", jobs)
    written = turnstile("run", "-j", jobs, "--update")
    after = turnstile("run", "-j", jobs)
    assert (before.code, written.code, after.code, (here / "one.json").is_file()) == (1, 0, 0, True)
