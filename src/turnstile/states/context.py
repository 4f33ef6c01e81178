"""The context object: what a definition sees under `$$`.

Members: Step Functions Developer Guide, "Accessing execution data from the Context object".
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.states.execution import Execution


def start_context(execution: Execution) -> dict[str, Json]:
    """The context object before the first state is entered; only what can be redriven has a count (recorded)."""
    machine = execution.machine
    shown: dict[str, Json] = {
        "Id": execution.arn,
        "Input": execution.input,
        "StartTime": instant(execution.started),
        "Name": execution.name,
        "RoleArn": machine.role_arn,
    }
    if machine.type == "STANDARD":
        shown["RedriveCount"] = 0
    return {"Execution": shown, "StateMachine": {"Id": machine.arn, "Name": machine.name}}


def redriven_context(context: dict[str, Json], execution: Execution) -> None:
    """Show in a context object that the execution was redriven; RedriveTime is documented."""
    again = {"RedriveCount": execution.redrives, "RedriveTime": instant(execution.redriven or execution.started)}
    context["Execution"] = context["Execution"] | again


@lru_cache(maxsize=64)
def instant(seconds: float) -> str:
    """Seconds since 1970 as the service writes times: UTC with milliseconds and `Z`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
