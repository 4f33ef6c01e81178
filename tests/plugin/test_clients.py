"""Clients of worlds: whose they are, what they take from the machine, what they say of refusals, when they end."""

from __future__ import annotations

import io
import os
import socket
import threading
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.plugin.worlds import ACCOUNT, allow, trust, wait

from turnstile.pytest_plugin import ClosedWorldError, NotThereError, OpenWorld, UnusableError, assert_denied

pytest_plugins = ("pytester",)

OTHER = "444455556666"
HOSTILE = {
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_CA_BUNDLE": "/nowhere",
    "AWS_ENDPOINT_URL": "http://192.0.2.1",
    "AWS_ENDPOINT_URL_S3": "http://192.0.2.1",
    "AWS_MAX_ATTEMPTS": "9",
    "AWS_PROFILE": "mine",
    "AWS_REGION": "eu-north-1",
    "AWS_RETRY_MODE": "none of them",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "HTTPS_PROXY": "http://192.0.2.1:1",
    "HTTP_PROXY": "http://192.0.2.1:1",
}
"""Variables of a user's machine, each of which would lead a client astray."""
SERVICES = {"dynamodb": "list_tables", "s3": "list_buckets", "sqs": "list_queues", "sts": "get_caller_identity"}


@pytest.fixture
def world(turnstile_world):
    """Two accounts; `Reader` may read and take roles, `Open` lets it in, `Shut` does not."""
    turnstile_world.account("dev", ACCOUNT)
    turnstile_world.account("prod", OTHER)
    turnstile_world.role("dev", "Reader", trust=trust({"AWS": ACCOUNT}), policies={"P": allow(["s3:Get*", "sts:*"])})
    opened = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Reader"})
    turnstile_world.role("prod", "Open", trust=opened, policies={"P": allow("s3:*")})
    turnstile_world.role("prod", "Shut", trust=trust({"AWS": OTHER}))
    return turnstile_world


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine whose user has set everything, and whose network nobody may touch."""
    settings = tmp_path / "config"
    settings.write_text("[profile mine]\nregion = ap-south-1\nendpoint_url = http://192.0.2.1\nretry_mode = none\n")
    for name, value in {**HOSTILE, "AWS_CONFIG_FILE": str(settings)}.items():
        monkeypatch.setenv(name, value)
    connect = socket.socket.connect

    def guarded(self, address):
        assert not isinstance(address, tuple) or address[0] == "127.0.0.1", f"the network: {address}"
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    return monkeypatch


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("service", "operation"), SERVICES.items(), ids=SERVICES)
def test_nothing_of_the_machine_leaks_in_or_out(world, service, operation):
    """Neither variables nor files decide about a client, nothing leaves the machine, nothing is set."""
    before = dict(os.environ)
    client = world.client(service, account="dev")
    getattr(client, operation)()
    assert client.meta.region_name == "us-east-1"
    assert client.meta.endpoint_url.startswith("http://127.0.0.1:")
    assert dict(os.environ) == before


@pytest.mark.usefixtures("machine")
def test_code_with_clients_of_its_own(world, turnstile_environment):
    """What boto3 makes by itself comes to the world, and the environment is as before when the test ends."""
    turnstile_environment(account="prod", role="Open", region="eu-west-1")
    client = boto3.client("s3")
    client.create_bucket(Bucket="orders", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert boto3.client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/Open/pytest"
    assert [one["Name"] for one in world.client("s3", account="prod").list_buckets()["Buckets"]] == ["orders"]
    assert "AWS_PROFILE" not in os.environ


def test_the_environment_comes_back(pytester, monkeypatch):
    """The variables of the machine and the session of boto3 are there again for the next test."""
    monkeypatch.setenv("AWS_PROFILE", "mine")
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\naddopts = -p no:hypothesispytest\n")
    pytester.makepyfile(
        """
        import os
        import boto3

        def test_one(turnstile_world, turnstile_environment):
            turnstile_world.account("dev", "111122223333")
            turnstile_environment(account="dev")
            boto3.client("sts").get_caller_identity()
            assert boto3.DEFAULT_SESSION is not None

        def test_two():
            assert os.environ["AWS_PROFILE"] == "mine"
            assert "AWS_ENDPOINT_URL" not in os.environ
            assert boto3.DEFAULT_SESSION is None
        """
    )
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_role_is_taken_by_somebody(world):
    """`by` is a call of theirs, and the session is what STS gave."""
    client = world.client("sts", account="prod", role="Open", by="dev/Reader")
    assert client.get_caller_identity()["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/Open/pytest"
    assert [entry.call.operation for entry in world.trail] == ["AssumeRole", "GetCallerIdentity"]


def test_a_role_that_lets_nobody_in(world):
    """The error is botocore's own with AWS's text, and our explanation beside it."""
    with pytest.raises(ClientError) as caught:
        world.session(account="prod", role="Shut", by="dev/Reader")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert str(caught.value).endswith(f"sts:AssumeRole on resource: arn:aws:iam::{OTHER}:role/Shut")
    (note,) = caught.value.__notes__
    assert "refused by  trust-policy, the trust policy of the target role" in note
    assert "help: add this statement" in note
    assert_denied(world, who="dev/Reader", action="sts:AssumeRole", link="trust-policy")


def test_what_a_service_refuses_has_no_note(world):
    """Only refusals of permissions are explained."""
    with pytest.raises(ClientError, match="NoSuchBucket") as caught:
        world.client("s3", account="dev").list_objects_v2(Bucket="nowhere")
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize(
    ("whose", "error", "message"),
    [
        ({"account": "test"}, NotThereError, "no account is called `test`; there are: `dev`, `prod`"),
        ({"account": "dev", "role": "Open"}, NotThereError, "has no role `Open`; there are: `Reader`"),
        ({"account": "dev", "role": "Reader", "user": "Ann"}, UnusableError, "of a role or of a user"),
        ({"account": "dev", "by": "dev"}, UnusableError, "names the role"),
        ({"account": "prod", "role": "Open", "by": "dev/Nobody"}, NotThereError, "no role `Nobody`"),
    ],
    ids=["account", "role", "both", "by alone", "by nobody"],
)
def test_somebody_who_is_not_there(world, whose, error, message):
    """The message lists those who are, and no frame of ours is above it but hidden ones."""
    with pytest.raises(error, match=message) as caught:
        world.session(**whose)
    assert len(caught.traceback.filter(caught)) == 1


def test_resources_paginators_waiters_and_urls(world):
    """Everything that boto3 makes from a client reaches the world."""
    session = world.session(account="prod", role="Open")
    bucket = session.resource("s3").create_bucket(Bucket="orders")
    for number in range(3):
        bucket.Object(f"{number}.json").put(Body=b"{}")
    client = session.client("s3", config=Config(retries={"total_max_attempts": 2}))
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="orders", PaginationConfig={"PageSize": 2})
    assert [len(page["Contents"]) for page in pages] == [2, 1]
    client.get_waiter("object_exists").wait(Bucket="orders", Key="1.json")
    url = client.generate_presigned_url("get_object", Params={"Bucket": "orders", "Key": "1.json"})
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"{}"
    client.upload_fileobj(io.BytesIO(bytes(9_000_000)), "orders", "large")  # in parts, by threads
    assert client.head_object(Bucket="orders", Key="large")["ContentLength"] == 9_000_000


def test_many_threads_share_a_client(world, caplog):
    """All their calls are answered, and no connection is thrown away."""
    queues = world.client("sqs", account="dev")
    url = queues.create_queue(QueueName="jobs")["QueueUrl"]
    threads = [
        threading.Thread(target=queues.send_message, kwargs={"QueueUrl": url, "MessageBody": str(number)})
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert told["Attributes"] == {"ApproximateNumberOfMessages": "20"}
    assert caplog.records == []


def test_nothing_outlives_a_world():
    """Clients, executions and clocks of a closed world say that it is closed, and wait for nothing."""
    with OpenWorld.fresh() as world:
        world.account("dev", ACCOUNT)
        world.role("dev", "Exec", trust=trust({"Service": "states.amazonaws.com"}))
        world.state_machine("dev", "Slow", wait(3600), role="Exec")
        execution, client = world.emulator.start("Slow"), world.client("sqs", account="dev")
    for use in (
        client.list_queues,
        execution.join,
        lambda: world.clock.advance(1),
        lambda: world.client("sqs", account="dev"),
        lambda: world.emulator.start("Slow"),
    ):
        with pytest.raises(ClosedWorldError, match="this world is closed"):
            use()


async def test_awaited_clients(world, turnstile_client_async):
    """They open, page, wait, read and close as those of aiobotocore do."""
    async with turnstile_client_async("s3", account="prod", role="Open") as client:
        await client.create_bucket(Bucket="orders")
        for number in range(3):
            await client.put_object(Bucket="orders", Key=f"{number}", Body=b"one\ntwo")
        paginator = client.get_paginator("list_objects_v2")
        asked = {"Bucket": "orders", "PaginationConfig": {"PageSize": 2}}
        assert [len(page["Contents"]) async for page in paginator.paginate(**asked)] == [2, 1]
        assert [key async for key in paginator.paginate(**asked).search("Contents[].Key")] == ["0", "1", "2"]
        assert len((await paginator.paginate(**asked).build_full_result())["Contents"]) == 3
        await client.get_waiter("object_exists").wait(Bucket="orders", Key="0")
        async with (await client.get_object(Bucket="orders", Key="0"))["Body"] as body:
            assert await body.read(3) == b"one"
        body = (await client.get_object(Bucket="orders", Key="0"))["Body"]
        assert [line async for line in body.iter_lines()] == [b"one", b"two"]
        with pytest.raises(client.exceptions.NoSuchKey):
            await client.get_object(Bucket="orders", Key="none")
        assert client.meta.region_name == "us-east-1"
        assert client.can_paginate("list_objects_v2")
        with pytest.raises(AttributeError, match="get_nothing"):
            client.get_nothing  # noqa: B018 - the name alone is refused
    client = await turnstile_client_async("sts", account="dev", role="Reader")
    assert (await client.get_caller_identity())["Account"] == ACCOUNT


def test_a_refusal_that_nobody_catches_shows_the_explanation(pytester):
    """The failed test shows its own line, AWS's sentence and ours, and no source of botocore."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\naddopts = -p no:hypothesispytest\n")
    pytester.makepyfile(
        """
        def test_it(turnstile_world):
            turnstile_world.account("dev", "111122223333")
            turnstile_world.user("dev", "Ann")
            turnstile_world.client("s3", account="dev", user="Ann").list_buckets()
        """
    )
    result = pytester.runpytest_inprocess("--color=no")
    result.stdout.fnmatch_lines(
        ["E *(AccessDenied)*s3:ListAllMyBuckets*", "E *refused by  caller-policy*", "E *help: *"]
    )
    assert "http, parsed_response" not in result.stdout.str()
