"""The events of one attempt of a Task, in the three families AWS has: integrations, function ARNs and activities.

Shapes: reference/recorded-behaviour.md, "History shape". If a start call fails there is no TaskSubmitted but
TaskFailed; for jobs and callbacks this is *inferred* (TaskSubmitFailed was never seen).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.integrations.resource import ActivityArn, FunctionArn, ServiceApi

if TYPE_CHECKING:
    from turnstile.asl.errors import StatesError
    from turnstile.document import Json
    from turnstile.integrations.resource import Resource
    from turnstile.states.interpreter import Walk


class Attempt:
    """Records one attempt; `name` is how AWS calls the work in texts about its size."""

    def __init__(self, walk: Walk, resource: Resource) -> None:
        self._walk = walk
        self._named: dict[str, Json] = {}
        match resource:
            case ServiceApi():
                self._family = "Task"
                self.name = resource.service
                self._named = {"resource": resource.resource, "resourceType": resource.service}
            case FunctionArn(arn):
                self._family, self.name = "LambdaFunction", arn
            case ActivityArn(arn):
                self._family, self.name = "Activity", arn

    def scheduled(self, parameters: Json, role_arn: str | None, timeout: float | None, heartbeat: float | None) -> None:
        """The attempt is queued, with everything that was evaluated for it."""
        if self._named:
            region = self._walk.execution.machine.region
            details: dict[str, Json] = {"parameters": parameters, "region": region}
        else:
            details = {"input": parameters, "resource": self.name}
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

    def taken(self, worker: str | None) -> None:
        """A worker has an activity's task; it may have given its name."""
        self._walk.record("ActivityStarted", "activityStartedEventDetails", {"workerName": worker} if worker else {})

    def submitted(self, shown: Json) -> None:
        """The start call was answered; the work goes on elsewhere."""
        self._record("Submitted", {"output": shown})

    def succeeded(self, output: Json) -> None:
        """The work gave a result."""
        self._record("Succeeded", {"output": output})

    def failed(self, error: StatesError) -> None:
        """The work failed, or ran out of time."""
        kind = "TimedOut" if error.error in (errors.TIMEOUT, errors.HEARTBEAT_TIMEOUT) else "Failed"
        texts = (("error", error.error), ("cause", error.cause))
        self._record(kind, {name: text for name, text in texts if text is not None})

    def _record(self, step: str, details: dict[str, Json]) -> None:
        family = self._family
        if self._named:
            self._walk.record(f"Task{step}", f"task{step}EventDetails", {**self._named, **details})
        else:
            bare = family == "LambdaFunction" and not details
            field = "" if bare else f"{family[0].lower()}{family[1:]}{step}EventDetails"
            self._walk.record(f"{family}{step}", field, details)
