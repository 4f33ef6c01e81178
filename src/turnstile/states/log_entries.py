"""What an execution leaves in the log of its machine: which events at which level, and how each is written.

Levels: Step Functions Developer Guide, "Using CloudWatch Logs to log execution history". Shape, and that errors and
causes stay where execution data are left out: recorded in logs.logs. This file knows no log group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.states.history import served

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.states.execution import Execution
    from turnstile.states.history import Event

_DATA = frozenset(
    {
        "input", "inputDetails", "output", "outputDetails", "parameters", "assignedVariables",
        "assignedVariablesDetails",
    }
)  # fmt: skip
"""Members of event details that are execution data; that the last three are is *inferred*."""
_ENDS = ("Failed", "TimedOut", "Aborted")


def without_data(details: Mapping[str, Json]) -> dict[str, Json]:
    """The details of an event without execution data."""
    return {name: value for name, value in details.items() if name not in _DATA}


def entries(execution: Execution, events: Iterable[Event], logging: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """The entries of these events by a logging configuration, in their order."""
    data = bool(logging["includeExecutionData"])
    for event in events:
        if _logged(event.type, str(logging["level"])):
            yield _entry(execution, event, data)


def _logged(kind: str, level: str) -> bool:
    match level:
        case "ALL":
            return True
        case "ERROR":
            return kind.endswith(_ENDS) or kind == "FailStateEntered"
        case "FATAL":
            return kind.startswith("Execution") and kind.endswith(_ENDS)
        case _:
            return False


def _entry(execution: Execution, event: Event, data: bool) -> dict[str, Json]:  # noqa: FBT001 - as configured
    details: dict[str, Json] = served(event).get(event.field, {})
    return {
        "id": str(event.id),
        "type": event.type,
        "details": details if data else without_data(details),
        "previous_event_id": str(event.previous),
        "event_timestamp": str(round(event.time * 1000)),
        "execution_arn": execution.arn,
        "redrive_count": str(execution.redrives),
    }
