"""Parallel and inline Map: from the state's input to a fan-out, and from its outputs to the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import dataflow
from turnstile.states.fanout import FanOut
from turnstile.states.plan import Branches, Iterations
from turnstile.states.recovery import Result, persist

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable

    from turnstile.asl.definition import Map, Parallel
    from turnstile.document import Json
    from turnstile.states.interpreter import Unfinished, Walk
    from turnstile.states.line import Step

_MOST_ITERATIONS = 40
"""How many iterations of an inline Map run at once, whatever MaxConcurrency says (reference/limits.md)."""


class Inline:
    """Runs Parallel and inline Map states; their walks live in the task group, but never longer than their state."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group

    async def parallel(self, walk: Walk, state: Parallel, raw: Json) -> Step:
        """Run the branches until they succeed, are caught, or fail; the output and the next state.

        Raises:
            StatesError: a branch failed for good.
        """

        async def attempt(_: int) -> Result:
            if (unfinished := _taken_up(walk)) is not None:
                return await _succeeded(walk, unfinished.again())
            data = dataflow.effective_input(state, raw, walk.scope)
            plan = Branches(walk, state, dataflow.arguments(state, data, walk.scope))
            walk.record("ParallelStateStarted")
            return await _succeeded(walk, FanOut(walk, plan, plan.length, self._group).run())

        return await persist(walk, state, raw, attempt)

    async def map(self, walk: Walk, state: Map, raw: Json) -> Step:
        """Run the iterations until they succeed, are caught, or fail; the output and the next state.

        MaxConcurrency is read before MapStateStarted, unlike what a distributed Map tolerates (*inferred*).

        Raises:
            StatesError: an iteration failed for good.
        """

        async def attempt(_: int) -> Result:
            if (unfinished := _taken_up(walk)) is not None:
                return await _succeeded(walk, unfinished.again())
            data = dataflow.effective_input(state, raw, walk.scope)
            most = dataflow.max_concurrency(state, data, walk.scope) or _MOST_ITERATIONS
            plan = Iterations(walk, state, data, dataflow.items(state, data, walk.scope))
            walk.record("MapStateStarted", "mapStateStartedEventDetails", {"length": plan.length})
            return await _succeeded(walk, FanOut(walk, plan, min(most, _MOST_ITERATIONS), self._group).run())

        return await persist(walk, state, raw, attempt)


def _taken_up(walk: Walk) -> Unfinished | None:
    """What is left of the attempt that is redriven; a new attempt has nothing left yet."""
    found = walk.unfinished()
    walk.broken = None
    return found


async def _succeeded(walk: Walk, work: Awaitable[list[Json]]) -> Result:
    """The state is left after the last event before its success, not after the success."""
    outputs = await work
    last = walk.previous
    walk.record(type(walk.state).__name__ + "StateSucceeded")
    return Result(outputs, last)
