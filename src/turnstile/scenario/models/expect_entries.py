"""How a case must end, as users write it.

Only pydantic models, as in `file`. What is not given is not compared, so defaults here are never looked at.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from turnstile.document import Json
from turnstile.scenario.models.entry import Entry
from turnstile.scenario.models.fields import Bounds, Counts, Document, Like, Links, Part, Percents, Status


class DeniedEntry(Entry):
    """A kind of refused call. What is left out may be anything; null is no way to leave it out."""

    who: str = ""
    """A role (`account/Role` or ARN), `account/user/Name`, `account/root`, or a service principal."""
    action: str = ""
    """The IAM action, e.g. `sts:AssumeRole`; `*` is any text."""
    resource: str = ""
    """The ARN that was asked for; `*` is any text."""
    link: Links = []
    """The broken link or links of the permission chain: exactly these."""
    times: int = Field(default=0, ge=1)
    """How many such calls; any number from one if left out."""


class CallsEntry(Entry):
    """A kind of call that was let through. What is left out may be anything; null is no way to leave it out."""

    who: str = ""
    """A role (`account/Role` or ARN), `account/user/Name`, `account/root`, or a service principal."""
    action: str = ""
    """The IAM action, e.g. `glue:StartJobRun`; `*` is any text."""
    resource: str = ""
    """The ARN that it was for; `*` is any text."""
    state: str = ""
    """The state whose Task made it."""
    times: int = Field(default=0, ge=0)
    """How many such calls, exactly; 0 for none."""
    at_least: int = Field(default=1, ge=1)
    """So many such calls or more; 1 if nothing is said."""
    at_most: int = Field(default=0, ge=0)
    """So many such calls or fewer."""


class KeeperEntry(Entry):
    """The Task that keeps the role slot of an execution from others. What is left out may be anything."""

    state: str = ""
    """The name of its state."""
    role: str = ""
    """The role that it has assumed: `account/Role` or its ARN."""


class StuckEntry(Entry):
    """A kind of Task that waits for what can never come. What is left out may be anything."""

    nullable: ClassVar = frozenset({"kept_by", "missing"})

    state: str = ""
    """The name of its state."""
    waiting_for: Literal["job", "callback", "activity", "role"] = "job"
    """What it waits for."""
    missing: str | None = None
    """The IAM action without which it waits, e.g. `glue:GetJobRun`; null for none."""
    kept_by: KeeperEntry | None = None
    """Who has the role slot that it waits for, with `waiting_for: role`; null for nobody."""


class OrphanEntry(Entry):
    """A kind of job that runs on without its Task. What is left out may be anything."""

    nullable: ClassVar = frozenset({"missing"})

    state: str = ""
    """The name of the state that started it."""
    missing: str | None = None
    """The IAM action that would have ended it, e.g. `glue:BatchStopJobRun`; null for none."""
    left_running: bool = False
    """Whether nobody tried to end it."""


class HeldEntry(Entry):
    """What something holds when the case is over; exactly one of `text`, `document`, `like` and `absent`."""

    text: str = ""
    """The text, exactly."""
    document: Json = None
    """The document, exactly; a text that is JSON is read."""
    like: Json = None
    """A part of the document, or a text: mappings may have more members, `*` in a text is any text."""
    absent: bool = True
    """It is not there; `true` is all this may be."""


class ItemEntry(HeldEntry):
    """An item of a DynamoDB table; its document is plain JSON."""

    table: str = Field(min_length=1)
    """The name of the table."""
    key: dict[str, Json]
    """The item's key as plain JSON: `{id: a1}`."""


class ObjectEntry(HeldEntry):
    """An object of an S3 bucket."""

    bucket: str = Field(min_length=1)
    """The name of the bucket."""
    key: str = Field(min_length=1)
    """The key of the object."""


class MessageEntry(HeldEntry):
    """Messages of an SQS queue that nobody has taken, by their bodies."""

    queue: str = Field(min_length=1)
    """The name of the queue."""
    times: int = Field(default=0, ge=0)
    """How many such messages, exactly; at least one if left out."""


class SecretEntry(HeldEntry):
    """The text of a secret in Secrets Manager."""

    name: str = Field(min_length=1)
    """Its name or ARN."""


class ParameterEntry(HeldEntry):
    """The value of a parameter of Systems Manager."""

    name: str = Field(min_length=1)
    """Its name."""


class ExecutionEntry(Entry):
    """Executions of a state machine, without the one that the case starts. What is left out may be anything."""

    state_machine: str = Field(min_length=1)
    """The name of a state machine of the file, or its ARN."""
    status: Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"] = "SUCCEEDED"
    """How they ended."""
    input: Json = None
    """Their input: mappings may have more members, `*` in a text is any text."""
    output: Json = None
    """Their output, likewise."""
    error: str = ""
    """Their error name."""
    times: int = Field(default=0, ge=0)
    """How many such executions, exactly; at least one if left out."""


class ResourceStateEntry(Entry):
    """Something that must be there, or must not, when the case is over; exactly one key besides `account`."""

    account: str = ""
    """The account that has it, by name; that of the case's state machine if left out."""
    item: ItemEntry | None = None
    """An item of a DynamoDB table."""
    object: ObjectEntry | None = None
    """An object of an S3 bucket."""
    message: MessageEntry | None = None
    """Messages of an SQS queue."""
    secret: SecretEntry | None = None
    """A secret of Secrets Manager."""
    parameter: ParameterEntry | None = None
    """A parameter of Systems Manager."""
    execution: ExecutionEntry | None = None
    """Executions of a state machine."""


class ExpectEntry(Entry):
    """How a case must end; at least one key. Each given key is compared, none implies another."""

    nullable: ClassVar = frozenset({"cause", "error"})

    status: Status = "SUCCEEDED"
    """Of the execution; NOT_CREATED when a function or a state machine is refused on creation.

    STUCK when it waits for what can never come.
    """
    output: Json = None
    """The whole output, exactly; an execution that did not succeed has none, not even null."""
    output_file: str = Field(default="", min_length=1)
    """The same, in a file."""
    output_partial: Part = None
    """A part of it: mappings may have more members, lists and scalars are exact."""
    output_like: Like = None
    """A part of it, in which texts are patterns: `*` is any text, `<any>` any value, `<regex [a-z]+>` an expression."""
    output_schema: Document = {}
    """A JSON Schema (2020-12) that it is valid against, inline or the path of a file."""
    error: str | None = None
    """The error name, or null for none."""
    cause: str | None = None
    """The whole cause, exactly, or null for none."""
    cause_like: str = ""
    """The cause as a pattern: `*` is any text, `?` any character. Without a cause nothing matches."""
    path: list[str] = []
    """The states that were entered, in order, exactly; states of branches and iterations as they were entered."""
    path_like: list[str] = Field(default=[], min_length=1)
    """The same, in which `...` stands for any number of states."""
    events: list[dict[str, Json]] = Field(default=[], min_length=1)
    """Events of the history in this order, others may lie between; each a part, as GetExecutionHistory shows it."""
    event_counts: Counts = {}
    """How many events of a type the history has, exactly, by type: `{TaskFailed: 2}`."""
    calls: list[CallsEntry] = Field(default=[], min_length=1)
    """Kinds of calls that were let through, in any order; other calls may be made as well."""
    denied: list[DeniedEntry] = []
    """Every refused call must be of a listed kind and every kind must occur, in any order; `[]` is none."""
    stuck: list[StuckEntry] = []
    """Every Task that is stuck must be of a listed kind and every kind must occur; `[]` is none."""
    orphans: list[OrphanEntry] = []
    """Every job that runs on without its Task, likewise."""
    virtual_seconds: Bounds = (0.0, None)
    """How long the execution took on the world's clock: a number, or `{at_least, at_most}`."""
    resources: list[ResourceStateEntry] = Field(default=[], min_length=1)
    """What is in tables, buckets, queues and so on when the case is over."""
    history: str = Field(default="", min_length=1)
    """The path of a golden file with the events of the execution; `turnstile run --update` writes it."""
    coverage: Percents = {}
    """The least that this case covers of what is declared, in percent, by kind: `{states: 100}`."""
