"""The walk through a definition: enter a state, do its work, leave it, until one ends the machine.

The loop knows the state types by table. States that never wait are plain functions (`states.instant`), so a chain of
them costs no task switch; what is recorded of each is `states.line`. What can wait is given to each walk as a table of
its own: `states.task` does the work of a Task, `states.fanout` that of Parallel and Map.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

from turnstile.asl import errors
from turnstile.asl.definition import Fail, Map, Parallel, Task
from turnstile.asl.errors import StatesError
from turnstile.faults import Unsupported, Where
from turnstile.states.instant import INSTANT
from turnstile.states.line import Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import Branch, State, StateMachine
    from turnstile.document import Json
    from turnstile.integrations.work import Notice
    from turnstile.states.execution import Execution
    from turnstile.states.line import Works
    from turnstile.world.world import World

_TOO_DEEP = "The state works on a document that is nested too deeply."
"""What is said where the stack ends before the document does (*inferred*)."""

TURN = 32
"""Transitions after which a line of control lets others run."""

W = TypeVar("W", bound="Walk")


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


class Walk(Line):
    """A line of control on its way from state to state.

    `data` is the document on its way, the output once `ended`. `inside` is the state that it waits in, `inner` are the
    walks that this state waits for.
    """

    __slots__ = ("_redriven", "_states", "broken", "data", "inner", "inside", "next", "works")

    def __init__(
        self,
        execution: Execution,
        world: World,
        works: Works,
        context: dict[str, Json],
        variables: Mapping[str, Json],
        previous: int = 0,
    ) -> None:
        super().__init__(execution, world, context, variables, previous)
        self.works = works
        self._states: Mapping[str, State] = {}
        self.next: str | None = None
        self.data: Json = None
        self.inside: State | None = None
        self.inner: Inner | None = None
        self.broken: Unfinished | None = None
        self._redriven: Unfinished | None = None

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
                instantly = INSTANT.get(type(state))
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
        instantly = INSTANT.get(type(state))
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
