"""Brings the events of executions to the log groups of their machines.

CloudWatch Logs takes them from a service of its own, so nobody's permission is asked when they come (the role's was
when the machine was made, `states.logs`). Entries come when the execution ends, all at once, where AWS brings them as
they happen; those of a Map Run's children come with their parent's. A log group that is gone gets none. The name of
the stream is *inferred* from streams that users show.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from turnstile.document import compact, size
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.states.log_entries import entries
from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.gate.call import Backend
    from turnstile.states.execution import Execution

_MOST_BYTES = 1_048_576
_EACH = 26
"""Bytes of one batch of PutLogEvents, and those that each event counts besides its message (API reference)."""
_MOST_EVENTS = 10_000
_ABSENT, _THERE = "ResourceNotFoundException", "ResourceAlreadyExistsException"


class LogDelivery:
    """Writes down executions; it remembers how much of each was written, since one that is redriven goes on."""

    def __init__(self, groups: Backend) -> None:
        self._groups = groups
        self._written: dict[str, int] = {}

    async def deliver(self, execution: Execution) -> None:
        """Write what happened since the last time to every destination of the machine."""
        logging = execution.machine.logging
        new = islice(execution.events, self._written.get(execution.arn, 0), None)
        messages = [(int(each["event_timestamp"]), compact(each)) for each in entries(execution, new, logging)]
        self._written[execution.arn] = len(execution.events)
        for destination in logging.get("destinations", ()) if messages else ():
            arn = str(destination.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", ""))
            await self._write(execution, arn.partition(":log-group:")[2].removesuffix(":*"), messages)

    async def _write(self, execution: Execution, group: str, messages: list[tuple[int, str]]) -> None:
        place: Json = {"logGroupName": group, "logStreamName": _stream(execution)}
        if await self._ask(execution, "CreateLogStream", place) == _ABSENT:
            return
        for batch in _batches(messages):
            await self._ask(execution, "PutLogEvents", {**place, "logEvents": batch})

    async def _ask(self, execution: Execution, operation: str, parameters: dict[str, Json]) -> str:
        """Do it; the code of a refusal that may be, empty where it was done."""
        machine = execution.machine
        caller = ServicePrincipal("delivery.logs.amazonaws.com", machine.arn, machine.account)
        try:
            await self._groups.perform(Call(caller, "logs", operation, parameters, machine.region), machine.account)
        except ServiceError as error:
            if error.code not in (_ABSENT, _THERE):
                raise
            return error.code
        return ""


def _stream(execution: Execution) -> str:
    started = datetime.fromtimestamp(execution.started, UTC).strftime("%Y-%m-%d-%H-%M")
    mark = hashlib.sha256(execution.machine.arn.encode()).hexdigest()[:8]
    return f"states/{execution.machine.name.partition('/')[0]}/{started}/{mark}"


def _batches(messages: list[tuple[int, str]]) -> Iterator[list[Json]]:
    """The events in as many requests as it takes."""
    batch: list[Json] = []
    room = _MOST_BYTES
    for time, message in messages:
        needed = size(message) + _EACH
        if batch and (needed > room or len(batch) == _MOST_EVENTS):
            yield batch
            batch, room = [], _MOST_BYTES
        batch.append({"timestamp": time, "message": message})
        room -= needed
    if batch:
        yield batch
