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


@pytest.fixture
def mocked(tmp_path):
    """Runs the command on a Task with a mock configuration; exit code and output."""
    message = {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs", "MessageBody": "go"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": message, "End": True}
    path = tmp_path / "Orders.asl.json"
    path.write_text(json.dumps({"StartAt": "Send", "States": {"Send": task}}))
    config = {
        "StateMachines": {name: {"TestCases": {"Happy": {"Send": "Sent"}}} for name in ("Orders", "Returns")},
        "MockedResponses": {"Sent": {"0": {"Return": {"MessageId": "m-1"}}}},
    }
    (tmp_path / "MockConfigFile.json").write_text(json.dumps(config))

    def call(case: str, *options: str, name: str = "Orders") -> tuple[int, str]:
        own = path.rename(tmp_path / f"{name}.asl.json")
        mocks = ("--mock-config", str(tmp_path / "MockConfigFile.json"))
        done = CliRunner().invoke(app, ["run", str(own), *mocks, "--test-case", case, *options])
        return done.exit_code, done.output

    return call


def test_tasks_give_what_a_mock_configuration_says(mocked):
    """The state machine is told by the name of its file; nothing judged its permissions."""
    code, out = mocked("Happy")
    assert code == 0
    assert "permissions not judged" in out
    assert '"MessageId": "m-1"' in out


@pytest.mark.parametrize(
    ("case", "name", "told"), [("Hapy", "Orders", "did you mean `Happy`?"), ("Happy", "Other", "`Orders`, `Returns`")]
)
def test_a_test_case_that_is_not_there_is_a_fault(mocked, case, name, told):
    """The remedy names what is there."""
    code, out = mocked(case, name=name)
    assert (code, told in out) == (2, True)
