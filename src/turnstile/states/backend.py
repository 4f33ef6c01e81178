"""The Step Functions API over the machines and executions of a world.

Operations and texts: the Step Functions API Reference; reference/recorded-behaviour.md ("Refused definitions and
requests"), cross-account.md section 8. The gate has judged the caller; what this file refuses, the service refuses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.states import creation
from turnstile.states.execution import Execution, Status
from turnstile.states.history import History
from turnstile.states.unreadable import complaint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.states.runner import Runner
    from turnstile.states.sessions import Sessions
    from turnstile.world.machine import Machine
    from turnstile.world.world import World

_LARGEST_INPUT = 262_144


class States:
    """Registers machines, starts executions and tells what became of them.

    `definitions` maps definition text to its tree, for texts that were parsed already.
    """

    def __init__(
        self, world: World, sessions: Sessions, runner: Runner, definitions: Mapping[str, StateMachine]
    ) -> None:
        self._world = world
        self._sessions = sessions
        self._runner = runner
        self._definitions = dict(definitions)
        self.executions: dict[str, Execution] = {}

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        operation = self._operations.get(call.operation)
        if operation is None:
            raise Unsupported(f"states:{call.operation}")
        return await operation(self, call, owner)

    async def _create_state_machine(self, call: Call, owner: str) -> Output:
        machine = creation.machine(call, owner, self._world, self._definitions)
        existing = self._world.machine(machine.arn)
        if existing is not None:
            return creation.created_again(existing, machine)
        try:
            await self._sessions.as_service(machine.arn, owner, call.region, machine.role_arn)
        except ServiceError:
            raise ServiceError("AccessDeniedException", creation.NOT_ASSUMABLE) from None
        self._world.accounts[owner].machines[machine.arn] = machine
        return {"stateMachineArn": machine.arn, "creationDate": machine.created}

    async def _describe_state_machine(self, call: Call, _owner: str) -> Output:
        machine = self._machine(str(call.parameters.get("stateMachineArn", "")))
        return {
            "stateMachineArn": machine.arn,
            "name": machine.name,
            "status": "ACTIVE",
            "definition": machine.text,
            "roleArn": machine.role_arn,
            "type": machine.type,
            "creationDate": machine.created,
            "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
            "tracingConfiguration": {"enabled": False},
        }

    async def _start_execution(self, call: Call, owner: str) -> Output:
        machine = self._machine(str(call.parameters.get("stateMachineArn", "")))
        text = str(call.parameters.get("input", "{}"))
        document = _input(text)
        name = str(call.parameters.get("name") or self._world.uuid())
        creation.check_name(name)
        partition = self._world.accounts[owner].partition
        arn = str(Arn(partition, "states", machine.region, owner, f"execution:{machine.name}:{name}"))
        running = self.executions.get(arn)
        if running is None:
            clock = self._world.clock
            quota = self._world.event_quota if machine.type == "STANDARD" else None
            execution = Execution(arn, name, machine, document, text, clock.now(), clock.signal(), History(quota))
            execution.judged = self._world.judged
            self.executions[arn] = execution
            self._runner.start(execution)
        elif running.status is not Status.RUNNING or running.input_text != text:
            raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        return {"executionArn": arn, "startDate": self.executions[arn].started}

    async def _describe_execution(self, call: Call, _owner: str) -> Output:
        execution = self._execution(str(call.parameters.get("executionArn", "")))
        answer: dict[str, Json] = {
            "executionArn": execution.arn,
            "stateMachineArn": execution.machine.arn,
            "name": execution.name,
            "status": execution.status.value,
            "startDate": execution.started,
            "input": execution.input_text,
            "inputDetails": {"included": True},
        }
        if execution.stopped is not None:
            answer["stopDate"] = execution.stopped
        return answer | execution.outcome() | _redrive(execution.status)

    async def _get_execution_history(self, call: Call, _owner: str) -> Output:
        execution = self._execution(str(call.parameters.get("executionArn", "")))
        events = execution.history()
        return {"events": events[::-1] if call.parameters.get("reverseOrder") else events}

    async def _stop_execution(self, call: Call, _owner: str) -> Output:
        execution = self._execution(str(call.parameters.get("executionArn", "")))
        error, cause = call.parameters.get("error"), call.parameters.get("cause")
        await self._runner.stop(execution, error, cause)
        return {"stopDate": execution.stopped}

    def _machine(self, arn: str) -> Machine:
        _check_kind(arn, "stateMachine")
        machine = self._world.machine(arn)
        if machine is None:
            raise ServiceError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return machine

    def _execution(self, arn: str) -> Execution:
        _check_kind(arn, "execution")
        execution = self.executions.get(arn)
        if execution is None:
            raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return execution

    _operations: Mapping[str, Callable[[States, Call, str], Awaitable[Output]]] = {
        "CreateStateMachine": _create_state_machine,
        "DescribeStateMachine": _describe_state_machine,
        "StartExecution": _start_execution,
        "DescribeExecution": _describe_execution,
        "GetExecutionHistory": _get_execution_history,
        "StopExecution": _stop_execution,
    }


def _check_kind(arn: str, wanted: str) -> None:
    """Refuse the ARN of another kind of resource (recorded for Express executions: sfn_api_express)."""
    kind = arn.split(":")[5]
    if kind != wanted:
        raise ServiceError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {kind}'")


def _input(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        problem = complaint(text) if text.strip() else "Invalid execution input."
        message = f"Invalid State Machine Execution Input: '{problem}'"
        raise ServiceError("InvalidExecutionInput", message) from None


def _redrive(status: Status) -> dict[str, Json]:
    """What DescribeExecution says about starting an ended execution again (recorded: sfn_api, timeouts)."""
    if status in (Status.RUNNING, Status.SUCCEEDED):
        reason = f"Execution is {status.value} and cannot be redriven"
        return {"redriveCount": 0, "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    return {"redriveCount": 0, "redriveStatus": "REDRIVABLE"}
