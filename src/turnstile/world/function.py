"""Lambda functions as declared: the code that answers and the facts around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from turnstile.arn import Arn
from turnstile.document import Json

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.iam.policy import Policy
    from turnstile.source import Origin
    from turnstile.world.answers import Script


LATEST = "$LATEST"
"""The version that can be changed."""


@dataclass(frozen=True, slots=True)
class HandlerFile:
    """A Python or JavaScript file and the name of the handler in it, e.g. `lambda_handler`."""

    path: Path
    handler: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it lies there, and the handler in it as Lambda writes it: `module.name`, `src/module.name`."""

    path: Path
    handler: str


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip archive as it was uploaded, and the handler in it as Lambda writes it."""

    data: bytes
    handler: str


Code: TypeAlias = HandlerFile | Folder | Archive
"""What runs in a process of its own."""


class FunctionError(Exception):
    """What a handler raised, as Lambda reports it: `payload` is the JSON document of the error."""

    def __init__(self, payload: Json) -> None:
        self.payload = payload
        super().__init__("the function failed")


Answer: TypeAlias = Callable[[Json], Json]
"""Answers in this process: takes the event, returns the payload or raises `FunctionError`."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a version; `weights` are further versions with their share of the invocations, from 0 to 1."""

    name: str
    version: str
    description: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventConfig:
    """How asynchronous invocations are treated: retries, seconds an event may wait, ARNs of destinations (or empty)."""

    retries: int | None = None
    age: int | None = None
    on_success: str = ""
    on_failure: str = ""
    modified: float = 0.0


@dataclass(frozen=True, slots=True)
class Published:
    """What stands beside `$LATEST`: versions by number, aliases by name; policies and event settings by qualifier.

    `last` is the highest number ever given, so that none is given twice.
    """

    versions: Mapping[str, Function] = field(default_factory=dict)
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    events: Mapping[str, EventConfig] = field(default_factory=dict)
    last: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A Lambda function, or one version of it. `timeout` is in wall seconds, `takes` its declared virtual duration.

    `policy` is the function's own: who may invoke it besides whom policies of its account allow. `layers` are folders
    or zip files, `dead_letter` the ARN of a queue or topic. `modified` is in seconds since 1970, `revision` an id that
    is another after each change; `runtime` is empty where the files tell it.
    """

    arn: str
    name: str
    account: str
    region: str
    code: Code | Answer | Script
    origin: Origin
    role: str = ""
    timeout: float = 3.0
    memory: int = 128
    takes: float = 0.0
    environment: Mapping[str, str] = field(default_factory=dict)
    policy: Policy | None = None
    layers: tuple[Path, ...] = ()
    runtime: str = ""
    description: str = ""
    dead_letter: str = ""
    version: str = LATEST
    modified: float = 0.0
    revision: str = ""
    published: Published = field(default_factory=Published)


_NAME = re.compile(
    r"(arn:(?P<partition>aws[a-z-]*):lambda:)?((?P<region>[a-z]{2}[a-z-]*-\d+):)?((?P<account>\d{12}):)?"
    r"(function:)?(?P<name>[a-zA-Z0-9_-]+)(:(?P<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?"
)


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function reference of the Lambda API, completed: unqualified ARN and qualifier (may be empty)."""

    arn: str
    name: str
    account: str
    region: str
    qualifier: str


@lru_cache(maxsize=1024)
def resolve_name(text: str, *, partition: str, region: str, account: str) -> FunctionName | None:
    """Complete a name, partial ARN or ARN with the caller's partition, Region and account; None if it is none.

    Forms: Lambda API Reference, Invoke, `FunctionName`.
    """
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    owner = match["account"] or account
    place = match["region"] or region
    resource = f"function:{match['name']}"
    full = str(Arn(match["partition"] or partition, "lambda", place, owner, resource))
    return FunctionName(full, match["name"], owner, place, match["qualifier"] or "")
