"""Calls and what comes back: the only currency above the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from turnstile.document import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.world.caller import Caller

Output: TypeAlias = Json
"""The members of an operation's output shape, by botocore's names."""


@dataclass(frozen=True, slots=True)
class Site:
    """The place in a workflow that a call comes from; `attempt` counts from 1, `poll` from 1 for polls of a job.

    `entered` is the event with which the state was entered, 0 where nobody says, and `redrives` how often the execution
    was redriven before, after which attempts count from 1 again; places do not differ by these two.
    """

    execution: str
    state: str
    attempt: int = 1
    poll: int = 0
    entered: int = field(default=0, compare=False)
    redrives: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One API call: who asks which service for what, in which Region.

    `service` and `operation` are botocore's names (`lambda`, `Invoke`), `parameters` the members of the input shape.
    `made` holds ids that the service is to make up just so, by their place in its answer.
    """

    caller: Caller
    service: str
    operation: str
    parameters: Mapping[str, Json]
    region: str
    site: Site | None = None
    made: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A service's answer to a call."""

    output: Output
    request_id: str


class Backend(Protocol):
    """What stands behind the gate: it performs calls that were allowed."""

    async def perform(self, call: Call, owner: str) -> Output:
        """Do what the call asks, in the account that owns the resource.

        Raises:
            ServiceError: the service's own refusal.
            Unsupported: the operation is not emulated.
        """
        ...
