"""The services of one world behind its gate: which backend answers for which service, each made when first called.

Knows every backend and no interpreter; Step Functions itself is put beside them by whoever runs it (`serve`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.backends.late import Late
from turnstile.backends.sts import Sts
from turnstile.clock import VirtualClock
from turnstile.gate.gate import Gate
from turnstile.world.copying import copy_world

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from turnstile.backends.functions import Functions
    from turnstile.backends.handlers.pool import Handlers
    from turnstile.backends.jobs import Jobs
    from turnstile.backends.moto import Moto
    from turnstile.backends.moto_state import Snapshot as Resources
    from turnstile.gate.call import Backend
    from turnstile.world.world import World

_RUNNING = frozenset({"Invoke", "InvokeAsync", "Publish", "PublishBatch", "StartExecution", "StartSyncExecution"})
"""Operations that leave more behind than the world and its resources: processes, executions, counts of messages."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Services at one moment, for others to begin with: their world, its gate's trail, its resources in moto."""

    world: World
    gate: Gate
    resources: Resources | None


class Services:
    """The gate of a world, and everything behind it."""

    def __init__(self, world: World, handlers: Handlers | None, begun: Snapshot | None = None) -> None:
        self.world = world
        self._handlers = handlers
        self._own_handlers: Handlers | None = None
        self._moto: Backend | None = None
        self._local: Moto | None = None
        self._begun = begun.resources if begun else None
        self.functions = Late(self._lambda)
        self.jobs = Late(self._jobs_of)
        self.resources = Late(self._resources)
        self._table: dict[str, Backend] = {
            "events": Late(self._events),
            "execute-api": Late(self._apis),
            "http": Late(self._http),
            "iam": Late(self._iam),
            "lambda": self.functions,
            "sts": Sts(world),
        }
        self.gate = Gate(world, self._table, lambda: self.jobs)
        if begun:
            self.gate.begin_as(begun.gate)

    def serve(self, service: str, backend: Backend) -> None:
        """Let a backend answer for a service from now on."""
        self._table[service] = backend

    async def open(self, stack: AsyncExitStack) -> None:
        """Let everything that the services start end with the stack, after whatever is put on it later."""
        stack.push_async_callback(self._close_functions)
        stack.callback(self._drop_resources)
        if self.world.moto_url is not None:
            from turnstile.backends.moto_remote import RemoteMoto  # noqa: PLC0415 - loads aiohttp

            self._moto = await stack.enter_async_context(RemoteMoto(self.world, self.world.moto_url))

    async def settle(self) -> bool:
        """Let functions take the events they were sent, as far as virtual time brings them about; whether any did."""
        functions = self.functions.backend
        return functions is not None and isinstance(self.world.clock, VirtualClock) and await functions.settle()

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
        if self.jobs.backend is not None and any(self.jobs.backend.lives.values()):
            return None
        world = copy_world(self.world)
        gate = Gate(world, {}, lambda: self.jobs)
        gate.begin_as(self.gate)
        return Snapshot(world, gate, resources)

    def _apis(self) -> Backend:
        from turnstile.backends.apis import Apis  # noqa: PLC0415 - for workflows that send requests to APIs

        return Apis(self.world, self.jobs, self.gate)

    def _http(self) -> Backend:
        from turnstile.backends.http_endpoints import HttpEndpoints  # noqa: PLC0415 - for workflows with HTTP Tasks

        return HttpEndpoints(self.world, self.jobs, self.gate)

    def _events(self) -> Backend:
        from turnstile.backends.managed_rules import ManagedRules  # noqa: PLC0415 - for worlds that use EventBridge

        return ManagedRules(self.world, self.jobs)

    def _iam(self) -> Backend:
        from turnstile.backends.iam import Iam  # noqa: PLC0415 - loads the policy language

        return Iam(self.world)

    def _lambda(self) -> Functions:
        from turnstile.backends.function_access import GateAccess  # noqa: PLC0415 - as below
        from turnstile.backends.functions import Functions  # noqa: PLC0415 - loads what starts processes
        from turnstile.backends.handlers.pool import Handlers  # noqa: PLC0415 - as above

        handlers = self._handlers
        if handlers is None:
            handlers = self._own_handlers = Handlers()
        return Functions(self.world, handlers, self.gate, GateAccess(self.gate))

    async def _close_functions(self) -> None:
        """End what the functions of this world started; handlers that were given outlive it."""
        try:
            if self.functions.backend is not None:
                await self.functions.backend.close()
        finally:
            if self._own_handlers is not None:
                await self._own_handlers.close()

    def _drop_resources(self) -> None:
        if self._local is not None:
            self._local.close()

    def _jobs_of(self) -> Jobs:
        from turnstile.backends.as_recorded import AsRecorded  # noqa: PLC0415 - for worlds with other services
        from turnstile.backends.declared import Declared  # noqa: PLC0415 - as above
        from turnstile.backends.ecs_tasks import EcsTasks  # noqa: PLC0415 - as above
        from turnstile.backends.hollow import Hollow  # noqa: PLC0415 - as above
        from turnstile.backends.jobs import Jobs  # noqa: PLC0415 - as above
        from turnstile.backends.kubernetes import Kubernetes  # noqa: PLC0415 - as above
        from turnstile.backends.made_up import MadeUp  # noqa: PLC0415 - as above
        from turnstile.backends.mirrored import Mirrored  # noqa: PLC0415 - as above
        from turnstile.backends.model_endpoints import ModelEndpoints  # noqa: PLC0415 - as below

        resources = Mirrored(self.world, self.resources)
        tasks = AsRecorded(EcsTasks(self.world, ModelEndpoints(resources)))
        made = Hollow(MadeUp(self.world, tasks))
        return Jobs(self.world, Declared(self.world, Kubernetes(self.world, made)))

    def _resources(self) -> Backend:
        """The backend of every other service."""
        if self._moto is None:
            from turnstile.backends.deliveries import Deliveries  # noqa: PLC0415 - as above
            from turnstile.backends.moto import Moto  # noqa: PLC0415 - costs a quarter of a second

            self._local = Moto(self.world, self._begun, delivers=False)
            self._moto = Deliveries(self._local, self.gate)
        return self._moto
