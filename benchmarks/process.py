"""Whole processes: how long one takes to run a definition (W7), and how much memory a workload needs.

Run as `python -m benchmarks.process ID SCALE`, it runs one workload in a fresh interpreter and prints the peak of its
resident memory in megabytes, or exits with 3 and the reason where the product does not support it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import turnstile
from benchmarks import chain, concurrency, fanout
from benchmarks.workload import Failed, Sample, Workload, scaled

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.job import Job
    from benchmarks.workload import Measure

ROOT = Path(__file__).parent.parent
ONE = "import turnstile; turnstile.run({'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'End': True}}}, {'a': 1})"
UNSUPPORTED = 3

JOBS: dict[str, Callable[[float], Job]] = {
    "M1": chain.pass_chain,
    "M2": chain.counter,
    "M3": lambda scale: fanout.mapped(scaled(1_000, scale)),
    "M4": lambda scale: fanout.parallel(20, scaled(50, scale)),
    "M5": lambda scale: fanout.jsonata(scaled(500, scale)),
    "M6": chain.shaping,
    "M8": concurrency.executions,
    "M12": lambda scale: fanout.distributed(scaled(100_000, scale)),
}
"""By id: the number is that of the workload, but the last has ten times as many items."""


def cold_start(_scale: float) -> Measure:
    """Wall seconds of a whole process that imports the package and runs one state, with byte code as installed."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def measure() -> Sample:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", ONE], check=True, cwd=ROOT, env=variables)
        return Sample(time.perf_counter() - began, 0.0)

    measure()  # so that byte code is written
    return measure


def memory(key: str) -> Callable[[float], Measure]:
    """Megabytes of resident memory at the peak of a process that runs one workload once."""

    def prepare(scale: float) -> Measure:
        command = [sys.executable, "-m", "benchmarks.process", key, str(scale)]

        def measure() -> Sample:
            done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
            if done.returncode == UNSUPPORTED:
                raise turnstile.Unsupported(done.stdout.strip())
            if done.returncode:
                raise Failed(done.stderr.strip().rpartition("\n")[2])
            return Sample(float(done.stdout), 0.0)

        return measure

    return prepare


def peak() -> float:
    """Megabytes of resident memory this process had at most.

    Linux: `ru_maxrss` of a started process begins with that of its parent, so the kernel's own mark is read.
    """
    status = Path("/proc/self/status")
    if status.exists():
        marks = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(marks["VmHWM"].split()[0]) / 1_024
    import resource  # noqa: PLC0415 - only where there is no /proc

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_048_576 if sys.platform == "darwin" else 1_024)


def main(key: str, scale: str) -> int:
    """Run one workload once and print the peak."""
    job = JOBS[key](float(scale))
    try:
        job.run(turnstile.parse(job.definition))
    except turnstile.Unsupported as error:
        print(error)
        return UNSUPPORTED
    print(peak())
    return 0


def _memory(key: str, title: str, target: float) -> Workload:
    return Workload(key, f"peak memory, {title}", "MB", target, more=False, prepare=memory(key))


WORKLOADS = (
    Workload("W7", "cold start, whole process", "s", 0.15, more=False, prepare=cold_start),
    *(_memory(key, f"W{key[1:]}", 60) for key in JOBS if key != "M12"),
    _memory("M12", "Distributed Map, 100,000 items", 400),
)

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
