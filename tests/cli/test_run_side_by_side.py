"""`run -j`: processes of their own, which a reader of the report never sees."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from tests.cli.test_run_selection import SUCCEED, WORLD, names, scenario

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@pytest.fixture
def folder(tmp_path, turnstile, monkeypatch):
    """An empty folder, and one for what is temporary."""
    folder = tmp_path / "project"
    (folder / "temporary").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TMPDIR", str(folder / "temporary"))
    return folder


def timeless(ended):
    """The report in JSON without wall times."""
    report = json.loads(ended)
    for file in report["files"]:
        for case in file["cases"]:
            del case["wall_seconds"]
    return report


def children(process):
    """The processes that a process has started."""
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def opened(process):
    """What a process has open."""
    for file in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            yield file.stat()


@linux
def test_forked_processes_change_nothing(folder, process):
    """Many files with many cases, faults and failures among them: the same report, in the same order."""
    for name in "abc":
        cases = {f"{name}{n}": "FAILED" if n == 7 else "SUCCEEDED" for n in range(15)}
        scenario(folder / f"{name}.scenario.yaml", **cases)
    scenario(folder / "bad.scenario.yaml", one="NONSENSE")
    out = [process("run", "-j", jobs, "--format", "json").communicate() for jobs in ("1", "2", "5")]
    assert [err for _, err in out] == ["", "", ""]
    alone, *spread = (timeless(text) for text, _ in out)
    assert [len(file["cases"]) for file in alone["files"]] == [15, 15, 0, 15]
    assert spread == [alone, alone]


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_first_failure_ends_all(folder, turnstile, jobs):
    """What other processes ran after it is not in the report."""
    for name in "ab":
        scenario(folder / f"{name}.scenario.yaml", **{f"{name}{n}": "SUCCEEDED" for n in range(9)})
    scenario(folder / "b.scenario.yaml", b0="SUCCEEDED", b1="FAILED", b2="FAILED")
    ended = turnstile("run", "-x", "-j", jobs, "--format", "json")
    assert (ended.code, names(ended)[-2:], len(names(ended))) == (1, ["b0", "b1"], 11)


@pytest.fixture
def stuck(folder, process):
    """A run whose second process waits for what a pipe has to say, in the case `two`."""
    os.mkfifo(folder / "slow.json")
    listed = "".join(
        f"  - {{name: {name}, expect: {{status: SUCCEEDED{history}}}}}\n"
        for name, history in (("one", ""), ("two", ", history: slow.json"), ("three", ""))
    )
    (folder / "a.scenario.yaml").write_text(WORLD.replace("STATE", SUCCEED) + listed)
    running = process("run", "-j", "2")
    with (folder / "slow.json").open("w"):  # returns when the worker has begun to read
        yield running
    running.communicate()


@linux
def test_a_lost_process_is_told(folder, stuck):
    """With the case it ran, the signal that ended it, and exit code 4; nobody waits for it."""
    reading = (folder / "slow.json").stat()
    (worker,) = (each for each in children(stuck.pid) if any(os.path.samestat(one, reading) for one in opened(each)))
    os.kill(worker, signal.SIGKILL)
    out, err = stuck.communicate()
    assert (stuck.returncode, out) == (4, "")
    assert err.startswith("turnstile: a process that ran scenarios ended by signal SIGKILL")
    assert "in `two` of `a.scenario.yaml`\n  help: " in err


@linux
def test_an_interrupt_ends_all_processes(folder, stuck):
    """Ctrl-C on the command: no word, no process, nothing temporary is left."""
    workers = children(stuck.pid)
    stuck.send_signal(signal.SIGINT)
    assert (stuck.communicate(), stuck.returncode) == (("", ""), 130)
    assert workers
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert list((folder / "temporary").iterdir()) == []


def test_cases_of_a_server_run_one_at_a_time(folder, turnstile):
    """Each case empties it."""
    scenario(folder / "a.scenario.yaml", one="SUCCEEDED")
    ended = turnstile("run", "-j", "2", "--moto-url", "http://127.0.0.1:1")
    assert (ended.code, "one at a time" in ended.err) == (2, True)
