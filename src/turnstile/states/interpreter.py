"""The walk through a definition: enter a state, do its work, leave it, until one ends the machine.

The loop knows the state types by table. States that never wait are plain functions, so a chain of them costs no
task switch. What can wait is given to each walk as a table of its own: `states.task` does the work of a Task,
`states.fanout` that of Parallel and Map.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from turnstile.asl import dataflow, errors
from turnstile.asl.definition import Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait
from turnstile.asl.errors import QueryFailure, StatesError
from turnstile.asl.scope import Scope
from turnstile.asl.wait import wait_until
from turnstile.faults import Unsupported, Where
from turnstile.states.context import instant
from turnstile.states.sizes import LARGEST_DOCUMENT, weight
from turnstile.states.variables import weighed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from turnstile.asl.choice import Rule
    from turnstile.asl.definition import Branch, State, StateMachine, Work
    from turnstile.document import Json
    from turnstile.integrations.work import Notice
    from turnstile.states.execution import Execution
    from turnstile.world.world import World

_TOO_DEEP = "The state works on a document that is nested too deeply."
"""What is said where the stack ends before the document does (*inferred*)."""

TURN = 32
"""Transitions after which a line of control lets others run."""

_TRIED_AGAIN = (Task, Parallel, Map)
_NO_SIZES: Mapping[str, int] = {}

W = TypeVar("W", bound="Walk")

Step: TypeAlias = "tuple[Json, str | None]"
"""What a state leaves: its output and the name of the next state."""

Works: TypeAlias = "Mapping[type[State], Callable[..., Awaitable[Step]]]"
"""What does the work of the states that can wait: called with the walk, the state and its raw input."""


class Inner(Protocol):
    """Walks inside the state of another walk."""

    def cut(self, cause: int | None) -> None:
        """Stop them at once; `cause` is the event to record it after, None records nothing."""


class Unfinished(Protocol):
    """Walks inside the state of another walk that did not all succeed."""

    async def again(self) -> list[Json]:
        """Let those that did not succeed go on; the outputs of all.

        Raises:
            StatesError: one failed again.
        """
        ...


class Walk:
    """One line of control through an execution: where it stands, its variables, and the last event on it.

    `data` is the document on its way, the output once `ended`. `inside` is the state that it waits in, `inner` are the
    walks that this state waits for.
    """

    __slots__ = (
        "_redriven", "_states", "broken", "context", "data", "entered", "execution", "inner", "inside",
        "measured", "next", "previous", "scope", "sizes", "state", "turns", "works", "world",
    )  # fmt: skip

    def __init__(
        self,
        execution: Execution,
        world: World,
        works: Works,
        context: dict[str, Json],
        variables: Mapping[str, Json],
        previous: int = 0,
    ) -> None:
        self.execution = execution
        self.world = world
        self.works = works
        self.turns = world.turns.of(execution.machine.arn, execution.machine.definition)
        self._states: Mapping[str, State] = {}
        self.next: str | None = None
        self.data: Json = None
        self.previous = previous
        self.entered = 0
        self.state: State | None = None
        self.inside: State | None = None
        self.inner: Inner | None = None
        self.broken: Unfinished | None = None
        self._redriven: Unfinished | None = None
        self.measured: Json = None
        self.sizes: Mapping[str, int] = _NO_SIZES
        self.context = context
        self.scope = Scope(context, variables, world.random, world.clock.now)

    def fork(self, previous: int, context: dict[str, Json]) -> Walk:
        """Another walk inside the state of this one, after the event `previous`.

        It sees this one's variables; what it assigns stays its own.
        """
        walk = Walk(self.execution, self.world, self.works, context, self.scope.variables, previous)
        walk.sizes = self.sizes
        return walk

    @property
    def notice(self) -> Notice | None:
        """Takes the messages of HTTP Tasks, where somebody watches (`states.seen`)."""
        return None

    def like(self, kind: type[W]) -> type[W]:
        """A kind of walk, watched if this one is."""
        return kind

    def record(self, kind: str, field: str = "", details: Mapping[str, Json] | None = None) -> int:
        """Append an event after the last one of this line."""
        now = self.world.clock.now()
        self.previous = self.execution.events.append(self.previous, now, kind, field, details or {})
        return self.previous

    def took(self, way: str) -> None:
        """Count a way through the definition, named as in `world.turns`."""
        self.turns[way] = self.turns.get(way, 0) + 1

    def enter(self, state: State, raw: Json) -> None:
        """Record the entry of a state and show it in the context object; only what can be retried has a retry count.

        Recorded: context_object.context_object/test_input_path[$$] (a Pass state has none).
        """
        kind = type(state).__name__ + "StateEntered"
        self.entered = self.record(kind, "stateEnteredEventDetails", {"name": state.name, "input": raw})
        self.state = state
        self.took(state.pointer)
        self.scope.input = raw
        shown: dict[str, Json] = {"EnteredTime": instant(self.world.clock.now()), "Name": state.name}
        if isinstance(state, _TRIED_AGAIN):
            shown["RetryCount"] = 0
        self.context["State"] = shown

    def leave(self, state: State, output: Json, assigned: Mapping[str, Json] | None) -> Json:
        """Record the exit of a state, with the variables it assigned; its output, measured.

        Raises:
            StatesError: the output is larger than a document may be, or what is assigned than variables may be.
        """
        self.measure(output, state.name)
        details: dict[str, Json] = {"name": state.name, "output": output}
        if assigned:
            self.sizes = weighed(assigned, self.sizes, state.name)
            self.scope.variables = {**self.scope.variables, **assigned}
            details["assignedVariables"] = assigned
        self.record(type(state).__name__ + "StateExited", "stateExitedEventDetails", details)
        return output

    def onward(self, state: Pass | Wait | Work, output: Json, assigned: Mapping[str, Json] | None) -> Step:
        """Leave a state for the one that its Next names.

        Raises:
            StatesError: see `leave`.
        """
        left = self.leave(state, output, assigned)
        if state.next is not None:
            self.took(f"{state.pointer}/Next")
        return left, state.next

    def measure(self, document: Json, name: str) -> None:
        """Refuse a document over the limit; one that was measured last is not measured again."""
        if document is self.measured:
            return
        if not isinstance(document, (int, float, bool, type(None))) and weight(document, name) > LARGEST_DOCUMENT:
            raise StatesError(
                errors.DATA_LIMIT_EXCEEDED,
                f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes "
                "service limit.",
            )
        self.measured = document

    def located(self, error: StatesError) -> StatesError:
        """The error with the sentence AWS puts before causes that come from evaluating a state.

        One of JSONata is recorded, which happens once: what is given back needs no place any more.
        """
        if not error.located or self.state is None:
            return error
        name = self.state.name
        place = f"An error occurred while executing the state '{name}' (entered at the event id #{self.entered}). "
        located = StatesError(error.error, place + (error.cause or ""))
        if isinstance(error, QueryFailure):
            self._evaluation_failed(error, located, name)
        return located

    def _evaluation_failed(self, error: QueryFailure, located: StatesError, state: str) -> None:
        """Record it after the event before the entry, as if the state had not been entered, unless its work began.

        Recorded: assign.assign_reference_variables/test_undefined_reference; for a failure after the work of a Task it
        is inferred.
        """
        if self.previous == self.entered and not error.entered:
            self.previous = self.execution.events.before(self.entered)
        texts = {"error": located.error, "cause": located.cause, "location": error.location, "state": state}
        details = {name: text for name, text in texts.items() if text is not None}
        self.record("EvaluationFailed", "evaluationFailedEventDetails", details)

    def start(self, branch: StateMachine | Branch, raw: Json) -> None:
        """Stand before the first state of a definition, with its input."""
        self._states = branch.states
        self.next = branch.start_at
        self.data = raw

    def glide(self, most: int = TURN) -> int:
        """Walk on through states that never wait, `most` at the most; how many it were.

        If fewer, the walk has ended (`next` is None) or stands before a state that can wait.

        Raises:
            StatesError: a state failed.
        """
        states, name, done = self._states, self.next, 0
        try:
            while name is not None and done < most:
                state = states[name]
                instantly = _INSTANT.get(type(state))
                if instantly is None:
                    break
                self.enter(state, self.data)
                self.data, self.next = instantly(self, state, self.data)
                name = self.next
                done += 1
        except StatesError as error:
            raise self.located(error) from None
        except RecursionError:
            raise self.located(errors.runtime(_TOO_DEEP)) from None
        return done

    async def run(self) -> Json:
        """Walk on to the end; the output.

        Raises:
            StatesError: a state failed and nothing caught it.
        """
        left = TURN
        while True:
            left -= self.glide(left)
            if self.next is None:
                return self.data
            if left:
                await self._stay(self._states[self.next])
                left -= 1
            else:
                await asyncio.sleep(0)
                left = TURN

    async def resume(self, previous: int) -> Json:
        """Go on after the event `previous` in the state that did not succeed; the output.

        A Fail state is entered again (documented), no other is (*inferred*).

        Raises:
            StatesError: a state failed and nothing caught it.
        """
        self.previous = previous
        self.inside = None
        state = self.state
        if state is not None and self.next == state.name and not isinstance(state, Fail):
            await self._again(state)
        return await self.run()

    def unfinished(self) -> Unfinished | None:
        """What is left of the state that is redriven, None for one that begins; given once."""
        found, self._redriven = self._redriven, None
        return found

    async def _again(self, state: State) -> None:
        self._redriven = self.broken if isinstance(state, (Parallel, Map)) else None
        if "RetryCount" in self.context["State"]:
            self.context["State"] = {**self.context["State"], "RetryCount": 0}
        instantly = _INSTANT.get(type(state))
        if instantly is None:
            return await self._work(state)
        try:
            self.data, self.next = instantly(self, state, self.data)
        except StatesError as error:
            raise self.located(error) from None
        except RecursionError:
            raise self.located(errors.runtime(_TOO_DEEP)) from None

    async def _stay(self, state: State) -> None:
        """Go through a state that can wait. A Task that fails is not left: its branch aborts it (see `cut`).

        Recorded: states_variables.error_output/test_parallel_catch_error.
        """
        self.enter(state, self.data)
        await self._work(state)

    async def _work(self, state: State) -> None:
        self.inside = state
        try:
            self.data, self.next = await self.works[type(state)](self, state, self.data)
        except Unsupported as error:
            raise self._placed(error, state) from None
        except StatesError as error:
            if not isinstance(state, Task):
                self.inside = None
            raise self.located(error) from None
        except RecursionError:
            raise self.located(errors.runtime(_TOO_DEEP)) from None
        self.inside = None

    def _placed(self, error: Unsupported, state: State) -> Unsupported:
        """What is not emulated, with the state that needs it."""
        if isinstance(error.where, Where):
            return error
        where = self.execution.machine.definition.origin.within(state.pointer).where()
        return Unsupported(f"{error.feature}, which the state `{state.name}` needs", where)

    def cut(self, cause: int | None) -> None:
        """Stop what runs inside the state it waits in; record after the event `cause` that this was aborted."""
        if self.inside is not None and cause is not None:
            now = self.world.clock.now()
            self.execution.events.append(cause, now, type(self.inside).__name__ + "StateAborted")
        self.inside = None
        if self.inner is not None:
            self.inner.cut(cause)


def _pass(walk: Walk, state: Pass, raw: Json) -> Step:
    data = dataflow.effective_input(state, raw, walk.scope)
    result = state.result if state.has_result else dataflow.arguments(state, data, walk.scope)
    assigned = dataflow.assigned(state, result, walk.scope)
    output = dataflow.output(state, raw, result, walk.scope)
    return walk.onward(state, output, assigned)


_NO_MATCH = "Failed to transition out of the state. The state does not point to a next state."
"""As users report it; `States.NoChoiceMatched` of the specification is never shown."""


def _choice(walk: Walk, state: Choice, raw: Json) -> Step:
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
    return walk.onward(state, dataflow.output(state, data, data, walk.scope), assigned)


_INSTANT: Mapping[type[State], Callable[..., Step]] = {
    Pass: _pass,
    Choice: _choice,
    Succeed: _succeed,
    Fail: _fail,
}
WAIT: Works = {Wait: _wait}
"""The work of states that wait for nothing but time."""
