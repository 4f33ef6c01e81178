"""The composition root: a world, its gate, and the services behind it. Nothing else wires.

    async with Emulator(world) as emulator:
        machine_arn = await emulator.create_state_machine(...)
        execution = await emulator.execute(...)

Executions live in the block: leaving it waits for those that still run (started by other executions), or ends them
when the block failed.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from turnstile.backends.task_models import TaskModels
from turnstile.clock import Stalled
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.services import Services, Snapshot
from turnstile.states.announcing import Announcer
from turnstile.states.backend import States
from turnstile.states.runner import Runner
from turnstile.states.sessions import Sessions
from turnstile.states.standstill import Standstill
from turnstile.states.task import Tasks
from turnstile.world.copying import copy_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from turnstile.asl.definition import StateMachine
    from turnstile.backends.handlers.pool import Handlers
    from turnstile.document import Json
    from turnstile.states.distributed import Distributed
    from turnstile.states.execution import Execution
    from turnstile.states.map_run import MapRuns
    from turnstile.states.standstill import Orphan, Stuck
    from turnstile.states.test_state import Tester
    from turnstile.states.tokens import Tokens
    from turnstile.world.caller import Caller
    from turnstile.world.world import World


class Emulator:
    """Runs one world.

    `definitions` maps definition text to its tree, so that a text is parsed once and its tree knows the user's file; it
    may grow, and grows by what is parsed here. `stuck` are the Tasks that wait in a world that stands still.
    """

    def __init__(
        self,
        world: World,
        *,
        handlers: Handlers | None = None,
        definitions: dict[str, StateMachine] | None = None,
        begun: Snapshot | None = None,
    ) -> None:
        self.world = world
        self._services = Services(world, handlers, begun)
        self.gate = self._services.gate
        self._definitions = {} if definitions is None else definitions
        self._stack = AsyncExitStack()
        self._states: States | None = None
        self._standstill = Standstill()
        self.stuck: tuple[Stuck, ...] = ()
        self._stood_at = 0
        self._tokens: Tokens | None = None

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        *,
        handlers: Handlers | None = None,
        definitions: dict[str, StateMachine] | None = None,
    ) -> Self:
        """An emulator that begins as another one was; what it does touches neither that one nor the snapshot."""
        return cls(copy_world(snapshot.world), handlers=handlers, definitions=definitions, begun=snapshot)

    def snapshot(self) -> Snapshot | None:
        """See `Services.snapshot`."""
        return self._services.snapshot()

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        await self._services.open(self._stack)
        group = await self._stack.enter_async_context(asyncio.TaskGroup())
        self._stack.enter_context(self.world.clock.attend())
        sessions = Sessions(self.gate)
        tasks = Tasks(self.gate, sessions, TaskModels())
        self._standstill = tasks.standstill
        self._tokens = tasks.tokens

        def distributed(known: MapRuns) -> Distributed:
            from turnstile.states.distributed import Distributed  # noqa: PLC0415 - for machines that have such a Map

            return Distributed(self.gate, sessions, group, known)

        resources = self._services.resources
        runner = Runner(self.world, tasks, group, distributed, Announcer(self.world, resources), resources)

        def tester() -> Tester:
            from turnstile.backends.answer_models import complaint  # noqa: PLC0415 - only tests of states need it
            from turnstile.states.test_state import Tester  # noqa: PLC0415 - as above

            return Tester(self.world, tasks, complaint)

        self._states = States(self.gate, sessions, runner, self._definitions, tester)
        self._services.serve("stepfunctions", self._states)
        self._stack.push_async_exit(self._settle)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            return await self._stack.__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:  # a task group wraps even the one error of its own body
            if len(group.exceptions) > 1:
                raise
            if group.exceptions[0] is not error:
                raise group.exceptions[0] from None
            return False

    @property
    def orphans(self) -> Sequence[Orphan]:
        """The jobs that outlived their Tasks, in the order in which they were left."""
        return self._standstill.orphans

    @property
    def executions(self) -> Mapping[str, Execution]:
        """Every execution of the world by ARN."""
        return self._states.executions if self._states else {}

    @property
    def children(self) -> Mapping[str, Execution]:
        """The children of distributed Maps, by ARN."""
        return self._states.children if self._states else {}

    def token(self, execution_arn: str, state: str) -> str | None:
        """The task token of the latest attempt of a state, valid or not; None where it has had none."""
        return self._tokens.held(execution_arn, state) if self._tokens else None

    async def create_state_machine(
        self,
        caller: Caller,
        *,
        name: str,
        definition: str,
        role_arn: str,
        region: str,
        type: str = "STANDARD",  # noqa: A002 - the API's own word
        further: Mapping[str, Json] | None = None,
    ) -> str:
        """Register a state machine by a call through the gate; its ARN. `further` are parameters of the call.

        Raises:
            ServiceError: the gate or the service refuses it.
        """
        named = {"name": name, "definition": definition, "roleArn": role_arn, "type": type}
        parameters = {**named, **(further or {})}
        answer = await self.gate.call(Call(caller, "stepfunctions", "CreateStateMachine", parameters, region))
        return str(answer.output["stateMachineArn"])

    async def execute(self, caller: Caller, machine_arn: str, document: Json, *, name: str | None = None) -> Execution:
        """Start an execution by a call through the gate and wait for its end; see `join`.

        Raises:
            ServiceError: the gate or the service refuses to start it.
            Unsupported: it came to something that is not emulated.
        """
        execution = await self.start(caller, machine_arn, document, name=name)
        await self.join(execution)
        return execution

    async def join(self, execution: Execution) -> None:
        """Wait for the end of an execution, or until the world stands still: then it is RUNNING, and `stuck` says why.

        Raises:
            Unsupported: it came to something that is not emulated.
        """
        self.stuck = ()
        try:
            await execution.join(self.world.clock)
        except Stalled as stalled:
            self._stand_still(stalled)

    async def settled(self) -> None:
        """Wait until nothing runs any more in the world, or until it stands still.

        Raises:
            Unsupported: it came to something that is not emulated.
        """
        if not self.stuck:
            await self._all_ended()

    async def start(self, caller: Caller, machine_arn: str, document: Json, *, name: str | None = None) -> Execution:
        """Start an execution by a call through the gate.

        Raises:
            ServiceError: the gate or the service refuses to start it.
        """
        parameters = {"stateMachineArn": machine_arn, "input": written_input(document)}
        if name is not None:
            parameters["name"] = name
        region = machine_arn.split(":")[3]
        answer = await self.gate.call(Call(caller, "stepfunctions", "StartExecution", parameters, region))
        return self.executions[answer.output["executionArn"]]

    async def _settle(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if error is None:
            if not (self.stuck and len(self.gate.trail) == self._stood_at):  # nothing was done since
                await self._all_ended()
            if not self.stuck:
                return False
            self._standstill.end()
        for execution in list(self.executions.values()):
            if execution.worker is not None:
                execution.worker.cancel()
        return False

    async def _all_ended(self) -> None:
        """Wait until nothing runs any more, or until the world stands still."""
        self.stuck = ()
        try:
            await self._quiet()
        except Stalled as stalled:
            self._stand_still(stalled)

    def _stand_still(self, stalled: Stalled) -> None:
        """Say who waits, now that nothing can happen.

        Raises:
            Stalled: nobody that we know of.
        """
        self.stuck, self._stood_at = self._standstill.stuck(), len(self.gate.trail)
        if not self.stuck:
            raise stalled

    async def _quiet(self) -> None:
        """Wait for executions, and for events that functions were sent as far as virtual time brings them about."""
        while True:
            known = list(self.executions.values())
            for execution in known:
                await execution.join(self.world.clock)
            if len(self.executions) > len(known):
                continue  # a rule started what nobody else waits for
            if not await self._services.settle():
                return


def written_input(document: Json) -> str:
    """The text of an input; of numbers that JSON lacks too, because the service has its words for them.

    Raises:
        ServiceError: InvalidExecutionInput, the document cannot be written.
    """
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        problem = "The document is nested too deeply"
    except (TypeError, ValueError):
        problem = "The document is not JSON"
    raise ServiceError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{problem}'")
