"""The distributed Map: from the state's input to a Map Run, and from its children to the result.

Order of evaluation, events and their predecessors are recorded (scenarios.base_scenarios/test_map_state_*distributed*,
test_map_item_reader_*, test_map_state_tolerated_failure_*): limits are read after MapStateStarted, items from S3 after
MapRunStarted, and the state is left after MapRunStarted. Starting children needs `states:StartExecution` on the machine
by its own role (reference/cross-account.md section 7); it is asked for once in a Map Run. *Inferred*: error and text
where that is refused, and that arguments of reader and writer are evaluated before the Map Run starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.asl import dataflow, dataset, errors, limits, tolerance
from turnstile.asl.errors import StatesError
from turnstile.gate.call import Call, Site
from turnstile.gate.errors import ServiceError
from turnstile.states import result_writer
from turnstile.states.children import Children, Swarm
from turnstile.states.inputs import Batched, Items, Single, members
from turnstile.states.map_run import MapRun, MapRunStatus, labelled
from turnstile.states.objects import Objects
from turnstile.states.recovery import Result, persist

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from turnstile.asl.definition import Map
    from turnstile.document import Json
    from turnstile.gate.gate import Gate
    from turnstile.states.inputs import Inputs
    from turnstile.states.interpreter import Walk
    from turnstile.states.line import Step
    from turnstile.states.map_run import MapRuns
    from turnstile.states.sessions import Sessions

_MOST_CHILDREN = 10_000
"""How many children of one Map Run run at once (reference/limits.md)."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What was evaluated before the Map Run starts; `source` and `target` are the arguments of reader and writer."""

    concurrency: int
    tolerated_count: int | None
    tolerated_percentage: float | None
    most: int
    batch: tuple[int | None, int | None]
    batch_input: Json
    source: Json
    target: Json


class Distributed:
    """Runs distributed Maps; their children live in the task group, but never longer than their state."""

    def __init__(self, gate: Gate, sessions: Sessions, group: asyncio.TaskGroup, known: MapRuns) -> None:
        self._gate = gate
        self._sessions = sessions
        self._group = group
        self._known = known

    async def map(self, walk: Walk, state: Map, raw: Json) -> Step:
        """Run the children until they succeed, are caught, or fail; the output and the next state.

        Every attempt is a Map Run of its own; a redriven state goes on with the one it has.

        Raises:
            StatesError: the Map Run failed for good.
        """

        async def attempt(number: int) -> Result:
            unfinished, walk.broken = walk.unfinished(), None
            data = dataflow.effective_input(state, raw, walk.scope)
            if isinstance(unfinished, Swarm):
                return await self._again(walk, state, data, unfinished, number)
            return await self._attempt(walk, state, data, number)

        return await persist(walk, state, raw, attempt)

    async def _attempt(self, walk: Walk, state: Map, data: Json, number: int) -> Result:
        concurrency = dataflow.max_concurrency(state, data, walk.scope)
        items = None if state.item_reader else _own_items(walk, state, data)
        length = len(items.values) if items else 0
        walk.record("MapStateStarted", "mapStateStartedEventDetails", {"length": length})
        order = _order(walk, state, data, concurrency)
        run = self._begin(walk, state, order)
        started = walk.record("MapRunStarted", "mapRunStartedEventDetails", {"mapRunArn": run.arn})
        work = _Work(self._gate, self._sessions, walk, state, data, order, number)

        async def children() -> Inputs:
            inputs = await work.inputs(items, run)
            fan_out = Children(walk, state, run, inputs, (self._sessions, self._known))
            most = min(order.concurrency or _MOST_CHILDREN, _MOST_CHILDREN)
            swarm = run.swarm = Swarm(walk, fan_out, most, self._group)
            await work.guarded(swarm.run, run, inputs)
            return inputs

        return await _concluded(walk, run, started, children, work)

    async def _again(self, walk: Walk, state: Map, data: Json, swarm: Swarm, number: int) -> Result:
        run = swarm.map_run
        run.reopen(walk.world.clock.now(), swarm)
        details = {"mapRunArn": run.arn, "redriveCount": run.redrives}
        order = _order(walk, state, data, run.concurrency)
        started = walk.record("MapRunRedriven", "mapRunRedrivenEventDetails", details)
        work = _Work(self._gate, self._sessions, walk, state, data, order, number)

        async def children() -> Inputs:
            await work.guarded(swarm.again, run, swarm.inputs)
            return swarm.inputs

        return await _concluded(walk, run, started, children, work)

    def _begin(self, walk: Walk, state: Map, order: _Order) -> MapRun:
        machine = labelled(walk.execution.machine, state)
        partition = arns.partition_of(machine.region).name
        resource = f"mapRun:{machine.name}:{walk.world.uuid()}"
        run = MapRun(
            arn=str(Arn(partition, "states", machine.region, machine.account, resource)),
            execution=walk.execution,
            machine=machine,
            started=walk.world.clock.now(),
            concurrency=order.concurrency,
            tolerated_count=order.tolerated_count,
            tolerated_percentage=order.tolerated_percentage,
        )
        self._known.runs[run.arn] = run
        return run


async def _concluded(
    walk: Walk, run: MapRun, started: int, children: Callable[[], Awaitable[Inputs]], work: _Work
) -> Result:
    """Run the children and record how the Map Run ended; one that is cut is aborted."""
    clock = walk.world.clock
    try:
        output = await work.output(run, await children())
    except StatesError as failure:
        error = walk.located(failure)
        run.finish(MapRunStatus.FAILED, clock.now())
        walk.previous = started
        texts = {name: text for name, text in (("error", error.error), ("cause", error.cause)) if text is not None}
        walk.record("MapRunFailed", "mapRunFailedEventDetails", texts)
        raise error from None
    except BaseException:
        run.finish(MapRunStatus.ABORTED, clock.now())
        raise
    run.finish(MapRunStatus.SUCCEEDED, clock.now())
    walk.previous = started
    walk.record("MapRunSucceeded")
    walk.record("MapStateSucceeded")
    return Result(output, started)


class _Work:
    """What one Map Run does besides running its children: permission to start them, reading and writing."""

    def __init__(
        self, gate: Gate, sessions: Sessions, walk: Walk, state: Map, data: Json, order: _Order, number: int
    ) -> None:
        self._gate = gate
        self._sessions = sessions
        self._walk = walk
        self._state = state
        self._data = data
        self._order = order
        self._site = Site(walk.execution.arn, state.name, number, 0, walk.entered, walk.execution.redrives)

    async def inputs(self, items: Items | None, run: MapRun) -> Inputs:
        """The inputs of the children, after whatever must be read for them.

        Raises:
            StatesError: they cannot be read or made, or the role may not start children.
        """
        await self._admit()
        found = await self._read() if items is None else items
        single = Single(self._walk, self._state, self._data, found)
        inputs: Inputs = single
        if self._state.item_batcher is not None:
            inputs = Batched(self._walk, self._state, single, self._order.batch, self._order.batch_input)
        run.expect(len(single), len(inputs))
        return inputs

    async def guarded(self, work: Callable[[], Awaitable[list[Json]]], run: MapRun, inputs: Inputs) -> None:
        """Run the children; what became of them is written down even if they fail the Map Run (documented)."""
        try:
            await work()
        except StatesError:
            if self._state.result_writer is not None and self._state.result_writer.arguments is not None:
                await self._export(run, inputs)
            raise

    async def output(self, run: MapRun, inputs: Inputs) -> Json:
        """The output of the state.

        Raises:
            StatesError: the results cannot be written.
        """
        writer = self._state.result_writer
        if writer is not None and writer.arguments is not None:
            return await self._export(run, inputs)
        run.items.written, run.executions.written = run.items.succeeded, run.executions.succeeded
        return result_writer.output(writer, run)

    async def _export(self, run: MapRun, inputs: Inputs) -> Json:
        writer = self._state.result_writer
        assert writer is not None  # only asked where there is one
        objects = await self._objects(dataset.WRITER_FAILED)
        return await result_writer.export(writer, self._order.target, run, result_writer.waiting(run, inputs), objects)

    async def _admit(self) -> None:
        machine = self._walk.execution.machine
        session = await self._sessions.execution_role(self._walk.execution)
        members = {"stateMachineArn": machine.arn.partition("/")[0]}
        try:
            self._gate.admit(Call(session, "stepfunctions", "StartExecution", members, machine.region, self._site))
        except ServiceError as error:
            raise StatesError(errors.PERMISSIONS, error.message) from None

    async def _read(self) -> Items:
        from turnstile.states import item_reader  # noqa: PLC0415 - items in the input need none of it

        reader = self._state.item_reader
        assert reader is not None  # only asked where there is one
        objects = await self._objects(dataset.READER_FAILED)
        wide = self._walk.world.settings.object_items
        return await item_reader.read(reader, self._order.source, self._order.most, objects, wide=wide)

    async def _objects(self, failing: str) -> Objects:
        session = await self._sessions.execution_role(self._walk.execution)
        return Objects(self._gate, session, self._walk.execution.machine.region, self._site, failing)


def _own_items(walk: Walk, state: Map, data: Json) -> Items:
    value = dataflow.dataset(state, data, walk.scope)
    found = members(value) if walk.world.settings.object_items or isinstance(value, list) else None
    if found is None:
        raise dataflow.not_iterable(state, value)
    return found


def _order(walk: Walk, state: Map, data: Json, concurrency: int) -> _Order:
    """Evaluate what a Map evaluates after MapStateStarted; MaxConcurrency alone comes before it (see `Inline`)."""
    scope, reader, batcher, writer = walk.scope, state.item_reader, state.item_batcher, state.result_writer
    return _Order(
        concurrency=concurrency,
        tolerated_count=tolerance.tolerated_count(state, data, scope),
        tolerated_percentage=tolerance.tolerated_percentage(state, data, scope),
        most=0 if reader is None else limits.max_items(reader, data, scope),
        batch=(None, None) if batcher is None else limits.batch_limits(batcher, data, scope),
        batch_input=batcher.batch_input.fill(scope, data) if batcher and batcher.batch_input else None,
        source=None if reader is None else reader.arguments.fill(scope, data),
        target=writer.arguments.fill(scope, data) if writer and writer.arguments else None,
    )
