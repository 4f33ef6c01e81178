"""Events of EventBridge that tell how executions of Standard machines fare: started, redriven, ended.

They reach the default bus of the machine's account and Region without any permission; what rules make of them is for
the backend of EventBridge. Children of a Map Run are not told of. Shape and limit: Step Functions Developer Guide,
"Automating Step Functions event delivery with EventBridge".
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.states.description import described
from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Backend
    from turnstile.states.execution import Execution
    from turnstile.world.world import World

_KIND = "Step Functions Execution Status Change"
_LARGEST = 248 * 1024
"""Bytes of input and output together above which the event has neither."""
_MOST = 100
"""Executions of which each was started by what heard of the one before; such a chain would go on for ever."""
_heard: ContextVar[int] = ContextVar("heard", default=0)
"""How many such executions led to this one. What is started while an event is brought inherits it."""
_MEMBERS = (
    "executionArn", "stateMachineArn", "stateMachineVersionArn", "stateMachineAliasArn", "name", "status", "startDate",
    "stopDate", "input", "inputDetails", "output", "outputDetails", "error", "cause", "redriveCount", "redriveDate",
    "redriveStatus", "redriveStatusReason",
)  # fmt: skip
_TIMES = ("startDate", "stopDate", "redriveDate")


class Announcer:
    """Tells EventBridge of executions, where a rule could hear it."""

    def __init__(self, world: World, events: Backend) -> None:
        self._world = world
        self._events = events

    async def announce(self, execution: Execution) -> None:
        """Let it be known how an execution stands; what a rule brings to its targets is done when this returns.

        Raises:
            Unsupported: executions start one another by their events, without an end.
        """
        machine = execution.machine
        place = (machine.account, machine.region)
        if place not in self._world.ruled or machine.type != "STANDARD" or execution.map_run is not None:
            return
        if _heard.get() == _MOST:
            raise Unsupported(f"{_MOST} executions each started by an event of the one before (`{machine.name}` last)")
        entry: Json = {
            "Source": "aws.states",
            "DetailType": _KIND,
            "Detail": json.dumps(detail(execution, self._world.clock.now())),
            "Resources": [execution.arn],
        }
        service = ServicePrincipal("states.amazonaws.com", machine.arn, machine.account)
        call = Call(service, "events", "PutEvents", {"Entries": [entry]}, machine.region)
        before = _heard.set(_heard.get() + 1)
        try:
            await self._events.perform(call, machine.account)
        finally:
            _heard.reset(before)


def detail(execution: Execution, now: float) -> dict[str, Json]:
    """The detail of the event: every member there, null where it says nothing; times in milliseconds since 1970."""
    known = described(execution, now)
    found: dict[str, Json] = {name: known.get(name) for name in _MEMBERS}
    for name in _TIMES:
        found[name] = None if name not in known else round(known[name] * 1000)
    if sum(len(str(known.get(name, "")).encode()) for name in ("input", "output")) > _LARGEST:
        for name in ("input", "output"):
            found[name], found[f"{name}Details"] = None, {"included": False}
    return found
