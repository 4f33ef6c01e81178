"""moto's services that look up roles and instance profiles find those of the world."""

import pytest

from turnstile.backends.late import Late
from turnstile.backends.mirrored import Mirrored
from turnstile.backends.moto import Moto
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.instance_profile import InstanceProfile

REGION = "us-east-1"
PROFILE = "arn:aws:iam::111122223333:instance-profile/Nodes"
ROLE = "arn:aws:iam::111122223333:role/ExecutionRole"


@pytest.fixture
def ask(accounts):
    moto = Moto(accounts.world)
    mirrored = Mirrored(accounts.world, Late(lambda: moto))

    async def call(service, operation, **parameters):
        made = Call(accounts.source.root, service, operation, parameters, REGION)
        return await mirrored.perform(made, accounts.source.id)

    yield call
    moto.close()


async def test_a_compute_environment_finds_its_roles(accounts, ask):
    """And only those that the world has; a second call writes nothing twice."""
    vpc = (await ask("ec2", "CreateVpc", CidrBlock="10.0.0.0/16"))["Vpc"]["VpcId"]
    subnet = (await ask("ec2", "CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24"))["Subnet"]["SubnetId"]
    group = (await ask("ec2", "CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc))["GroupId"]
    accounts.source.instance_profiles[PROFILE] = InstanceProfile(PROFILE, "Nodes", accounts.source.id, ROLE)
    resources = {
        "type": "EC2",
        "minvCpus": 0,
        "maxvCpus": 2,
        "instanceTypes": ["optimal"],
        "subnets": [subnet],
        "securityGroupIds": [group],
        "instanceRole": PROFILE,
    }
    given = {"type": "MANAGED", "state": "ENABLED", "computeResources": resources}
    made = await ask("batch", "CreateComputeEnvironment", computeEnvironmentName="first", serviceRole=ROLE, **given)
    assert made["computeEnvironmentName"] == "first"
    await ask("batch", "CreateComputeEnvironment", computeEnvironmentName="second", serviceRole=ROLE, **given)
    with pytest.raises(ServiceError, match="Could not find IAM role"):
        await ask("batch", "CreateComputeEnvironment", computeEnvironmentName="third", serviceRole=f"{ROLE}s", **given)


async def test_an_instance_gets_its_profile(accounts, ask):
    """By its name."""
    accounts.source.instance_profiles[PROFILE] = InstanceProfile(PROFILE, "Nodes", accounts.source.id, ROLE)
    image = "ami-12c6146b"
    made = await ask("ec2", "RunInstances", ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "Nodes"})
    assert made["Instances"][0]["IamInstanceProfile"]["Arn"] == PROFILE
