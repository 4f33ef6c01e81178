"""The Step Functions API answers and refuses as AWS was recorded doing."""

from __future__ import annotations

import json

import pytest

from turnstile.emulator import Emulator
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.running import run_async
from turnstile.world.world import default_world

ROLE = "arn:aws:iam::123456789012:role/r"
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}


class Client:
    """Makes calls as the root user of the default account."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.root = next(iter(emulator.world.accounts.values())).root

    async def ask(self, operation, **parameters):
        call = Call(self.root, "stepfunctions", operation, parameters, "us-east-1")
        return (await self.emulator.gate.call(call)).output

    async def create(self, definition, **parameters):
        text = definition if isinstance(definition, str) else json.dumps(definition)
        answer = await self.ask("CreateStateMachine", name="m", definition=text, roleArn=ROLE, **parameters)
        return answer["stateMachineArn"]

    async def start(self, machine, **parameters):
        return (await self.ask("StartExecution", stateMachineArn=machine, **parameters))["executionArn"]


async def test_a_machine_is_described_with_what_it_does_not_log():
    """Logging and tracing are shown as off."""
    async with Emulator(default_world()) as emulator:
        client = Client(emulator)
        shown = await client.ask("DescribeStateMachine", stateMachineArn=await client.create(PASS))
    assert shown["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert shown["tracingConfiguration"] == {"enabled": False}


@pytest.mark.parametrize(
    ("definition", "status", "redrive"),
    [
        (PASS, "SUCCEEDED", ("NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven")),
        ({**WAIT, "TimeoutSeconds": 5}, "TIMED_OUT", ("REDRIVABLE", None)),
        ({"StartAt": "A", "States": {"A": {"Type": "Fail"}}}, "FAILED", ("REDRIVABLE", None)),
    ],
)
async def test_an_ended_execution_says_whether_it_can_be_redriven(definition, status, redrive):
    """Only what did not succeed can be started again; running out of the machine's time names no error."""
    async with Emulator(default_world()) as emulator:
        client = Client(emulator)
        arn = await client.start(await client.create(definition))
        await emulator.executions[arn].join(emulator.world.clock)
        shown = await client.ask("DescribeExecution", executionArn=arn)
    assert shown["status"] == status
    assert (shown["redriveStatus"], shown.get("redriveStatusReason")) == redrive
    assert "error" not in shown


async def test_a_history_can_be_read_backwards():
    """reverseOrder turns the order of the events and nothing else."""
    async with Emulator(default_world()) as emulator:
        client = Client(emulator)
        arn = await client.start(await client.create(PASS))
        await emulator.executions[arn].join(emulator.world.clock)
        forwards = await client.ask("GetExecutionHistory", executionArn=arn)
        backwards = await client.ask("GetExecutionHistory", executionArn=arn, reverseOrder=True)
    assert len(forwards["events"]) == 4
    assert backwards["events"] == forwards["events"][::-1]


@pytest.mark.parametrize("seconds", [0, 1])
async def test_a_stopped_execution_ends_with_an_event_that_has_no_predecessor(seconds):
    """It is stopped before its first step or in it, and leaving the emulator raises nothing."""
    async with Emulator(default_world()) as emulator:
        client = Client(emulator)
        arn = await client.start(await client.create(WAIT))
        await emulator.world.clock.sleep(seconds)
        await client.ask("StopExecution", executionArn=arn, error="E", cause="C")
    events = emulator.executions[arn].history()
    assert events[0]["type"] == "ExecutionStarted"
    assert (events[-1]["type"], events[-1]["previousEventId"]) == ("ExecutionAborted", 0)
    assert events[-1]["executionAbortedEventDetails"] == {"error": "E", "cause": "C"}
    assert emulator.world.clock.now() == events[0]["timestamp"] + seconds


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Invalid execution input."),
        ("{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
    ],
)
async def test_an_input_that_is_not_json_is_refused(text, problem):
    """The refusal quotes the service's parser."""
    async with Emulator(default_world()) as emulator:
        client = Client(emulator)
        machine = await client.create(PASS)
        with pytest.raises(ServiceError) as refused:
            await client.start(machine, input=text)
    assert refused.value.code == "InvalidExecutionInput"
    assert refused.value.message == f"Invalid State Machine Execution Input: '{problem}'"


@pytest.mark.parametrize(
    ("definition", "type_", "problem"),
    [
        (" ", "STANDARD", "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"),
        (
            "no",
            "STANDARD",
            ("INVALID_JSON_DESCRIPTION: Unrecognized token 'no': was expecting (JSON String, Number, Array, Object or "
            "token 'null', 'true' or 'false')\n at [Source: (String)\"no\"; line: 1, column: 3]"),
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.sync",
                                              "End": True}}},
            "EXPRESS",
            ("SCHEMA_VALIDATION_FAILED: Express state machine does not support '.sync' service integration  at "
            "/States/A/Resource"),
        ),
    ],
)  # fmt: skip
async def test_a_definition_is_refused_in_the_words_of_the_service(definition, type_, problem):
    """Text that is not JSON, text without a document, and what an Express machine may not have."""
    async with Emulator(default_world()) as emulator:
        with pytest.raises(ServiceError) as refused:
            await Client(emulator).create(definition, type=type_)
    assert refused.value.code == "InvalidDefinition"
    assert refused.value.message == f"Invalid State Machine Definition: '{problem}'"


@pytest.mark.parametrize("depth", [350, 700, 5_000])
async def test_a_definition_that_is_too_deep_to_compile_is_refused(depth):
    """However deep it is, the refusal is one of the service."""
    deep = (
        '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Parameters":{"a":' + "[" * depth + "]" * depth + "}}}}"
    )
    async with Emulator(default_world()) as emulator:
        with pytest.raises(ServiceError, match="InvalidDefinition") as refused:
            await Client(emulator).create(deep)
    assert refused.value.code == "InvalidDefinition"


async def test_a_parameter_that_would_change_something_is_refused_by_name():
    """What is not emulated is never dropped without a word."""
    async with Emulator(default_world()) as emulator:
        with pytest.raises(Unsupported, match="parameter `encryptionConfiguration`"):
            await Client(emulator).create(PASS, encryptionConfiguration={"type": "CUSTOMER_MANAGED_KMS_KEY"})


async def test_a_feature_that_is_not_emulated_arrives_as_itself():
    """Whoever runs a machine sees the refusal, not a group around it."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:appflow:listFlows",
        "Parameters": {},
        "End": True,
    }
    with pytest.raises(Unsupported, match="appflow"):
        await run_async({"StartAt": "A", "States": {"A": state}})


async def test_only_a_task_shows_a_retry_count():
    """The context object of a Pass state has no RetryCount."""
    state = {"Type": "Pass", "Parameters": {"state.$": "$$.State"}, "End": True}
    execution = await run_async({"StartAt": "A", "States": {"A": state}})
    assert set(execution.output["state"]) == {"Name", "EnteredTime"}


STATES = "arn:aws:states:us-east-1:123456789012"


@pytest.mark.parametrize(
    ("operation", "parameter", "arn", "refusal"),
    [
        ("DescribeExecution", "executionArn", "nonsense", "InvalidArn: Invalid Arn: 'Invalid ARN prefix: nonsense'"),
        (
            "StopExecution",
            "executionArn",
            f"{STATES}:express:m:a:b",
            "InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'",
        ),
        (
            "StartExecution",
            "stateMachineArn",
            f"{STATES}:execution:m:a",
            "InvalidArn: Invalid Arn: 'Resource type not valid in this context: execution'",
        ),
        (
            "GetExecutionHistory",
            "executionArn",
            f"{STATES}:execution:m:a",
            f"ExecutionDoesNotExist: Execution Does Not Exist: '{STATES}:execution:m:a'",
        ),
    ],
)
async def test_an_arn_that_names_nothing_of_the_kind_is_refused(operation, parameter, arn, refusal):
    """No ARN, another kind of resource, and a resource that is not there are three refusals."""
    async with Emulator(default_world()) as emulator:
        with pytest.raises(ServiceError) as refused:
            await Client(emulator).ask(operation, **{parameter: arn})
    assert str(refused.value) == refusal
