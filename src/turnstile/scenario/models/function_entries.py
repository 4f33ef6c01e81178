"""Functions in a scenario file as users write them; what the values mean is `functions`'s business."""

from __future__ import annotations

from pydantic import Field

from turnstile.document import Json
from turnstile.scenario.models.entry import Entry
from turnstile.scenario.models.fields import Document


class CodeEntry(Entry):
    """Code as Lambda gets it, in one of three ways."""

    directory: str | None = None
    """A folder, used where it is."""
    zip: str | None = None
    """A zip archive."""
    inline: str | None = None
    """The text of the one module."""
    handler: str
    """The handler as Lambda writes it: `module.function`."""
    runtime: str | None = None
    """Lambda's name of a Python or Node.js runtime; without it the files tell."""


class VersionEntry(Entry):
    """A published version; what it does not say is the function's."""

    handler: str | None = None
    """`path/to/file.py:name_of_the_handler`."""
    code: CodeEntry | None = None
    """Code of its own; that of the function if left out."""
    answers: Json = None
    """Declared answers instead of code."""
    returns: Json = None
    """The one declared answer."""
    raises: Json = None
    """The one declared error."""
    environment: dict[str, str] | None = None
    """Environment variables of the handler."""
    description: str = ""
    """Its description, as Lambda shows it."""


class AliasEntry(Entry):
    """A name for a version."""

    version: str
    """Its number, or `$LATEST`."""
    weights: dict[str, float] = {}
    """One more version and its share of the invocations, from 0 to 1."""
    description: str = ""
    """Its description, as Lambda shows it."""
    policy: Document | None = None
    """Its own resource policy."""


class EventsEntry(Entry):
    """What becomes of asynchronous invocations."""

    retries: int = Field(default=2, ge=0, le=2)
    """How often a failed event is tried again."""
    age: int = Field(default=21600, ge=60, le=21600)
    """Seconds that an event may wait."""
    on_success: str | None = None
    """ARN of a queue, topic, function, bus or bucket that gets a record of each success."""
    on_failure: str | None = None
    """The same for what failed for good."""


class FunctionEntry(Entry):
    """A Lambda function: a handler, or declared answers."""

    handler: str | None = None
    """`path/to/file.py:name_of_the_handler`, or a `.js`, `.mjs` or `.cjs` file."""
    code: CodeEntry | None = None
    """Code in a folder, an archive or inline, in the place of `handler`."""
    answers: Json = None
    """Declared answers instead of code: `returns` or `raises`, perhaps `when` and `times`, one or a list."""
    returns: Json = None
    """The one declared answer."""
    raises: Json = None
    """The one declared error: `error_type` and `message`."""
    layers: list[str] = []
    """Folders or zip archives whose `python` folder joins the import path."""
    role: str | None = None
    """Its execution role: a role of the same account, `account/Role` or an ARN."""
    timeout: float = Field(default=3, gt=0, le=900)
    """Seconds of wall time."""
    takes: float = Field(default=0, ge=0, le=900)
    """How long an invocation takes on the world's clock, in seconds."""
    memory: int = Field(default=128, ge=128, le=10240)
    """MiB."""
    environment: dict[str, str] = {}
    """Environment variables of the handler."""
    description: str = ""
    """Its description, as Lambda shows it."""
    policy: Document | None = None
    """Its resource policy: who may invoke it, besides whom policies of its own account allow."""
    versions: list[VersionEntry] = []
    """Published versions, numbered from 1."""
    aliases: dict[str, AliasEntry] = {}
    """Names for versions."""
    events: EventsEntry | None = None
    """How asynchronous invocations are treated."""
    dead_letter: str | None = None
    """ARN of the queue or topic that gets events that failed for good."""


class FunctionFactsEntry(Entry):
    """What a case may change of a function from a template, which keeps its code."""

    role: str | None = None
    """Its execution role: a role of the same account, `account/Role` or an ARN."""
    timeout: float = Field(default=3, gt=0, le=900)
    """Seconds of wall time."""
    takes: float = Field(default=0, ge=0, le=900)
    """How long an invocation takes on the world's clock, in seconds."""
    memory: int = Field(default=128, ge=128, le=10240)
    """MiB."""
    environment: dict[str, str] = {}
    """Environment variables of the handler."""
    policy: Document | None = None
    """Its resource policy."""
