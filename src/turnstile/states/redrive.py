"""Whether an execution can be redriven, and what the API shows about it.

Rules: API reference, RedriveExecution and DescribeExecution. Recorded: the reasons about RUNNING and SUCCEEDED; the
other reasons are documented, the text of a refused redrive is *inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.states.execution import Status

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.states.execution import Execution

_PERIOD = 14 * 86400
"""Seconds after its end in which an execution can be redriven."""
_LONGEST = 365 * 86400
"""Seconds an execution may last, redrives and the time between them included."""
_MOST_EVENTS = 24_999


def obstacle(execution: Execution, now: float) -> str | None:
    """Why an execution cannot be redriven now, None if it can."""
    if execution.status in (Status.RUNNING, Status.SUCCEEDED):
        return f"Execution is {execution.status.value} and cannot be redriven"
    if len(execution.events) >= _MOST_EVENTS:
        return "Execution history event limit exceeded"
    if now - execution.started > _LONGEST:
        return "Execution has exceeded the max execution time"
    if now - (execution.stopped or now) > _PERIOD:
        return "Execution redrivable period exceeded"
    return None


def check(execution: Execution, now: float) -> None:
    """Refuse to redrive what cannot be redriven.

    Raises:
        ServiceError: ExecutionNotRedrivable.
    """
    reason = obstacle(execution, now)
    if reason is None and execution.map_run is not None:
        reason = "Child executions can only be redriven by redriving the parent execution"
    if reason is not None:
        raise ServiceError("ExecutionNotRedrivable", reason)


def counted(execution: Execution) -> dict[str, Json]:
    """How often an execution was redriven, and when last."""
    dated = {} if execution.redriven is None else {"redriveDate": execution.redriven}
    return {"redriveCount": execution.redrives} | dated


def described(execution: Execution, now: float) -> dict[str, Json]:
    """The members of DescribeExecution about redrives."""
    reason = obstacle(execution, now)
    if reason is None:
        status = "REDRIVABLE" if execution.map_run is None else "REDRIVABLE_BY_MAP_RUN"
        return counted(execution) | {"redriveStatus": status}
    return counted(execution) | {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
