"""What a case has happen to its run, as users write it: faults on order, steps during the run, declared results.

Only pydantic models, as in `file`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from turnstile.document import Json
from turnstile.scenario.models.entry import Entry


class ErrorEntry(Entry):
    """An error of a service."""

    code: str = Field(min_length=1)
    """As the service names it, e.g. `ResourceNotFoundException`."""
    message: str = ""
    """What it says."""
    status: int | None = Field(default=None, ge=400, le=599)
    """The HTTP status; that of the service's model if left out."""


class ExpireEntry(Entry):
    """The sessions of a role are over before their time."""

    role: str
    """`account/Role` or an ARN."""
    at: float | None = Field(default=None, gt=0)
    """Sessions taken before so many seconds after the start are over then."""
    after_calls: int | None = Field(default=None, ge=1)
    """The session that makes the n-th call of the role is over after it."""


class FaultEntry(Entry):
    """Calls that go wrong on order: which ones, and how. What is left out may be anything."""

    call: str = ""
    """`service:Operation` by botocore's names, `*` for any call, or a Resource of the state machine's Tasks."""
    state: str = ""
    """The state whose Task makes the call."""
    role: str = ""
    """The role that makes the call, `account/Role` or an ARN."""
    account: str = ""
    """The account that performs the call."""
    when: Json = None
    """A part of the parameters; `*` in a text is any text."""
    attempt: int | None = Field(default=None, ge=1)
    """The attempt of the Task."""
    poll: int | None = Field(default=None, ge=1)
    """The poll of its job."""
    nth: int | None = Field(default=None, ge=1)
    """The n-th matching call; that one alone unless `times` says more."""
    times: int | None = Field(default=None, ge=1)
    """So many matching calls; all if neither this nor `nth` is given."""
    error: ErrorEntry | None = None
    """The service answers with an error."""
    throttle: bool = False
    """The service says that there are too many calls, in its own words."""
    timeout: bool = False
    """The call is never answered."""
    malformed: bool = False
    """The call is performed, and its answer cannot be read."""
    delay: float | None = Field(default=None, gt=0)
    """The answer, or the fault, comes so many seconds later."""
    expire: ExpireEntry | None = None
    """Instead of a call: sessions that end before their time."""


class CallEntry(Entry):
    """A call of any API."""

    service: str
    """botocore's name of the service, e.g. `events`."""
    operation: str
    """The API operation, e.g. `DeleteRule`."""
    parameters: dict[str, Json] = {}
    """The members of the operation's input."""


class EventEntry(Entry):
    """Something that happens in a state of the execution."""

    state: str
    """The name of the state."""
    event: Literal["entered", "scheduled", "started", "submitted", "failed", "exited"]
    """What happens in it."""
    nth: int = Field(default=1, ge=1)
    """The n-th time it does."""


class AfterEntry(Entry):
    """A call that was answered or refused."""

    call: str
    """`service:Operation`."""
    nth: int = Field(default=1, ge=1)
    """The n-th one of the run."""


class QueueEntry(Entry):
    """A queue whose next message brings a task token."""

    queue: str
    """The URL of the queue."""
    member: str = "TaskToken"
    """The member of the message's body, which is JSON."""


class HeartbeatEntry(Entry):
    """A task token, by the state whose attempt it stands for or from a message."""

    state: str | None = None
    """The token of the state's latest attempt."""
    token_from: QueueEntry | None = None
    """The token that the next message of a queue brings."""


class SuccessEntry(HeartbeatEntry):
    """A token sent back with an output."""

    output: Json = {}
    """What the Task gives."""


class FailureEntry(HeartbeatEntry):
    """A token sent back with a failure."""

    error: str | None = None
    """The error name."""
    cause: str | None = None
    """The cause."""


class StopEntry(Entry):
    """StopExecution."""

    error: str | None = None
    """The error name."""
    cause: str | None = None
    """The cause."""


class RaisesEntry(Entry):
    """How an activity's worker fails."""

    error_type: str
    """The error name."""
    message: str = ""
    """The cause."""


class WorkEntry(Entry):
    """A worker polls an activity once and sends back what it says."""

    activity: str
    """The ARN of the activity."""
    worker: str | None = None
    """The name the worker gives."""
    returns: Json = None
    """What the worker sends back."""
    raises: RaisesEntry | None = None
    """How it fails instead."""


class StepEntry(Entry):
    """Something that happens during the run: when, and what. Exactly one of `at`, `when` and `after`."""

    at: float | None = Field(default=None, ge=0)
    """Seconds after the start."""
    when: EventEntry | None = None
    """When something happens in a state."""
    after: AfterEntry | None = None
    """After a call was answered or refused."""
    caller: str | None = None
    """Who makes the calls, as `caller` of a case; the root user of the state machine's account if left out."""
    changes: dict[str, Json] = {}
    """Roles, users, groups and policies of accounts, and the organization, changed in the running world."""
    call: CallEntry | None = None
    """Make a call."""
    send_task_success: SuccessEntry | None = None
    """Send a task token back with an output."""
    send_task_failure: FailureEntry | None = None
    """Send a task token back with a failure."""
    send_task_heartbeat: HeartbeatEntry | None = None
    """Send a heartbeat for a task token."""
    poll_activity: WorkEntry | None = None
    """Let a worker poll an activity."""
    stop_execution: StopEntry | None = None
    """Stop the execution."""
    expect_error: str = ""
    """The code with which one of its calls must be refused."""


class MockEntry(Entry):
    """A test case of Step Functions Local."""

    file: str
    """A `MockConfigFile.json`, relative to the scenario file."""
    test_case: str
    """The name of a test case of the state machine."""
