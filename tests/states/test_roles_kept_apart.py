"""Whose session every call of a workflow is made under: no chain of roles, no union of rights, nothing handed on.

Each test is an attack: a right is placed where it must not help, and the trail shows who made every call.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.iam.policy import Kind
from turnstile.source import unwritten
from turnstile.world.answers import Answers, Returned, Rule, Script
from turnstile.world.function import FunctionError
from turnstile.world.job_plan import Ending, JobPlan, JobPlans, JobRule
from turnstile.world.managed import ManagedPolicy

SOURCE, TARGET, THIRD = "111122223333", "444455556666", "777788889999"
HERE, THERE = (f"arn:aws:lambda:us-east-1:{account}:function:Work" for account in (SOURCE, TARGET))
EXECUTION = f"arn:aws:iam::{SOURCE}:role/ExecutionRole"
INVOKE, OTHER = (f"arn:aws:iam::{TARGET}:role/{name}" for name in ("InvokeRole", "OtherRole"))
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
BUT_INVOKE = {"Effect": "Allow", "NotAction": "lambda:InvokeFunction", "Resource": "*"}


def task(function, role=None, **more):
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": {}},
        **({"Credentials": {"RoleArn": role}} if role else {}),
    }
    return {**state, **({} if "Next" in more else {"End": True}), **more}


def alone(states):
    return {"StartAt": next(iter(states)), "States": states}


def parallel(states):
    beside = {"Beside": {"Type": "Wait", "Seconds": 1, "End": True}}
    return alone({"All": {"Type": "Parallel", "Branches": [alone(states), alone(beside)], "End": True}})


def mapped(states, **config):
    processor = {**alone(states), **({"ProcessorConfig": config} if config else {})}
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "Next": "Out", "Label": "L"}
    if not config:
        del each["Label"]
    return alone(
        {
            "In": {"Type": "Pass", "Result": {"items": [1, 2]}, "Next": "Each"},
            "Each": each,
            "Out": {"Type": "Pass", "End": True},
        }
    )


WRAPPINGS = {
    "alone": alone,
    "parallel": parallel,
    "map": mapped,
    "standard children": lambda states: mapped(states, Mode="DISTRIBUTED", ExecutionType="STANDARD"),
    "express children": lambda states: mapped(states, Mode="DISTRIBUTED", ExecutionType="EXPRESS"),
}
wrapped = pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS.keys())


@pytest.fixture
def world(accounts, write_trust, write_policy):
    """Functions in both accounts that admit everybody, and two target roles that trust the execution role."""
    for account, arn in ((accounts.source, HERE), (accounts.target, THERE)):
        accounts.function(account, "Work", lambda event: event)
        admit = {**EVERYTHING, "Action": "lambda:InvokeFunction", "Principal": {"AWS": [SOURCE, TARGET]}}
        policy = write_policy({**admit, "Resource": arn}, kind=Kind.RESOURCE, name="function")
        account.functions[arn] = replace(account.functions[arn], policy=policy)
    for name in ("InvokeRole", "OtherRole"):
        trusting = write_trust({"Principal": {"AWS": EXECUTION}})
        accounts.role(accounts.target, name, trusting, write_policy(EVERYTHING))
    return accounts.world


def rights(accounts, role_arn, *policies):
    """Give a role these policies and no others."""
    account = accounts.source if role_arn == EXECUTION else accounts.target
    account.roles[role_arn] = replace(account.roles[role_arn], policies=policies)


async def run(world, definition, document=None):
    """The execution, and the trail's calls of its Tasks."""
    async with Emulator(world) as emulator:
        root = world.accounts[SOURCE].root
        arn = await emulator.create_state_machine(
            root, name="Orders", definition=json.dumps(definition), role_arn=EXECUTION, region="us-east-1"
        )
        execution = await emulator.execute(root, arn, document or {})
        return execution, [entry for entry in emulator.gate.trail if entry.call.site is not None]


def callers(calls, operation="Invoke"):
    """Which role made such calls, by state."""
    found = {}
    for entry in calls:
        if entry.call.operation == operation:
            found.setdefault(entry.call.site.state, set()).add(entry.call.caller.role_arn)
    return found


@wrapped
async def test_rights_of_the_execution_role_stay_out_of_a_task_with_credentials(world, accounts, write_policy, wrap):
    """It may invoke, the function admits it, and the target role may do everything else: the Task is refused."""
    rights(accounts, EXECUTION, write_policy(EVERYTHING))
    rights(accounts, INVOKE, write_policy(BUT_INVOKE))
    execution, calls = await run(world, wrap({"Work": task(HERE, INVOKE)}))
    assert execution.status.value == "FAILED"
    assert callers(calls) == {"Work": {INVOKE}}
    assert not any(entry.ruling.allowed for entry in calls if entry.call.operation == "Invoke")


@wrapped
async def test_rights_of_a_target_role_stay_out_of_a_task_without_credentials(world, accounts, write_policy, wrap):
    """The Task before has just used a role that may do everything; the next one is on its own, and refused."""
    rights(accounts, EXECUTION, write_policy(ASSUME, {**ASSUME, "Action": "states:StartExecution"}))
    definition = wrap({"First": task(THERE, INVOKE, Next="Bare"), "Bare": task(THERE)})
    execution, calls = await run(world, definition)
    assert execution.status.value == "FAILED"
    assert callers(calls) == {"First": {INVOKE}, "Bare": {EXECUTION}}
    ruled = {entry.call.site.state: entry.ruling.allowed for entry in calls if entry.call.operation == "Invoke"}
    assert ruled == {"First": True, "Bare": False}


@wrapped
async def test_rights_of_one_target_role_stay_out_of_the_next(world, accounts, write_policy, wrap):
    """Two roles of one account: what the first may do is no help to the second."""
    rights(accounts, OTHER, write_policy(BUT_INVOKE))
    rights(accounts, EXECUTION, write_policy(EVERYTHING))
    definition = wrap({"First": task(THERE, INVOKE, Next="Second"), "Second": task(HERE, OTHER)})
    execution, calls = await run(world, definition)
    assert execution.status.value == "FAILED"
    assert callers(calls) == {"First": {INVOKE}, "Second": {OTHER}}


async def test_rights_do_not_come_together_across_attempts(world, accounts, write_policy):
    """Each attempt is refused anew, under a session of the same role, and none falls back to the execution role."""
    rights(accounts, INVOKE, write_policy(BUT_INVOKE))
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 3}]
    execution, calls = await run(world, alone({"Work": task(HERE, INVOKE, Retry=retry)}))
    assert execution.error == "Lambda.AWSLambdaException"
    assert [entry.call.caller.role_arn for entry in calls if entry.call.operation == "Invoke"] == [INVOKE] * 4
    assert [entry.call.site.attempt for entry in calls if entry.call.operation == "AssumeRole"] == [1, 2, 3, 4]


async def test_a_catcher_does_not_work_on_with_the_role_of_what_it_caught(world, accounts, write_policy):
    """The Task that answers the failure has no Credentials; the role that the failed one had would have done."""
    rights(accounts, EXECUTION, write_policy(ASSUME))
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Answer"}]
    failing = task(THERE + "NotThere", INVOKE, Catch=catch)
    execution, calls = await run(world, alone({"Work": failing, "Answer": task(THERE)}))
    assert execution.error == "Lambda.AWSLambdaException"
    assert callers(calls) == {"Work": {INVOKE}, "Answer": {EXECUTION}}


@wrapped
async def test_a_target_role_takes_no_further_role(world, accounts, write_policy, write_trust, wrap):
    """The role of a third account trusts the target role alone: it is the execution role that asks, and is refused."""
    third = accounts.world.add_account(THIRD, "third", "us-east-1")
    far = accounts.role(third, "FarRole", write_trust({"Principal": {"AWS": INVOKE}}), write_policy(EVERYTHING))
    definition = wrap({"First": task(THERE, INVOKE, Next="Far"), "Far": task(THERE, far.arn)})
    execution, calls = await run(world, definition)
    assert execution.status.value == "FAILED"
    assert callers(calls, "AssumeRole") == {"First": {EXECUTION}, "Far": {EXECUTION}}
    refused = [entry for entry in calls if not entry.ruling.allowed]
    assert {(entry.resource, entry.ruling.broken[0].link.value) for entry in refused} == {(far.arn, "trust-policy")}
    assert callers(calls) == {"First": {INVOKE}}


@pytest.mark.parametrize("action", ["assumeRole", "assumeRoleWithSAML", "assumeRoleWithWebIdentity"])
async def test_no_task_assumes_a_role_by_itself(world, action):
    """The SDK integration has no such action, with Credentials or without."""
    state = task(THERE, INVOKE) | {
        "Resource": f"arn:aws:states:::aws-sdk:sts:{action}",
        "Parameters": {"RoleArn": OTHER, "RoleSessionName": "abc"},
    }
    with pytest.raises(ServiceError) as caught:
        await run(world, alone({"Work": state}))
    assert caught.value.code == "InvalidDefinition"


async def test_a_task_asks_who_it_is_and_is_told_the_target_role(world):
    """GetCallerIdentity needs no right: the answer is the session itself."""
    who = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sts:getCallerIdentity", "Parameters": {}}
    asked = {
        "As": {**who, "Credentials": {"RoleArn": INVOKE}, "ResultPath": "$.as", "Next": "Bare"},
        "Bare": {**who, "ResultPath": "$.bare", "End": True},
    }
    execution, _ = await run(world, alone(asked))
    assert execution.output["as"]["Arn"].startswith(f"arn:aws:sts::{TARGET}:assumed-role/InvokeRole/")
    assert execution.output["bare"]["Arn"].startswith(f"arn:aws:sts::{SOURCE}:assumed-role/ExecutionRole/")
    assert (execution.output["as"]["Account"], execution.output["bare"]["Account"]) == (TARGET, SOURCE)


GLUE = {"Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "j"}}


def _glue(role, allowed, **more):
    return task(THERE, role, **more) | GLUE | ({"TimeoutSeconds": 100} if allowed else {})


@pytest.mark.parametrize("role", [INVOKE, None], ids=["credentials", "none"])
async def test_polls_and_cancellations_have_the_session_of_the_start(world, accounts, write_policy, role):
    """The other role has every right, and is asked for none of them: the job is neither seen nor stopped."""
    start = write_policy({**EVERYTHING, "Action": ["glue:StartJobRun", "sts:AssumeRole"]})
    for account in (accounts.source, accounts.target):
        plan = JobPlan(Ending.NEVER, answer={"JobRunId": "r"})
        account.jobs["glue:StartJobRun"] = JobPlans((JobRule(plan),))
    rights(accounts, role or EXECUTION, start)
    execution, calls = await run(world, alone({"Work": _glue(role, allowed=True)}))
    assert execution.error == "States.Timeout"
    asked = {(one.call.operation, one.ruling.allowed) for one in calls if one.call.service == "glue"}
    assert asked == {("StartJobRun", True), ("GetJobRun", False), ("BatchStopJobRun", False)}
    assert {one.call.caller.role_arn for one in calls if one.call.service == "glue"} == {role or EXECUTION}


@pytest.mark.parametrize("role", [INVOKE, None], ids=["credentials", "none"])
async def test_a_callback_is_started_under_one_session_only(world, accounts, write_policy, role):
    """The message is refused, though the other role may send it."""
    origin = unwritten("<stub>")
    for account in (accounts.source, accounts.target):
        sent = Returned({"MessageId": "1", "MD5OfMessageBody": "0"}, origin)
        account.stubs["sqs:SendMessage"] = Answers(Script((Rule(sent),), origin))
    rights(accounts, role or EXECUTION, write_policy({"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}))
    owner = TARGET if role else SOURCE
    state = task(THERE, role) | {
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {
            "QueueUrl": f"https://sqs.us-east-1.amazonaws.com/{owner}/q",
            "MessageBody": {"t.$": "$$.Task.Token"},
        },
    }
    execution, calls = await run(world, alone({"Work": state}))
    assert execution.error == "SQS.AmazonSQSException"
    assert callers(calls, "SendMessage") == {"Work": {role or EXECUTION}}


async def test_every_attempt_and_every_task_has_a_session_of_its_own(world, accounts):
    """The same role in a Task, its retry, another Task and two iterations: five sessions, each from the execution's."""
    tries = []

    def flaky(event):
        tries.append(event)
        if len(tries) == 1:
            raise FunctionError({"errorType": "Busy", "errorMessage": "later"})
        return {}

    accounts.function(accounts.target, "Work", flaky)
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    each = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": alone({"Item": task(THERE, INVOKE)}), "End": True}
    definition = alone(
        {
            "First": task(THERE, INVOKE, Retry=retry, Next="Second"),
            "Second": task(THERE, INVOKE, Next="List"),
            "List": {"Type": "Pass", "Result": [1, 2], "Next": "Each"},
            "Each": each,
        }
    )
    execution, calls = await run(world, definition)
    assert (execution.status.value, execution.cause) == ("SUCCEEDED", None)
    invoked = [entry.call.caller for entry in calls if entry.call.operation == "Invoke"]
    assert len({caller.arn for caller in invoked}) == len(invoked) == 5
    assumed = [entry.call for entry in calls if entry.call.operation == "AssumeRole"]
    assert len(assumed) == 5
    assert {call.caller.role_arn for call in assumed} == {EXECUTION}
    assert not any(call.caller.chained for call in assumed)
    assert all(set(call.parameters) == {"RoleArn", "RoleSessionName", "ExternalId"} for call in assumed)


async def test_one_session_serves_all_polls_of_an_hour(world, accounts):
    """Start, polls and the last look: one AssumeRole."""
    accounts.target.jobs["glue:StartJobRun"] = JobPlans((JobRule(JobPlan(takes=3000, answer={"JobRunId": "r"})),))
    execution, calls = await run(world, alone({"Work": _glue(INVOKE, allowed=False)}))
    assert execution.status.value == "SUCCEEDED"
    assert [entry.call.operation for entry in calls].count("AssumeRole") == 1
    assert len({entry.call.caller.arn for entry in calls if entry.call.service == "glue"}) == 1


async def test_a_boundary_of_the_execution_role_does_not_follow_into_the_target_session(world, accounts, write_policy):
    """Nor do rights: the session has what its own role has, no more and no less."""
    arn = f"arn:aws:iam::{SOURCE}:policy/Limit"
    limit = write_policy(ASSUME, kind=Kind.BOUNDARY, name="Limit")
    accounts.source.policies[arn] = ManagedPolicy(arn, "Limit", SOURCE, {"v1": limit}, "v1", unwritten("<Limit>"))
    accounts.source.roles[EXECUTION] = replace(accounts.source.roles[EXECUTION], boundary=arn)
    execution, calls = await run(world, alone({"As": task(THERE, INVOKE, Next="Bare"), "Bare": task(HERE)}))
    assert execution.error == "Lambda.AWSLambdaException"
    ruled = {entry.call.site.state: entry.ruling.allowed for entry in calls if entry.call.operation == "Invoke"}
    assert ruled == {"As": True, "Bare": False}


READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "box", "Key": "items.json"}}
WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "box", "Prefix": "out"}}


def _from_bucket(kind):
    config = {"Mode": "DISTRIBUTED", "ExecutionType": kind}
    each = {
        "Type": "Map",
        "Label": "L",
        "ItemReader": {**READER, "ReaderConfig": {"InputType": "JSON"}},
        "ItemProcessor": {**alone({"Work": task(THERE, INVOKE)}), "ProcessorConfig": config},
        "ResultWriter": WRITER,
        "End": True,
    }
    return alone({"Each": each})


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
@pytest.mark.parametrize("rightful", [True, False])
async def test_reader_and_writer_of_a_map_work_for_the_execution_role(world, accounts, write_policy, kind, rightful):
    """Whatever Credentials the Tasks inside have; without its own rights on the bucket theirs do not help."""
    needed = ("states:*", "sts:AssumeRole", *(("s3:*",) if rightful else ()))
    rights(accounts, EXECUTION, write_policy({**EVERYTHING, "Action": list(needed)}))
    async with Emulator(world) as emulator:
        root = world.accounts[SOURCE].root

        async def ask(operation, **members):
            return await emulator.gate.call(Call(root, "s3", operation, members, "us-east-1"))

        await ask("CreateBucket", Bucket="box")
        await ask("PutObject", Bucket="box", Key="items.json", Body="[1, 2]")
        arn = await emulator.create_state_machine(
            root, name="Orders", definition=json.dumps(_from_bucket(kind)), role_arn=EXECUTION, region="us-east-1"
        )
        execution = await emulator.execute(root, arn, {})
        calls = list(emulator.gate.trail)
    assert execution.status.value == ("SUCCEEDED" if rightful else "FAILED")
    s3 = [entry for entry in calls if entry.call.service == "s3" and entry.call.caller is not root]
    assert {entry.call.caller.role_arn for entry in s3} == {EXECUTION}
    assert {entry.call.operation for entry in s3} >= ({"GetObject", "PutObject"} if rightful else {"GetObject"})
    invoked = [entry.call.caller.role_arn for entry in calls if entry.call.operation == "Invoke"]
    assert invoked == ([INVOKE] * 2 if rightful else [])
    sources = {entry.call.caller.source_arn.split(":")[5] for entry in calls if _by_service(entry)}
    shape = "execution" if kind == "STANDARD" else "express"
    assert sources == ({"stateMachine", "mapRun", shape} if rightful else {"stateMachine"})


def _by_service(entry):
    return entry.call.operation == "AssumeRole" and entry.resource == EXECUTION


async def test_credentials_of_children_assume_from_the_childs_own_session(world, accounts):
    """Each child's role comes from a session that the service took for Map Run or child, not from the parent's."""
    definition = WRAPPINGS["standard children"]({"Work": task(THERE, INVOKE)})
    async with Emulator(world) as emulator:
        root = world.accounts[SOURCE].root
        arn = await emulator.create_state_machine(
            root, name="Orders", definition=json.dumps(definition), role_arn=EXECUTION, region="us-east-1"
        )
        execution = await emulator.execute(root, arn, {})
        calls = [entry for entry in emulator.gate.trail if entry.call.operation == "AssumeRole" and entry.call.site]
    assert execution.status.value == "SUCCEEDED"
    taken = [entry.call for entry in calls if entry.resource == INVOKE]
    assert len({call.site.execution for call in taken}) == len({call.caller.arn for call in taken}) == 2
    assert {call.parameters["ExternalId"] for call in taken} == {arn}
