"""TestState: one state walked alone, with its work done or mocked, and what it did shown.

The walk, the shaping of data and the catchers are the interpreter's; only a retry is told instead of made. A tested
state belongs to no machine that exists: it runs in an execution of its own that nothing else can see. Recorded:
test_state.*. Specification: API Reference, TestState; limits.md (five minutes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.asl import errors
from turnstile.asl.definition import Branch, Map, Parallel, Task
from turnstile.asl.errors import StatesError
from turnstile.asl.retry import catcher, delay, matches
from turnstile.clock import Expired
from turnstile.document import Json, compact
from turnstile.states import creation, test_definition, test_request, test_rules
from turnstile.states.context import start_context
from turnstile.states.execution import Execution
from turnstile.states.history import History
from turnstile.states.inspection import Inspection
from turnstile.states.instant import WAIT
from turnstile.states.interpreter import Walk
from turnstile.states.mocked import mocked
from turnstile.states.recovery import Result, caught, leave
from turnstile.world.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import State, StateMachine, Work
    from turnstile.gate.call import Call, Output
    from turnstile.states.line import Step
    from turnstile.states.task import Tasks
    from turnstile.states.test_request import Request
    from turnstile.states.test_rules import Models
    from turnstile.world.world import World

_LONGEST = 300
"""Seconds a test may last (limits.md)."""


class Tester:
    """Tests states in a world; `models` judges mocked results."""

    def __init__(self, world: World, tasks: Tasks, models: Models) -> None:
        self._world = world
        self._tasks = tasks
        self._models = models

    async def test(self, call: Call, owner: str) -> Output:
        """The answer of TestState.

        Raises:
            ServiceError: ValidationException, InvalidArn, InvalidDefinition or InvalidExecutionInput.
            Unsupported: the state needs what is not emulated.
        """
        request = test_request.read(call.parameters)
        if request.role_arn is not None:
            creation.role(call)
        definition, state = test_definition.find(request, self._tasks.models)
        test_rules.check(request, state, self._models)
        execution = self._execution(request, definition, call.region, owner)
        return await _Test(request, state, self._tasks).run(execution, self._world)

    def _execution(self, request: Request, definition: StateMachine, region: str, owner: str) -> Execution:
        """An execution that nothing knows of, named like one of an Express machine (recorded: catch_task_failed)."""
        world = self._world
        account = world.accounts[owner]
        machine_name, name = world.uuid(), world.uuid()
        machine = Machine(
            arn=str(Arn(account.partition, "states", region, owner, f"stateMachine:{machine_name}")),
            name=machine_name,
            account=owner,
            region=region,
            role_arn=request.role_arn or "",
            type="EXPRESS",
            definition=definition,
            text=request.definition,
            created=world.clock.now(),
        )
        arn = str(Arn(account.partition, "states", region, owner, f"express:{machine_name}:{name}"))
        clock = world.clock
        return Execution(arn, name, machine, request.input, request.input_text, clock.now(), clock.signal(), History())


class _Alone(Walk):
    """A walk through one state. A context object that was given stays as it is, and causes name no place: there is
    no history in which to look (recorded: test_state_map_context_object[ALL]).
    """

    __slots__ = ("given",)

    given: bool

    def enter(self, state: State, raw: Json) -> None:
        """See `Walk.enter`."""
        shown = dict(self.context)
        super().enter(state, raw)
        if self.given:
            self.context.clear()
            self.context.update(shown)

    def located(self, error: StatesError) -> StatesError:
        """The error as it is."""
        return StatesError(error.error, error.cause) if error.located else error


class _Test:
    """One test: the request, what is seen of the data, and the status that comes of it."""

    def __init__(self, request: Request, state: State, tasks: Tasks) -> None:
        self._request = request
        self._state = state
        self._tasks = tasks
        self._seen = Inspection(state, request.input)
        self._answer: dict[str, Json] = {}

    async def run(self, execution: Execution, world: World) -> Output:
        """Walk through the state; the answer of the API."""
        walk = self._walk(execution, world)
        try:
            async with world.clock.timeout(world.clock.now() + _LONGEST) as expiry:
                self._succeeded(walk, await self._step(walk))
        except StatesError as error:
            self._failed("FAILED", error)
        except Expired as expired:
            if expired is not expiry:
                raise
            self._failed("FAILED", StatesError(errors.TIMEOUT))
        if self._request.level != "INFO":
            self._answer["inspectionData"] = self._seen.data()
        return self._answer

    def _walk(self, execution: Execution, world: World) -> _Alone:
        request = self._request
        context = request.context
        if context is None:
            context = start_context(execution)
            context["Execution"].pop("RedriveCount", None)
            if request.role_arn is None:
                del context["Execution"]["RoleArn"]
            if request.mock is not None and test_rules.waits(self._state):
                context["Task"] = {"Token": self._token(execution)}
        works = {**WAIT, Task: self._work, Parallel: self._work, Map: self._work}
        walk = _Alone(execution, world, works, context, request.variables)
        walk.given = request.context is not None
        return walk

    def _token(self, execution: Execution) -> str:
        """What a Task that waits shows as its token where no context object says; it is worth nothing (*inferred*)."""
        pending = self._tasks.tokens.issue(execution.machine.account, execution.machine.region)
        pending.close()
        return pending.token

    async def _step(self, walk: Walk) -> Step:
        """Go through the state, as a state that waits or as one that does not."""
        state = self._seen.observed()
        walk.start(Branch(state.name, {state.name: state}, ""), self._request.input)
        if walk.glide(1):
            return walk.data, walk.next
        walk.enter(state, walk.data)
        work = WAIT.get(type(state), self._work)
        return await work(walk, state, walk.data)

    async def _work(self, walk: Walk, state: Work, raw: Json) -> Step:
        """The work of a Task, Parallel or Map, once: its error is retried in words, or caught.

        Raises:
            StatesError: it failed for good.
        """
        try:
            return leave(walk, state, raw, Result(await self._result(walk, state, raw), walk.previous))
        except StatesError as failure:
            error = walk.located(failure)
        if self._retried(state, error):
            self._failed("RETRIABLE", error)
            return None, None
        step = caught(walk, state, raw, error)
        self._detail("catchIndex", state.catch.index(catcher(state.catch, error.error)))
        self._failed("CAUGHT_ERROR", error)
        return step

    async def _result(self, walk: Walk, state: Work, raw: Json) -> Json:
        if self._request.mock is None:
            assert isinstance(state, Task), "Parallel and Map are tested with a mock only"
            result = await self._tasks.attempt(walk, state, raw, 1, self._notice)
        else:
            result = mocked(self._request, self._request.mock, walk, state, raw, self._seen.values)
        self._seen.values["result"] = result
        return result

    def _notice(self, exchange: Mapping[str, Json]) -> None:
        """Keep the request and the response of an HTTP Task, which TRACE shows."""
        if self._request.level == "TRACE":
            self._seen.values["request"] = exchange["revealed" if self._request.reveal else "request"]
            self._seen.values["response"] = exchange["response"]

    def _retried(self, state: Work, error: StatesError) -> bool:
        """Whether the answering retrier has an attempt left; how long it would wait goes into the details."""
        used = self._request.configuration.retries
        for index, retrier in enumerate(state.retry):
            if matches(retrier.error_equals, error.error):
                self._detail("retryIndex", index)
                if used >= retrier.max_attempts:
                    return False
                self._detail("retryBackoffIntervalSeconds", int(delay(retrier, used)))
                return True
        return False

    def _detail(self, name: str, value: int) -> None:
        self._seen.values.setdefault("errorDetails", {})[name] = value

    def _failed(self, status: str, error: StatesError) -> None:
        texts = (("error", error.error), ("cause", error.cause))
        self._answer |= {"status": status, **{name: text for name, text in texts if text is not None}}

    def _succeeded(self, walk: Walk, step: Step) -> None:
        """What a state leaves that ended well or was caught."""
        status = self._answer.setdefault("status", "SUCCEEDED")
        if status == "RETRIABLE":
            return
        output, target = step
        self._answer["output"] = compact(output)
        if target is not None:
            self._answer["nextState"] = target
        if walk.scope.variables:
            self._seen.values["variables"] = walk.scope.variables
