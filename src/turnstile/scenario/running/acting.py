"""Doing what a case has happen during its run: each step is a worker of the world's clock.

A step waits for its time, for an event of the execution or for a call; then it changes the world at once, before
anything else can happen, and makes its calls through the gate, one after the other. Steps that nobody reached, and
calls that were refused though nobody expected it, become findings.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.report.report import Finding
from turnstile.scenario.course.changing import change_world
from turnstile.scenario.course.step import After, Ask, At, InState, Send, Stop, Work
from turnstile.scenario.running.stage import caller
from turnstile.states.heard import hear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.clock import Signal, Worker
    from turnstile.document import Json
    from turnstile.emulator import Emulator
    from turnstile.gate.orders import Orders
    from turnstile.scenario.course.step import Act, Step
    from turnstile.states.execution import Execution

_LOOKS, _PAUSE = 60, 5.0
"""How often a queue is looked into for a token, and the seconds in between."""


class _NoTokenError(Exception):
    """There is no task token where one was looked for; the text says where."""


@dataclass(slots=True, eq=False)
class _Acting:
    """A step on its way: `due` is given when it happens, `refused` are the codes of its refused calls."""

    step: Step
    due: Signal[None]
    seen: int = 0
    begun: bool = False
    refused: list[ServiceError] = field(default_factory=list)
    missing: str = ""


class Actors:
    """The steps of one case beside its execution."""

    def __init__(self, emulator: Emulator, steps: Sequence[Step], orders: Orders) -> None:
        self._emulator = emulator
        self._world = emulator.world
        self._acting = [_Acting(step, emulator.world.clock.signal()) for step in steps]
        self._execution: Execution | None = None
        if any(isinstance(step.trigger, After) for step in steps):
            orders.listeners.append(self)

    async def beside(self, execution: Execution) -> None:
        """Let the steps happen until the execution has ended.

        Raises:
            Unsupported: the execution or a step came to something that is not emulated.
        """
        self._execution = execution
        clock = self._world.clock
        if any(isinstance(one.step.trigger, InState) for one in self._acting):
            hear(execution, self._heard)
        for one in self._acting:
            if isinstance(one.step.trigger, At) and one.step.trigger.seconds <= 0:
                self._begin(one)  # before the execution's own first step
        failure: Exception | None = None
        async with asyncio.TaskGroup() as group:
            workers = [(one, clock.start(group, self._run(one, execution))) for one in self._acting]
            try:
                await self._emulator.join(execution)
                await self._finish(workers)
            except Exception as error:  # noqa: BLE001 - raised outside of the group, which would wrap it
                failure = error
            finally:
                for _, worker in workers:
                    worker.cancel()
        if failure is not None:
            raise failure

    async def _finish(self, workers: Sequence[tuple[_Acting, Worker[None]]]) -> None:
        """Let the steps that have begun come to their end."""
        for one, worker in workers:
            if one.begun:
                await self._world.clock.result(worker)

    def over(self, call: Call) -> None:
        """See `gate.orders.Listener`."""
        called = (call.service, call.operation)
        for one in self._acting:
            trigger = one.step.trigger
            if isinstance(trigger, After) and (trigger.service, trigger.operation) == called:
                self._counted(one, trigger.nth)

    def _heard(self, state: str, kind: str) -> None:
        for one in self._acting:
            trigger = one.step.trigger
            if isinstance(trigger, InState) and trigger.state == state and kind.endswith(trigger.suffixes):
                self._counted(one, trigger.nth)

    def _counted(self, one: _Acting, nth: int) -> None:
        one.seen += 1
        if one.seen == nth:
            self._begin(one)

    def _begin(self, one: _Acting) -> None:
        """Let a step happen: its changes at once, its calls as soon as its worker comes to it."""
        one.begun = True
        if one.step.change is not None:
            change_world(self._world, one.step.change)
        one.due.give(None)

    async def _run(self, one: _Acting, execution: Execution) -> None:
        clock, trigger = self._world.clock, one.step.trigger
        if isinstance(trigger, At) and not one.begun:
            await clock.sleep_until(execution.started + trigger.seconds)
            self._begin(one)
        await clock.wait(one.due)
        for act in one.step.acts:
            try:
                await self._act(act, one.step, execution)
            except ServiceError as error:
                one.refused.append(error)
            except _NoTokenError as missing:
                one.missing = str(missing)

    async def _act(self, act: Act, step: Step, execution: Execution) -> None:
        match act:
            case Ask(service, operation, parameters):
                await self._ask(step, service, operation, parameters)
            case Stop(parameters):
                stopped = {"executionArn": execution.arn, **parameters}
                await self._ask(step, "stepfunctions", "StopExecution", stopped)
            case Send():
                token = await self._token(act, step, execution)
                await self._ask(step, "stepfunctions", act.operation, {"taskToken": token, **act.parameters})
            case Work():
                await self._work(act, step)

    async def _work(self, work: Work, step: Step) -> None:
        named = {"workerName": work.worker} if work.worker is not None else {}
        asked = {"activityArn": work.activity_arn, **named}
        task = await self._ask(step, "stepfunctions", "GetActivityTask", asked)
        if "taskToken" not in task:
            raise _NoTokenError(f"the activity `{work.activity_arn}` had no task for its worker")
        await self._ask(step, "stepfunctions", work.operation, {"taskToken": task["taskToken"], **work.parameters})

    async def _token(self, send: Send, step: Step, execution: Execution) -> str:
        if send.state:
            token = self._emulator.token(execution.arn, send.state)
            if token is None:
                raise _NoTokenError(f"no attempt of `{send.state}` has had a task token yet")
            return token
        for _ in range(_LOOKS):
            asked = {"QueueUrl": send.queue, "MaxNumberOfMessages": 1}
            answer = await self._ask(step, "sqs", "ReceiveMessage", asked)
            for message in answer.get("Messages", ()):
                done = {"QueueUrl": send.queue, "ReceiptHandle": message["ReceiptHandle"]}
                await self._ask(step, "sqs", "DeleteMessage", done)
                return _token_in(message["Body"], send.member)
            await self._world.clock.sleep(_PAUSE)
        raise _NoTokenError(f"no message came to `{send.queue}`")

    async def _ask(self, step: Step, service: str, operation: str, parameters: Mapping[str, Json]) -> Json:
        assert self._execution is not None, "steps happen beside an execution"
        machine = self._execution.machine
        root = self._world.accounts[machine.account].root
        who = caller(self._world, step.caller) if step.caller else root
        own = self._world.accounts.get(who.account)
        region = machine.region if own is None or who.account == machine.account else own.region
        answer = await self._emulator.gate.call(Call(who, service, operation, parameters, region))
        return answer.output

    def findings(self) -> tuple[Finding, ...]:
        """Steps that did not happen, and calls that did not go as expected."""
        return tuple(finding for one in self._acting if (finding := _finding(one)) is not None)


def _token_in(text: str, member: str) -> str:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    token = body.get(member) if isinstance(body, dict) else None
    if not isinstance(token, str):
        raise _NoTokenError(f"the message has no task token as `{member}`")
    return token


def _finding(one: _Acting) -> Finding | None:
    step = one.step
    where = step.origin.where()
    if not one.begun:
        return Finding("during", "this step never happened", "it happens", None, where)
    if one.missing:
        return Finding("during", one.missing, "a task token", None, where)
    codes = [error.code for error in one.refused]
    if step.expect_error:
        if step.expect_error in codes:
            return None
        message = f"no call of this step was refused with `{step.expect_error}`"
        return Finding("during", message, step.expect_error, codes, step.origin.at("expect_error").where())
    if not one.refused:
        return None
    first = one.refused[0]
    return Finding("during", f"a call of this step was refused: {first.code}: {first.message}", None, codes, where)
