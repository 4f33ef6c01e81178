"""One line of control through an execution as its history shows it: states entered and left, and what is wrong in them.

Knows where the line stands, and not what states do. Recorded: events and their order (reference/recordings).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl import errors
from turnstile.asl.definition import Map, Parallel, Task
from turnstile.asl.errors import QueryFailure, StatesError
from turnstile.asl.scope import Scope
from turnstile.states.context import instant
from turnstile.states.sizes import LARGEST_DOCUMENT, weight
from turnstile.states.variables import weighed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from turnstile.asl.definition import Pass, State, Wait, Work
    from turnstile.document import Json
    from turnstile.states.execution import Execution
    from turnstile.world.world import World

_TRIED_AGAIN = (Task, Parallel, Map)
_NO_SIZES: Mapping[str, int] = {}

Step: TypeAlias = "tuple[Json, str | None]"
"""What a state leaves: its output and the name of the next state."""

Works: TypeAlias = "Mapping[type[State], Callable[..., Awaitable[Step]]]"
"""What does the work of the states that can wait: called with the walk, the state and its raw input."""


class Line:
    """Where it stands, its variables, and the last event on it; `entered` is the event of the entry of `state`."""

    __slots__ = (
        "context", "entered", "execution", "measured", "previous", "scope", "sizes", "state", "turns", "world",
    )  # fmt: skip

    def __init__(
        self,
        execution: Execution,
        world: World,
        context: dict[str, Json],
        variables: Mapping[str, Json],
        previous: int,
    ) -> None:
        self.execution = execution
        self.world = world
        self.turns = world.turns.of(execution.machine.arn, execution.machine.definition)
        self.previous = previous
        self.entered = 0
        self.state: State | None = None
        self.measured: Json = None
        self.sizes: Mapping[str, int] = _NO_SIZES
        self.context = context
        self.scope = Scope(context, variables, world.random, world.clock.now)

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
