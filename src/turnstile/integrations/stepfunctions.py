"""Nested executions: `arn:aws:states:::states:startExecution`.

Facts: reference/recorded-behaviour.md ("Nested executions"), integrations.json (states).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations.failure import STEP_FUNCTIONS, metadata

if TYPE_CHECKING:
    from turnstile.integrations.work import Work

_MEMBERS = {
    "StateMachineArn": "stateMachineArn",
    "Name": "name",
    "Input": "input",
    "TraceHeader": "traceHeader",
}


class StartExecutionTask:
    """Starts an execution and goes on at once with its ARN and start date."""

    async def start(self, work: Work) -> Json:
        """Start the execution.

        Raises:
            StatesError: see `Integration.start`.
        """
        parameters = {_MEMBERS.get(name, name): value for name, value in work.members.items()}
        if "input" in parameters and not isinstance(parameters["input"], str):
            parameters["input"] = compact(parameters["input"])
        try:
            answer = await work.ask("stepfunctions", "StartExecution", parameters)
        except ServiceError as error:
            raise STEP_FUNCTIONS.failure(error) from None
        return {
            "ExecutionArn": answer.output["executionArn"],
            **metadata(answer.request_id),
            "StartDate": answer.output["startDate"],
        }
