"""Walks whose data is watched: they write down in the world's `Stages` what each visit of a state makes of its data.

Which walk an execution takes is decided once, where it begins (`Runner`, `Children`), so one that nobody watches does
nothing for it. States are replaced by copies that tell what they make (`states.observed`); a copy knows no walk, and
finds the visit by the scope it is evaluated in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from turnstile.asl.definition import Choice, Fail, Map, Parallel, Pass, QueryLanguage, Task
from turnstile.asl.scope import Scope
from turnstile.states.interpreter import W, Walk
from turnstile.states.observed import observed
from turnstile.world.stages import Stage, Try, Turn, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import Branch, State, StateMachine
    from turnstile.asl.errors import StatesError
    from turnstile.document import Json
    from turnstile.integrations.work import Notice
    from turnstile.states.execution import Execution
    from turnstile.states.line import Works
    from turnstile.world.world import World

_OF_ITEMS = "afterItemSelector"


class SeenScope(Scope):
    """A scope that knows its walk, the visit it stands in, and the visit that its walk is inside of."""

    __slots__ = ("outer", "visit", "walk")

    def __init__(self, walk: SeenWalk, context: dict[str, Json], variables: Mapping[str, Json]) -> None:
        super().__init__(context, variables, walk.world.random, walk.world.clock.now)
        self.walk = walk
        self.visit: Visit | None = None
        self.outer: Visit | None = None


class SeenWalk(Walk):
    """A walk that writes down what its states make of their data."""

    __slots__ = ()

    scope: SeenScope

    def __init__(
        self,
        execution: Execution,
        world: World,
        works: Works,
        context: dict[str, Json],
        variables: Mapping[str, Json],
        previous: int = 0,
    ) -> None:
        super().__init__(execution, world, works, context, variables, previous)
        self.scope = SeenScope(self, context, variables)

    @property
    def notice(self) -> Notice:
        """Takes the messages of an HTTP Task, without the credentials of its connection."""

        def told(exchange: Mapping[str, Json]) -> None:
            for name in ("request", "response"):
                _note(self.scope, name, exchange[name])

        return told

    def like(self, kind: type[W]) -> type[W]:
        """See `Walk.like`."""
        seen: type[W] = _seen(cast("Any", kind))
        return seen

    def fork(self, previous: int, context: dict[str, Json]) -> Walk:
        """See `Walk.fork`."""
        walk = SeenWalk(self.execution, self.world, self.works, context, self.scope.variables, previous)
        walk.sizes = self.sizes
        walk.scope.outer = self.scope.visit
        return walk

    def start(self, branch: StateMachine | Branch, raw: Json) -> None:
        """See `Walk.start`."""
        super().start(branch, raw)
        self._states = _watched(self.world, branch)

    def enter(self, state: State, raw: Json) -> None:
        """See `Walk.enter`."""
        super().enter(state, raw)
        item = self.context.get("Map", {}).get("Item", {}).get("Index")
        first = Try(self.previous, self.world.clock.now(), _given(state, raw), redrives=self.execution.redrives)
        visit = Visit(self.entered, state.pointer, raw, self.scope.variables, item, [first])
        stages = self.world.stages
        self.scope.visit = visit if stages is not None and stages.keep(self.execution.arn, visit) else None

    def leave(self, state: State, output: Json, assigned: Mapping[str, Json] | None) -> Json:
        """See `Walk.leave`."""
        if self.scope.visit is not None:
            self.scope.visit.assigned = assigned
        left = super().leave(state, output, assigned)
        if self.scope.visit is not None:
            self.scope.visit.output, self.scope.visit.left = left, True
        return left

    def took(self, way: str) -> None:
        """See `Walk.took`."""
        super().took(way)
        visit, state = self.scope.visit, self.state
        if visit is None or state is None or way == state.pointer or not way.startswith(state.pointer):
            return
        turn = _turn(state, way.removeprefix(f"{state.pointer}/"))
        if isinstance(state, Choice):
            visit.turn = turn
        elif turn is not None:
            visit.tries[-1].turn = turn

    def located(self, error: StatesError) -> StatesError:
        """See `Walk.located`; an error comes by again on its way out."""
        located = super().located(error)
        if self.scope.visit is not None:
            last, told = _latest(self.scope.visit, self), (located.error, located.cause)
            if told not in last.errors:
                last.errors.append(told)
                last.failed = self.world.clock.now()
        return located


@lru_cache
def _seen(kind: type[Any]) -> Any:
    """A kind of walk, such as that of a child of a Map Run, as it is watched."""
    return type(f"Seen{kind.__name__}", (SeenWalk, kind), {"__slots__": ()})


def _watched(world: World, branch: StateMachine | Branch) -> Mapping[str, State]:
    """The states of a definition or branch, each made once for a world."""
    assert world.stages is not None, "walks are watched where somebody asks for it"
    views = world.stages.views
    if id(branch) not in views:
        views[id(branch)] = branch, {name: observed(state, _note) for name, state in branch.states.items()}
    states: Mapping[str, State] = views[id(branch)][1]
    return states


def _note(scope: Scope, name: str, value: Json) -> None:
    """Write down a document after a stage; each iteration of a Map adds its own item."""
    assert isinstance(scope, SeenScope), "only walks that are watched have watched states"
    if name == _OF_ITEMS:
        _add(scope.outer, value)
        return
    if (visit := scope.visit) is None:
        return
    walk = scope.walk
    last = _latest(visit, walk)
    if last.errors or last.has(name):
        last = _next(visit, walk)
    if name == "afterResultPath" and isinstance(walk.state, Pass):
        selected = last.value("result") if walk.state.has_result else last.value("afterParameters")
        last.stages.append(Stage("afterResultSelector", selected))
    last.stages.append(Stage(name, value))


def _latest(visit: Visit, walk: Walk) -> Try:
    """The try that the state is in; a redrive begins one, also where the one before was cut and has no error."""
    last = visit.tries[-1]
    return last if last.redrives == walk.execution.redrives else _next(visit, walk)


def _next(visit: Visit, walk: Walk) -> Try:
    visit.tries.append(Try(walk.previous, walk.world.clock.now(), redrives=walk.execution.redrives))
    return visit.tries[-1]


def _add(visit: Visit | None, item: Json) -> None:
    if visit is None:
        return
    last = visit.tries[-1]
    items = last.value(_OF_ITEMS)
    if items is None:
        items = []
        last.stages.append(Stage(_OF_ITEMS, items))
    items.append(item)


def _given(state: State, raw: Json) -> list[Stage]:
    """What is there before anything is evaluated, as TestState shows it."""
    if isinstance(state, Fail) and state.query_language is QueryLanguage.JSONPATH:
        return [Stage("afterInputPath", raw)]
    return [Stage("result", state.result)] if isinstance(state, Pass) and state.has_result else []


def _turn(state: State, way: str) -> Turn | None:
    """The chosen rule, retrier or catcher, None for the ordinary way on."""
    match state, way.split("/"):
        case Choice(), ["Default"]:
            return Turn(way, state.default or "")
        case Choice(), ["Choices", index]:
            return Turn(way, state.rules[int(index)].next)
        case ((Task() | Parallel() | Map()), ["Catch", index]):
            return Turn(way, state.catch[int(index)].next)
        case ((Task() | Parallel() | Map()), ["Retry", _]):
            return Turn(way, "")
    return None
