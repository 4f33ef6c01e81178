"""The Task state: attempts under a session, retried and caught by `states.recovery`.

An attempt is scheduled and started before its role is assumed, so a refused assumption fails a task that had started
(reference/cross-account.md section 4b). Then it goes as the pattern of its resource says (`states.effort`); what the
events look like is `states.attempt`'s business.

The session of an attempt is an `Authority`. Whoever must wait for its role waits before TaskScheduled, in the role slot
of the execution; a callback gives the slot back once it is submitted, a job keeps it until the attempt is over, and
between attempts nobody has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from turnstile.asl import dataflow, errors
from turnstile.asl.errors import StatesError
from turnstile.clock import Expired
from turnstile.gate.call import Site
from turnstile.integrations.catalog import emulated, integration, job, shaped
from turnstile.integrations.resource import ActivityArn, FunctionArn, Pattern, ServiceApi
from turnstile.integrations.work import Origin, Work
from turnstile.states.activity_queue import ActivityQueues, Ticket
from turnstile.states.attempt import Attempt
from turnstile.states.authority import Authority
from turnstile.states.effort import Callback, Errand, Request, Run
from turnstile.states.recovery import Result, persist
from turnstile.states.rehearsed import Rehearsal, declared
from turnstile.states.standstill import Standstill
from turnstile.states.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from turnstile.asl.definition import Task
    from turnstile.document import Json
    from turnstile.gate.gate import Gate
    from turnstile.integrations.resource import Resource
    from turnstile.integrations.work import Models, Notice
    from turnstile.states.effort import Effort
    from turnstile.states.interpreter import Walk
    from turnstile.states.line import Step
    from turnstile.states.sessions import Sessions
    from turnstile.states.tokens import Pending
    from turnstile.world.answers import Outcome
    from turnstile.world.machine import Machine


@dataclass(frozen=True, slots=True)
class _Demand:
    """What was evaluated for an attempt; times in seconds."""

    parameters: Json
    role_arn: str | None
    timeout: int | None
    heartbeat: int | None


class _Means(NamedTuple):
    """What an attempt works with; `pending` where its pattern has a token."""

    work: Work
    attempt: Attempt
    authority: Authority
    pending: Pending | None


class Tasks:
    """Runs Task states; the sessions are those of the execution role and of target roles."""

    def __init__(self, gate: Gate, sessions: Sessions, models: Models) -> None:
        self._gate = gate
        self.models = models
        self._sessions = sessions
        self.tokens = Tokens(gate.world)
        self.queues = ActivityQueues(gate.world.clock)
        self.standstill = Standstill()

    async def run(self, walk: Walk, state: Task, raw: Json) -> Step:
        """Do the work of a Task until it succeeds, is caught, or fails; its output and the next state.

        Raises:
            StatesError: it failed for good.
        """

        async def attempt(number: int) -> Result:
            return Result(await self.attempt(walk, state, raw, number, walk.notice), walk.previous)

        try:
            return await persist(walk, state, raw, attempt)
        finally:
            walk.context.pop("Task", None)

    async def attempt(self, walk: Walk, state: Task, raw: Json, number: int, notice: Notice | None = None) -> Json:
        """Do the work once, as the attempt of that number; its result. `notice`: see `Work`.

        Raises:
            StatesError: it failed.
            Unsupported: the resource is not emulated.
        """
        resource = emulated(state.resource)
        pending = self._pending(walk, resource)
        if pending is not None:
            self.tokens.hold(walk.execution.arn, state.name, pending)
        try:
            site = Site(walk.execution.arn, state.name, number, 0, walk.entered, walk.execution.redrives)
            return await self._attempt(walk, state, raw, site, pending, notice)
        finally:
            if pending is not None:
                pending.close()

    async def _attempt(
        self, walk: Walk, state: Task, raw: Json, site: Site, pending: Pending | None, notice: Notice | None
    ) -> Json:
        resource = emulated(state.resource)
        demand = self._demand(walk, state, raw, resource)
        attempt = Attempt(walk, resource)
        authority = Authority(self._gate, self._sessions, walk.execution, demand.role_arn, site)
        await authority.take_slot(self.standstill)
        try:
            attempt.scheduled(demand.parameters, demand.role_arn, demand.timeout, demand.heartbeat)
            work = Work(state.resource, demand.parameters, authority.ask, self.models, _origin(walk, demand.role_arn))
            work = work if notice is None else replace(work, notice=notice)
            means = _Means(work, attempt, authority, pending)
            outcome = declared(walk.execution, state.name, demand.parameters)
            effort = self._effort(resource, demand, means) if outcome is None else _rehearsal(resource, outcome, means)
            result = await self._within(walk, demand.timeout, effort.result())
            walk.measure(result, attempt.name)
        except StatesError as error:
            attempt.failed(error)
            raise
        finally:
            authority.give_back_slot()
        attempt.succeeded(result)
        return result

    def _pending(self, walk: Walk, resource: Resource) -> Pending | None:
        """A token for the attempt, where its pattern has one; of an activity only the worker sees it."""
        if isinstance(resource, FunctionArn):
            return None
        if isinstance(resource, ServiceApi) and resource.pattern is Pattern.REQUEST_RESPONSE:
            return None
        machine = walk.execution.machine
        pending = self.tokens.issue(machine.account, machine.region)
        if isinstance(resource, ServiceApi):
            walk.context["Task"] = {"Token": pending.token}
        return pending

    def _demand(self, walk: Walk, state: Task, raw: Json, resource: Resource) -> _Demand:
        data = dataflow.effective_input(state, raw, walk.scope)
        parameters = shaped(resource, dataflow.arguments(state, data, walk.scope), self.models)
        walk.measure(parameters, state.name)
        role_arn = dataflow.role_arn(state, data, walk.scope)
        timeout = dataflow.timeout_seconds(state, data, walk.scope)
        heartbeat = dataflow.heartbeat_seconds(state, data, walk.scope)
        if isinstance(resource, ActivityArn) and not self._exists(resource.arn, walk.execution.machine):
            raise errors.runtime(f"The activity {resource.arn} does not exist.")
        return _Demand(parameters, role_arn, timeout, heartbeat)

    def _exists(self, activity_arn: str, machine: Machine) -> bool:
        """An activity of the machine's own account and Region; it reaches no other (*inferred*)."""
        here = activity_arn.split(":")[3:5] == [machine.region, machine.account]
        return here and activity_arn in self._gate.world.accounts[machine.account].activities

    def _effort(self, resource: Resource, demand: _Demand, means: _Means) -> Effort:
        """What the attempt does, by the pattern of its resource."""
        work, attempt, authority, pending = means
        if pending is None:
            return Request(integration(work.resource), work, attempt, authority)
        match resource:
            case ActivityArn(arn):
                ticket = Ticket(arn, pending, demand.parameters, demand.heartbeat, attempt)
                return Errand(self.queues, ticket, authority, self.standstill)
            case ServiceApi(pattern=Pattern.CALLBACK):
                task = integration(work.resource)
                return Callback(task, work, attempt, authority, pending, demand.heartbeat, self.standstill)
            case _:
                followed = job(work.resource)
                return Run(followed, work, attempt, authority, pending, self._gate.world, self.standstill)

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


def _rehearsal(resource: Resource, outcome: Outcome, means: _Means) -> Rehearsal:
    """What an attempt does whose result is declared."""
    work, attempt, authority, _ = means
    match resource:
        case ActivityArn():
            return Rehearsal(outcome, work, attempt, authority, None, waits=False)
        case ServiceApi(pattern=Pattern.SYNC | Pattern.SYNC_2):
            return Rehearsal(outcome, work, attempt, authority, job(work.resource).submit, waits=True)
        case _:
            waits = isinstance(resource, ServiceApi) and resource.pattern is Pattern.CALLBACK
            return Rehearsal(outcome, work, attempt, authority, integration(work.resource).start, waits)


def _origin(walk: Walk, role_arn: str | None) -> Origin:
    machine = walk.execution.machine
    account = role_arn.split(":")[4] if role_arn and role_arn.count(":") > 4 else machine.account  # noqa: PLR2004 - account is field 4
    return Origin(machine.arn.partition("/")[0], walk.execution.arn, account)
