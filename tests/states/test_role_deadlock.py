"""Tasks that wait for the role slot while nobody can give it back: a deadlock, told with both Tasks and both roles."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.trail import LeaseStep
from turnstile.report.aftermath import aftermath, as_json
from turnstile.report.layout import Paint
from turnstile.source import unwritten
from turnstile.states.standstill import WaitsFor
from turnstile.world.answers import Answers, Returned, Rule, Script

SOURCE, TARGET = "111122223333", "444455556666"
ROLES = {name: f"arn:aws:iam::{TARGET}:role/{name}" for name in ("One", "Two", "Child")}
CHILD = f"arn:aws:states:us-east-1:{TARGET}:stateMachine:Child"
QUEUE = f"https://sqs.us-east-1.amazonaws.com/{TARGET}/desk"
ASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": QUEUE, "MessageBody": {"token.$": "$$.Task.Token"}},
    "End": True,
}


def task(role, resource, parameters, **more):
    """A Task that names a role."""
    credentials = {"RoleArn": ROLES[role]}
    state = {"Type": "Task", "Resource": resource, "Credentials": credentials, "Parameters": parameters, "End": True}
    return {**state, **more}


def keeping(**more):
    """A Task that waits for the child as role One."""
    return task("One", "arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": CHILD}, **more)


def answering(role="Two", **more):
    """A branch that fetches the token after two seconds and sends it back in a Task that names a role."""
    fetch = {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:{SOURCE}:function:Fetch", "Next": "Answer"}
    members = {"TaskToken.$": "$", "Output": "{}"}
    answer = task(role, "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", members, **more)
    return {"Pause": {"Type": "Wait", "Seconds": 2, "Next": "Fetch"}, "Fetch": fetch, "Answer": answer}


class Desk:
    """An emulator whose child asks at a desk for its token, and a machine with branches."""

    def __init__(self, emulator, accounts):
        self.emulator = emulator
        self.accounts = accounts

    async def create(self, account, name, definition, role):
        return await self.emulator.create_state_machine(
            account.root, name=name, definition=json.dumps(definition), role_arn=role, region="us-east-1"
        )

    async def run(self, *branches, **more):
        """Both branches side by side; the execution at its end or at the standstill."""
        await self.create(self.accounts.target, "Child", {"StartAt": "Ask", "States": {"Ask": ASK}}, ROLES["Child"])
        parts = [{"StartAt": next(iter(states)), "States": states} for states in branches]
        both = {"Type": "Parallel", "Branches": parts, "End": True}
        definition = {"StartAt": "Both", "States": {"Both": both}, **more}
        machine = await self.create(self.accounts.source, "Orders", definition, self.accounts.execution.arn)
        return await self.emulator.execute(self.accounts.source.root, machine, {})

    def leases(self, execution):
        return [(one.time - execution.started, one.site.state, one.step) for one in self.emulator.gate.trail.leases]

    def token(self):
        """The token that the child sent to the desk."""
        execution = next(arn for arn in self.emulator.executions if ":Child:" in arn)
        return self.emulator.token(execution, "Ask")


@pytest.fixture
def desk(accounts, write_trust, write_policy):
    """Opens a desk; its function sends the token of the child back by a role of its own."""
    everything = write_policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    for name in ("One", "Two"):
        accounts.role(accounts.target, name, write_trust({"Principal": {"AWS": accounts.execution.arn}}), everything)
    accounts.role(accounts.target, "Child", accounts.execution.trust, everything)
    origin = unwritten("<stub>")
    sent = Returned({"MessageId": "1", "MD5OfMessageBody": "0"}, origin)
    accounts.target.stubs["sqs:SendMessage"] = Answers(Script((Rule(sent),), origin))
    held = {}
    accounts.function(accounts.source, "Fetch", lambda _event: held["desk"].token())

    @asynccontextmanager
    async def opened(**settings):
        accounts.world.settings = replace(accounts.world.settings, **settings)
        async with Emulator(accounts.world) as emulator:
            held["desk"] = Desk(emulator, accounts)
            yield held["desk"]

    return opened


def told(stuck):
    """What the report says of stuck Tasks, without its line breaks."""
    case = type("Left", (), {"stuck": stuck, "orphans": (), "collapses": (), "veiled": ()})()
    return [" ".join(" ".join(block).split()) for block in aftermath(case, Paint(on=False), 100)], as_json(case)[
        "stuck"
    ]


async def test_a_job_whose_end_the_other_branch_would_bring_is_a_deadlock(desk):
    """Keep has role One until the child ends; Answer would end it, and waits for its turn with role Two."""
    async with desk() as it:
        execution = await it.run({"Keep": keeping()}, answering())
        assert execution.status.value == "RUNNING"
        waiting = [(one.site.state, one.waits_for) for one in it.emulator.stuck]
        assert waiting == [("Keep", WaitsFor.JOB), ("Ask", WaitsFor.CALLBACK), ("Answer", WaitsFor.ROLE)]
        stuck = it.emulator.stuck[2]
        assert (stuck.what, stuck.keeper.role_arn) == (ROLES["Two"], ROLES["One"])
        assert (stuck.keeper.task.site.state, stuck.keeper.task.waits_for) == ("Keep", WaitsFor.JOB)
        assert {one.keeper for one in it.emulator.stuck} == {None, stuck.keeper}
        (text,), (row,) = told((stuck,))
    assert text.startswith(f"deadlock state `Answer` (attempt 1) waits for its turn to assume `{ROLES['Two']}`")
    assert f"it is `{ROLES['One']}` while state `Keep` (attempt 1) waits for the end of the job" in text
    assert "`settings: {role_slot: per-task}` lifts the rule" in text
    assert (row["kept_by"]["state"], row["kept_by"]["role"], row["kept_by"]["waiting_for"]) == (
        "Keep",
        ROLES["One"],
        "job",
    )


async def test_the_setting_lets_the_answer_through(desk):
    """With `role_slot: per-task` the same machine ends."""
    async with desk(role_slot="per-task") as it:
        execution = await it.run({"Keep": keeping()}, answering())
        assert (execution.status.value, execution.error) == ("SUCCEEDED", None)
        assert it.emulator.stuck == ()


async def test_one_role_in_both_branches_is_no_deadlock(desk):
    """Both share it."""
    async with desk() as it:
        execution = await it.run({"Keep": keeping()}, answering("One"))
        assert execution.status.value == "SUCCEEDED"


async def test_a_timeout_of_the_keeper_breaks_it(desk):
    """The time limit is real: it is waited for, the slot goes on, and the other branch has its turn."""
    keeper = keeping(TimeoutSeconds=300, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Late"}])
    failing = answering(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Later"}])
    async with desk() as it:
        execution = await it.run({"Keep": keeper, **_end("Late")}, {**failing, **_end("Later")})
        assert execution.status.value == "SUCCEEDED"
        assert execution.stopped - execution.started == 300
        assert (300, "Answer", LeaseStep.TAKES) in it.leases(execution)
        assert it.emulator.stuck == ()


async def test_a_heartbeat_or_the_limit_of_the_machine_is_waited_for_too(desk):
    """TimeoutSeconds of the machine ends both Tasks, and no deadlock is declared before."""
    async with desk() as it:
        execution = await it.run({"Keep": keeping()}, answering(), TimeoutSeconds=600)
        assert execution.status.value == "TIMED_OUT"
        assert execution.stopped - execution.started == 600
        assert it.emulator.stuck == ()


async def test_a_wait_state_elsewhere_is_waited_for(desk):
    """As long as anything can happen nobody calls it a deadlock; then it is one."""
    async with desk() as it:
        wait = {"Type": "Wait", "Seconds": 5000, "End": True}
        execution = await it.run({"Keep": keeping()}, answering(), {"Rest": wait})
        assert it.emulator.world.clock.now() - execution.started >= 5000
        assert [one.site.state for one in it.emulator.stuck] == ["Keep", "Ask", "Answer"]


async def test_whoever_waits_behind_others_is_told_who_keeps_the_slot(desk):
    """Three branches with three Tasks: the second and the third wait for the same keeper, each for its own role."""
    async with desk() as it:
        shared = keeping()
        await it.run({"Keep": keeping()}, answering(), {"Later": _pause(3, "Again"), "Again": shared})
        waiting = {one.site.state: one for one in it.emulator.stuck if one.waits_for is WaitsFor.ROLE}
        assert {name: one.keeper.task.site.state for name, one in waiting.items()} == {
            "Answer": "Keep",
            "Again": "Keep",
        }
        (_, text), _ = told(tuple(waiting.values()))
    assert "it stands behind others, who need another role than" in text


def _end(name):
    return {name: {"Type": "Pass", "End": True}}


def _pause(seconds, following):
    return {"Type": "Wait", "Seconds": seconds, "Next": following}
