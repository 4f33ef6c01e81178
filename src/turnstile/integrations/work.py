"""One attempt of a Task, as an integration sees it, and what an integration is.

The frame: `states.task` schedules and starts an attempt, takes its session, and then asks the integration, by the
pattern of the resource:

- request-response: `Integration.start` makes the call; what it gives is the result.
- `.waitForTaskToken`: `start` as well; what it gives is shown in TaskSubmitted, and the result is what comes with the
  token.
- `.sync`, `.sync:2`: `Job.submit` makes the start call, TaskSubmitted shows `Started.shown`, and `Job.follow` waits for
  the end of the job with the means of a `Watch`. When the attempt is cut (stop, timeout, a failing sibling),
  `Job.cancel` is called under the same session, and its refusal changes nothing.

A service adds an `Offer` to its file (`integrations.offer`); nothing here or in `states` knows a service.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from turnstile.document import Json
from turnstile.gate.call import Answer, Output

if TYPE_CHECKING:
    from turnstile.integrations.cadence import Cadence
    from turnstile.integrations.sdk_work import Misfit, SdkModels

Ask: TypeAlias = Callable[[str, str, Mapping[str, Json]], Awaitable[Answer]]
"""Makes a call under the task's session: service and operation as botocore names them, parameters."""


class Models(Protocol):
    """What the services' own models say, which `backends` know: names of members and of errors.

    Services and operations are botocore's.
    """

    def request(self, service: str, operation: str, members: Mapping[str, Json]) -> dict[str, Json]:
        """Members in PascalCase by the names of the operation's input, at every level; what is `null` is left out.

        Keys of maps and free documents stay as they are, and so do members that the model lacks.
        """
        ...

    def misfits(self, service: str, operation: str, members: Json, free: frozenset[str]) -> Iterable[Misfit]:
        """What is wrong with such members, those of the names in `free` apart."""
        ...

    def answer(self, service: str, operation: str, output: Output) -> dict[str, Json]:
        """The members of the operation's output in PascalCase, at every level."""
        ...

    def timed(self, service: str, operation: str, output: Output) -> dict[str, Json]:
        """The same with times in milliseconds since 1970, as results of optimized integrations have them."""
        ...

    def error_codes(self, service: str) -> frozenset[str]:
        """The codes of the errors that the service models."""
        ...

    @property
    def sdk(self) -> SdkModels:
        """The same by the names of the AWS SDK."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """The execution that a Task works for; the ARN of its machine is without a qualifier.

    `account` is that of the role that the Task acts under, empty for the machine's.
    """

    machine_arn: str
    execution_arn: str
    account: str = ""


Notice: TypeAlias = Callable[[Mapping[str, Json]], None]


def _unnoticed(_exchange: Mapping[str, Json]) -> None:
    return


@dataclass(frozen=True, slots=True)
class Work:
    """The parameters of one attempt and the way to the outside; `resource` is as in the definition.

    `notice` is told of requests and responses that are no API calls, as a test of a state shows them.
    """

    resource: str
    parameters: Json
    ask: Ask
    models: Models
    origin: Origin
    notice: Notice = _unnoticed

    @property
    def members(self) -> dict[str, Json]:
        """The parameters as members of a request, for integrations that take nothing else.

        What is no object was refused before (`catalog.shaped`).
        """
        assert isinstance(self.parameters, dict), "parameters of an API are an object"
        return self.parameters


class Integration(Protocol):
    """Turns parameters into calls and answers into a result."""

    async def start(self, work: Work) -> Json:
        """Make the call; the task's result, or for a callback what TaskSubmitted shows.

        Raises:
            StatesError: the service refused or the work failed, by the names of this integration.
        """
        ...


@dataclass(frozen=True, slots=True)
class Started:
    """A job that was started: what TaskSubmitted shows, and the call with its answer by botocore's names.

    `job` is its key (see `world.completions`). `clocked`: everything that can change what is told of the job wakes a
    worker of the world's clock.
    """

    shown: Json
    request: Mapping[str, Json]
    answer: Output
    job: str = ""
    clocked: bool = False


class Watch(Protocol):
    """What a Task that waits for a job can do meanwhile; the cadence of polls is the world's, in seconds."""

    @property
    def first_poll(self) -> float:
        """The interval before the first poll."""
        ...

    @property
    def longest_poll(self) -> float:
        """The longest interval between two polls."""
        ...

    def listen(self, job: str, rule: str) -> None:
        """Let the event that the managed rule brings of the job with that key (see `world.completions`) end the pauses.

        No event reaches the Task where there is no rule, under another account's role, or in a world without events.
        """

    async def pause(self, cadence: Cadence) -> Output | None:
        """Wait until the next poll is due, or for the event; what it tells of the job, None for no event.

        A task token that was sent back ends the Task from here, whatever becomes of the job.
        """
        ...

    async def poll(self, service: str, operation: str, members: Mapping[str, Json]) -> Answer | None:
        """Ask about the job, by a call that counts as a poll; None where it was refused, which is retried silently.

        Refused is what is denied or throttled, and a session that cannot be renewed.

        Raises:
            ServiceError: the service refused it for another reason.
        """
        ...


class Job(Protocol):
    """A service's job that a Task waits for."""

    async def submit(self, work: Work) -> Started:
        """Make the start call.

        Raises:
            StatesError: the service refused.
        """
        ...

    async def follow(self, work: Work, started: Started, watch: Watch, /) -> Json:
        """Wait for the end of the job; the task's result.

        Raises:
            StatesError: the job failed.
        """
        ...

    async def cancel(self, work: Work, started: Started) -> bool:
        """End the job, because the attempt is cut; False where its service has no way to.

        Raises:
            ServiceError: refused; the job goes on.
        """
        ...
