"""What the states do that need nobody else: those that never wait, as plain functions, and Wait.

Each takes its line, the state and its raw input, and leaves the state. Specification: the States Language, "Pass",
"Choice", "Wait", "Succeed" and "Fail".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import dataflow, errors
from turnstile.asl.definition import Choice, Fail, Pass, Succeed, Wait
from turnstile.asl.errors import StatesError
from turnstile.asl.wait import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.asl.choice import Rule
    from turnstile.asl.definition import State
    from turnstile.document import Json
    from turnstile.states.line import Line, Step, Works


def _pass(walk: Line, state: Pass, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    result = state.result if state.has_result else dataflow.arguments(state, data, walk.scope)
    assigned = dataflow.assigned(state, result, walk.scope)
    output = dataflow.output(state, raw, result, walk.scope)
    return walk.onward(state, output, assigned)


_NO_MATCH = "Failed to transition out of the state. The state does not point to a next state."
"""As users report it; `States.NoChoiceMatched` of the specification is never shown."""


def _choice(walk: Line, state: Choice, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    chosen: Choice | Rule
    for index, rule in enumerate(state.rules):
        if rule.test(walk.scope, data):
            chosen, target, turn = rule, rule.next, f"{state.pointer}/Choices/{index}"
            break
    else:
        if state.default is None:
            raise errors.runtime(_NO_MATCH)
        chosen, target, turn = state, state.default, f"{state.pointer}/Default"
    assigned = dataflow.assigned(chosen, data, walk.scope)
    output = dataflow.routed(state, chosen, data, walk.scope)
    left = walk.leave(state, output, assigned)
    walk.took(turn)
    return left, target


def _succeed(walk: Line, state: Succeed, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    return walk.leave(state, dataflow.output(state, data, data, walk.scope), None), None


def _fail(walk: Line, state: Fail, raw: Json) -> Step:
    error, cause = dataflow.failure(state, raw, walk.scope)
    raise StatesError(error, cause)


async def _wait(walk: Line, state: Wait, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    clock = walk.world.clock
    await clock.sleep_until(wait_until(state, data, walk.scope, clock.now()))
    assigned = dataflow.assigned(state, data, walk.scope)
    return walk.onward(state, dataflow.output(state, data, data, walk.scope), assigned)


INSTANT: Mapping[type[State], Callable[..., Step]] = {
    Pass: _pass,
    Choice: _choice,
    Succeed: _succeed,
    Fail: _fail,
}
"""What becomes of the states that never wait, by type."""
WAIT: Works = {Wait: _wait}
"""The work of states that wait for nothing but time."""
