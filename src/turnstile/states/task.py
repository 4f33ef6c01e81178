"""The Task state: attempts under a session, retried and caught by `states.recovery`.

An attempt is scheduled and started before its role is assumed, so a refused assumption fails a task that had started
(reference/cross-account.md section 4b). What the events look like is `states.attempt`'s business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from turnstile.asl import dataflow, errors
from turnstile.asl.errors import StatesError
from turnstile.clock import Expired
from turnstile.gate.call import Call, Site
from turnstile.integrations.catalog import integration
from turnstile.integrations.work import Work
from turnstile.states.attempt import Attempt
from turnstile.states.recovery import Result, persist

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from turnstile.asl.definition import Task
    from turnstile.document import Json
    from turnstile.gate.call import Answer
    from turnstile.gate.gate import Gate
    from turnstile.integrations.work import Integration
    from turnstile.states.interpreter import Step, Walk
    from turnstile.states.sessions import Sessions


class Tasks:
    """Runs Task states; the sessions are those of the execution role and of target roles."""

    def __init__(self, gate: Gate, sessions: Sessions) -> None:
        self._gate = gate
        self._sessions = sessions

    async def run(self, walk: Walk, state: Task, raw: Json) -> Step:
        """Do the work of a Task until it succeeds, is caught, or fails; its output and the next state.

        Raises:
            StatesError: it failed for good.
        """

        async def attempt(number: int) -> Result:
            return Result(await self.attempt(walk, state, raw, number), walk.previous)

        return await persist(walk, state, raw, attempt)

    async def attempt(self, walk: Walk, state: Task, raw: Json, number: int) -> Json:
        """Do the work once, as the attempt of that number; its result.

        Raises:
            StatesError: it failed.
        """
        resource, task = integration(state.resource)
        data = dataflow.effective_input(state, raw, walk.scope)
        parameters = dataflow.arguments(state, data, walk.scope)
        walk.measure(parameters, state.name)
        role_arn = dataflow.role_arn(state, data, walk.scope)
        timeout = dataflow.timeout_seconds(state, data, walk.scope)
        heartbeat = dataflow.heartbeat_seconds(state, data, walk.scope)
        attempt = Attempt(walk, resource)
        attempt.scheduled(parameters, role_arn, timeout, heartbeat)
        attempt.started()
        site = Site(walk.execution.arn, state.name, number)
        try:
            result = await self._within(walk, timeout, self._work(walk, task, state, parameters, role_arn, site))
            walk.measure(result, attempt.name)
        except StatesError as error:
            attempt.failed(error)
            raise
        attempt.succeeded(result)
        return result

    async def _work(
        self, walk: Walk, task: Integration, state: Task, parameters: Json, role_arn: str | None, site: Site
    ) -> Json:
        """Open the session and do the work under it, and under no other."""
        if role_arn is None:
            session = await self._sessions.execution_role(walk.execution)
        else:
            session = await self._sessions.target_role(walk.execution, role_arn, site)

        async def ask(service: str, operation: str, members: Mapping[str, Json]) -> Answer:
            region = walk.execution.machine.region
            return await self._gate.call(Call(session, service, operation, members, region, site))

        return await task.start(Work(state.resource, parameters, ask))

    @staticmethod
    async def _within(walk: Walk, seconds: int | None, work: Coroutine[Any, Any, Json]) -> Json:
        if seconds is None:
            return await work
        clock = walk.world.clock
        try:
            async with clock.timeout(clock.now() + seconds) as expiry:
                return await work
        except Expired as expired:
            if expired is not expiry:
                raise
        raise StatesError(errors.TIMEOUT)
