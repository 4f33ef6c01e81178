"""Nested executions: `arn:aws:states:::states:startExecution`, in all patterns.

A nested execution that is waited for is a job like others: its events come in the account of the machine, the
describing call is DescribeExecution, the cancelling one StopExecution. Facts: reference/recorded-behaviour.md
("Nested executions"), integrations.json (states), sync-jobs.json.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations import polling
from turnstile.integrations.failure import STEP_FUNCTIONS, metadata
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import texts
from turnstile.integrations.resource import Pattern
from turnstile.integrations.work import Started
from turnstile.jobs.job import Verdict
from turnstile.jobs.table import JOBS

if TYPE_CHECKING:
    from turnstile.gate.call import Answer, Output
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Watch, Work

_MEMBERS = {
    "StateMachineArn": "stateMachineArn",
    "Name": "name",
    "Input": "input",
    "TraceHeader": "traceHeader",
}
_DATES = ("StartDate", "StopDate", "RedriveDate")
_TEXTS = ("Input", "Output")
_ROW = JOBS["states", "startExecution.sync"]


class StartExecutionTask:
    """Starts an execution and goes on at once with its ARN and start date."""

    async def start(self, work: Work) -> Json:
        """Start the execution.

        Raises:
            StatesError: see `Integration.start`.
        """
        return _shown(await _start(work, _request(work)))


class ExecutionJob:
    """A nested execution that is waited for; `parsed` gives its input and output as JSON, else as text."""

    def __init__(self, *, parsed: bool) -> None:
        self._parsed = parsed

    async def submit(self, work: Work) -> Started:
        """Start the execution.

        Raises:
            StatesError: see `Job.submit`.
        """
        request = _request(work)
        answer = await _start(work, request)
        return Started(_shown(answer), request, answer.output, answer.output["executionArn"], clocked=True)

    async def follow(self, _work: Work, started: Started, watch: Watch) -> Json:
        """Wait for its end; how it is described then.

        Raises:
            StatesError: it did not succeed.
        """
        try:
            verdict, described = await polling.done(_ROW, started, watch)
        except ServiceError as error:
            raise STEP_FUNCTIONS.failure(error) from None
        shown = self._described(described)
        if verdict is Verdict.FAILED:
            raise StatesError(errors.TASK_FAILED, compact(shown))
        return shown

    async def cancel(self, work: Work, started: Started) -> bool:
        """Stop it.

        Raises:
            ServiceError: refused.
        """
        return await polling.cancelled(_ROW, work, started)

    def _described(self, described: Output) -> dict[str, Json]:
        """The answer of DescribeExecution as the Task shows it."""
        shown = _raised(described)
        if self._parsed:
            shown |= {name: json.loads(shown[name]) for name in _TEXTS if name in shown}
        return shown


def _request(work: Work) -> dict[str, Json]:
    """The members of the start call; an input that is no text goes as its JSON text."""
    members = {_MEMBERS.get(name, name): value for name, value in work.members.items() if value is not None}
    if "input" in members and not isinstance(members["input"], str):
        members["input"] = compact(members["input"])
    return members


async def _start(work: Work, request: dict[str, Json]) -> Answer:
    try:
        return await work.ask("stepfunctions", "StartExecution", request)
    except ServiceError as error:
        raise STEP_FUNCTIONS.failure(error) from None


def _shown(answer: Answer) -> dict[str, Json]:
    """The answer of StartExecution as the Task shows it."""
    return {
        "ExecutionArn": answer.output["executionArn"],
        **metadata(answer.request_id),
        "StartDate": _milliseconds(answer.output["startDate"]),
    }


def _raised(output: Output) -> dict[str, Json]:
    """The members of an answer with capital letters, times in milliseconds (*inferred*)."""
    shown: dict[str, Json] = {}
    for name, value in output.items():
        raised = name[0].upper() + name[1:]
        if isinstance(value, dict):
            shown[raised] = _raised(value)
        else:
            shown[raised] = _milliseconds(value) if raised in _DATES else value
    return shown


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


OFFERS: Offers = {
    ("states", "startExecution"): Offer(
        StartExecutionTask(),
        called_back=True,
        jobs={Pattern.SYNC: ExecutionJob(parsed=False), Pattern.SYNC_2: ExecutionJob(parsed=True)},
        check=texts("StateMachineArn", "Name", "TraceHeader", free=("Input",)),
    )
}
