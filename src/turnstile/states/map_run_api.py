"""Map Runs in the API: describe, list, update.

Recorded: sfn_api_map_run (in 2023, without counts of redrives). *Inferred*: texts about Map Runs that do not exist or
have ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.states.map_run import MapRunStatus
from turnstile.states.pages import page

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.states.map_run import MapRun
    from turnstile.states.registry import Registry

_ENDED = "Map Run with status {} cannot be updated"
_MOST_CHILDREN = 10_000


class MapRunApi:
    """The operations on Map Runs."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.operations = {
            "DescribeMapRun": self.describe,
            "ListMapRuns": self.listing,
            "UpdateMapRun": self.update,
        }

    async def describe(self, call: Call, _owner: str) -> Output:
        """DescribeMapRun."""
        run = self._registry.map_run(str(call.parameters["mapRunArn"]))
        shown: dict[str, Json] = {
            "mapRunArn": run.arn,
            "executionArn": run.execution.arn,
            "status": run.status.value,
            "startDate": run.started,
            "maxConcurrency": run.concurrency,
            "toleratedFailureCount": run.tolerated_count or 0,
            "toleratedFailurePercentage": run.tolerated_percentage or 0.0,
            "itemCounts": run.items.shown(),
            "executionCounts": run.executions.shown(),
            "redriveCount": run.redrives,
        }
        optional = {"stopDate": run.stopped, "redriveDate": run.redriven}
        return shown | {name: value for name, value in optional.items() if value is not None}

    async def listing(self, call: Call, _owner: str) -> Output:
        """ListMapRuns of an execution, the newest first."""
        execution = self._registry.execution(str(call.parameters["executionArn"]))
        runs = [run for run in self._registry.map_runs.runs.values() if run.execution is execution]
        shown, more = page(call, runs[::-1], lambda run: run.arn, execution.arn)
        return {"mapRuns": [_listed(run) for run in shown]} | more

    async def update(self, call: Call, _owner: str) -> Output:
        """UpdateMapRun: other limits from now on, for a run that has not ended."""
        run = self._registry.map_run(str(call.parameters["mapRunArn"]))
        if run.status is not MapRunStatus.RUNNING:
            raise ServiceError("ValidationException", _ENDED.format(run.status.value))
        asked = call.parameters
        if asked.get("toleratedFailureCount") is not None:
            run.tolerated_count = int(asked["toleratedFailureCount"])
        if asked.get("toleratedFailurePercentage") is not None:
            run.tolerated_percentage = float(asked["toleratedFailurePercentage"])
        if asked.get("maxConcurrency") is not None:
            run.concurrency = int(asked["maxConcurrency"])
            if run.swarm is not None:
                run.swarm.widen(min(run.concurrency or _MOST_CHILDREN, _MOST_CHILDREN))
        return {}


def _listed(run: MapRun) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "executionArn": run.execution.arn,
        "mapRunArn": run.arn,
        "stateMachineArn": run.machine.arn,
        "startDate": run.started,
    }
    return shown | ({} if run.stopped is None else {"stopDate": run.stopped})
