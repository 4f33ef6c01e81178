"""How a case ended, as a value that expectations are held against. Knows no expectations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.trail import Entry

SUCCEEDED = "SUCCEEDED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case ended; `refused` are the calls that the gate refused, in order.

    Only an execution that succeeded has an output, which may be null. `calls` are those that were let through since
    the execution was started, `history` its events in the shape of GetExecutionHistory, `virtual` its duration in
    seconds on the world's clock.
    """

    status: str
    output: Json = None
    error: str | None = None
    cause: str | None = None
    refused: tuple[Entry, ...] = ()
    calls: tuple[Entry, ...] = ()
    history: tuple[Json, ...] = ()
    virtual: float = 0.0

    def last_state(self) -> str:
        """The state that the last event leads back to; empty where there is none."""
        events = {event["id"]: event for event in self.history}
        event = self.history[-1] if self.history else None
        while event is not None:
            if event["type"].endswith("StateEntered"):
                return str(event["stateEnteredEventDetails"]["name"])
            event = events.get(event.get("previousEventId", 0))
        return ""
