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


@dataclass(frozen=True, slots=True)
class HandlerFile:
    """A Python file and the name of the handler in it, e.g. `lambda_handler`."""

    path: Path
    handler: str


class FunctionError(Exception):
    """What a handler raised, as Lambda reports it: `payload` is the JSON document of the error."""

    def __init__(self, payload: Json) -> None:
        self.payload = payload
        super().__init__("the function failed")


Answer: TypeAlias = Callable[[Json], Json]
"""Answers in this process: takes the event, returns the payload or raises `FunctionError`."""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A Lambda function. `timeout` is in wall seconds, `takes` its declared virtual duration in seconds.

    `policy` is the function's own: who may invoke it besides whom policies of its account allow.
    """

    arn: str
    name: str
    account: str
    region: str
    code: HandlerFile | Answer
    origin: Origin
    role: str = ""
    timeout: float = 3.0
    memory: int = 128
    takes: float = 0.0
    environment: Mapping[str, str] = field(default_factory=dict)
    policy: Policy | None = None


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
