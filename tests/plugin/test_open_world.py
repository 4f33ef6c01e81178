"""Worlds for tests: declared in lines, reached by boto3 and by the emulator, in tests with and without a loop."""

from __future__ import annotations

import asyncio
import threading

import pytest
from botocore.exceptions import ClientError
from tests.plugin.worlds import ACCOUNT, allow, trust, wait

from turnstile.faults import Unsupported
from turnstile.pytest_plugin import assert_denied, assert_succeeded


@pytest.fixture
def world(turnstile_world):
    """Two accounts: a role that may read in one of them, a role that runs machines."""
    turnstile_world.account("dev", ACCOUNT)
    turnstile_world.account("prod", "444455556666", "eu-west-1")
    turnstile_world.role("dev", "Reader", trust=trust({"AWS": ACCOUNT}), policies={"Read": allow("s3:GetObject")})
    turnstile_world.role("dev", "Exec", trust=trust({"Service": "states.amazonaws.com"}), policies={"All": allow("*")})
    turnstile_world.user("dev", "ana", policies={"Queues": allow("sqs:*")})
    return turnstile_world


def test_clients_are_judged_as_who_they_are(world, turnstile_client):
    """The root user may all, a role what its policies allow; the refusal has AWS's text."""
    admin = turnstile_client("s3", account="dev")
    admin.create_bucket(Bucket="orders-of-dev")
    admin.put_object(Bucket="orders-of-dev", Key="a", Body=b"1")
    reader = turnstile_client("s3", account=ACCOUNT, role="Reader")
    assert reader.get_object(Bucket="orders-of-dev", Key="a")["Body"].read() == b"1"
    with pytest.raises(ClientError) as refused:
        reader.put_object(Bucket="orders-of-dev", Key="a", Body=b"2")
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    assert error["Message"] == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Reader/pytest is not authorized to perform: s3:PutObject on "
        'resource: "arn:aws:s3:::orders-of-dev/a" because no identity-based policy allows the s3:PutObject action'
    )


@pytest.mark.parametrize(
    ("who", "arn"),
    [
        ({}, f"arn:aws:iam::{ACCOUNT}:root"),
        ({"role": "Reader"}, f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/pytest"),
        ({"user": "ana"}, f"arn:aws:iam::{ACCOUNT}:user/ana"),
    ],
    ids=["root", "role", "user"],
)
def test_who_a_client_is(world, who, arn):
    """STS says who calls."""
    assert world.client("sts", account="dev", **who).get_caller_identity()["Arn"] == arn


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"account": "stage"}, r"no account is called `stage`; there are: `dev`, `prod`"),
        ({"account": "dev", "role": "Writer"}, r"the account `dev` has no role `Writer`; there are: `Reader`, `Exec`"),
        ({"account": "prod", "user": "ana"}, r"the account `prod` has no user `ana`; there are: none"),
    ],
    ids=["account", "role", "user"],
)
def test_names_that_are_not_there(world, asked, told):
    """The message lists what there is."""
    with pytest.raises(LookupError, match=told):
        world.client("sts", **asked)


def test_a_client_is_of_one_caller(world):
    """A role and a user at once are a mistake."""
    with pytest.raises(ValueError, match="not of both"):
        world.client("sts", account="dev", role="Reader", user="ana")


def test_the_region_is_that_of_the_account(world):
    """Unless another one is asked for."""
    assert world.client("sqs", account="prod").meta.region_name == "eu-west-1"
    assert world.client("sqs", account="prod", region="us-west-2").meta.region_name == "us-west-2"


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_other_partitions(turnstile_world, region):
    """A client of an account in another partition signs for it."""
    turnstile_world.account("gov", ACCOUNT, region)
    partition = {"us": "aws-us-gov", "cn": "aws-cn"}[region[:2]]
    assert turnstile_world.client("sts", account="gov").get_caller_identity()["Arn"].split(":")[1] == partition


def test_settings_of_the_machine_are_not_read(world, monkeypatch, tmp_path):
    """Neither profiles nor proxies nor endpoints of the environment get into a test."""
    monkeypatch.setenv("AWS_PROFILE", "nobody-has-this")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert world.client("sts", account="dev").get_caller_identity()["Account"] == ACCOUNT


def test_looking_lets_time_pass(world, turnstile_client, turnstile_clock):
    """An hour of Wait is over after the twelfth look, for each look in a row takes twice as long as the last."""
    machine = world.state_machine("dev", "Pause", wait(3600), role="Exec")
    steps, began = turnstile_client("stepfunctions", account="dev"), turnstile_clock.now()
    arn = steps.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    assert turnstile_clock.now() == began
    looks = 0
    while steps.describe_execution(executionArn=arn)["status"] == "RUNNING":
        looks += 1
    assert (looks, turnstile_clock.now() - began) == (12, 3600)


def test_other_calls_let_no_time_pass(world, turnstile_client, turnstile_clock):
    """A callback with a timeout of a minute can be answered however long the test takes."""
    queue = turnstile_client("sqs", account="dev", user="ana")
    url = queue.create_queue(QueueName="tokens")["QueueUrl"]
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody.$": "$$.Task.Token"},
        "TimeoutSeconds": 60,
        "End": True,
    }
    machine = world.state_machine("dev", "Ask", {"StartAt": "A", "States": {"A": task}}, role="Exec")
    steps, began = turnstile_client("stepfunctions", account="dev"), turnstile_clock.now()
    arn = steps.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    token = queue.receive_message(QueueUrl=url)["Messages"][0]["Body"]
    steps.list_executions(stateMachineArn=machine)
    steps.send_task_success(taskToken=token, output='{"ok": true}')
    assert steps.describe_execution(executionArn=arn)["output"] == '{"ok":true}'
    assert turnstile_clock.now() == began


def test_advancing_the_clock(world, turnstile_emulator, turnstile_clock):
    """Everything that is due happens, and nothing else."""
    world.state_machine("dev", "Pause", wait(60), role="Exec")
    execution = turnstile_emulator.start("Pause")
    turnstile_clock.advance(59)
    assert execution.status == "RUNNING"
    turnstile_clock.advance(1)
    assert execution.status == "SUCCEEDED"
    assert execution.join().history()[-1]["type"] == "ExecutionSucceeded"


def test_a_long_poll_takes_virtual_time(world, turnstile_client, turnstile_clock):
    """Twenty seconds of waiting for a message take none of the test's."""
    queue = turnstile_client("sqs", account="dev")
    url, began = queue.create_queue(QueueName="empty")["QueueUrl"], turnstile_clock.now()
    assert "Messages" not in queue.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert turnstile_clock.now() == began + 20


def test_what_nothing_can_end_is_stuck(world, turnstile_emulator):
    """The same again, for the world goes on."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": True}
    task["Parameters"] = {"FunctionName": "Quiet", "Payload": {"token.$": "$$.Task.Token"}}
    world.function("dev", "Quiet", lambda _event: None)
    world.state_machine("dev", "Ask", {"StartAt": "A", "States": {"A": task}}, role="Exec")
    for _ in range(2):
        execution = turnstile_emulator.execute("Ask")
        assert (execution.status, execution.stuck[0].site.state) == ("STUCK", "A")


def double(event):
    """The handler of a function."""
    return {"n": 2 * event["n"]}


CALL = {
    "StartAt": "F",
    "States": {"F": {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:Double", "End": True}},
}


async def test_in_a_loop(world, turnstile_emulator, turnstile_clock, turnstile_client_async):
    """Many executions beside each other, and a client whose calls are awaited."""
    world.function("dev", "Double", double)
    world.state_machine("dev", "M", CALL, role="Exec")
    played = await asyncio.gather(*(turnstile_emulator.execute_async("M", {"n": n}) for n in range(5)))
    for execution in played:
        assert_succeeded(execution)
    assert [execution.output["n"] for execution in played] == [0, 2, 4, 6, 8]
    steps = await turnstile_client_async("stepfunctions", account="dev")
    assert (
        len(
            (
                await steps.list_executions(
                    stateMachineArn=played[0].arn.replace("execution", "stateMachine").rpartition(":")[0]
                )
            )["executions"]
        )
        == 5
    )
    assert isinstance(steps.blocking.exceptions.ExecutionDoesNotExist, type)
    began = turnstile_clock.now()
    await turnstile_clock.advance_async(5)
    assert turnstile_clock.now() == began + 5


async def test_waiting_does_not_block_the_loop(world, turnstile_emulator):
    """Something else runs in the test's loop while an execution is waited for."""
    world.state_machine("dev", "Pause", wait(60), role="Exec")
    execution = await turnstile_emulator.start_async("Pause")
    ended, beats = asyncio.ensure_future(execution.join_async()), 0
    while not ended.done():
        beats += 1
        await asyncio.sleep(0)
    assert beats
    assert ended.result().status == "SUCCEEDED"


def test_clients_of_many_threads(world, turnstile_client):
    """Calls from several threads at once are answered all the same."""
    url = turnstile_client("sqs", account="dev").create_queue(QueueName="busy")["QueueUrl"]
    clients = [turnstile_client("sqs", account="dev") for _ in range(4)]

    def send(client):
        for number in range(5):
            client.send_message(QueueUrl=url, MessageBody=str(number))

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = clients[0].get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert found["Attributes"]["ApproximateNumberOfMessages"] == "20"


def test_a_world_that_is_not_used_starts_no_thread(turnstile_world):
    """Declaring alone runs nothing."""
    before = threading.active_count()
    turnstile_world.account("dev", ACCOUNT)
    turnstile_world.close()
    assert threading.active_count() == before


def test_closing_ends_what_still_runs(turnstile_world_factory):
    """No thread is left, and nobody waits for a year of Wait."""
    before = threading.active_count()
    with turnstile_world_factory() as world:
        world.account("dev", ACCOUNT)
        world.role("dev", "Exec", trust=trust({"Service": "states.amazonaws.com"}))
        world.state_machine("dev", "Pause", wait(86_400 * 300), role="Exec")
        execution = world.emulator.start("Pause")
    assert execution.status == "RUNNING"
    assert threading.active_count() == before


def test_worlds_side_by_side(turnstile_world_factory, world):
    """What one world has, another one has not."""
    other = turnstile_world_factory(seed=7)
    other.account("dev", ACCOUNT)
    other.client("sqs", account="dev").create_queue(QueueName="there")
    queue = world.client("sqs", account="dev")
    queue.create_queue(QueueName="here")
    assert [url.rpartition("/")[2] for url in queue.list_queues()["QueueUrls"]] == ["here"]


def test_what_is_not_emulated_is_raised_at_the_latest_when_the_world_is_closed(turnstile_world_factory):
    """A client gets an error that a test could swallow; the world does not."""
    world = turnstile_world_factory()
    world.account("dev", ACCOUNT)
    with pytest.raises(ClientError, match="does not emulate"):
        world.client("gamelift", account="dev").list_fleets()
    with pytest.raises(Unsupported):
        world.close()
    world.close()


def test_credentials_of_a_role_last_an_hour_of_virtual_time(world, turnstile_clock):
    """Then AWS says that they are over."""
    reader = world.client("sts", account="dev", role="Reader")
    reader.get_caller_identity()
    turnstile_clock.advance(3601)
    with pytest.raises(ClientError, match="expired"):
        reader.get_caller_identity()


def test_a_machine_is_told_by_its_name(world, turnstile_emulator):
    """One that is not there is told with those that are."""
    world.state_machine("dev", "Pause", wait(1), role="Exec")
    with pytest.raises(LookupError, match=r"no state machine is called `Paus`; there are: `arn:aws:states:.*:Pause`"):
        turnstile_emulator.start("Paus")


def test_a_starter_is_judged(world, turnstile_emulator):
    """Who may not start executions does not."""
    world.state_machine("dev", "Pause", wait(1), role="Exec")
    with pytest.raises(Exception, match="is not authorized to perform: states:StartExecution"):
        turnstile_emulator.execute("Pause", caller=world.caller("dev", role="Reader"))
    assert_denied(world, who="dev/Reader", action="states:StartExecution", link="caller-policy")


def test_two_runs_are_alike(turnstile_world_factory):
    """The same seed gives the same history, to the byte."""

    def history():
        with turnstile_world_factory(seed=3) as world:
            world.account("dev", ACCOUNT)
            world.role("dev", "Exec", trust=trust({"Service": "states.amazonaws.com"}), policies={"All": allow("*")})
            world.function("dev", "Double", double)
            world.state_machine("dev", "M", CALL, role="Exec")
            execution = world.emulator.execute("M", {"n": 4})
            return execution.arn, execution.history()

    assert history() == history()
