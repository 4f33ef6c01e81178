"""Tasks with Credentials in one execution: one assumed role at a time, proved from the trail and the history."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.trail import LeaseStep

SOURCE, TARGET = "111122223333", "444455556666"


@pytest.fixture
def world(accounts, write_trust, write_policy):
    """An execution role, two target roles and a function that takes ten seconds."""
    for name in ("One", "Two"):
        trusting = write_trust({"Principal": {"AWS": accounts.execution.arn}})
        allow = write_policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
        accounts.role(accounts.target, name, trusting, allow)
    arn = accounts.function(accounts.target, "Slow", lambda event: event)
    accounts.target.functions[arn] = replace(accounts.target.functions[arn], takes=10.0)
    return accounts.world


def _task(role, resource="arn:aws:states:::lambda:invoke", **more):
    return {
        "Type": "Task",
        "Resource": resource,
        "Credentials": {"RoleArn": f"arn:aws:iam::{TARGET}:role/{role}"},
        "Parameters": {"FunctionName": f"arn:aws:lambda:us-east-1:{TARGET}:function:Slow", "Payload": {}},
        "End": True,
        **more,
    }


def _parallel(*tasks):
    branches = [{"StartAt": name, "States": {name: task}} for name, task in tasks]
    return {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}}


async def _run(world, definition):
    async with Emulator(world) as emulator:
        root = world.accounts[SOURCE].root
        arn = await emulator.create_state_machine(
            root,
            name="Orders",
            definition=json.dumps(definition),
            role_arn=f"arn:aws:iam::{SOURCE}:role/ExecutionRole",
            region="us-east-1",
        )
        execution = await emulator.execute(root, arn, {})
        return execution, [(e.time - execution.started, e.site.state, e.step) for e in emulator.gate.trail.leases]


async def test_branches_with_two_roles_take_turns(world):
    """The second branch is scheduled when the first has given its role back, and the trail says so."""
    execution, leases = await _run(world, _parallel(("A", _task("One")), ("B", _task("Two"))))
    assert execution.status == "SUCCEEDED"
    assert execution.stopped - execution.started == 20
    assert leases == [
        (0, "A", LeaseStep.TAKES),
        (0, "B", LeaseStep.WAITS),
        (10, "A", LeaseStep.GIVES_BACK),
        (10, "B", LeaseStep.TAKES),
        (20, "B", LeaseStep.GIVES_BACK),
    ]
    scheduled = [e["timestamp"] - execution.started for e in execution.history() if e["type"] == "TaskScheduled"]
    assert scheduled == [0, 10]


async def test_branches_with_one_role_share_it(world):
    """Two branches that name the same role run side by side."""
    execution, leases = await _run(world, _parallel(("A", _task("One")), ("B", _task("One"))))
    assert execution.stopped - execution.started == 10
    assert [step for _, _, step in leases].count(LeaseStep.WAITS) == 0


async def test_a_task_without_credentials_never_waits(world):
    """Only Tasks that name a role take the slot."""
    plain = _task("One")
    del plain["Credentials"]
    plain["Parameters"]["FunctionName"] = f"arn:aws:lambda:us-east-1:{SOURCE}:function:Slow"
    arn = plain["Parameters"]["FunctionName"]
    slow = next(iter(world.accounts[TARGET].functions.values()))
    world.accounts[SOURCE].functions[arn] = replace(slow, arn=arn, account=SOURCE)
    execution, leases = await _run(world, _parallel(("A", _task("One")), ("B", plain)))
    assert execution.stopped - execution.started == 10
    assert {state for _, state, _ in leases} == {"A"}


async def test_the_setting_lifts_the_rule(world):
    """With `role_slot: per-task` two roles are assumed at once."""
    world.settings = replace(world.settings, role_slot="per-task")
    execution, leases = await _run(world, _parallel(("A", _task("One")), ("B", _task("Two"))))
    assert execution.stopped - execution.started == 10
    assert leases == []


async def test_the_wait_is_no_part_of_the_timeout(world):
    """A Task that may last fifteen seconds succeeds after having waited ten for its role."""
    execution, _ = await _run(world, _parallel(("A", _task("One")), ("B", _task("Two", TimeoutSeconds=15))))
    assert execution.status == "SUCCEEDED"


async def test_retry_gives_the_slot_back_while_it_waits(world):
    """Between two attempts another branch has its turn."""
    failing = _task("One", Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 30, "MaxAttempts": 1}])
    failing["Parameters"]["FunctionName"] += "NotThere"
    _, leases = await _run(world, _parallel(("A", failing), ("B", _task("Two"))))
    assert [(time, state) for time, state, step in leases if step is LeaseStep.TAKES] == [(0, "A"), (0, "B"), (30, "A")]


async def test_iterations_of_a_map_take_turns_in_order(world):
    """Items that name two roles by turns are worked one after another, in the order of their arrival."""
    task = _task("One")
    task["Credentials"] = {"RoleArn.$": f"States.Format('arn:aws:iam::{TARGET}:role/{{}}', $)"}
    processor = {"StartAt": "T", "States": {"T": task}}
    definition = {
        "StartAt": "M",
        "States": {"M": {"Type": "Map", "ItemsPath": "$.roles", "ItemProcessor": processor, "End": True}},
    }
    definition["States"]["P"] = {"Type": "Pass", "Result": {"roles": ["One", "Two", "One"]}, "Next": "M"}
    definition["StartAt"] = "P"
    execution, leases = await _run(world, definition)
    assert execution.status == "SUCCEEDED"
    assert [time for time, _, step in leases if step is LeaseStep.TAKES] == [0, 10, 20]
