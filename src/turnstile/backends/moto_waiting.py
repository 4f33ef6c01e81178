"""Long polling of queues on the world's clock, for moto would wait in real time: a look each second (*inferred*)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from turnstile.clock import Clock
    from turnstile.gate.call import Call, Output

    Ask = Callable[[Call], Awaitable[Output]]

_WAIT = "ReceiveMessageWaitTimeSeconds"


async def receive(call: Call, ask: Ask, clock: Clock) -> Output:
    """What a call of ReceiveMessage gives; `ask` performs calls in the owner's account, at once."""
    look = replace(call, parameters={**call.parameters, "WaitTimeSeconds": 0})
    output = await ask(look)
    if output.get("Messages"):
        return output
    for _ in range(await _patience(call, ask)):
        await clock.sleep(1)
        output = await ask(look)
        if output.get("Messages"):
            break
    return output


async def _patience(call: Call, ask: Ask) -> int:
    """How many seconds the call waits: as many as it says, else as its queue says."""
    if "WaitTimeSeconds" in call.parameters:
        return int(call.parameters["WaitTimeSeconds"])
    asked = {"QueueUrl": call.parameters["QueueUrl"], "AttributeNames": [_WAIT]}
    found = await ask(replace(call, operation="GetQueueAttributes", parameters=asked))
    return int(found.get("Attributes", {}).get(_WAIT, 0))
