"""Walks side by side: the branches of a Parallel, the iterations of an inline Map.

Each walk glides as far as it can without waiting, in turns, by order of its index; only one that must wait becomes a
worker of the clock, which then also takes the items that follow in its place. So lines that never wait cost no task
switch, and the order is defined. The first failure cuts all others, and none of them outlives the state.

Events: reference/recorded-behaviour.md, "History shape"; those of cut walks were measured by users
(https://github.com/floci-io/floci/pull/3167 and its tests). What differs between the two states is `states.plan`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.errors import StatesError
from turnstile.states.interpreter import TURN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from turnstile.clock import Signal, Worker
    from turnstile.document import Json
    from turnstile.states.interpreter import Walk
    from turnstile.states.plan import Plan


class FanOut:
    """One attempt of one state: `walk` waits for the walks that `plan` opens, `most` at a time."""

    def __init__(self, walk: Walk, plan: Plan, most: int, group: asyncio.TaskGroup) -> None:
        self._walk = walk
        self._plan = plan
        self._most = most
        self._group = group
        self._clock = walk.world.clock
        self._results: list[Json] = [None] * plan.length
        self._opened = 0
        self._lines: dict[int, Walk] = {}
        self._unfinished: dict[int, Walk] = {}
        self._workers: dict[int, Worker[None]] = {}
        self._started: list[Worker[None]] = []
        self._failure: Exception | None = None
        self._over: Signal[None] = self._clock.signal()

    async def run(self) -> list[Json]:
        """The outputs in the order of the plan; leaves `walk.previous` at the last event of the walk that ended last.

        Raises:
            StatesError: what the first walk that failed raised, or a walk could not be opened.
        """
        return await self._finished(self._take_turns)

    async def again(self) -> list[Json]:
        """The same for an attempt that did not succeed: its walks that did not end go on, those that did are kept.

        Raises:
            StatesError: as `run`.
        """
        self._failure = None
        self._over = self._clock.signal()
        self._workers, self._started = {}, []
        self._lines, self._unfinished = self._unfinished, {}
        return await self._finished(self._take_up)

    async def _finished(self, begin: Callable[[], Awaitable[None]]) -> list[Json]:
        self._walk.inner = self
        self._walk.broken = self
        try:
            await begin()
            if self._lines:
                await self._clock.wait(self._over)
        finally:
            self.cut(None)
            for worker in self._started:
                await self._clock.wait(worker.done)
            self._walk.inner = None
        if self._failure is not None:
            raise self._failure
        self._walk.broken = None
        return self._results

    def cut(self, cause: int | None) -> None:
        """Stop all that run, at once and with what runs inside them; see `Inner.cut`."""
        lines, self._lines = self._lines, {}
        self._unfinished |= lines
        for index, line in lines.items():
            if cause is not None:
                self._plan.aborted(index, cause)
            line.cut(cause)
            if index in self._workers:
                self._workers[index].cancel()

    async def _take_up(self) -> None:
        """Let every line that did not end go on as a worker, and open others beside them."""
        first = self._walk.previous
        for index, line in sorted(self._lines.items()):
            line.context["Execution"] = self._walk.context["Execution"]
            self._begin(index, first)
        while len(self._lines) < self._most and (opened := self._open(first)) is not None:
            self._begin(opened)

    async def _take_turns(self) -> None:
        """Walk every line to its end or to its first wait."""
        first = self._walk.previous
        queue = deque[int]()
        while len(queue) < self._most and (index := self._open(first)) is not None:
            queue.append(index)
        left = TURN
        while queue and self._failure is None:
            index = queue.popleft()
            left -= self._turn(index, queue)
            if left <= 0:
                await asyncio.sleep(0)
                left = TURN

    def _turn(self, index: int, queue: deque[int]) -> int:
        """Let one line go on; how much of the common turn it took. It queues again if it can.

        One that must wait ends the turn, so that it begins to wait before the next line goes on.
        """
        line = self._lines[index]
        try:
            went = line.glide()
        except StatesError as error:
            self._queue(self._fail(index, line, error), queue)
            return 1
        if line.next is None:
            self._queue(self._succeed(index, line), queue)
        elif went == TURN:
            queue.append(index)
        else:
            self._begin(index)
            return TURN
        return went

    @staticmethod
    def _queue(following: int | None, queue: deque[int]) -> None:
        if following is not None:
            queue.append(following)

    def _begin(self, index: int, previous: int | None = None) -> None:
        worker = self._clock.start(self._group, self._go_on(index, previous))
        self._workers[index] = worker
        self._started.append(worker)

    def _open(self, previous: int) -> int | None:
        """Open the next line after the event `previous`; its index, None if there is none or it cannot be opened."""
        index = self._opened
        if index == self._plan.length or self._failure is not None:
            return None
        self._opened += 1
        try:
            self._lines[index] = self._plan.open(index, previous)
        except StatesError as error:
            self._opened = index
            self._cut_for(error, self._walk.previous)
            return None
        return index

    async def _go_on(self, index: int, previous: int | None) -> None:
        """As a worker: take a line to its end, and after it those that follow in its place.

        The first goes on after the event `previous` in the state it did not end.
        """
        following: int | None = index
        try:
            while following is not None:
                index = following
                line = self._lines[index]
                try:
                    await (line.run() if previous is None else line.resume(previous))
                except StatesError as error:
                    following = self._fail(index, line, error)
                else:
                    following = self._succeed(index, line)
                previous = None
                worker = self._workers.pop(index)
                if following is not None:
                    self._workers[following] = worker
        except Exception as error:  # noqa: BLE001 - raised by `run`, for whoever waits there
            self._lines.pop(index, None)
            self._stop(error)

    def _succeed(self, index: int, line: Walk) -> int | None:
        """Take the output of a line; the index of the one opened in its place."""
        self._results[index] = line.data
        del self._lines[index]
        self._walk.previous = self._plan.succeeded(index, line)
        following = self._open(line.previous)
        if not self._lines:
            self._over.give(None)
        return following

    def _fail(self, index: int, line: Walk, error: StatesError) -> int | None:
        """Take the failure of a line; the index of the one opened in its place, None where it fails the state."""
        self._unfinished[index] = self._lines.pop(index)
        self._walk.previous = line.previous
        if error.error not in errors.UNCATCHABLE:
            line.cut(line.previous)
        self._cut_for(error, line.previous)
        if error.error not in errors.UNCATCHABLE:
            self._plan.failed(index, line.previous)
        return None

    def _cut_for(self, error: StatesError, cause: int) -> None:
        """Cut all others; an error that nothing catches ends the execution without a word about them."""
        self.cut(None if error.error in errors.UNCATCHABLE else cause)
        self._stop(error)

    def _stop(self, error: Exception) -> None:
        """The first failure stays."""
        self.cut(None)
        if self._failure is None:
            self._failure = error
            self._over.give(None)
