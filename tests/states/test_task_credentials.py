"""A Task with Credentials works under the target role's session, and under nothing else."""

from __future__ import annotations

import pytest

from turnstile.asl.parse import parse
from turnstile.document import compact
from turnstile.emulator import Emulator
from turnstile.gate.link import Link
from turnstile.running import run_async
from turnstile.world.function import FunctionError

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Orders"
NOTHING = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}


def task(function, role=None, **fields):
    """A machine of one Task that invokes a function, by `lambda:invoke`."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        "End": True,
        **fields,
    }
    if role is not None:
        state["Credentials"] = {"RoleArn": role}
    caught = {"Caught": {"Type": "Pass", "End": True}} if "Catch" in fields else {}
    return {"StartAt": "Call", "States": {"Call": state, **caught}}


async def execute(accounts, definition, document=None, **options):
    """Run a machine named Orders in the source account."""
    return await run_async(
        definition,
        document or {},
        machine_name="Orders",
        world=accounts.world,
        role_arn=accounts.execution.arn,
        **options,
    )


def types(execution):
    return [event["type"] for event in execution.history()]


async def test_the_call_is_made_by_the_target_role(accounts):
    """Scheduled names the role; the session that invoked is the target role's, with 32 letters as name."""
    function = accounts.function(accounts.target, "f", lambda event: {"seen": event})
    execution = await execute(accounts, task(function, accounts.invoke.arn), {"x": 1})
    assert execution.output["Payload"] == {"seen": {"x": 1}}
    scheduled = execution.history()[2]["taskScheduledEventDetails"]
    assert scheduled["taskCredentials"] == {"roleArn": accounts.invoke.arn}
    assert scheduled["region"] == "us-east-1"
    sessions = [session for session in accounts.world.sessions.values() if session.chained]
    assert [session.role_arn for session in sessions] == [accounts.invoke.arn]
    assert len(sessions[0].name) == 32
    assert sessions[0].name.isalpha()
    assert sessions[0].expires - sessions[0].issued == 3600


@pytest.mark.parametrize("broken", ["caller", "trust", "external id", "missing role"])
async def test_a_refused_assumption_fails_the_task_with_one_sentence(accounts, write_policy, write_trust, broken):
    """Whatever refused, AWS shows the same events and the same cause."""
    function = accounts.function(accounts.target, "f", lambda event: event)
    role = accounts.invoke.arn
    if broken == "caller":
        accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(NOTHING))
    if broken == "trust":
        other = {"AWS": "arn:aws:iam::999999999999:root"}
        accounts.role(accounts.target, "InvokeRole", write_trust({"Principal": other}), *accounts.invoke.policies)
    if broken == "external id":
        condition = {"StringEquals": {"sts:ExternalId": f"{MACHINE}2"}}
        statement = {"Principal": {"AWS": accounts.execution.arn}, "Condition": condition}
        accounts.role(accounts.target, "InvokeRole", write_trust(statement), *accounts.invoke.policies)
    if broken == "missing role":
        role = "arn:aws:iam::444455556666:role/Missing"
    execution = await execute(accounts, task(function, role))
    expected = [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskFailed",
        "ExecutionFailed",
    ]
    assert types(execution) == expected
    assert execution.error == "States.TaskFailed"
    sentence = f"The role {accounts.execution.arn} is not authorized to assume the task state's role, {role}."
    assert execution.cause == sentence


async def test_rights_of_the_execution_role_do_not_help_a_target_role(accounts, write_policy):
    """The execution role may do everything; the target role may not invoke, so the Task fails with Lambda's denial."""
    function = accounts.function(accounts.target, "f", lambda event: event)
    accounts.role(accounts.target, "InvokeRole", accounts.invoke.trust, write_policy(NOTHING))
    execution = await execute(accounts, task(function, accounts.invoke.arn))
    assert execution.error == "Lambda.AWSLambdaException"
    session = next(session for session in accounts.world.sessions.values() if session.chained)
    denial = f"User: {session.arn} is not authorized to perform: lambda:InvokeFunction on resource: {function} because"
    assert execution.cause.startswith(denial)
    assert "Status Code: 403; Error Code: AccessDeniedException;" in execution.cause


async def test_rights_of_a_target_role_do_not_help_the_execution_role(accounts, write_policy):
    """A Task without Credentials in the same machine stays under the execution role."""
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": accounts.invoke.arn}
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(assume))
    function = accounts.function(accounts.target, "f", lambda event: event)
    definition = task(function, accounts.invoke.arn)
    definition["States"]["Call"] |= {"Next": "Bare", "ResultPath": None}
    del definition["States"]["Call"]["End"]
    definition["States"]["Bare"] = task(function)["States"]["Call"]
    execution = await execute(accounts, definition)
    assert execution.error == "Lambda.AWSLambdaException"
    assert types(execution).count("TaskSucceeded") == 1


async def test_a_service_principal_in_the_trust_policy_does_not_admit_the_execution_role(accounts, write_trust):
    """The caller of the target role is the execution role's session, never the service."""
    function = accounts.function(accounts.target, "f", lambda event: event)
    service = write_trust({"Principal": {"Service": "states.amazonaws.com"}})
    accounts.role(accounts.target, "InvokeRole", service, *accounts.invoke.policies)
    execution = await execute(accounts, task(function, accounts.invoke.arn))
    assert execution.error == "States.TaskFailed"


async def test_every_attempt_assumes_the_role_again(accounts):
    """Retry repeats the credentials in each Scheduled event, and a trust policy changed meanwhile counts."""
    seen = []

    def flaky(event):
        seen.append(event)
        raise FunctionError({"errorType": "Busy", "errorMessage": "later"})

    function = accounts.function(accounts.target, "f", flaky)
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 10, "MaxAttempts": 2, "BackoffRate": 2}]
    execution = await execute(accounts, task(function, accounts.invoke.arn, Retry=retry))
    assert len(seen) == 3
    assert execution.stopped - execution.started == 30
    assert [session.chained for session in accounts.world.sessions.values()].count(True) == 3
    scheduled = [event for event in execution.history() if event["type"] == "TaskScheduled"]
    assert all("taskCredentials" in event["taskScheduledEventDetails"] for event in scheduled)


async def test_a_refused_assumption_can_be_caught(accounts):
    """`States.TaskFailed` in Catch takes it, with error and cause as input of the next state."""
    catch = [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.failure", "Next": "Caught"}]
    function = accounts.function(accounts.target, "f", lambda event: event)
    missing = "arn:aws:iam::444455556666:role/Missing"
    execution = await execute(accounts, task(function, missing, Catch=catch), {"x": 1})
    assert execution.status == "SUCCEEDED"
    assert execution.output["x"] == 1
    assert execution.output["failure"]["Error"] == "States.TaskFailed"


async def test_a_function_arn_as_resource_carries_credentials_too(accounts):
    """The other family of events names the role as well."""
    function = accounts.function(accounts.target, "f", lambda event: [event])
    state = {"Type": "Task", "Resource": function, "Credentials": {"RoleArn.$": "$.role"}, "End": True}
    definition = {"StartAt": "Call", "States": {"Call": state}}
    execution = await execute(accounts, definition, {"role": accounts.invoke.arn})
    assert execution.output == [{"role": accounts.invoke.arn}]
    details = execution.history()[2]["lambdaFunctionScheduledEventDetails"]
    assert details["taskCredentials"] == {"roleArn": accounts.invoke.arn}


@pytest.mark.parametrize("name", ["Orders(1)", "Orders!", "Bestellung-ä"])
async def test_a_machine_name_that_sts_refuses_as_external_id_cannot_assume(accounts, write_trust, name):
    """The name is legal for Step Functions and not for STS; what the user sees is the usual sentence."""
    function = accounts.function(accounts.target, "f", lambda event: event)
    anyone = write_trust({"Principal": {"AWS": "*"}})
    accounts.role(accounts.target, "InvokeRole", anyone, *accounts.invoke.policies)
    execution = await run_async(
        task(function, accounts.invoke.arn),
        {},
        machine_name=name,
        world=accounts.world,
        role_arn=accounts.execution.arn,
    )
    assert execution.error == "States.TaskFailed"


async def test_the_trail_ties_each_refusal_to_state_and_attempt(accounts):
    """The site of a call names execution, state and attempt."""
    function = accounts.function(accounts.target, "f", lambda event: event)
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    definition = task(function, "arn:aws:iam::444455556666:role/Missing", Retry=retry)
    machine = parse(definition)
    async with Emulator(accounts.world, definitions={compact(definition): machine}) as emulator:
        arn = await emulator.create_state_machine(
            accounts.source.root,
            name="Orders",
            definition=compact(definition),
            role_arn=accounts.execution.arn,
            region="us-east-1",
        )
        execution = await emulator.execute(accounts.source.root, arn, {})
        refused = emulator.gate.trail.refused()
    assert [(entry.call.site.state, entry.call.site.attempt) for entry in refused] == [("Call", 1), ("Call", 2)]
    assert {entry.call.site.execution for entry in refused} == {execution.arn}
    assert [entry.ruling.barriers[0].link for entry in refused] == [Link.ROLE_EXISTS] * 2
