"""Plays a recorded case in the emulator and gives back what happened, in the shape the comparer reads.

Every call goes through the gate as the root user of the account that made it. One function for each kind of case;
shapes: recordings/README.md. An answer that shows an ended execution was asked for after its end, so the call waits.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recorded_actors import actors, furnish_actors
from recorded_apis import ApiMaker, located
from recorded_tasks import furnish_tasks, half_hidden
from recorded_world import account_of, execution_role, main_account, recorded_world
from tokens import REGION, Tokens

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.integrations.catalog import emulated
from turnstile.world.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.states.execution import Execution
    from turnstile.world.world import Account

_BETWEEN = 0.05
"""Virtual seconds between two calls of a recorder."""
_ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
_HIDDEN_TOKEN = re.compile(r"t{64}")
"""What recordings write for a page token in calls; it stands for the one that was given last."""
_BYTES = re.compile(r"^bytearray\(b'(.*)'\)$")
_SINCE = {"encryptionConfiguration": (2024, 7, 25)}
"""Members that the service added to answers, and when (reference/recent-changes.md): older recordings lack them."""
_REDRIVES = (2023, 11, 15)
"""Since when executions can be redriven (reference/recent-changes.md)."""
_REDRIVE_MEMBERS = {"redrivecount", "redrivestatus", "redrivestatusreason"}
_ATTEMPT_COUNTS = (2025, 11, 6)
"""The first recordings whose causes of SDK integrations end in a count of attempts."""
_ATTEMPT_COUNT = " (SDK Attempt Count: 1)"
_OBJECT_ITEMS = (2025, 9, 18)
"""Since when a distributed Map runs over the members of a JSON object too (reference/recent-changes.md)."""


@dataclass(slots=True)
class Played:
    """What became of a case: `actual` as the comparer takes it, and the values given to its tokens."""

    actual: Any
    given: Mapping[str, str]


async def play(case: dict[str, Any]) -> Played:
    """Run one case in a world of its own.

    Raises:
        Unsupported: it needs what is not emulated.
    """
    tokens = Tokens(case)
    stage = Stage(case, tokens)
    try:
        async with stage.emulator:
            actual = await _KINDS[case["kind"]](stage)
    except ExceptionGroup as group:
        raise _innermost(group) from None
    return Played(half_hidden(_as_recorded(actual, case), case), tokens.given)


def _as_recorded(actual: Any, case: dict[str, Any]) -> Any:
    """What happened without what is younger than the recording: counts of attempts and members of redrives."""
    if case["kind"] == "execution" and _recorded(case) < _ATTEMPT_COUNTS:
        actual = _without_counts(actual)
    if _recorded(case) >= _REDRIVES or case["kind"] != "execution":
        return actual
    return _without_redrives(actual)


def _without_counts(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_ATTEMPT_COUNT, "")
    if isinstance(value, dict):
        return {name: _without_counts(member) for name, member in value.items()}
    return [_without_counts(member) for member in value] if isinstance(value, list) else value


def _without_redrives(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        try:
            document = json.loads(value)
        except ValueError:
            return value
        rest = _without_redrives(document)
        return value if rest == document else json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, dict):
        kept = {name: member for name, member in value.items() if name.lower() not in _REDRIVE_MEMBERS}
        return {name: _without_redrives(member) for name, member in kept.items()}
    return [_without_redrives(member) for member in value] if isinstance(value, list) else value


def _innermost(error: Exception) -> Exception:
    """The one error in a group: the emulator runs everything in a task group."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _as_sent(parameters: dict[str, Json]) -> dict[str, Json]:
    """Parameters in which the text that the recorder wrote for a `bytearray` is its content."""
    return {name: _BYTES.sub(r"\1", value) if isinstance(value, str) else value for name, value in parameters.items()}


class Stage:
    """A case on stage: its world, and how calls are made in it."""

    def __init__(self, case: dict[str, Any], tokens: Tokens) -> None:
        self.case = case
        self.tokens = tokens
        self.world = recorded_world(case, tokens)
        self.account = main_account(case, tokens, self.world)
        self.world.settings = Settings(object_items=_recorded(case) >= _OBJECT_ITEMS)
        self.emulator = Emulator(self.world)
        self.page = ""

    async def ask(self, service: str, operation: str, parameters: dict[str, Json], account: Account) -> Json:
        """Make a boto3 call (operation as boto3 spells it); the answer's members.

        Raises:
            ServiceError: refused.
        """
        name = "".join(word[:1].upper() + word[1:] for word in operation.split("_"))
        if "roleArn" in parameters and service == "stepfunctions":
            parameters = {**parameters, "roleArn": execution_role(account, parameters["roleArn"])}
        call = Call(account.root, service, name, parameters, REGION)
        output = (await self.emulator.gate.call(call)).output
        self.page = output.get("nextToken", self.page)
        return output

    async def replay(self, call: dict[str, Any]) -> Json:
        """Make a call of the recording."""
        account = account_of(self.world, self.tokens.fill(call["account"])) if "account" in call else self.account
        parameters = _as_sent(self.tokens.fill(call["params"]))
        if _HIDDEN_TOKEN.fullmatch(str(parameters.get("nextToken", ""))):
            parameters = {**parameters, "nextToken": self.page}
        return await self.ask(call.get("service", "stepfunctions"), call["operation"], parameters, account)

    async def finish(self, execution: Execution) -> None:
        """Let virtual time run until an execution has ended."""
        await execution.join(self.world.clock)

    def definition(self) -> str:
        """The text of the definition."""
        definition = self.tokens.fill(self.case["definition"])
        return definition if isinstance(definition, str) else json.dumps(definition)


async def _execution(stage: Stage) -> Any:
    case = stage.case
    await furnish_tasks(stage)
    machine = {
        "name": "RecordedMachine",
        "definition": stage.definition(),
        "roleArn": _recorded_role(stage),
        "type": case["type"],
    }
    created = await stage.ask("stepfunctions", "create_state_machine", machine, stage.account)
    await _furnish(stage)
    await furnish_actors(stage)
    start = {
        "stateMachineArn": created["stateMachineArn"],
        "input": json.dumps(located(stage.tokens.fill(case["input"])), ensure_ascii=False),
    }
    if "response" in case["expected"]:
        return await stage.ask("stepfunctions", "start_sync_execution", start, stage.account)
    async with _beside(stage):
        started = await stage.ask("stepfunctions", "start_execution", start, stage.account)
        return await _watch(stage, stage.emulator.executions[started["executionArn"]])


@asynccontextmanager
async def _beside(stage: Stage) -> AsyncIterator[None]:
    """Let the actors of the case act as long as the body lasts; one that crashes is the case's crash."""
    clock = stage.world.clock
    async with asyncio.TaskGroup() as group:
        workers = [clock.start(group, actor) for actor in actors(stage)]
        try:
            yield
        finally:
            ended = [worker for worker in workers if worker.done.given]
            for worker in workers:
                worker.cancel()
    for worker in ended:
        await clock.result(worker)


async def _furnish(stage: Stage) -> None:
    """Make the resources, unless the definition asks for an integration that is not emulated anyway.

    Raises:
        Unsupported: it does.
    """
    resources = stage.case["environment"].get("resources", ())
    if any(resource["service"] != "stepfunctions" for resource in resources):
        for text in _task_resources(stage.tokens.fill(stage.case["definition"])):
            emulated(text)
    apis = ApiMaker(stage)
    for resource in resources:
        await (apis.replay(resource) if resource["service"] == "apigateway" else stage.replay(resource))


def _task_resources(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("Type") == "Task":
            yield value["Resource"]
        for member in value.values():
            yield from _task_resources(member)
    elif isinstance(value, list):
        for member in value:
            yield from _task_resources(member)


async def _watch(stage: Stage, execution: Execution) -> Any:
    for call in stage.case["environment"].get("during", ()):
        await stage.world.clock.sleep(_BETWEEN)
        try:
            await stage.replay(call)
        except ServiceError:
            continue  # its answer is not compared: only what it does to the execution is
    await stage.finish(execution)
    return {"events": execution.history()}


def _recorded_role(stage: Stage) -> str:
    """The role of the machine: recordings show it in the first event, where it may be a value to choose."""
    events = stage.case["expected"].get("events") or [{}]
    shown = events[0].get("executionStartedEventDetails", {}).get("roleArn")
    return execution_role(stage.account, stage.tokens.fill(shown) if stage.tokens.chosen(shown) else None)


async def _request(stage: Stage) -> Any:
    """A definition or one state, given to an operation that accepts or refuses it."""
    case = stage.case
    parameters = {**stage.tokens.fill(case["request"]), "definition": stage.definition()}
    if case["operation"] == "create_state_machine":
        parameters.setdefault("type", case["type"])
    try:
        return {"response": await stage.ask("stepfunctions", case["operation"], parameters, stage.account)}
    except ServiceError as error:
        return {"error": {"Code": error.code, "Message": error.message}}


async def _api(stage: Stage) -> Any:
    """A series of calls; what the service made up is learned from the answers as they come."""
    await furnish_actors(stage)
    async with _beside(stage):
        return await _answers(stage)


async def _answers(stage: Stage) -> Any:
    answers = {}
    expected = stage.case["expected"]
    for index, written in enumerate(stage.case["calls"]):
        call = _named(stage, written, stage.case["calls"][index + 1 :])
        wanted = expected.get(call.get("key"))
        await _wait_as_recorded(stage, call, wanted)
        answer = await _answer(stage, call, wanted)
        await stage.world.clock.sleep(_BETWEEN)
        if wanted is not None:
            stage.tokens.learn(wanted, answer)
            answers[call["key"]] = _as_then(answer, stage.case)
    return answers


def _as_then(answer: Json, case: dict[str, Any]) -> Json:
    """An answer without the members that the service did not have yet when the case was recorded."""
    young = {name for name, since in _SINCE.items() if _recorded(case) < since}
    return {name: value for name, value in answer.items() if name not in young} if isinstance(answer, dict) else answer


def _recorded(case: dict[str, Any]) -> tuple[int, ...]:
    """Year, month and day of the recording."""
    return tuple(int(part) for part in re.findall(r"\d+", case["source"]["recorded"])[2::-1])


def _named(stage: Stage, call: dict[str, Any], later: list[dict[str, Any]]) -> dict[str, Any]:
    """An execution whose made-up name was not recorded is given the one that later calls have for it."""
    if call["operation"] != "start_execution" or "name" in call["params"] or call.get("key") in stage.case["expected"]:
        return call
    arns = (stage.tokens.fill(str(each["params"].get("executionArn", ""))) for each in later)
    arn = next((arn for arn in arns if arn and arn not in stage.emulator.executions), "")
    return {**call, "params": {**call["params"], "name": arn.rpartition(":")[2]}} if arn else call


async def _answer(stage: Stage, call: dict[str, Any], wanted: Json) -> Json:
    problem = invalid(call.get("service", "stepfunctions"), call["operation"], stage.tokens.fill(call["params"]))
    if problem:
        return problem if isinstance(wanted, str) else {"raised": "ParamValidationError", "text": problem}
    try:
        return await stage.replay(call)
    except ServiceError as error:
        return _refusal(error, call["operation"], wanted)


def _refusal(error: ServiceError, operation: str, wanted: Json) -> Json:
    """An error as the recorder wrote it down: as boto3's text, or its parts with the HTTP status or the operation."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    if isinstance(wanted, str):
        return f"An error occurred ({error.code}) when calling the {name} operation: {error.message}"
    parts = {"Code": error.code, "Message": error.message, "http_status": error.status, "operation": name}
    asked = ("Code", "Message", *(wanted or {}))
    return {part: text for part, text in parts.items() if part in asked}


async def _wait_as_recorded(stage: Stage, call: dict[str, Any], wanted: Json) -> None:
    if not isinstance(wanted, dict) or "executionArn" not in call["params"]:
        return
    events = wanted.get("events") or [{}]
    last = {str(event.get("type", "")).removeprefix("Execution").upper() for event in (events[0], events[-1])}
    execution = stage.emulator.executions.get(stage.tokens.fill(call["params"]["executionArn"]))
    if execution is not None and (wanted.get("status") in _ENDED or last & {"SUCCEEDED", "FAILED", "TIMEDOUT"}):
        await stage.finish(execution)


def invalid(service: str, operation: str, parameters: dict[str, Json]) -> str | None:
    """The text boto3 refuses parameters with before it calls, None if it would call."""
    from botocore.validate import ParamValidator  # noqa: PLC0415 - only API cases need botocore

    name = "".join(word.capitalize() for word in operation.split("_"))
    report = ParamValidator().validate(parameters, _service_model(service).operation_model(name).input_shape)
    return f"Parameter validation failed:\n{report.generate_report()}" if report.has_errors() else None


@functools.cache
def _service_model(service: str) -> Any:
    from botocore.session import Session  # noqa: PLC0415 - see above

    return Session().get_service_model(service)


_KINDS: Mapping[str, Callable[[Stage], Awaitable[Any]]] = {
    "execution": _execution,
    "validation": _request,
    "test_state": _request,
    "api": _api,
}
