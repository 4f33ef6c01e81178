"""The walk through a definition: enter a state, do its work, leave it, until one ends the machine.

The loop knows the state types by table. States that never wait are plain functions, so a chain of them costs no
task switch. What a Task does is `states.task`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl import dataflow, errors
from turnstile.asl.definition import Choice, Fail, Pass, Succeed, Task, Wait
from turnstile.asl.errors import StatesError
from turnstile.asl.scope import Scope
from turnstile.asl.wait import wait_until
from turnstile.document import Json, compact, size
from turnstile.states.context import instant, start_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from turnstile.asl.choice import Rule
    from turnstile.asl.definition import State, StateMachine
    from turnstile.states.execution import Execution
    from turnstile.world.world import World

LARGEST_DOCUMENT = 262_144
"""Bytes of UTF-8 that an input or output may have (reference/limits.md)."""

_TURN = 32
"""Transitions after which a branch lets others run."""


Step: TypeAlias = "tuple[Json, str | None]"
"""What a state leaves: its output and the name of the next state."""

TaskWork: TypeAlias = "Callable[[Walk, Task, Json], Awaitable[Step]]"


class Walk:
    """One line of control through an execution: where it stands, its variables, and the last event on it."""

    __slots__ = ("context", "entered", "execution", "measured", "previous", "scope", "state", "work", "world")

    def __init__(self, execution: Execution, world: World, work: TaskWork) -> None:
        self.execution = execution
        self.world = world
        self.work = work
        self.previous = 0
        self.entered = 0
        self.state: State | None = None
        self.measured: Json = None
        self.context = start_context(execution)
        self.scope = Scope(self.context, {}, world.random)

    def record(self, kind: str, field: str = "", details: Mapping[str, Json] | None = None) -> int:
        """Append an event after the last one of this line."""
        now = self.world.clock.now()
        self.previous = self.execution.events.append(self.previous, now, kind, field, details)
        return self.previous

    def enter(self, state: State, raw: Json) -> None:
        """Record the entry of a state and show it in the context object; only what can be retried has a retry count.

        Recorded: context_object.context_object/test_input_path[$$] (a Pass state has none).
        """
        kind = type(state).__name__ + "StateEntered"
        self.entered = self.record(kind, "stateEnteredEventDetails", {"name": state.name, "input": raw})
        self.state = state
        shown: dict[str, Json] = {"EnteredTime": instant(self.world.clock.now()), "Name": state.name}
        if isinstance(state, Task):
            shown["RetryCount"] = 0
        self.context["State"] = shown

    def leave(self, state: State, output: Json, assigned: Mapping[str, Json] | None) -> Json:
        """Record the exit of a state, with the variables it assigned; its output, measured.

        Raises:
            StatesError: the output is larger than a document may be.
        """
        self.measure(output, state.name)
        details: dict[str, Json] = {"name": state.name, "output": output}
        if assigned:
            self.scope.variables = {**self.scope.variables, **assigned}
            details["assignedVariables"] = assigned
        self.record(type(state).__name__ + "StateExited", "stateExitedEventDetails", details)
        return output

    def measure(self, document: Json, name: str) -> None:
        """Refuse a document over the limit; one that was measured last is not measured again."""
        if document is self.measured:
            return
        if not isinstance(document, (int, float, bool, type(None))) and size(compact(document)) > LARGEST_DOCUMENT:
            raise StatesError(
                errors.DATA_LIMIT_EXCEEDED,
                f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes "
                "service limit.",
            )
        self.measured = document

    def located(self, error: StatesError) -> StatesError:
        """The error with the sentence AWS puts before causes that come from evaluating a state."""
        if not error.located or self.state is None:
            return error
        name = self.state.name
        place = f"An error occurred while executing the state '{name}' (entered at the event id #{self.entered}). "
        return StatesError(error.error, place + (error.cause or ""))

    async def run(self, machine: StateMachine, raw: Json) -> Json:
        """Walk from the start state to the end; the output of the machine.

        Raises:
            StatesError: a state failed and nothing caught it.
        """
        states = machine.states
        name: str | None = machine.start_at
        turns = 0
        try:
            while name is not None:
                state = states[name]
                turns += 1
                if turns % _TURN == 0:
                    await asyncio.sleep(0)
                self.enter(state, raw)
                instantly = _INSTANT.get(type(state))
                if instantly is not None:
                    raw, name = instantly(self, state, raw)
                else:
                    raw, name = await _WAITING[type(state)](self, state, raw)
        except StatesError as error:
            raise self.located(error) from None
        return raw


def _pass(walk: Walk, state: Pass, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    result = state.result if state.has_result else dataflow.arguments(state, data, walk.scope)
    assigned = dataflow.assigned(state, result, walk.scope)
    output = dataflow.output(state, raw, result, walk.scope)
    return walk.leave(state, output, assigned), state.next


def _choice(walk: Walk, state: Choice, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    chosen: Choice | Rule
    for rule in state.rules:
        if rule.test(walk.scope, data):
            chosen, target = rule, rule.next
            break
    else:
        if state.default is None:
            raise StatesError(
                errors.NO_CHOICE_MATCHED,
                f"Failed to transition out of the state. The state '{state.name}' has no matching Choice rule "
                "and no Default.",
            )
        chosen, target = state, state.default
    assigned = dataflow.assigned(chosen, data, walk.scope)
    output = dataflow.output(state, data, data, walk.scope)
    return walk.leave(state, output, assigned), target


def _succeed(walk: Walk, state: Succeed, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    return walk.leave(state, dataflow.output(state, data, data, walk.scope), None), None


def _fail(walk: Walk, state: Fail, raw: Json) -> Step:
    error, cause = dataflow.failure(state, raw, walk.scope)
    raise StatesError(error, cause)


async def _wait(walk: Walk, state: Wait, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    clock = walk.world.clock
    await clock.sleep_until(wait_until(state, data, walk.scope, clock.now()))
    assigned = dataflow.assigned(state, data, walk.scope)
    return walk.leave(state, dataflow.output(state, data, data, walk.scope), assigned), state.next


async def _task(walk: Walk, state: Task, raw: Json) -> Step:
    return await walk.work(walk, state, raw)


_INSTANT: Mapping[type[State], Callable[..., Step]] = {
    Pass: _pass,
    Choice: _choice,
    Succeed: _succeed,
    Fail: _fail,
}
_WAITING: Mapping[type[State], Callable[..., Awaitable[Step]]] = {Wait: _wait, Task: _task}
