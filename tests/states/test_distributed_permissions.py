"""What a distributed Map needs to be allowed: starting children, the role of the children, and S3."""

from __future__ import annotations

import pytest

from turnstile.document import compact
from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.running import run_async
from turnstile.world.settings import Settings

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Orders"
START = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": MACHINE}
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def machine(body=PASS, kind="STANDARD", **fields):
    processor = {**body, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind}}
    state = {"Type": "Map", "Label": "L", "ItemProcessor": processor, "End": True, **fields}
    return {"StartAt": "M", "States": {"M": state}}


def invoking(function):
    task = {"Type": "Task", "Resource": function, "End": True}
    return {"StartAt": "T", "States": {"T": task}}


def service(*sources):
    """A trust statement for the service that acts for these ARNs."""
    condition = {"Condition": {"ArnLike": {"aws:SourceArn": list(sources)}}} if sources else {}
    return {"Principal": {"Service": "states.amazonaws.com"}, **condition}


async def execute(accounts, definition, document):
    return await run_async(
        definition, document, machine_name="Orders", world=accounts.world, role_arn=accounts.execution.arn
    )


async def test_the_role_of_a_machine_must_be_allowed_to_start_it(accounts, write_policy, write_trust):
    """Otherwise the Map Run fails and no child is started."""
    role = accounts.role(accounts.source, "ExecutionRole", write_trust(service()), write_policy(START))
    assert (await execute(accounts, machine(), [1])).output == [1]
    other = write_policy({**START, "Resource": f"{MACHINE}2"})
    accounts.role(accounts.source, "ExecutionRole", role.trust, other)
    execution = await execute(accounts, machine(), [1])
    assert execution.error == "States.Permissions"
    assert "is not authorized to perform: states:StartExecution" in execution.cause
    assert f"on resource: {MACHINE}" in execution.cause
    assert [event.type for event in execution.events][-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


PREFIX = "arn:aws:states:us-east-1:111122223333"


@pytest.mark.parametrize(
    ("kind", "sources", "setting", "works"),
    [
        ("STANDARD", (), None, True),
        ("STANDARD", (MACHINE,), None, False),
        ("STANDARD", (MACHINE, f"{PREFIX}:mapRun:Orders/*"), None, False),
        ("STANDARD", (MACHINE, f"{PREFIX}:mapRun:Orders/*", f"{PREFIX}:execution:Orders/*"), None, True),
        ("EXPRESS", (MACHINE, f"{PREFIX}:mapRun:Orders/*", f"{PREFIX}:execution:Orders/*"), None, False),
        ("EXPRESS", (MACHINE, f"{PREFIX}:mapRun:Orders/*", f"{PREFIX}:express:Orders/*"), None, True),
        ("EXPRESS", (MACHINE, f"{PREFIX}:mapRun:Orders/*"), "map-run", True),
        ("EXPRESS", (MACHINE,), "machine", True),
    ],
)
async def test_the_role_must_trust_the_service_for_map_run_and_child(
    accounts, write_trust, kind, sources, setting, works
):
    """A trust policy for the machine alone lets the parent run and every child fail before its Task starts."""
    function = accounts.function(accounts.source, "f", lambda event: event)
    role = accounts.execution
    accounts.role(accounts.source, "ExecutionRole", write_trust(service(*sources)), *role.policies)
    if setting is not None:
        accounts.world.settings = Settings(map_run_source=setting)
    execution = await execute(accounts, machine(invoking(function), kind), [1])
    if works:
        assert execution.output == [1]
    else:
        assert execution.error == "States.ExceedToleratedFailureThreshold"


async def test_a_child_that_calls_nothing_needs_no_role(accounts, write_trust):
    """Its session would never be used."""
    role = accounts.execution
    accounts.role(accounts.source, "ExecutionRole", write_trust(service(MACHINE)), *role.policies)
    assert (await execute(accounts, machine(), [1])).output == [1]


async def test_credentials_in_a_child_carry_the_external_id_of_the_machine(accounts):
    """The label of the Map is no part of it."""
    function = accounts.function(accounts.target, "f", lambda event: event)
    body = invoking(function)
    body["States"]["T"]["Credentials"] = {"RoleArn": accounts.invoke.arn}
    assert (await execute(accounts, machine(body), [1, 2])).output == [1, 2]


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObject", "arn:aws:s3:::box/data", True),
        ("s3:GetObject", "arn:aws:s3:::box/other", False),
        ("s3:PutObject", "*", False),
    ],
)
async def test_reading_items_needs_the_object(accounts, write_policy, write_trust, action, resource, allowed):
    """The call is made under the execution role; a refusal fails the Map Run with S3's words."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    accounts.role(accounts.source, "ExecutionRole", write_trust(service()), write_policy(START, statement))
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "box", "Key": "data"},
        "ReaderConfig": {"InputType": "JSON"},
    }
    execution = await _with_bucket(accounts, machine(ItemReader=reader))
    assert execution.output == ([1] if allowed else None)
    if not allowed:
        assert execution.error == "States.ItemReaderFailed"
        assert "is not authorized to perform: s3:GetObject" in execution.cause


async def test_writing_results_needs_the_folder(accounts, write_policy, write_trust):
    """Without s3:PutObject the state fails after its children have run."""
    accounts.role(accounts.source, "ExecutionRole", write_trust(service()), write_policy(START))
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "box"}}
    execution = await _with_bucket(accounts, machine(ResultWriter=writer, ItemsPath="$.i"))
    assert execution.error == "States.ResultWriterFailed"
    assert "is not authorized to perform: s3:PutObject" in execution.cause


async def _with_bucket(accounts, definition):
    """Run the machine in a world whose source account has a bucket with the object `data`."""
    async with Emulator(accounts.world) as emulator:
        for operation, more in (("CreateBucket", {}), ("PutObject", {"Key": "data", "Body": "[1]"})):
            parameters = {"Bucket": "box", **more}
            await emulator.gate.call(Call(accounts.source.root, "s3", operation, parameters, "us-east-1"))
        arn = await emulator.create_state_machine(
            accounts.source.root,
            name="Orders",
            definition=compact(definition),
            role_arn=accounts.execution.arn,
            region="us-east-1",
        )
        return await emulator.execute(accounts.source.root, arn, {"i": [1]})
