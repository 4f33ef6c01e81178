"""Assertions on executions: their messages explain what happened instead."""

from __future__ import annotations

import pytest
from tests.plugin.worlds import ACCOUNT, allow, trust

from turnstile.pytest_plugin import assert_denied, assert_not_called, assert_succeeded

QUEUE = f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/jobs"


@pytest.fixture
def world(turnstile_world):
    """A machine that sends a message under a role without policies."""
    turnstile_world.account("dev", ACCOUNT)
    turnstile_world.role("dev", "Exec", trust=trust({"Service": "states.amazonaws.com"}))
    turnstile_world.client("sqs", account="dev").create_queue(QueueName="jobs")
    send = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
    send["Parameters"] = {"QueueUrl": QUEUE, "MessageBody": "hello"}
    turnstile_world.state_machine("dev", "Send", {"StartAt": "S", "States": {"S": send}}, role="Exec")
    return turnstile_world


@pytest.fixture
def refused(world):
    """Its execution, which was refused to send."""
    return world.emulator.execute("Send")


def told(assertion, *arguments, **given):
    """The message of an assertion that does not hold."""
    with pytest.raises(AssertionError) as failure:
        assertion(*arguments, **given)
    return str(failure.value)


def test_success_explains_the_refusal(refused):
    """What AWS shows, the call, the link, and the policy that would allow it."""
    message = told(assert_succeeded, refused)
    assert message.startswith(
        f"the execution {refused.arn} is FAILED\n\n      AWS shows   SQS.AmazonSQSException: User:"
    )
    assert f"call        sqs:SendMessage on arn:aws:sqs:us-east-1:{ACCOUNT}:jobs" in message
    assert "refused by  caller-policy, the execution role's own policies: no statement allows it" in message
    assert '"Action": "sqs:SendMessage"' in message


def test_success_tells_an_error_that_is_no_refusal(world):
    """The error and cause that AWS shows."""
    definition = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Late", "Cause": "too late"}}}
    world.state_machine("dev", "Fail", definition, role="Exec")
    message = told(assert_succeeded, world.emulator.execute("Fail"))
    assert message.endswith("AWS shows   Late: too late")


def test_success_is_silent(world):
    """An execution that succeeded."""
    world.role("dev", "Exec", trust=trust({"Service": "states.amazonaws.com"}), policies={"Send": allow("sqs:*")})
    execution = world.emulator.execute("Send")
    assert_succeeded(execution)
    assert "nobody" not in repr(execution)
    assert told(assert_denied, execution) == "no call was refused"
    caller = execution.trail[-1].call.caller.arn
    assert told(assert_denied, execution, action="sqs:*").splitlines() == [
        "no refused call has action `sqs:*`",
        f"  let through: sqs:SendMessage on arn:aws:sqs:us-east-1:{ACCOUNT}:jobs by {caller}",
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"who": "Exec"},
        {"who": "dev/Exec"},
        {"who": "dev/*"},
        {"who": f"arn:aws:iam::{ACCOUNT}:role/Exec"},
        {"who": f"arn:aws:sts::{ACCOUNT}:assumed-role/Exec/*"},
        {"action": "sqs:SendMessage"},
        {"action": "SQS:send*"},
        {"resource": "arn:aws:sqs:*:jobs"},
        {"link": "caller-policy"},
        {"who": "dev/Exec", "action": "sqs:SendMessage", "link": "caller-policy"},
    ],
    ids=str,
)
def test_denials_that_are_there(world, refused, wanted):
    """Asked of the execution or of its world."""
    assert_denied(refused, **wanted)
    assert_denied(world, **wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        {"who": "exec"},
        {"who": "prod/Exec"},
        {"action": "sqs:ReceiveMessage"},
        {"resource": "jobs"},
        {"link": "trust-policy"},
        {"who": "root", "action": "sqs:SendMessage"},
    ],
    ids=str,
)
def test_denials_that_are_not(refused, wanted):
    """The message repeats what was asked for and explains what was refused."""
    message = told(assert_denied, refused, **wanted)
    first, *rest = message.splitlines()
    assert first == "no refused call has " + ", ".join(f"{name} `{value}`" for name, value in wanted.items())
    assert any("refused by  caller-policy" in line for line in rest)


def test_calls_that_were_not_made(world, refused):
    """Nothing was received; the send was made, and its refusal is explained."""
    assert_not_called(refused, action="sqs:ReceiveMessage")
    assert_not_called(world, action="sqs:*", who="nobody")
    message = told(assert_not_called, refused, action="sqs:*")
    caller = refused.denied[0].call.caller.arn
    told_call = f"  sqs:SendMessage on arn:aws:sqs:us-east-1:{ACCOUNT}:jobs by {caller}, refused by caller-policy"
    assert message.splitlines()[:2] == ["a call with action `sqs:*` was made:", told_call]
    assert "help: attach this policy to role `Exec`" in message


def test_a_refused_client_is_shown_the_answer_it_had(world):
    """Of a call that no workflow makes, AWS shows its answer."""
    queue = world.client("sqs", account="dev", role="Exec")
    with pytest.raises(queue.exceptions.ClientError):
        queue.receive_message(QueueUrl=QUEUE)
    message = told(assert_not_called, world, action="sqs:ReceiveMessage")
    assert "AWS shows   AccessDenied" in message
    assert "is not authorized to perform: sqs:ReceiveMessage" in " ".join(message.split())


def test_the_name_of_an_execution_cannot_forge_a_line(world):
    """Texts of users stay on their line."""
    definition = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "a\n\x1b[31mAWS shows", "Cause": "\u202e"}}}
    world.state_machine("dev", "Fail", definition, role="Exec")
    message = told(assert_succeeded, world.emulator.execute("Fail"))
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert sum(line.lstrip().startswith("AWS shows") for line in message.splitlines()) == 1
