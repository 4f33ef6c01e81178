"""`turnstile run` of a definition can stop it, redrive it, and run it as Express."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from turnstile.cli.app import app

WAITING = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 86400, "End": True}}}


@pytest.fixture
def run(tmp_path):
    """Runs the command on a definition of one long Wait; exit code and standard output."""
    path = tmp_path / "wait.asl.json"
    path.write_text(json.dumps(WAITING))

    def call(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["run", str(path), *options])
        return done.exit_code, done.output

    return call


def test_an_execution_is_stopped_at_its_time(run):
    """Virtual time goes as far as the stop."""
    code, out = run("--stop-after", "60")
    assert code == 1
    assert "ABORTED  in 1 min" in out


def test_a_stopped_execution_goes_on_when_redriven(run):
    """The redrive enters the interrupted state again and finishes it."""
    code, out = run("--stop-after", "60", "--redrive")
    assert code == 0
    assert "SUCCEEDED  in 1 d 1 min" in out


def test_an_express_machine_has_five_minutes(run):
    """The day of waiting is cut short."""
    code, out = run("--type", "EXPRESS")
    assert code == 1
    assert "TIMED_OUT  in 5 min" in out


@pytest.mark.parametrize("option", [("--stop-after", "1"), ("--redrive",), ("--type", "EXPRESS")])
def test_scenarios_do_not_take_them(tmp_path, option):
    """They are for definitions; the message says so."""
    (tmp_path / "x.scenario.yaml").write_text("version: 1")
    done = CliRunner().invoke(app, ["run", str(tmp_path), *option])
    assert done.exit_code == 2
    assert "only a definition takes it" in done.output
