"""Runs executions as workers of the world's clock, from ExecutionStarted to the last event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.definition import Map, Mode, Parallel, Task
from turnstile.asl.errors import StatesError
from turnstile.clock import Expired
from turnstile.states.context import redriven_context, start_context
from turnstile.states.description import described
from turnstile.states.execution import LONGEST, Status
from turnstile.states.history import FULL, Dropped, Full
from turnstile.states.inline import Inline
from turnstile.states.instant import WAIT
from turnstile.states.interpreter import Walk
from turnstile.states.map_run import MapRuns
from turnstile.world.job_plan import USUAL

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

    from turnstile.document import Json
    from turnstile.gate.call import Backend
    from turnstile.states.announcing import Announcer
    from turnstile.states.distributed import Distributed
    from turnstile.states.execution import Execution
    from turnstile.states.line import Step
    from turnstile.states.log_delivery import LogDelivery
    from turnstile.states.task import Tasks
    from turnstile.world.world import World


class Runner:
    """Starts and stops executions; they live in the task group of the emulator, which they cannot outlive."""

    def __init__(
        self,
        world: World,
        tasks: Tasks,
        group: asyncio.TaskGroup,
        distributed: Callable[[MapRuns], Distributed],
        announcer: Announcer,
        groups: Backend,
    ) -> None:
        self._world = world
        self._group = group
        self.tasks = tasks
        self._walks: dict[str, Walk] = {}
        self.map_runs = MapRuns()
        self._distributed: Distributed | None = None
        self._open_distributed = distributed
        self._announcer = announcer
        self._groups = groups
        self._delivery: LogDelivery | None = None
        self._inline = Inline(group)
        self._works = {**WAIT, Task: tasks.run, Parallel: self._inline.parallel, Map: self._map}

    def start(self, execution: Execution) -> None:
        """Begin an execution; it goes on by itself."""
        started = {"input": execution.input, "roleArn": execution.machine.role_arn}
        execution.events.append(0, self._world.clock.now(), "ExecutionStarted", "executionStartedEventDetails", started)
        kind = Walk if self._world.stages is None else _seen_walk()
        walk = self._walks[execution.arn] = kind(execution, self._world, self._works, start_context(execution), {})
        walk.start(execution.machine.definition, execution.input)
        execution.worker = self._world.clock.start(self._group, self._run(execution, walk))

    def redrive(self, execution: Execution) -> None:
        """Let an execution that did not succeed go on where it ended; its own time starts anew (documented)."""
        walk, clock = self._walks[execution.arn], self._world.clock
        previous = execution.reopen(clock.now(), clock.signal())
        redriven_context(walk.context, execution)
        execution.worker = clock.start(self._group, self._run(execution, walk, previous))

    async def stop(self, execution: Execution, error: Json, cause: Json) -> None:
        """Abort an execution; one that has ended stays as it is.

        The last event has no predecessor (recorded: sfn_api/test_stop_execution).
        """
        if execution.status is not Status.RUNNING:
            return
        execution.finish(Status.ABORTED, self._world.clock.now(), 0, error=error, cause=cause)
        self._tell(execution)
        if execution.map_run is not None and execution.map_run.swarm is not None:
            execution.map_run.swarm.stop(execution)
        if execution.worker is not None:
            execution.worker.cancel()
            await self._world.clock.wait(execution.worker.done)
        await self._log(execution)
        await self._announce(execution)

    async def _map(self, walk: Walk, state: Map, raw: Json) -> Step:
        """Run a Map in its own mode; the distributed one is opened when the first state asks for it."""
        if state.mode is Mode.INLINE:
            return await self._inline.map(walk, state, raw)
        if self._distributed is None:
            self._distributed = self._open_distributed(self.map_runs)
        return await self._distributed.map(walk, state, raw)

    def _tell(self, execution: Execution) -> None:
        """Let it be known that it has ended; there are no events of Express executions, nor of a Map Run's children.

        What becomes of the event that a parent waits for is said as of jobs, by a plan for StartExecution.
        """
        machine = execution.machine
        if machine.type != "STANDARD" or execution.map_run is not None:
            return
        plans = self._world.accounts[machine.account].jobs.get("stepfunctions:StartExecution")
        asked = {"stateMachineArn": machine.arn, "name": execution.name, "input": execution.input_text}
        plan = plans.next(asked) if plans else USUAL
        now = self._world.clock.now()
        self._world.completions.ended(execution.arn, now, lambda: described(execution, now), after=plan.event)

    async def _announce(self, execution: Execution) -> None:
        """Let rules of EventBridge hear of it, where there are any."""
        if self._world.ruled:
            await self._announcer.announce(execution)

    async def _log(self, execution: Execution) -> None:
        """Write its events into the log of its machine, where it has one."""
        if execution.machine.logging["level"] == "OFF":
            return
        if self._delivery is None:
            from turnstile.states.log_delivery import LogDelivery  # noqa: PLC0415 - few machines have logs

            self._delivery = LogDelivery(self._groups)
        for each in (execution, *self._children(execution)):
            await self._delivery.deliver(each)

    def _children(self, execution: Execution) -> Iterator[Execution]:
        """Those of its Map Runs and their children, as far as their histories were kept."""
        for run in self.map_runs.runs.values():
            for child in run.children if run.execution is execution else ():
                if not isinstance(child.events, Dropped):
                    yield child
                yield from self._children(child)

    def _fill(self, execution: Execution) -> None:
        """End an execution whose history is full; an Express one has no quota, its time counts as over."""
        now, last = self._world.clock.now(), len(execution.events)
        if execution.machine.type == "EXPRESS":
            execution.finish(Status.TIMED_OUT, now, last, error=errors.TIMEOUT)
        else:
            cause = FULL.format(self._world.settings.event_quota)
            execution.finish(Status.FAILED, now, last, error=errors.RUNTIME, cause=cause)

    async def _run(self, execution: Execution, walk: Walk, previous: int | None = None) -> None:
        """Walk to the end, from the start or on after the event `previous`.

        A Standard machine that runs out of its own time names no error (recorded: test_global_timeout).
        """
        clock = self._world.clock
        definition = execution.machine.definition
        seconds = definition.timeout_seconds or LONGEST[execution.machine.type]
        weak = definition.timeout_seconds is None and execution.machine.type == "STANDARD"
        await self._announce(execution)
        try:
            async with clock.timeout(clock.now() + seconds, weak=weak) as expiry:
                output = await (walk.run() if previous is None else walk.resume(previous))
        except StatesError as error:
            execution.finish(Status.FAILED, clock.now(), walk.previous, error=error.error, cause=error.cause)
        except Expired as expired:
            if expired is not expiry:
                raise
            named = errors.TIMEOUT if execution.machine.type == "EXPRESS" else None
            execution.finish(Status.TIMED_OUT, clock.now(), walk.previous, error=named)
        except Full:
            self._fill(execution)
        else:
            execution.finish(Status.SUCCEEDED, clock.now(), walk.previous, output=output)
            del self._walks[execution.arn]
        self._tell(execution)
        await self._log(execution)
        await self._announce(execution)


def _seen_walk() -> type[Walk]:
    from turnstile.states.seen import SeenWalk  # noqa: PLC0415 - only where somebody watches

    return SeenWalk
