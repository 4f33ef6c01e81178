"""The benchmarks measure what they say: each workload gives what it must, at the smallest size."""

from __future__ import annotations

import ast
import gc
import json
from pathlib import Path

import pytest
from benchmarks import growth, process, run
from benchmarks.job import Job
from benchmarks.workload import Failed, Workload

ROOT = Path(run.__file__).parent
PUBLIC = {"turnstile", "turnstile.source", "turnstile.world.function", "turnstile.world.settings"}
POLICIES = {f"turnstile.iam.{name}" for name in ("evaluate", "parse", "policy", "request")}
"""What measuring decisions alone needs."""
WIRE = {f"turnstile.wire.{name}" for name in ("answer", "message", "request")}
LOOPBACK = {"turnstile.backends.loopback", "turnstile.emulator", "turnstile.world.caller"}
"""What measuring messages needs, and the server for them."""
STAGING = {"turnstile.backends", "turnstile.emulator", "turnstile.gate.call"}
"""What staging and calling the resources of a world needs."""
JOBS = {"turnstile.world.job_plan", "turnstile.world.role"}
HANDLERS = {"turnstile.backends.functions", "turnstile.backends.handlers.pool", "turnstile.gate.call"}
"""What measuring the processes of functions needs."""
TINY = 0.01
STARTED = {"M2", "M3", "M4", "M5", "M6", "M8", "M12"}
"""Processes of their own, of which one is tried."""


@pytest.fixture(autouse=True)
def _only_own_garbage():
    """Measuring collects garbage often, which must not mean that of all tests before."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow
@pytest.mark.parametrize(
    "workload", [each for each in run.WORKLOADS if each.id not in STARTED], ids=lambda each: each.id
)
def test_a_workload_gives_what_it_must(workload):
    """Its outcome is checked inside; what is not supported yet is named."""
    row = run.measured(workload, 1, TINY)
    assert row.verdict == "measured", row.reason
    assert row.figure is not None


def test_every_job_of_a_process_is_reported():
    """Each has a row of its own."""
    assert process.JOBS.keys() <= {workload.id for workload in run.WORKLOADS}


def test_a_wrong_outcome_is_a_failure():
    """A workload that is quick because it does something else does not count."""
    job = Job(definition=growth.chain(2).definition, document={}, output=1, transitions=2)
    with pytest.raises(Failed, match="SUCCEEDED"):
        job.run(job.definition)


def test_a_workload_that_fails_is_a_row_and_an_exit_code(monkeypatch, capsys):
    """The others are still measured."""

    def broken(_scale):
        raise Failed("two instead of one")

    workload = Workload("W1", "broken", "s", 1.0, more=False, prepare=broken)
    monkeypatch.setattr(run, "WORKLOADS", (workload,))
    assert run.main([]) == 1
    assert "failed: two instead of one" in capsys.readouterr().out


@pytest.mark.slow
def test_rows_are_written_as_json(tmp_path, capsys):
    """With the kind of machine, the samples and the ratio to the target."""
    file = tmp_path / "rows.json"
    assert run.main(["--only", "w1", "--repeat", "3", "--scale", str(TINY), "--json", str(file)]) == 0
    report = json.loads(file.read_text())
    (row,) = report["rows"]
    assert row["id"] == "W1"
    assert len(row["samples"]) == 3
    assert row["ratio"] == pytest.approx(row["figure"] / 100_000)
    assert report["machine"]["cores"]
    assert "W1" in capsys.readouterr().out


def test_an_unknown_workload_is_refused():
    """Nothing is measured by mistake."""
    with pytest.raises(SystemExit, match="W99"):
        run.main(["--only", "W99"])


@pytest.mark.parametrize("power", [1.0, 1.5])
def test_the_exponent_is_the_slope_in_logarithms(power):
    """A factor changes nothing."""
    assert growth.exponent([(size, 3 * size**power) for size in growth.SIZES]) == pytest.approx(power)


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.py")), ids=lambda path: path.stem)
def test_only_public_names_are_measured(path):
    """No workload looks behind the package, but for what measuring decisions, messages and declared functions needs."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert {
            name for name in names if name.split(".")[0] == "turnstile"
        } <= PUBLIC | POLICIES | WIRE | LOOPBACK | STAGING | HANDLERS | JOBS
