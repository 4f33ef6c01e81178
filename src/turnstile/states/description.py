"""How an execution is described: by the API, and by the event that tells of its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.document import compact
from turnstile.states import redrive

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.states.execution import Execution


def described(execution: Execution, now: float) -> dict[str, Json]:
    """The answer of DescribeExecution."""
    return shown_of(execution) | input_of(execution) | execution.outcome() | redrive.described(execution, now)


def shown_of(execution: Execution) -> dict[str, Json]:
    """What every description of an execution begins with."""
    shown: dict[str, Json] = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status.value,
        "startDate": execution.started,
    }
    optional = {
        "stopDate": execution.stopped,
        "stateMachineVersionArn": execution.version_arn or None,
        "stateMachineAliasArn": execution.alias_arn or None,
        "mapRunArn": execution.map_run.arn if execution.map_run else None,
    }
    return shown | {name: value for name, value in optional.items() if value is not None}


def input_of(execution: Execution) -> dict[str, Json]:
    """The input of an execution, as its descriptions show it."""
    text = execution.input_text or compact(execution.input)
    shown: dict[str, Json] = {"input": text, "inputDetails": {"included": True}}
    return shown | ({"traceHeader": execution.trace_header} if execution.trace_header else {})
