"""Both runners over everything, as commands: what they print, and the exit code a script sees."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DIFFERING = ROOT / "docs" / "fidelity.md"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def ran(script, cases):
    """The exit code and the lines of a runner."""
    command = [sys.executable, HERE / script, "--cases", HERE / cases]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines()


def test_every_policy_case_passes():
    """All of them, with exit code 0."""
    code, lines = ran("iam.py", "iam-cases")
    assert (code, lines) == (0, ["341 passed, 0 failed, 0 skipped"])


def test_every_recording_is_judged():
    """A failing one is named in the list of differences in docs/fidelity.md, and makes the exit code 1."""
    code, lines = ran("recordings.py", "recordings")
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", lines[-1])
    failing = [line.split()[1].rstrip(":") for line in lines if line.startswith("FAILED")]
    listed = DIFFERING.read_text("utf-8").partition("## Task credentials")[0]
    assert code == int(bool(failing))
    assert len(failing) == int(counts[2])
    assert [name for name in failing if name.rpartition("/")[2] not in listed] == []
