"""`Moto`: partitions, time, chance and worlds apart; what it refuses. The contracts are in `test_moto_services`."""

import ast
import asyncio
import json
import os
from pathlib import Path

import pytest

import turnstile
from turnstile.backends.moto import Moto
from turnstile.backends.moto_remote import RemoteMoto
from turnstile.clock import DAWN
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.world import World

ALICE, BOB = "111111111111", "222222222222"


async def test_buckets_are_apart_by_partition(resources):
    """A bucket of China is found there, and its name is free elsewhere."""
    here = resources()
    china = {"LocationConstraint": "cn-north-1"}
    await here.call("s3:CreateBucket", region="cn-north-1", Bucket="orders", CreateBucketConfiguration=china)
    await here.call("s3:PutObject", region="cn-north-1", Bucket="orders", Key="k", Body="hello")
    assert (await here.call("s3:GetObject", region="cn-north-1", Bucket="orders", Key="k"))["Body"] == "hello"
    assert (await here.call("s3:ListBuckets"))["Buckets"] == []


async def test_a_message_sent_is_received(resources):
    """SQS delivers on the world's clock: a delayed message is there when its time has come, and not before."""
    here = resources()
    url = (await here.call("sqs:CreateQueue", QueueName="q"))["QueueUrl"]
    await here.call("sqs:SendMessage", QueueUrl=url, MessageBody="hello", DelaySeconds=10)
    assert await here.call("sqs:ReceiveMessage", QueueUrl=url) == {}
    assert await here.call("sqs:ReceiveMessage", QueueUrl=url, WaitTimeSeconds=5) == {}
    assert here.world.clock.now() == DAWN + 5
    got = await here.call("sqs:ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20)
    assert got["Messages"][0]["Body"] == "hello"
    assert DAWN + 10 <= here.world.clock.now() <= DAWN + 11


async def test_a_queue_says_how_long_to_wait(resources):
    """Without a time in the call the queue's own counts."""
    here = resources()
    url = (await here.call("sqs:CreateQueue", QueueName="q", Attributes={"ReceiveMessageWaitTimeSeconds": "7"}))[
        "QueueUrl"
    ]
    assert await here.call("sqs:ReceiveMessage", QueueUrl=url) == {}
    assert here.world.clock.now() == DAWN + 7


async def test_a_topic_delivers_to_a_queue_of_its_world(resources):
    """SNS finds the subscribed queue in the same world, and no other."""
    here, there = resources(), resources()
    for each in (here, there):
        url = (await each.call("sqs:CreateQueue", QueueName="q"))["QueueUrl"]
        topic = (await each.call("sns:CreateTopic", Name="t"))["TopicArn"]
        queue = f"arn:aws:sqs:us-east-1:{ALICE}:q"
        await each.call("sns:Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=queue)
    await there.call("sns:Publish", TopicArn=topic, Message="hello")
    assert await here.call("sqs:ReceiveMessage", QueueUrl=url) == {}
    assert (
        json.loads((await there.call("sqs:ReceiveMessage", QueueUrl=url))["Messages"][0]["Body"])["Message"] == "hello"
    )


async def test_a_run_is_repeated_by_its_seed(resources):
    """Identifiers and times of one seed are the same, whatever other worlds do in between; another seed has others."""

    async def make(each):
        key = (await each.call("kms:CreateKey"))["KeyMetadata"]
        return key, await each.call("secretsmanager:CreateSecret", Name="s", SecretString="x")

    first, second, other = resources(7), resources(7), resources(8)
    made = await make(first)
    assert await make(other) != made
    assert await make(second) == made
    assert made[0]["CreationDate"] == "2026-01-01T00:00:00Z"


async def test_bytes_stand_in_documents_as_text(resources):
    """What is UTF-8 comes back as it went in, the rest as Base64, and ciphertext goes back as it came."""
    here = resources()
    await here.call("s3:CreateBucket", Bucket="bytes")
    for body, shown in (("grüße", "grüße"), (b"\xff\x00", "/wA=")):
        await here.call("s3:PutObject", Bucket="bytes", Key="a/b c", Body=body)
        assert (await here.call("s3:GetObject", Bucket="bytes", Key="a/b c"))["Body"] == shown
    key = (await here.call("kms:CreateKey"))["KeyMetadata"]["KeyId"]
    secret = (await here.call("kms:Encrypt", KeyId=key, Plaintext="hello"))["CiphertextBlob"]
    assert (await here.call("kms:Decrypt", CiphertextBlob=secret))["Plaintext"] == "hello"


@pytest.mark.parametrize(
    ("called", "parameters", "code", "status"),
    [
        ("sqs:GetQueueUrl", {"QueueName": "no"}, "AWS.SimpleQueueService.NonExistentQueue", 400),
        ("s3:GetObject", {"Bucket": "no-such", "Key": "k"}, "NoSuchBucket", 404),
        ("s3:HeadBucket", {"Bucket": "no-such"}, "404", 404),
        ("sns:Publish", {"TopicArn": f"arn:aws:sns:us-east-1:{ALICE}:no", "Message": "x"}, "NotFound", 404),
        ("dynamodb:GetItem", {"TableName": "no", "Key": {}}, "ResourceNotFoundException", 400),
        ("sqs:SendMessage", {"Text": "x"}, "ValidationException", 400),
        ("sqs:SendMessage", {"QueueUrl": 1, "MessageBody": "x"}, "ValidationException", 400),
    ],
)
async def test_a_refusal_is_the_services_own(resources, called, parameters, code, status):
    """An error answer becomes a service error with code, message and HTTP status."""
    with pytest.raises(ServiceError) as refused:
        await resources().call(called, **parameters)
    assert (refused.value.code, refused.value.status) == (code, status)


@pytest.mark.parametrize(
    "called",
    [
        "nosuch:Thing",
        "sqs:NoSuchThing",
        "translate:TranslateText",
        "events:ListPartnerEventSources",
        "eks:ListInsights",
        "kinesis:SubscribeToShard",
        "swf:PollForActivityTask",
    ],
)
async def test_what_is_not_there_is_refused_by_name(resources, called):
    """Neither an unknown service or operation, nor one that moto lacks, passes for an answer."""
    needed = {
        "translate:TranslateText": {"Text": "a", "SourceLanguageCode": "en", "TargetLanguageCode": "de"},
        "events:ListPartnerEventSources": {"NamePrefix": "x"},
        "eks:ListInsights": {"clusterName": "c"},
    }
    with pytest.raises(Unsupported, match=called.replace("nosuch:Thing", "nosuch")):
        await resources().call(called, **needed.get(called, {}))


async def test_the_users_own_settings_do_not_reach_moto(resources, monkeypatch, tmp_path):
    """A profile that does not exist and a broken file change nothing, and are there again afterwards."""
    broken = tmp_path / "config"
    broken.write_text("[oops\n")
    monkeypatch.setenv("AWS_PROFILE", "no-such")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    assert await resources().call("sns:ListTopics") == {"Topics": []}
    assert os.environ["AWS_PROFILE"] == "no-such"
    assert os.environ["AWS_CONFIG_FILE"] == str(broken)
    assert "AWS_SHARED_CREDENTIALS_FILE" not in os.environ


async def test_closing_forgets_one_world(resources):
    """A closed world is empty, and its neighbour is not."""
    here, there = resources(), resources()
    for each in (here, there):
        await each.call("s3:CreateBucket", Bucket="the-same")
    here.moto.close()
    assert (await here.call("s3:ListBuckets"))["Buckets"] == []
    assert (await there.call("s3:ListBuckets"))["Buckets"][0]["Name"] == "the-same"


def test_one_account_for_all_is_refused(monkeypatch):
    """The variable that overrides every account is a fault, and named."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ALICE)
    with pytest.raises(Rejected, match="`MOTO_ACCOUNT_ID` is set to `111111111111`"):
        Moto(World())
    with pytest.raises(Rejected, match="`MOTO_ACCOUNT_ID` is set to `111111111111`"):
        asyncio.run(RemoteMoto(World(), "http://127.0.0.1:1").__aenter__())


def test_only_the_adapter_imports_moto():
    """No module but backends/moto*.py imports moto."""
    root = Path(turnstile.__file__).parent
    importers = {str(path.relative_to(root)) for path in root.rglob("*.py") if "moto" in _imported(path)}
    assert importers
    assert {name for name in importers if not name.startswith("backends/moto")} == set()


def _imported(path):
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("call", ["sqs:ListQueues", "dynamodb:ListTables"])
async def test_a_region_without_the_service_is_named(call):
    """Where moto has no such Region, the refusal says so, and not what failed inside of moto."""
    world = World()
    root = world.add_account(ALICE, region="us-east-99").root
    service, operation = call.split(":")
    moto = Moto(world)
    try:
        with pytest.raises(Unsupported, match="in `us-east-99` \\(moto does not have the service in this Region\\)"):
            await moto.perform(Call(root, service, operation, {}, "us-east-99"), ALICE)
    finally:
        moto.close()
