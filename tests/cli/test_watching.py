from __future__ import annotations

import signal
import time

from tests.cli.test_run_selection import scenario


def line(running, word):
    """The next line of stdout with a word in it."""
    return next(text for text in running.stdout if word in text)


def test_a_saved_file_runs_its_scenario_again_and_no_other(tmp_path, turnstile, process, monkeypatch):
    """At once, in the same process; Ctrl-C ends it with 130 and without a word."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in "ab":
        scenario(folder / f"{name}.scenario.yaml", **{f"case_{name}": "SUCCEEDED"})
    running = process("run", "--watch")
    assert "ok" in line(running, "case_a")
    assert "ok" in line(running, "case_b")
    assert "watching 2 files" in running.stderr.readline()
    began = time.perf_counter()
    scenario(folder / "b.scenario.yaml", case_b="FAILED")
    assert "FAIL" in line(running, "case_")
    assert time.perf_counter() - began < 3  # half a second where nothing else runs
    assert "watching 2 files" in running.stderr.readline()
    scenario(folder / "c.scenario.yaml", case_c="SUCCEEDED")
    scenario(folder / "b.scenario.yaml", case_b="SUCCEEDED")
    assert line(running, "ok    case_b")
    assert line(running, "ok    case_c")
    running.send_signal(signal.SIGINT)
    rest, said = running.communicate()
    assert (running.returncode, "Traceback" in rest + said) == (130, False)
