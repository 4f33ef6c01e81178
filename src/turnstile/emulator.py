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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from turnstile.backends.as_recorded import AsRecorded
from turnstile.backends.declared import Declared
from turnstile.backends.hollow import Hollow
from turnstile.backends.late import Late
from turnstile.backends.made_up import MadeUp
from turnstile.backends.mirrored import Mirrored
from turnstile.backends.sts import Sts
from turnstile.backends.task_models import TaskModels
from turnstile.clock import Stalled, VirtualClock
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.gate.gate import Gate
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
    from turnstile.backends.functions import Functions
    from turnstile.backends.handlers.process import Handlers
    from turnstile.backends.jobs import Jobs
    from turnstile.backends.moto import Moto
    from turnstile.backends.moto_state import Snapshot as Resources
    from turnstile.document import Json
    from turnstile.gate.call import Backend
    from turnstile.states.distributed import Distributed
    from turnstile.states.execution import Execution
    from turnstile.states.map_run import MapRuns
    from turnstile.states.standstill import Orphan, Stuck
    from turnstile.states.test_state import Tester
    from turnstile.states.tokens import Tokens
    from turnstile.world.caller import Caller
    from turnstile.world.world import World


_RUNNING = frozenset({"Invoke", "InvokeAsync", "Publish", "PublishBatch", "StartExecution", "StartSyncExecution"})
"""Operations that leave more behind than the world and its resources: processes, executions, counts of messages."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """An emulator at one moment, for others to begin with: its world, its gate's trail, its resources in moto."""

    world: World
    gate: Gate
    resources: Resources | None


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
    ) -> None:
        self.world = world
        self._handlers = handlers
        self._own_handlers: Handlers | None = None
        self._functions = Late(self._lambda)
        self._backends: dict[str, Backend] = {
            "events": Late(self._events),
            "execute-api": Late(self._apis),
            "http": Late(self._http),
            "iam": Late(self._iam),
            "lambda": self._functions,
            "sts": Sts(world),
        }
        self._jobs = Late(self._jobs_of)
        self.gate = Gate(world, self._backends, lambda: self._jobs)
        self._definitions = {} if definitions is None else definitions
        self._stack = AsyncExitStack()
        self._states: States | None = None
        self._moto: Backend | None = None
        self._local: Moto | None = None
        self._begun: Resources | None = None
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
        emulator = cls(copy_world(snapshot.world), handlers=handlers, definitions=definitions)
        emulator.gate.begin_as(snapshot.gate)
        emulator._begun = snapshot.resources
        return emulator

    def snapshot(self) -> Snapshot | None:
        """Everything as it is now; None where it cannot be copied.

        That is where a moto server keeps the resources or moto has some that nobody can copy, and where functions or
        executions have run.
        """
        if self.world.moto_url is not None or any(entry.call.operation in _RUNNING for entry in self.gate.trail):
            return None
        resources = self._local.snapshot() if self._local else self._begun
        if self._local is not None and resources is None:
            return None
        if self._jobs.backend is not None and any(self._jobs.backend.lives.values()):
            return None
        world = copy_world(self.world)
        gate = Gate(world, {}, self._resources)
        gate.begin_as(self.gate)
        return Snapshot(world, gate, resources)

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        self._stack.push_async_callback(self._close_functions)
        self._stack.callback(self._drop_resources)  # after the last execution, whenever they were opened
        if self.world.moto_url is not None:
            from turnstile.backends.moto_remote import RemoteMoto  # noqa: PLC0415 - loads aiohttp

            self._moto = await self._stack.enter_async_context(RemoteMoto(self.world, self.world.moto_url))
        group = await self._stack.enter_async_context(asyncio.TaskGroup())
        self._stack.enter_context(self.world.clock.attend())
        sessions = Sessions(self.gate)
        tasks = Tasks(self.gate, sessions, TaskModels())
        self._standstill = tasks.standstill
        self._tokens = tasks.tokens

        def distributed(known: MapRuns) -> Distributed:
            from turnstile.states.distributed import Distributed  # noqa: PLC0415 - for machines that have such a Map

            return Distributed(self.gate, sessions, group, known)

        runner = Runner(self.world, tasks, group, distributed, Announcer(self.world, Late(self._resources)))

        def tester() -> Tester:
            from turnstile.backends.answer_models import complaint  # noqa: PLC0415 - only tests of states need it
            from turnstile.states.test_state import Tester  # noqa: PLC0415 - as above

            return Tester(self.world, tasks, complaint)

        self._states = States(self.gate, sessions, runner, self._definitions, tester)
        self._backends["stepfunctions"] = self._states
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
            functions = self._functions.backend
            if functions is None or not isinstance(self.world.clock, VirtualClock) or not await functions.settle():
                return

    def _apis(self) -> Backend:
        from turnstile.backends.apis import Apis  # noqa: PLC0415 - for workflows that send requests to APIs

        return Apis(self.world, self._jobs, self.gate)

    def _http(self) -> Backend:
        from turnstile.backends.http_endpoints import HttpEndpoints  # noqa: PLC0415 - for workflows with HTTP Tasks

        return HttpEndpoints(self.world, self._jobs, self.gate)

    def _events(self) -> Backend:
        from turnstile.backends.managed_rules import ManagedRules  # noqa: PLC0415 - for worlds that use EventBridge

        return ManagedRules(self.world, self._jobs)

    def _iam(self) -> Backend:
        from turnstile.backends.iam import Iam  # noqa: PLC0415 - loads the policy language

        return Iam(self.world)

    def _lambda(self) -> Functions:
        from turnstile.backends.function_access import GateAccess  # noqa: PLC0415 - as below
        from turnstile.backends.functions import Functions  # noqa: PLC0415 - loads what starts processes
        from turnstile.backends.handlers.process import Handlers  # noqa: PLC0415 - as above

        handlers = self._handlers
        if handlers is None:
            handlers = self._own_handlers = Handlers()
        return Functions(self.world, handlers, self.gate, GateAccess(self.gate))

    async def _close_functions(self) -> None:
        """End what the functions of this world started; handlers that were given outlive it."""
        try:
            if self._functions.backend is not None:
                await self._functions.backend.close()
        finally:
            if self._own_handlers is not None:
                await self._own_handlers.close()

    def _drop_resources(self) -> None:
        if self._local is not None:
            self._local.close()

    def _jobs_of(self) -> Jobs:
        from turnstile.backends.ecs_tasks import EcsTasks  # noqa: PLC0415 - as below
        from turnstile.backends.jobs import Jobs  # noqa: PLC0415 - for worlds with resources of other services
        from turnstile.backends.kubernetes import Kubernetes  # noqa: PLC0415 - as above
        from turnstile.backends.model_endpoints import ModelEndpoints  # noqa: PLC0415 - as below

        resources = Mirrored(self.world, Late(self._resources))
        tasks = AsRecorded(EcsTasks(self.world, ModelEndpoints(resources)))
        made = Hollow(MadeUp(self.world, tasks))
        return Jobs(self.world, Declared(self.world, Kubernetes(self.world, made)))

    def _resources(self) -> Backend:
        """The backend of every other service, loaded when the first call asks for one."""
        if self._moto is None:
            from turnstile.backends.deliveries import Deliveries  # noqa: PLC0415 - as above
            from turnstile.backends.moto import Moto  # noqa: PLC0415 - costs a quarter of a second

            self._local = Moto(self.world, self._begun, delivers=False)
            self._moto = Deliveries(self._local, self.gate)
        return self._moto


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
