"""A Task with `.waitForTaskToken` ends with what is sent back with its token, and with nothing else."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.source import unwritten
from turnstile.world.caller import IamUser
from turnstile.world.user import User

CALLBACK = "arn:aws:states:::lambda:invoke.waitForTaskToken"


class Caller:
    """Runs one machine whose function keeps the tokens it is given."""

    def __init__(self, emulator, accounts):
        self.emulator = emulator
        self.accounts = accounts
        self.clock = emulator.world.clock
        self.tokens = []
        self.caller = accounts.source.root

    async def ask(self, operation, *, caller=None, region="us-east-1", **parameters):
        call = Call(caller or self.caller, "stepfunctions", operation, parameters, region)
        return (await self.emulator.gate.call(call)).output

    async def start(self, **fields):
        """Start a machine of one Task with such fields; its execution, in which the token was sent."""
        name = f"keep{len(self.emulator.executions)}"
        function = self.accounts.function(self.accounts.source, name, self._keep)
        state = {
            "Type": "Task",
            "Resource": CALLBACK,
            "Parameters": {"FunctionName": function, "Payload": {"token.$": "$$.Task.Token"}},
            "End": True,
            **fields,
        }
        caught = {"Caught": {"Type": "Pass", "End": True}} if "Catch" in fields else {}
        machine = await self.emulator.create_state_machine(
            self.caller,
            name="Orders",
            definition=json.dumps({"StartAt": "Wait", "States": {"Wait": state, **caught}}),
            role_arn=self.accounts.execution.arn,
            region="us-east-1",
        )
        execution = await self.emulator.start(self.caller, machine, {})
        await self.clock.sleep(1)
        return execution

    async def end(self, execution):
        await execution.join(self.clock)
        return execution.status.value

    def _keep(self, event):
        self.tokens.append(event["token"])
        return {}


@asynccontextmanager
async def opened(accounts):
    async with Emulator(accounts.world) as emulator:
        yield Caller(emulator, accounts)


def types(execution):
    return [event["type"] for event in execution.history()]


async def test_the_output_that_comes_with_the_token_is_the_result(accounts):
    """After TaskSubmitted nothing happens until the token is back."""
    async with opened(accounts) as world:
        execution = await world.start()
        assert types(execution)[-1] == "TaskSubmitted"
        await world.clock.sleep(86_400)
        assert execution.status == "RUNNING"
        await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output='{"a": [1]}')
        assert await world.end(execution) == "SUCCEEDED"
    assert execution.output == {"a": [1]}
    submitted = execution.history()[4]["taskSubmittedEventDetails"]
    assert json.loads(submitted["output"])["StatusCode"] == 200
    assert submitted["resource"] == "invoke.waitForTaskToken"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"error": "Late", "cause": "why"}, {"error": "Late", "cause": "why"}),
        ({"error": "Late"}, {"error": "Late"}),
        ({}, {}),
    ],
)
async def test_a_failure_comes_as_it_was_sent(accounts, sent, shown):
    """Error and cause may be missing; then they are missing in the history."""
    async with opened(accounts) as world:
        execution = await world.start()
        await world.ask("SendTaskFailure", taskToken=world.tokens[0], **sent)
        assert await world.end(execution) == "FAILED"
    named = {"resource": "invoke.waitForTaskToken", "resourceType": "lambda"}
    assert execution.history()[5]["taskFailedEventDetails"] == {**named, **shown}
    assert execution.history()[6]["executionFailedEventDetails"] == shown


async def test_each_attempt_has_a_token_of_its_own(accounts):
    """The token of an attempt that failed is worth nothing in the next one."""
    async with opened(accounts) as world:
        execution = await world.start(Retry=[{"ErrorEquals": ["Again"], "IntervalSeconds": 1, "MaxAttempts": 1}])
        await world.ask("SendTaskFailure", taskToken=world.tokens[0], error="Again")
        await world.clock.sleep(2)
        assert len(set(world.tokens)) == 2
        with pytest.raises(ServiceError, match="Provided task does not exist anymore"):
            await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="1")
        await world.ask("SendTaskSuccess", taskToken=world.tokens[1], output="2")
        assert await world.end(execution) == "SUCCEEDED"
    assert execution.output == 2


async def test_heartbeats_keep_a_task_alive(accounts):
    """Each one begins the time anew; without one the Task times out, as AWS was recorded to name it."""
    async with opened(accounts) as world:
        execution = await world.start(HeartbeatSeconds=10)
        for _ in range(5):
            await world.clock.sleep(8)
            await world.ask("SendTaskHeartbeat", taskToken=world.tokens[0])
        last = world.clock.now()
        assert await world.end(execution) == "FAILED"
        assert world.clock.now() == last + 10
    assert types(execution)[-2:] == ["TaskTimedOut", "ExecutionFailed"]
    assert execution.error == "States.Timeout"


@pytest.mark.parametrize("name", ["States.HeartbeatTimeout", "States.Timeout", "States.ALL"])
async def test_a_lost_heartbeat_is_caught_by_each_of_its_names(accounts, name):
    """The narrower name and the wider one both meet it; what is shown is the wider."""
    async with opened(accounts) as world:
        execution = await world.start(HeartbeatSeconds=10, Catch=[{"ErrorEquals": [name], "Next": "Caught"}])
        assert await world.end(execution) == "SUCCEEDED"
    assert execution.output["Error"] == "States.Timeout"


async def test_a_timeout_is_no_lost_heartbeat(accounts):
    """TimeoutSeconds is not caught by the name of the heartbeat."""
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Caught"}]
    async with opened(accounts) as world:
        execution = await world.start(TimeoutSeconds=10, Catch=catch)
        assert await world.end(execution) == "FAILED"
    assert execution.error == "States.Timeout"


async def test_only_a_pattern_with_a_token_shows_one(accounts):
    """The context object of a request-response Task has no `Task`."""
    async with opened(accounts) as world:
        execution = await world.start(Resource="arn:aws:states:::lambda:invoke")
        assert await world.end(execution) == "FAILED"
    assert execution.error == "States.Runtime"
    assert "'$$.Task.Token'" in execution.cause


async def test_jsonata_sees_the_token_in_the_context(accounts):
    """`$states.context.Task.Token` is the same token."""
    async with opened(accounts) as world:
        function = accounts.function(accounts.source, "f", world._keep)
        arguments = {"FunctionName": function, "Payload": {"token": "{% $states.context.Task.Token %}"}}
        fields = {"QueryLanguage": "JSONata", "Arguments": arguments}
        state = {"Type": "Task", "Resource": CALLBACK, "End": True, **fields}
        machine = await world.emulator.create_state_machine(
            world.caller,
            name="Orders",
            definition=json.dumps({"StartAt": "Wait", "States": {"Wait": state}}),
            role_arn=accounts.execution.arn,
            region="us-east-1",
        )
        execution = await world.emulator.start(world.caller, machine, {})
        await world.clock.sleep(1)
        await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="null")
        assert await world.end(execution) == "SUCCEEDED"


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "text"),
    [
        ("SendTaskSuccess", {"taskToken": "x", "output": "1"}, "InvalidToken", "Invalid Token: 'Invalid token'"),
        ("SendTaskSuccess", {"taskToken": "x", "output": "{"}, "InvalidToken", "Invalid Token: 'Invalid token'"),
        ("SendTaskHeartbeat", {"taskToken": "x"}, "InvalidToken", "Invalid Token: 'Invalid token'"),
        ("SendTaskFailure", {"taskToken": "x"}, "InvalidToken", "Invalid Token: 'Invalid token'"),
        ("SendTaskSuccess", {"output": "{"}, "InvalidOutput", "Invalid Output: 'Unexpected end-of-input"),
        ("SendTaskSuccess", {"output": "NaN"}, "InvalidOutput", "Invalid Output: '"),
        ("SendTaskSuccess", {"output": ""}, "InvalidOutput", "Invalid Output: 'Invalid task output.'"),
        ("SendTaskSuccess", {"output": f'"{"x" * 262_144}"'}, "ValidationException", "Value at 'output' failed"),
        ("SendTaskFailure", {"error": "x" * 257}, "ValidationException", "Value at 'error' failed"),
        ("SendTaskFailure", {"cause": "x" * 32_769}, "ValidationException", "Value at 'cause' failed"),
        ("SendTaskHeartbeat", {"taskToken": ""}, "ValidationException", "Value at 'taskToken' failed"),
    ],
)
async def test_what_cannot_be_sent_is_refused(accounts, operation, parameters, code, text):
    """The Task goes on waiting, and can be ended afterwards."""
    async with opened(accounts) as world:
        execution = await world.start()
        with pytest.raises(ServiceError) as refused:
            await world.ask(operation, **{"taskToken": world.tokens[0], **parameters})
        assert refused.value.code == code
        assert text in refused.value.message
        await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="1")
        assert await world.end(execution) == "SUCCEEDED"


@pytest.mark.parametrize("ending", ["success", "stop", "timeout"])
async def test_a_token_ends_with_its_task(accounts, ending):
    """Sent again, of an execution that was stopped, or too late: it times out."""
    async with opened(accounts) as world:
        execution = await world.start(TimeoutSeconds=100)
        match ending:
            case "success":
                await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="1")
            case "stop":
                await world.ask("StopExecution", executionArn=execution.arn)
        await world.end(execution)
        for operation in ("SendTaskSuccess", "SendTaskHeartbeat"):
            more = {"output": "1"} if operation == "SendTaskSuccess" else {}
            with pytest.raises(ServiceError) as refused:
                await world.ask(operation, taskToken=world.tokens[0], **more)
            assert refused.value.code == "TaskTimedOut"


async def test_a_stopped_execution_says_nothing_of_its_task(accounts):
    """ExecutionAborted follows TaskSubmitted."""
    async with opened(accounts) as world:
        execution = await world.start()
        await world.ask("StopExecution", executionArn=execution.arn)
        assert await world.end(execution) == "ABORTED"
    assert types(execution)[-2:] == ["TaskSubmitted", "ExecutionAborted"]


async def test_a_token_is_for_its_own_account_and_region(accounts):
    """To the root of another account, and in another Region, it is no token at all."""
    async with opened(accounts) as world:
        execution = await world.start()
        for elsewhere in ({"caller": accounts.target.root}, {"region": "eu-west-1"}):
            with pytest.raises(ServiceError) as refused:
                await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="1", **elsewhere)
            assert refused.value.code == "InvalidToken"
        await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="1")
        await world.end(execution)


async def test_sending_needs_the_permission(accounts, write_policy):
    """A user without `states:SendTaskSuccess` is refused by the gate, and the Task goes on waiting."""
    async with opened(accounts) as world:
        execution = await world.start()
        arn = accounts.source.arn("iam", "user/ann")
        heartbeats = write_policy({"Effect": "Allow", "Action": "states:SendTaskHeartbeat", "Resource": "*"})
        user = User(arn, "ann", accounts.source.id, (heartbeats,), unwritten("<user>"))
        accounts.source.users[arn] = user
        ann = IamUser(arn, user.id, accounts.source.id, "ann")
        await world.ask("SendTaskHeartbeat", caller=ann, taskToken=world.tokens[0])
        with pytest.raises(AccessDenied, match="states:SendTaskSuccess"):
            await world.ask("SendTaskSuccess", caller=ann, taskToken=world.tokens[0], output="2")
        await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="1")
        await world.end(execution)


async def test_tokens_follow_the_seed(build):
    """The same world gives the same tokens, and they look like AWS's."""

    async def token():
        accounts = build()
        async with opened(accounts) as world:
            execution = await world.start()
            await world.ask("SendTaskSuccess", taskToken=world.tokens[0], output="1")
            await world.end(execution)
        return world.tokens[0]

    first, second = await token(), await token()
    assert first == second
    assert first.startswith("AAAAKgAAAAIAAAAAAAAAA")
    assert 400 < len(first) <= 1024
