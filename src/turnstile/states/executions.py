"""Executions in the API: start, describe, list, stop, redrive, and their histories.

Recorded: sfn_api, sfn_api_express, express.express_sync. An Express execution has an ARN of a kind that none of the
operations on executions takes: only who started it learns how it went.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.gate.errors import ServiceError
from turnstile.states import redrive
from turnstile.states.description import described, input_of, shown_of
from turnstile.states.execution import Execution, Status
from turnstile.states.history import History
from turnstile.states.local_cases import named_case, rehearsal
from turnstile.states.log_entries import without_data
from turnstile.states.naming import (
    EXECUTION,
    EXPRESS,
    check_name,
    is_version,
    no_machine,
    split_qualifier,
    unlabelled,
)
from turnstile.states.pages import page
from turnstile.states.unreadable import read_input

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.states.registry import Registry, Target
    from turnstile.states.runner import Runner

_NOT_SUPPORTED = "This operation is not supported by this type of state machine"
_ONE_OF_TWO = "Exactly one of stateMachineArn and mapRunArn must be specified"
_BILLED_STEP = 0.1
"""Seconds to which the duration of an Express execution is rounded up for the bill."""
_DETAILS = frozenset(("inputDetails", "outputDetails"))


class Executions:
    """The operations on executions."""

    def __init__(self, registry: Registry, runner: Runner) -> None:
        self._registry = registry
        self._runner = runner
        self.operations = {
            "DescribeExecution": self.describe,
            "GetExecutionHistory": self.history,
            "ListExecutions": self.listing,
            "RedriveExecution": self.redrive,
            "StartExecution": self.start,
            "StartSyncExecution": self.start_sync,
            "StopExecution": self.stop,
        }

    async def start(self, call: Call, owner: str) -> Output:
        """StartExecution; a Standard execution that runs with the same name and input is started already."""
        target = self._registry.target(unlabelled(str(call.parameters["stateMachineArn"]).partition("#")[0]))
        execution = self._made(call, owner, target)
        running = self._registry.executions.get(execution.arn)
        if running is None:
            running = execution
            self._begin(execution)
        elif running.status is not Status.RUNNING or running.input_text != execution.input_text:
            raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{execution.arn}'")
        return {"executionArn": running.arn, "startDate": running.started}

    async def start_sync(self, call: Call, owner: str) -> Output:
        """StartSyncExecution: run an Express execution to its end."""
        target = self._registry.target(str(call.parameters["stateMachineArn"]).partition("#")[0])
        if target.machine.type != "EXPRESS":
            raise ServiceError("StateMachineTypeNotSupported", _NOT_SUPPORTED)
        execution = self._made(call, owner, target)
        self._begin(execution)
        await execution.join(self._registry.world.clock)
        return _without_data(call, _synchronous(execution))

    async def describe(self, call: Call, _owner: str) -> Output:
        """DescribeExecution."""
        execution = self._registry.execution(str(call.parameters["executionArn"]))
        return _without_data(call, described(execution, self._now()))

    async def history(self, call: Call, _owner: str) -> Output:
        """GetExecutionHistory."""
        execution = self._registry.execution(str(call.parameters["executionArn"]))
        backwards = bool(call.parameters.get("reverseOrder"))
        events = execution.history()[:: -1 if backwards else 1]
        shown, more = page(call, events, lambda event: str(event["id"]), f"{execution.arn} {backwards}")
        if call.parameters.get("includeExecutionData", True):
            return {"events": shown} | more
        return {"events": [_bare(event) for event in shown]} | more

    async def listing(self, call: Call, _owner: str) -> Output:
        """ListExecutions of a machine, a version, an alias or a Map Run, the newest first."""
        arn = str(call.parameters.get("stateMachineArn", ""))
        if ("mapRunArn" in call.parameters) == bool(arn):
            raise ServiceError("ValidationException", _ONE_OF_TWO)
        if not arn:
            arn = str(call.parameters["mapRunArn"])
            found = self._registry.map_run(arn).children[::-1]
        else:
            self._check_listable(arn)
            found = [each for each in reversed(self._registry.executions.values()) if _listed_under(each, arn)]
        wanted = [each for each in found if _passes(call, each)]
        shown, more = page(call, wanted, lambda execution: execution.arn, arn)
        return {"executions": [shown_of(each) | redrive.counted(each) for each in shown]} | more

    async def stop(self, call: Call, _owner: str) -> Output:
        """StopExecution; one that has ended stays as it is."""
        execution = self._registry.execution(str(call.parameters["executionArn"]))
        await self._runner.stop(execution, call.parameters.get("error"), call.parameters.get("cause"))
        return {"stopDate": execution.stopped}

    async def redrive(self, call: Call, _owner: str) -> Output:
        """RedriveExecution: go on from the state that did not succeed; the same token again does nothing."""
        execution = self._registry.execution(str(call.parameters["executionArn"]))
        token = call.parameters.get("clientToken")
        if token is None or token != execution.redrive_token:
            redrive.check(execution, self._now())
            execution.redrive_token = token
            self._runner.redrive(execution)
        return {"redriveDate": execution.redriven}

    def _made(self, call: Call, owner: str, target: Target) -> Execution:
        """The execution that a call asks for."""
        text = str(call.parameters.get("input", "{}"))
        document = read_input(text)
        world, machine = self._registry.world, target.machine
        name = str(call.parameters.get("name") or world.uuid())
        check_name(name)
        standard = machine.type == "STANDARD"
        kind = EXECUTION if standard else EXPRESS
        suffix = "" if standard else f":{world.uuid()}"
        partition = arns.partition_of(machine.region).name
        arn = str(Arn(partition, "states", machine.region, owner, f"{kind}:{machine.name}:{name}{suffix}"))
        events = History(world.settings.event_quota if standard else world.settings.express_events)
        clock = world.clock
        execution = Execution(arn, name, machine, document, text, clock.now(), clock.signal(), events)
        execution.judged = world.judged
        execution.rehearsal = rehearsal(world, machine, named_case(call))
        execution.version_arn, execution.alias_arn = target.version_arn, target.alias_arn
        execution.trace_header = str(call.parameters.get("traceHeader") or "")
        return execution

    def _begin(self, execution: Execution) -> None:
        self._registry.executions[execution.arn] = execution
        self._runner.start(execution)

    def _check_listable(self, arn: str) -> None:
        plain, qualifier = split_qualifier(arn)
        machine = self._registry.machine(plain)
        if machine.type != "STANDARD":
            raise ServiceError("StateMachineTypeNotSupported", _NOT_SUPPORTED)
        if qualifier:
            found = self._registry.version(arn) if is_version(qualifier) else self._registry.alias(arn)
            if found is None:
                raise no_machine(arn)

    def _now(self) -> float:
        return self._registry.world.clock.now()


def _listed_under(execution: Execution, arn: str) -> bool:
    return arn in (execution.machine.arn, execution.version_arn, execution.alias_arn)


def _passes(call: Call, execution: Execution) -> bool:
    """Whether an execution is what the filters ask for."""
    status = call.parameters.get("statusFilter", execution.status.value)
    redriven = "REDRIVEN" if execution.redrives else "NOT_REDRIVEN"
    return bool(status == execution.status.value and call.parameters.get("redriveFilter", redriven) == redriven)


def _synchronous(execution: Execution) -> dict[str, Json]:
    """The answer of StartSyncExecution; it has output details even where there is no output (recorded)."""
    lasted = (execution.stopped or execution.started) - execution.started
    billed = max(1, math.ceil(round(lasted / _BILLED_STEP, 6)))
    shown = shown_of(execution) | input_of(execution) | {"outputDetails": {"included": True}} | execution.outcome()
    shown["billingDetails"] = {"billedDurationInMilliseconds": billed * 100, "billedMemoryUsedInMB": 64}
    return {
        name: value for name, value in shown.items() if name not in ("stateMachineVersionArn", "stateMachineAliasArn")
    }


def _without_data(call: Call, shown: dict[str, Json]) -> dict[str, Json]:
    """Leave input, output, error and cause out where only metadata are asked for (*inferred*)."""
    if call.parameters.get("includedData") != "METADATA_ONLY":
        return shown
    kept = {name: value for name, value in shown.items() if name not in ("input", "output", "error", "cause")}
    return {name: {"included": False} if name in _DETAILS else value for name, value in kept.items()}


def _bare(event: dict[str, Json]) -> dict[str, Json]:
    """An event without execution data (*inferred*)."""
    return {name: without_data(value) if isinstance(value, dict) else value for name, value in event.items()}
