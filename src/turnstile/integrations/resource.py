"""The Resource of a Task: which service and API it names, and by which pattern.

Grammar: reference/integrations.md section 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from turnstile import arn as arns


class Pattern(Enum):
    """How a Task waits for its work; the value is the suffix of the resource."""

    REQUEST_RESPONSE = ""
    SYNC = ".sync"
    SYNC_2 = ".sync:2"
    CALLBACK = ".waitForTaskToken"


@dataclass(frozen=True, slots=True)
class ServiceApi:
    """`arn:aws:states:::service:api[pattern]`; `resource` is the part that events show, suffix included."""

    service: str
    api: str
    pattern: Pattern

    @property
    def resource(self) -> str:
        """The API with its suffix, as in TaskScheduled."""
        return self.api + self.pattern.value


@dataclass(frozen=True, slots=True)
class FunctionArn:
    """A Lambda function named by its ARN."""

    arn: str


@dataclass(frozen=True, slots=True)
class ActivityArn:
    """An activity named by its ARN."""

    arn: str


Resource = ServiceApi | FunctionArn | ActivityArn


def parse_resource(text: str) -> Resource | None:
    """What a Resource names; None where it is no resource of a Task."""
    try:
        arn = arns.parse(text)
    except ValueError:
        return None
    if arn.service == "lambda":
        return FunctionArn(text)
    if arn.service != "states":
        return None
    if arn.resource.startswith("activity:"):
        return ActivityArn(text)
    service, _, api = arn.resource.rpartition(":")
    if api == "2":  # `.sync:2` holds the separator
        service, _, api = arn.resource.removesuffix(":2").rpartition(":")
        api += ":2"
    name, dot, suffix = api.partition(".")
    try:
        return ServiceApi(service, name, Pattern(dot + suffix)) if service and name else None
    except ValueError:
        return None
