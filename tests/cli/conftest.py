"""The command as a user types it, in a folder with a few files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from turnstile.cli.app import app

FILES = Path(__file__).parent.parent / "cases" / "cli"


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def run(*arguments, stdin=None):
    """Run the command in this process."""
    result = CliRunner().invoke(app, list(map(str, arguments)), input=stdin, prog_name="turnstile")
    return Ended(result.exit_code, result.stdout, result.stderr)


def start(*arguments, **options):
    """Start the command as a process of its own."""
    command = [sys.executable, "-c", "from turnstile.cli.app import main; main()", *map(str, arguments)]
    environment = {**os.environ, "NO_COLOR": "", "COLUMNS": "100", **options.pop("env", {})}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen(command, text=True, env=environment, **streams)


@pytest.fixture
def turnstile(tmp_path, monkeypatch):
    """Runs `turnstile` in a folder of its own that holds a copy of every file of tests/cases/cli."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    for file in filter(Path.is_file, FILES.iterdir()):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "binary.json").write_bytes(b"\x89PNG\xff\xfe")
    (tmp_path / "empty").mkdir()
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "constant.json").write_text('{"x": NaN}')
    (tmp_path / "large.asl.json").write_text(json.dumps({"StartAt": "A", "States": {}}))
    return run


@pytest.fixture
def process():
    """Starts `turnstile` as a process."""
    return start
