"""A moto server elsewhere keeps resources just as moto in this process does."""

from __future__ import annotations

import pytest

from turnstile.backends.moto import Moto
from turnstile.backends.moto_remote import RemoteMoto
from turnstile.emulator import Emulator
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.world import World

FIRST, SECOND = "111122223333", "444455556666"


def world(**settings):
    """Two accounts in one Region."""
    made = World(**settings)
    made.add_account(FIRST)
    made.add_account(SECOND)
    return made


async def perform(backend, made, service, operation, parameters, owner=FIRST):
    """A call by the root user of the owner."""
    call = Call(made.accounts[owner].root, service, operation, parameters, "us-east-1")
    with made.clock.attend():
        return await backend.perform(call, owner)


@pytest.fixture(params=["in process", "remote"])
async def backend(request):
    """Both transports, to which the same tests apply, with the world they serve."""
    made = world()
    if request.param == "in process":
        yield Moto(made), made
        return
    async with RemoteMoto(made, request.getfixturevalue("moto_server")) as remote:
        yield remote, made


@pytest.mark.timeout(90)
async def test_each_account_has_its_own_queues(backend):
    """The owner of a call decides where it goes."""
    moto, made = backend
    url = (await perform(moto, made, "sqs", "CreateQueue", {"QueueName": "jobs"}, SECOND))["QueueUrl"]
    await perform(moto, made, "sqs", "SendMessage", {"QueueUrl": url, "MessageBody": "hello"}, SECOND)
    received = await perform(moto, made, "sqs", "ReceiveMessage", {"QueueUrl": url}, SECOND)
    assert [message["Body"] for message in received["Messages"]] == ["hello"]
    assert "QueueUrls" not in await perform(moto, made, "sqs", "ListQueues", {})


async def test_rest_and_json_services_answer_alike(backend):
    """S3 by path, DynamoDB by JSON."""
    moto, made = backend
    await perform(moto, made, "s3", "CreateBucket", {"Bucket": "bucket-of-tests"})
    await perform(moto, made, "s3", "PutObject", {"Bucket": "bucket-of-tests", "Key": "a/b c.txt", "Body": "text"})
    read = await perform(moto, made, "s3", "GetObject", {"Bucket": "bucket-of-tests", "Key": "a/b c.txt"})
    assert read["Body"] == "text"
    table = {
        "TableName": "orders",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    await perform(moto, made, "dynamodb", "CreateTable", table)
    item = {"id": {"S": "1"}}
    await perform(moto, made, "dynamodb", "PutItem", {"TableName": "orders", "Item": item})
    found = await perform(moto, made, "dynamodb", "GetItem", {"TableName": "orders", "Key": item})
    assert found["Item"] == item


async def test_a_refusal_keeps_its_code(backend):
    """What the service says comes back as it said it."""
    moto, made = backend
    with pytest.raises(ServiceError) as caught:
        await perform(moto, made, "s3", "GetObject", {"Bucket": "nowhere-at-all", "Key": "x"})
    assert (caught.value.code, caught.value.status) == ("NoSuchBucket", 404)


async def test_an_unknown_operation_is_refused_by_name(backend):
    """No call goes out for it."""
    moto, made = backend
    with pytest.raises(Unsupported, match="sqs:Explode"):
        await perform(moto, made, "sqs", "Explode", {})


async def test_a_world_opens_empty_on_the_server(moto_server):
    """What an earlier world left there is gone, and the emulator uses the server its world names."""
    for _ in range(2):
        made = world(moto_url=moto_server)
        async with Emulator(made) as emulator:
            root = made.accounts[FIRST].root
            listed = await emulator.gate.call(Call(root, "sqs", "ListQueues", {}, "us-east-1"))
            assert "QueueUrls" not in listed.output
            await emulator.gate.call(Call(root, "sqs", "CreateQueue", {"QueueName": "left"}, "us-east-1"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense"])
async def test_a_server_that_does_not_answer_is_a_fault(url):
    """One sentence, no traceback."""
    with pytest.raises(Rejected, match="no moto server answers at"):
        async with Emulator(world(moto_url=url)):
            pass
