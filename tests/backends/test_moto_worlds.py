"""Worlds in moto: their time, their chance, and that many of them leave nothing behind."""

import asyncio
import gc
import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from turnstile.backends.moto import Moto
from turnstile.clock import DAWN

ALICE, BOB = "111111111111", "222222222222"
CONTRACTS = json.loads((Path(__file__).parents[1] / "cases/backends/moto_contracts.json").read_text())
TABLE = {
    "TableName": "orders",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}
WORLD = """
import asyncio, json
from turnstile.backends.moto import Moto
from turnstile.gate.call import Call
from turnstile.world.caller import Root
from turnstile.world.world import World

async def main():
    world = World(seed=5)
    moto = Moto(world)
    root = Root("arn:aws:iam::111111111111:root", "111111111111")
    url = "https://sqs.us-east-1.amazonaws.com/111111111111/q"
    with world.clock.attend():
        for service, operation, parameters in (
            ("kms", "CreateKey", {}),
            ("sqs", "CreateQueue", {"QueueName": "q"}),
            ("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": "x"}),
        ):
            print(json.dumps(await moto.perform(Call(root, service, operation, parameters, "us-east-1"), root.account)))

asyncio.run(main())
"""


@pytest.mark.parametrize("contract", CONTRACTS, ids=[contract["service"] for contract in CONTRACTS])
async def test_a_seed_repeats_every_answer(resources, fill, contract):
    """Ids and times follow seed and clock, whatever another world does in between; nothing of today is in them."""

    async def answers(seed):
        here, given = resources(seed), []
        kept = {"account": ALICE, "region": "us-east-1", "note": "n", "partition": "aws"}
        kept |= await here.play(contract["make"], ALICE, "us-east-1", "n")
        for step in (*contract["read"], *filter(None, [contract.get("list")])):
            given.append(await here.call(step["call"], **fill(step.get("with", {}), kept)))  # noqa: PERF401 - awaits
        return json.dumps([kept, given])

    first = await answers(7)
    await answers(8)
    assert await answers(7) == first
    assert datetime.now(UTC).date().isoformat() not in first
    assert str(int(time.time()))[:6] not in first


async def test_a_message_is_hidden_for_its_time(resources):
    """A visibility timeout ends on the world's clock."""
    here = resources()
    url = (await here.call("sqs:CreateQueue", QueueName="q", Attributes={"VisibilityTimeout": "30"}))["QueueUrl"]
    sent = await here.call("sqs:SendMessage", QueueUrl=url, MessageBody="hello")
    assert (await here.call("sqs:ReceiveMessage", QueueUrl=url))["Messages"][0]["MessageId"] == sent["MessageId"]
    assert await here.call("sqs:ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20) == {}
    assert (await here.call("sqs:ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20))["Messages"]
    assert DAWN + 30 <= here.world.clock.now() <= DAWN + 31


async def test_random_bytes_follow_the_seed(resources):
    """Also where moto asks the operating system for them."""
    made = []
    for seed in (1, 1, 2):
        here = resources(seed)
        key = (await here.call("kms:CreateKey"))["KeyMetadata"]["KeyId"]
        made.append(await here.call("kms:GenerateDataKey", KeyId=key, KeySpec="AES_256"))
    assert made[0] == made[1] != made[2]


async def test_no_thread_of_moto_survives_a_call(resources):
    """A job of Batch and an export of a table, for which moto has threads, are over with their call."""
    before = set(threading.enumerate())
    here = resources()
    batch = next(contract for contract in CONTRACTS if contract["service"] == "batch")
    await here.play(batch["make"], ALICE, "us-east-1", "n")
    await here.call("s3:CreateBucket", Bucket="exports")
    table = (await here.call("dynamodb:CreateTable", **TABLE))["TableDescription"]["TableArn"]
    await here.call("dynamodb:PutItem", TableName="orders", Item={"id": {"S": "1"}})
    await here.call(
        "dynamodb:UpdateContinuousBackups",
        TableName="orders",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    exported = await here.call("dynamodb:ExportTableToPointInTime", TableArn=table, S3Bucket="exports", S3Prefix="p")
    assert exported["ExportDescription"]["ExportStatus"] == "COMPLETED"
    assert len((await here.call("s3:ListObjectsV2", Bucket="exports"))["Contents"]) == 1
    assert set(threading.enumerate()) <= before


async def test_peerings_see_the_networks_of_their_world_only(resources):
    """What EC2 keeps for all accounts together is a world's own as well, and is there in one that begins as another."""
    here, there = resources(1), resources(1)
    for each in (here, there):
        own = (await each.call("ec2:CreateVpc", CidrBlock="10.0.0.0/16"))["Vpc"]["VpcId"]
        peer = (await each.call("ec2:CreateVpc", BOB, CidrBlock="10.1.0.0/16"))["Vpc"]["VpcId"]
    snapshot = here.moto.snapshot()
    copy = resources(1, lambda world: Moto(world, snapshot))
    for each in (here, copy):
        await each.call("ec2:CreateVpcPeeringConnection", VpcId=own, PeerVpcId=peer, PeerOwnerId=BOB)
    for each, count in ((here, 1), (there, 0), (copy, 1)):
        found = await each.call("ec2:DescribeVpcPeeringConnections", BOB)
        assert len(found.get("VpcPeeringConnections", ())) == count


def test_worlds_of_two_processes_are_alike_and_apart():
    """Two processes at once with one seed make the same, each for itself."""
    command = [sys.executable, "-c", WORLD]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert outputs[0] == outputs[1]
    assert outputs[0].count("\n") == 3


@pytest.mark.slow
async def test_many_worlds_leave_nothing_behind(resources):
    """The objects of five hundred worlds are gone with them, also of such as begin as another was."""
    base = resources()
    await _furnished(base)
    snapshot = base.moto.snapshot()

    async def worlds(count):
        for number in range(count):
            here = type(base)(number, Moto if number % 2 else lambda world: Moto(world, snapshot))
            if number % 2:
                await _furnished(here)
            else:
                await here.call("sqs:ListQueues")
            here.moto.close()
        await asyncio.sleep(0)
        gc.collect()
        return len(gc.get_objects())

    before = await worlds(150)  # moto has caches of up to 128 accounts
    assert await worlds(350) - before < 500


async def _furnished(here):
    for name in ("first", "second"):
        await here.call("sqs:CreateQueue", QueueName=name)
        await here.call("s3:CreateBucket", Bucket=name)
    await here.call("s3:PutObject", Bucket="first", Key="k", Body="x" * 1000)
    await here.call("dynamodb:CreateTable", **TABLE)
