"""Sessions: executions that are stopped and redriven, with and without a loop."""

from __future__ import annotations

import pytest

import turnstile
from turnstile.gate.errors import ServiceError

WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
NOWHERE = "arn:aws:states:::aws-sdk:appflow:listFlows"


def test_time_passes_only_when_it_may():
    """A started execution stands still; `sleep` lets it come as far as the time."""
    with turnstile.open_session() as session:
        execution = session.start(WAIT, {"x": 1})
        before = (execution.status, len(execution.history()))
        session.sleep(59)
        waiting = execution.status
        session.sleep(1)
        execution.join()
    assert (before[0], waiting, execution.status, execution.output) == ("RUNNING", "RUNNING", "SUCCEEDED", {"x": 1})


def test_an_execution_is_stopped_and_redriven():
    """The error of the stop is shown, and gone after the redrive; both are calls of the API."""
    with turnstile.open_session() as session:
        execution = session.start(WAIT, name="one")
        execution.stop(error="Enough", cause="it took too long")
        stopped = (execution.status, execution.error, execution.cause)
        execution.redrive()
        execution.join()
    assert stopped == ("ABORTED", "Enough", "it took too long")
    assert (execution.status, execution.error, execution.arn.split(":")[-1]) == ("SUCCEEDED", None, "one")
    assert [event["type"] for event in execution.history()][2:4] == ["ExecutionAborted", "ExecutionRedriven"]


async def test_the_same_in_a_loop():
    """Every method is awaited, and more than one execution runs at once."""
    async with turnstile.open_session_async() as session:
        first, second = await session.start(WAIT), await session.start(WAIT)
        await first.stop()
        await first.redrive()
        await session.sleep(60)
        await first.join()
        await second.join()
    assert (first.status, second.status) == ("SUCCEEDED", "SUCCEEDED")


def test_what_succeeded_is_not_redriven():
    """The refusal arrives where the call was made, and the session goes on."""
    with turnstile.open_session() as session:
        execution = session.start(WAIT).join()
        with pytest.raises(ServiceError, match="ExecutionNotRedrivable: Execution is SUCCEEDED"):
            execution.redrive()
        assert session.ask("DescribeExecution", {"executionArn": execution.arn})["status"] == "SUCCEEDED"


def test_leaving_waits_for_what_runs():
    """An execution that still runs comes to its end in virtual time."""
    with turnstile.open_session() as session:
        execution = session.start(WAIT)
    assert execution.status == "SUCCEEDED"


def test_an_error_in_the_block_ends_what_runs():
    """It arrives as itself."""

    def fail():
        with turnstile.open_session() as session:
            session.start(WAIT)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fail()


def test_faulty_definitions_and_unknown_services_arrive_as_themselves():
    """Faults when the execution is started, what is not emulated when it is joined."""
    task = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": NOWHERE, "Parameters": {}, "End": True}}}
    with turnstile.open_session() as session:
        with pytest.raises(turnstile.Rejected):
            session.start({"StartAt": "A"})
        execution = session.start(WAIT).join()
    assert execution.status == "SUCCEEDED"
    with pytest.raises(turnstile.Unsupported, match="appflow"), turnstile.open_session() as session:
        session.start(task).join()
