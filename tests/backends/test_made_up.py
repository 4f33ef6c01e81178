"""Ids that declarations foresee stand for those that moto draws, in this process and in a server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from turnstile.backends.made_up import MadeUp
from turnstile.backends.moto import Moto
from turnstile.backends.moto_remote import RemoteMoto
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    Ask = Callable[..., Coroutine[Any, Any, Any]]

ACCOUNT, REGION = "111122223333", "us-east-1"
KEY = "11111111-2222-4333-8444-555555555555"
NETWORK = "vpc-0123456789abcdef0"
GROUP = "sg-0123456789abcdef0"
SUBNET = "subnet-0123456789abcdef0"


@pytest.fixture(params=["in process", "remote"])
async def ask(request: pytest.FixtureRequest) -> AsyncIterator[Ask]:
    """Both transports behind the foreseen ids."""
    world = World()
    world.add_account(ACCOUNT)
    if request.param == "in process":
        yield _asking(world, MadeUp(world, Moto(world)))
        return
    async with RemoteMoto(world, request.getfixturevalue("moto_server")) as remote:
        yield _asking(world, MadeUp(world, remote))


def _asking(world: World, backend: MadeUp) -> Ask:
    async def asked(service: str, operation: str, parameters: dict[str, Any], **made: str) -> Any:
        call = Call(world.accounts[ACCOUNT].root, service, operation, parameters, REGION)
        with world.clock.attend():
            return await backend.perform(
                replace(call, made={each.replace("_", "."): made[each] for each in made}), ACCOUNT
            )

    return asked


@pytest.mark.timeout(90)
async def test_a_key_has_the_id_that_was_foreseen(ask: Ask) -> None:
    """In the answer that makes it and in all that follow, by id, ARN and alias."""
    made = await ask("kms", "CreateKey", {}, KeyMetadata_KeyId=KEY)
    assert made["KeyMetadata"]["Arn"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY}"
    await ask("kms", "CreateAlias", {"AliasName": "alias/a", "TargetKeyId": KEY})
    for name in (KEY, made["KeyMetadata"]["Arn"], "alias/a"):
        assert (await ask("kms", "DescribeKey", {"KeyId": name}))["KeyMetadata"]["KeyId"] == KEY
    sealed = await ask("kms", "Encrypt", {"KeyId": KEY, "Plaintext": "secret"})
    assert (await ask("kms", "Decrypt", {"CiphertextBlob": sealed["CiphertextBlob"]}))["Plaintext"] == "secret"


@pytest.mark.timeout(90)
async def test_refusals_speak_of_the_foreseen_id(ask: Ask) -> None:
    """A user never meets the id that moto drew."""
    await ask("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}, Vpc_VpcId=NETWORK)
    await ask("ec2", "CreateSubnet", {"VpcId": NETWORK, "CidrBlock": "10.0.0.0/24"}, Subnet_SubnetId=SUBNET)
    with pytest.raises(ServiceError) as refused:
        await ask("ec2", "DeleteVpc", {"VpcId": NETWORK})
    assert NETWORK in refused.value.message


@pytest.mark.timeout(90)
async def test_services_that_look_at_networks_find_them(ask: Ask) -> None:
    """Batch wants a subnet and a group that exist, and neither a role nor a profile where Batch itself wants none."""
    await ask("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}, Vpc_VpcId=NETWORK)
    await ask("ec2", "CreateSubnet", {"VpcId": NETWORK, "CidrBlock": "10.0.0.0/24"}, Subnet_SubnetId=SUBNET)
    await ask("ec2", "CreateSecurityGroup", {"GroupName": "g", "Description": "g", "VpcId": NETWORK}, GroupId=GROUP)
    resources = {"type": "FARGATE", "maxvCpus": 1, "subnets": [SUBNET], "securityGroupIds": [GROUP]}
    parameters = {"computeEnvironmentName": "machines", "type": "MANAGED", "computeResources": resources}
    await ask("batch", "CreateComputeEnvironment", parameters)
    (found,) = (await ask("batch", "DescribeComputeEnvironments", {}))["computeEnvironments"]
    assert found["computeResources"]["subnets"] == [SUBNET]
    assert found["serviceRole"].endswith(":role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch")


@pytest.mark.timeout(90)
async def test_contents_are_left_alone(ask: Ask) -> None:
    """An object that holds a foreseen id is stored as it is, for the storage knows nothing of keys."""
    made = await ask("kms", "CreateKey", {}, KeyMetadata_KeyId=KEY)
    await ask("s3", "CreateBucket", {"Bucket": "bucket-of-ids"})
    put = await ask("s3", "PutObject", {"Bucket": "bucket-of-ids", "Key": "k", "Body": f"the key {KEY}"})
    again = await ask("s3", "PutObject", {"Bucket": "bucket-of-ids", "Key": "k", "Body": f"the key {KEY}"})
    assert (await ask("s3", "GetObject", {"Bucket": "bucket-of-ids", "Key": "k"}))["Body"] == f"the key {KEY}"
    assert put["ETag"] == again["ETag"]
    assert made["KeyMetadata"]["KeyId"] == KEY
