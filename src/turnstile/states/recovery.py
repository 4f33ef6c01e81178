"""Retry and Catch: the work of a state is tried until it succeeds, is caught, or fails for good.

One place for all states that have them; choices between retriers and catchers are `asl.retry`'s. Which events a
Parallel or Map leaves is recorded (scenarios.base_scenarios/test_map_state_retry_multiple_retriers,
test_parallel_state_retry). That `States.Runtime` leaves none, and that a result which cannot be shaped fails after the
state succeeded, was measured by users (https://github.com/floci-io/floci/pull/3167).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from turnstile.asl import dataflow, errors
from turnstile.asl.definition import Task
from turnstile.asl.errors import StatesError
from turnstile.asl.retry import Retrying, catcher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from turnstile.asl.definition import Work
    from turnstile.document import Json
    from turnstile.states.interpreter import Walk
    from turnstile.states.line import Step


class Result(NamedTuple):
    """What the work gave, and the event after which the state is left."""

    value: Json
    previous: int


async def persist(walk: Walk, state: Work, raw: Json, work: Callable[[int], Awaitable[Result]]) -> Step:
    """Do the work, given the number of the attempt, until it succeeds or is caught; the output and the next state.

    Raises:
        StatesError: it failed for good.
    """
    retrying = Retrying(walk.world.random)
    while True:
        try:
            return leave(walk, state, raw, await work(retrying.count + 1))
        except StatesError as failure:
            error = walk.located(failure)
            chosen = retrying.choose(state.retry, error.error, error.narrower)
            if chosen is None:
                return caught(walk, state, raw, error)
            walk.took(f"{state.pointer}/Retry/{chosen[0]}")
        await walk.world.clock.sleep(chosen[1])
        walk.context["State"] = {**walk.context["State"], "RetryCount": retrying.count}


def leave(walk: Walk, state: Work, raw: Json, result: Result) -> Step:
    """Leave the state with what its work gave; the output and the next state.

    Raises:
        StatesError: the result cannot be shaped.
    """
    selected = dataflow.selected(state, result.value, walk.scope)
    assigned = dataflow.assigned(state, selected, walk.scope)
    output = dataflow.output(state, raw, selected, walk.scope)
    walk.previous = result.previous
    return walk.onward(state, output, assigned)


def caught(walk: Walk, state: Work, raw: Json, error: StatesError) -> Step:
    """Go where a catcher says, with the error output in place.

    Raises:
        StatesError: no catcher takes the error.
    """
    if not isinstance(state, Task) and error.error not in errors.UNCATCHABLE:
        walk.record(type(state).__name__ + "StateFailed")
    found = catcher(state.catch, error.error, error.narrower)
    if found is None:
        raise error
    shown = {"Error": error.error, "Cause": error.cause}
    assigned = dataflow.assigned(found, shown, walk.scope)
    left = walk.leave(state, dataflow.caught(found, raw, shown, walk.scope), assigned)
    walk.took(f"{state.pointer}/Catch/{state.catch.index(found)}")
    return left, found.next
