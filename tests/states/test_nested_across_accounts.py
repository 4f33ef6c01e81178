"""Machines of another account started by a Task with Credentials: each right missing in turn, and no chain of roles."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.states.standstill import WaitsFor

SOURCE, TARGET, THIRD = "111122223333", "444455556666", "777788889999"
STATES = f"arn:aws:states:us-east-1:{TARGET}"
CHILD, EXECUTIONS = f"{STATES}:stateMachine:Child", f"{STATES}:execution:Child:*"
START, DESCRIBE, STOP = "states:StartExecution", "states:DescribeExecution", "states:StopExecution"
ONE_SENTENCE = "The role {} is not authorized to assume the task state's role, {}."


def on(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


class Pair:
    """A machine of the source account that starts one of the target account."""

    def __init__(self, emulator, accounts):
        self.emulator = emulator
        self.accounts = accounts

    async def create(self, account, name, state, role, kind="STANDARD", **more):
        definition = json.dumps({"StartAt": "Run", "States": {"Run": state, **more}})
        return await self.emulator.create_state_machine(
            account.root, name=name, definition=definition, role_arn=role, region="us-east-1", type=kind
        )

    async def run(self, resource, child, *, kind="STANDARD", name="Orders", members=None, stop_at=None, **fields):
        """The parent at its end or at the standstill."""
        accounts = self.accounts
        done = {"Last": {"Type": "Pass", "Result": {"done": True}, "End": True}}
        await self.create(accounts.target, "Child", child, accounts.child.arn, kind, **done)
        state = {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{resource}",
            "Credentials": {"RoleArn": accounts.invoke.arn},
            "Parameters": {"StateMachineArn": CHILD} if members is None else members,
            "End": True,
            **fields,
        }
        machine = await self.create(accounts.source, name, state, accounts.execution.arn)
        execution = await self.emulator.start(accounts.source.root, machine, {})
        if stop_at is not None:
            await self.emulator.world.clock.sleep(stop_at)
            stop = {"executionArn": execution.arn}
            await self.emulator.gate.call(
                Call(accounts.source.root, "stepfunctions", "StopExecution", stop, "us-east-1")
            )
        await self.emulator.join(execution)
        return execution

    @property
    def child(self):
        return next(one for arn, one in self.emulator.executions.items() if ":Child:" in arn)

    def asked(self, operation):
        """Under which role such calls were made, about what, and whether they were let through."""
        entries = [one for one in self.emulator.gate.trail if one.call.operation == operation and one.call.site]
        return {(one.call.caller.role_arn.rpartition("/")[2], one.resource, one.ruling.allowed) for one in entries}


@pytest.fixture
def pair(accounts, write_policy):
    """Opens a pair whose target role has these rights."""

    @asynccontextmanager
    async def opened(*rights):
        accounts.invoke = accounts.role(
            accounts.target, "InvokeRole", accounts.invoke.trust, *([write_policy(*rights)] if rights else [])
        )
        accounts.child = accounts.role(
            accounts.target, "ChildRole", accounts.execution.trust, write_policy(on("*", "*"))
        )
        async with Emulator(accounts.world) as emulator:
            yield Pair(emulator, accounts)

    return opened


WAIT = {"Type": "Wait", "Seconds": 60, "Next": "Last"}
ALL = (on(START, CHILD), on(DESCRIBE, EXECUTIONS), on(STOP, EXECUTIONS))
SYNC = ("states:startExecution.sync", "states:startExecution.sync:2")


@pytest.mark.parametrize("resource", SYNC)
async def test_the_three_documented_rights_are_enough(pair, resource):
    """Start, poll and, on a timeout, stop: every call is made under the target role, about the child's own ARN."""
    async with pair(*ALL) as it:
        execution = await it.run(resource, WAIT)
        assert (execution.status.value, execution.error) == ("SUCCEEDED", None)
        assert it.asked("StartExecution") == {("InvokeRole", CHILD, True)}
        assert it.asked("DescribeExecution") == {("InvokeRole", it.child.arn, True)}
        assert execution.output["Output"] in ({"done": True}, '{"done":true}')
        assert execution.output["ExecutionArn"] == it.child.arn
    assert it.emulator.gate.trail.refused() == ()


@pytest.mark.parametrize("resource", ["states:startExecution", *SYNC, "aws-sdk:sfn:startExecution"])
async def test_without_the_right_to_start_the_task_fails(pair, resource):
    """The service's own error, with the session of the target role; the child is never there."""
    async with pair(on(DESCRIBE, EXECUTIONS), on(STOP, EXECUTIONS)) as it:
        execution = await it.run(resource, WAIT)
        sdk = resource.startswith("aws-sdk")
        assert execution.error == ("Sfn.SfnException" if sdk else "StepFunctions.AWSStepFunctionsException")
        assert "assumed-role/InvokeRole/" in execution.cause
        assert "is not authorized to perform: states:StartExecution" in execution.cause
        assert len(it.emulator.executions) == 1


@pytest.mark.parametrize("resource", SYNC)
@pytest.mark.parametrize("right", [(), (on(DESCRIBE, CHILD),), (on(DESCRIBE, f"{STATES}:execution:Other:*"),)])
async def test_without_the_right_to_poll_the_task_is_stuck(pair, resource, right):
    """No event crosses accounts, so nobody learns of the end; the right on the machine's ARN is none on executions."""
    async with pair(on(START, CHILD), on(STOP, EXECUTIONS), *right) as it:
        execution = await it.run(resource, WAIT)
        assert execution.status.value == "RUNNING"
        (stuck,) = it.emulator.stuck
        assert (stuck.waits_for, stuck.missing.action) == (WaitsFor.JOB, DESCRIBE)
        assert stuck.missing.resource == it.child.arn
        assert it.child.status.value == "SUCCEEDED"


async def test_without_the_right_to_poll_a_timeout_ends_the_task(pair):
    """And the child, which may be stopped, is stopped."""
    long = {**WAIT, "Seconds": 5000}
    async with pair(on(START, CHILD), on(STOP, EXECUTIONS)) as it:
        execution = await it.run(SYNC[0], long, TimeoutSeconds=1000)
        assert (execution.error, execution.stopped - execution.started) == ("States.Timeout", 1000)
        assert it.child.status.value == "ABORTED"
        assert it.asked("StopExecution") == {("InvokeRole", it.child.arn, True)}
        assert it.emulator.orphans == []


@pytest.mark.parametrize("ended_by", ["timeout", "stop"])
async def test_without_the_right_to_stop_the_child_is_an_orphan(pair, ended_by):
    """It ends by itself, an hour later, and the parent's history tells nothing of the refusal."""
    cut = {"TimeoutSeconds": 10} if ended_by == "timeout" else {"stop_at": 10}
    async with pair(on(START, CHILD), on(DESCRIBE, EXECUTIONS)) as it:
        execution = await it.run(SYNC[1], {**WAIT, "Seconds": 3600}, **cut)
        assert execution.status.value == ("FAILED" if ended_by == "timeout" else "ABORTED")
        assert it.asked("StopExecution") == {("InvokeRole", it.child.arn, False)}
        (orphan,) = it.emulator.orphans
        assert (orphan.job, orphan.missing.action, orphan.left) == (it.child.arn, STOP, False)
        await it.emulator.join(it.child)
        assert it.child.status.value == "SUCCEEDED"
    assert "StopExecution" not in json.dumps(execution.history())


async def test_a_stop_goes_down_to_the_child_of_the_child(pair, accounts, write_trust):
    """Each execution stops its own: the parent under its target role, the child under its execution role."""
    grandchild = {"Type": "Wait", "Seconds": 3600, "End": True}
    nested = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": f"{STATES}:stateMachine:Grandchild"},
        "Next": "Last",
    }
    async with pair(*ALL) as it:
        trusting = write_trust({"Principal": {"Service": "states.amazonaws.com"}})
        role = accounts.role(accounts.target, "GrandchildRole", trusting)
        await it.create(accounts.target, "Grandchild", grandchild, role.arn)
        await it.run(SYNC[1], nested, stop_at=30)
        assert {one.status.value for one in it.emulator.executions.values()} == {"ABORTED"}
        who = {role for role, _, _ in it.asked("StopExecution")}
        assert who == {"InvokeRole", "ChildRole"}


async def test_a_plain_start_needs_one_right_and_waits_for_nothing(pair):
    """The child goes on when the parent has ended."""
    async with pair(on(START, CHILD)) as it:
        execution = await it.run("states:startExecution", WAIT)
        assert (execution.status.value, execution.stopped - execution.started) == ("SUCCEEDED", 0)
        assert it.child.status.value == "RUNNING"
        assert it.asked("DescribeExecution") == set()


async def test_an_express_child_is_run_by_a_synchronous_start(pair):
    """`aws-sdk:sfn:startSyncExecution` needs the right of that name, on the machine."""
    async with pair(on("states:StartSyncExecution", CHILD)) as it:
        execution = await it.run("aws-sdk:sfn:startSyncExecution", WAIT, kind="EXPRESS")
        assert execution.output["Output"] == '{"done":true}'
        assert execution.output["Status"] == "SUCCEEDED"
        assert execution.stopped - execution.started == 60


async def test_the_right_to_start_is_none_to_start_synchronously(pair):
    """It is another action."""
    async with pair(*ALL) as it:
        execution = await it.run("aws-sdk:sfn:startSyncExecution", WAIT, kind="EXPRESS")
        assert execution.error == "Sfn.SfnException"
        assert "is not authorized to perform: states:StartSyncExecution" in execution.cause


@pytest.mark.parametrize("resource", SYNC)
@pytest.mark.parametrize("rights", [ALL, (on("states:*", "*"),)], ids=["documented", "all"])
async def test_an_express_child_cannot_be_waited_for(pair, resource, rights):
    """The first poll refuses its ARN, whatever the policies say (inferred)."""
    async with pair(*rights) as it:
        execution = await it.run(resource, WAIT, kind="EXPRESS")
        assert execution.error == "StepFunctions.InvalidArnException"
        assert execution.status.value == "FAILED"


@pytest.mark.parametrize("name", ["Orders!", "Orders(1)", "Bestellung-ä", "Orders'"])
async def test_a_name_that_is_no_external_id_reaches_no_machine(pair, name):
    """The names are legal for Step Functions; STS takes the ARN for no external id, whatever the trust policy says."""
    async with pair(*ALL) as it:
        execution = await it.run(SYNC[0], WAIT, name=name)
        assert execution.error == "States.TaskFailed"
        assert execution.cause == ONE_SENTENCE.format(it.accounts.execution.arn, it.accounts.invoke.arn)
        (entry,) = it.emulator.gate.trail.refused()
        assert entry.ruling.barriers[0].link.value == "malformed-request"


def _third(accounts, principal, write_trust, write_policy):
    """A role of a third account that trusts one principal, and a function that it may invoke."""
    third = accounts.world.add_account(THIRD, "third", "us-east-1")
    trusting = write_trust({"Principal": {"AWS": principal}})
    role = accounts.role(third, "FarRole", trusting, write_policy(on("*", "*")))
    return third, role, accounts.function(third, "Far", lambda event: {"far": True})


def _reaching(function, role):
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Credentials": {"RoleArn": role.arn},
        "Parameters": {"FunctionName": function, "Payload": {}},
        "Next": "Last",
    }


async def test_a_machine_in_the_middle_takes_its_own_role_further(pair, accounts, write_trust, write_policy):
    """A to B by Credentials, B to C by those of B's machine: its execution role is the one that assumes, not B's."""
    _, role, function = _third(accounts, f"arn:aws:iam::{TARGET}:role/ChildRole", write_trust, write_policy)
    async with pair(*ALL) as it:
        execution = await it.run(SYNC[1], _reaching(function, role))
        assert (execution.status.value, execution.cause) == ("SUCCEEDED", None)
        assumed = [one for one in it.emulator.gate.trail if one.call.operation == "AssumeRole" and one.call.site]
        callers = [(one.call.caller.role_arn, one.resource) for one in assumed]
        assert callers == [
            (it.accounts.execution.arn, it.accounts.invoke.arn),
            (it.accounts.child.arn, role.arn),
        ]
        assert [one.call.parameters["ExternalId"] for one in assumed] == [
            f"arn:aws:states:us-east-1:{SOURCE}:stateMachine:Orders",
            CHILD,
        ]
        roles_of = [(one.site.execution.split(":")[6], one.step.value) for one in it.emulator.gate.trail.leases]
        assert roles_of[0] == ("Orders", "takes")
        assert ("Child", "takes") in roles_of[: roles_of.index(("Orders", "gives back"))]


@pytest.mark.parametrize("trusted", ["target role", "first execution role"])
async def test_nobody_else_of_the_chain_helps_the_machine_in_the_middle(
    pair, accounts, write_trust, write_policy, trusted
):
    """Neither the role that started the child, nor the role of the parent, is what the child's Task assumes with."""
    principal = accounts.invoke.arn if trusted == "target role" else accounts.execution.arn
    _, role, function = _third(accounts, principal, write_trust, write_policy)
    async with pair(*ALL) as it:
        execution = await it.run(SYNC[1], _reaching(function, role))
        assert execution.error == "States.TaskFailed"
        assert ONE_SENTENCE.format(it.accounts.child.arn, role.arn) in json.loads(execution.cause)["Cause"]
