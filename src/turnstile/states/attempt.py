"""The events of one attempt of a Task, in the two families AWS has: service integrations and function ARNs.

Shapes: reference/recorded-behaviour.md, "History shape".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.integrations.resource import FunctionArn, ServiceApi

if TYPE_CHECKING:
    from turnstile.asl.errors import StatesError
    from turnstile.document import Json
    from turnstile.integrations.resource import Resource
    from turnstile.states.interpreter import Walk


class Attempt:
    """Records one attempt; `name` is how AWS calls the work in texts about its size."""

    def __init__(self, walk: Walk, resource: Resource) -> None:
        self._walk = walk
        self._function = isinstance(resource, FunctionArn)
        if isinstance(resource, ServiceApi):
            self.name = resource.service
            self._named: dict[str, Json] = {"resource": resource.resource, "resourceType": resource.service}
        else:
            self.name = resource.arn
            self._named = {}

    def scheduled(self, parameters: Json, role_arn: str | None, timeout: float | None, heartbeat: float | None) -> None:
        """The attempt is queued, with everything that was evaluated for it."""
        if self._function:
            details: dict[str, Json] = {"input": parameters, "resource": self.name}
        else:
            details = {"parameters": parameters, "region": self._walk.execution.machine.region, **self._named}
        if timeout is not None:
            details["timeoutInSeconds"] = timeout
        if heartbeat is not None:
            details["heartbeatInSeconds"] = heartbeat
        if role_arn is not None:
            details["taskCredentials"] = {"roleArn": role_arn}
        self._record("Scheduled", details)

    def started(self) -> None:
        """The work begins; a function's start has no details."""
        self._record("Started", {})

    def succeeded(self, output: Json) -> None:
        """The work gave a result."""
        self._record("Succeeded", {"output": output})

    def failed(self, error: StatesError) -> None:
        """The work failed, or ran out of time."""
        kind = "TimedOut" if error.error in (errors.TIMEOUT, errors.HEARTBEAT_TIMEOUT) else "Failed"
        texts = (("error", error.error), ("cause", error.cause))
        self._record(kind, {name: text for name, text in texts if text is not None})

    def _record(self, step: str, details: dict[str, Json]) -> None:
        if self._function:
            field = f"lambdaFunction{step}EventDetails" if details else ""
            self._walk.record(f"LambdaFunction{step}", field, details)
        else:
            self._walk.record(f"Task{step}", f"task{step}EventDetails", {**self._named, **details})
