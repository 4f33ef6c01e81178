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
    """The context object before the first state is entered."""
    machine = execution.machine
    return {
        "Execution": {
            "Id": execution.arn,
            "Input": execution.input,
            "StartTime": instant(execution.started),
            "Name": execution.name,
            "RoleArn": machine.role_arn,
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": machine.arn, "Name": machine.name},
    }


@lru_cache(maxsize=64)
def instant(seconds: float) -> str:
    """Seconds since 1970 as the service writes times: UTC with milliseconds and `Z`."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
