"""The children of a Map Run: executions that a fan-out walks like any other lines, each with a history of its own.

So children that never wait cost no task switch. A child that fails is counted, and the run goes on while that is
tolerated. What a finished child leaves is its outcome; its history is kept for as many as the world says
(`Settings.child_histories`), the first ones, and for all that can be redriven.

*Inferred*: the role is taken for a child when it first waits for anything; its timeouts are those of its type.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.asl import errors, tolerance
from turnstile.asl.errors import StatesError
from turnstile.clock import Expired
from turnstile.states.context import redriven_context, start_context
from turnstile.states.execution import LONGEST, Execution, Status
from turnstile.states.fanout import FanOut
from turnstile.states.history import FULL, Dropped, Full, History
from turnstile.states.interpreter import TURN, Walk

if TYPE_CHECKING:
    from turnstile.asl.definition import Map
    from turnstile.document import Json
    from turnstile.states.inputs import Inputs
    from turnstile.states.map_run import MapRun, MapRuns
    from turnstile.states.sessions import Sessions

EXCEEDED = "The specified tolerated failure threshold was exceeded"


class _TimedOut(StatesError):  # noqa: N818 - named for what happened
    """The child ran out of its time; a Standard one names no error (recorded for executions: test_global_timeout)."""


class ChildWalk(Walk):
    """The walk of a child; what would end an execution ends it with an error of the child."""

    __slots__ = ("sessions",)
    sessions: Sessions

    def glide(self, most: int = TURN) -> int:
        """See `Walk.glide`."""
        try:
            return super().glide(most)
        except Full:
            raise self._full() from None

    async def run(self) -> Json:
        """See `Walk.run`; it ends in time and under the execution role."""
        return await self._in_time(None)

    async def resume(self, previous: int) -> Json:
        """See `Walk.resume`."""
        return await self._in_time(previous)

    async def _in_time(self, previous: int | None) -> Json:
        child, clock = self.execution, self.world.clock
        try:
            async with clock.timeout((child.redriven or child.started) + LONGEST[child.machine.type]) as expiry:
                if self.world.judged:
                    await self.sessions.execution_role(child)
                return await (super().run() if previous is None else super().resume(previous))
        except Expired as expired:
            if expired is not expiry:
                raise
            raise _TimedOut(errors.TIMEOUT if child.machine.type == "EXPRESS" else None) from None
        except Full:
            raise self._full() from None

    def _full(self) -> StatesError:
        self.previous = len(self.execution.events)
        if self.execution.machine.type == "EXPRESS":
            return _TimedOut(errors.TIMEOUT)
        return StatesError(errors.RUNTIME, FULL.format(self.world.settings.event_quota))


class Children:
    """One child for each input; see `Plan`."""

    def __init__(self, walk: Walk, state: Map, run: MapRun, inputs: Inputs, reach: tuple[Sessions, MapRuns]) -> None:
        self._walk = walk
        self._state = state
        self.run = run
        self.inputs = inputs
        self._sessions, self._known = reach
        self._clock = walk.world.clock
        machine = run.machine
        partition = arns.partition_of(machine.region).name
        self._standard = machine.type == "STANDARD"
        kind = "execution" if self._standard else "express"
        self._prefix = str(Arn(partition, "states", machine.region, machine.account, f"{kind}:{machine.name}:"))
        self.length = len(inputs)

    def open(self, index: int, _: int) -> Walk:
        """See `Plan.open`."""
        raw = self.inputs.make(index)
        child = self._born(raw)
        self.run.children.append(child)
        return self._stand(index, child)

    def _stand(self, index: int, child: Execution) -> Walk:
        """The walk of a new child, before its first state."""
        raw = child.input
        now = child.started
        started = {"input": raw, "roleArn": child.machine.role_arn}
        child.events.append(0, now, "ExecutionStarted", "executionStartedEventDetails", started)
        walk = self._walk.like(ChildWalk)(child, self._walk.world, self._walk.works, start_context(child), {})
        walk.sessions = self._sessions
        walk.start(self._state.item_processor, raw)
        self.run.executions.start(1)
        self.run.items.start(self.inputs.weight(index))
        return walk

    def _born(self, raw: Json) -> Execution:
        world, run = self._walk.world, self.run
        name = world.uuid()
        arn = f"{self._prefix}{name}" if self._standard else f"{self._prefix}{name}:{world.uuid()}"
        events = History(world.settings.event_quota if self._standard else world.settings.express_events)
        child = Execution(arn, name, run.machine, raw, "", self._clock.now(), self._clock.signal(), events)
        child.judged = world.judged
        child.map_run = run
        child.rehearsal = self._walk.execution.rehearsal
        self._known.children[arn] = child
        return child

    def again(self, index: int, line: Walk) -> tuple[Walk, int | None]:
        """Let a child that did not succeed run again: its walk, and the event after which it goes on.

        An Express child begins anew, as another execution (documented).
        """
        child = line.execution
        weight = self.inputs.weight(index)
        self.run.executions.again(child.status, 1)
        self.run.items.again(child.status, weight)
        if self._standard:
            previous = child.reopen(self._clock.now(), self._clock.signal())
            redriven_context(line.context, child)
            return line, previous
        self.run.executions.pending += 1
        self.run.executions.running -= 1
        self.run.items.pending += weight
        self.run.items.running -= weight
        del self._known.children[child.arn]
        fresh = self.run.children[index] = self._born(child.input)
        return self._stand(index, fresh), None

    def succeeded(self, index: int, walk: Walk) -> int:
        """See `Plan.succeeded`; nothing of it stands in the history of the Map."""
        self._end(index, walk, Status.SUCCEEDED, output=walk.data)
        child = walk.execution
        kept = walk.world.settings.child_histories
        if kept is not None and index >= kept:
            child.events = Dropped(len(child.events))
        return self._walk.previous

    def failed(self, index: int, cause: int) -> None:
        """See `Plan.failed`; `fell` takes its place here."""

    def aborted(self, index: int, cause: int) -> None:
        """See `Plan.aborted`; `dropped` takes its place here."""

    def fell(self, index: int, line: Walk, error: StatesError) -> bool:
        """Count a child that failed; whether that is tolerated."""
        status = Status.TIMED_OUT if isinstance(error, _TimedOut) else Status.FAILED
        self._end(index, line, status, error=error.error, cause=error.cause)
        items, run = self.run.items, self.run
        bad = items.failed + items.timed_out
        unset = run.tolerated_count is None and run.tolerated_percentage is None
        count = 0 if unset else run.tolerated_count
        return not tolerance.exceeded(bad, items.total, count, run.tolerated_percentage)

    def dropped(self, index: int, line: Walk) -> None:
        """Count a child that was cut."""
        self._end(index, line, Status.ABORTED)

    def _end(self, index: int, line: Walk, status: Status, **outcome: Json) -> None:
        child = line.execution
        child.finish(status, self._clock.now(), 0 if status is Status.ABORTED else line.previous, **outcome)
        child.session = None
        self.run.executions.end(status, 1)
        self.run.items.end(status, self.inputs.weight(index))


class Swarm(FanOut):
    """Walks the children of a Map Run, as many at once as it says at that moment."""

    def __init__(self, walk: Walk, children: Children, most: int, group: asyncio.TaskGroup) -> None:
        super().__init__(walk, children, most, group)
        self._children = children
        self.map_run = children.run
        self.inputs = children.inputs

    def cut(self, cause: int | None) -> None:
        """See `FanOut.cut`; each child ends as aborted."""
        if cause is not None:
            self._walk.execution.events.append(cause, self._clock.now(), "MapRunAborted")
        lines, self._lines = self._lines, {}
        self._unfinished |= lines
        for index, line in lines.items():
            line.cut(None)
            self._children.dropped(index, line)
            if index in self._workers:
                self._workers[index].cancel()

    def widen(self, most: int) -> None:
        """See `Herd.widen`."""
        self._most = most
        while (opened := self._open(0)) is not None:
            self._begin(opened)

    async def _take_turns(self) -> None:
        """Let each child go on as soon as it is opened: of ten thousand that may run at once few ever wait.

        One that has not ended after its turn goes on beside the next.
        """
        queue = deque[int]()
        left = TURN
        while self._failure is None:
            if not queue:
                self._queue(self._open(0), queue)
            if not queue:
                return
            index = queue.popleft()
            left -= self._turn(index, queue)
            if queue and queue[-1] == index:
                self._queue(self._open(0), queue)
            if left <= 0:
                await asyncio.sleep(0)
                left = TURN

    async def _take_up(self) -> None:
        lines, self._lines = self._lines, {}
        for index, line in sorted(lines.items()):
            self._lines[index], previous = self._children.again(index, line)
            self._begin(index, previous)
        self.widen(self._most)

    def stop(self, child: Execution) -> None:
        """See `Herd.stop`; others follow it."""
        index, line = next((index, line) for index, line in self._lines.items() if line.execution is child)
        self._unfinished[index] = self._lines.pop(index)
        line.cut(None)
        self._children.dropped(index, line)
        if index in self._workers:
            self._workers.pop(index).cancel()
        self.widen(self._most)
        if not self._lines:
            self._over.give(None)

    def _cut_for(self, error: StatesError, cause: int) -> None:
        del cause
        self._stop(error)

    def _open(self, previous: int) -> int | None:
        return super()._open(previous) if len(self._lines) < self._most else None

    def _fail(self, index: int, line: Walk, error: StatesError) -> int | None:
        self._unfinished[index] = self._lines.pop(index)
        if not self._children.fell(index, line, error):
            self._stop(StatesError(tolerance.EXCEEDED, EXCEEDED))
            return None
        following = self._open(0)
        if not self._lines:
            self._over.give(None)
        return following
