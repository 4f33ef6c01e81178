"""One attempt of a Task, as an integration sees it, and what an integration is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from turnstile.asl.errors import runtime
from turnstile.document import Json, compact
from turnstile.gate.call import Answer

Ask: TypeAlias = Callable[[str, str, Mapping[str, Json]], Awaitable[Answer]]
"""Makes a call under the task's session: service, operation, parameters."""


@dataclass(frozen=True, slots=True)
class Work:
    """The parameters of one attempt and the way to the outside; `resource` is as in the definition."""

    resource: str
    parameters: Json
    ask: Ask

    @property
    def members(self) -> dict[str, Json]:
        """The parameters as members of a request, for integrations that take nothing else.

        Raises:
            StatesError: they are no object, as a raw input can be (`States.Runtime`; the text is *inferred*).
        """
        if isinstance(self.parameters, dict):
            return self.parameters
        text = f"The Parameters '{compact(self.parameters)}' could not be used to start the Task"
        raise runtime(f"{text}: [The value is not a JSON object]")


class Integration(Protocol):
    """Turns parameters into calls and answers into a result."""

    async def start(self, work: Work) -> Json:
        """Make the call; the task's result, or for longer patterns what TaskSubmitted shows.

        Raises:
            StatesError: the service refused or the work failed, by the names of this integration.
        """
        ...
