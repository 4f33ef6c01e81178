"""The contract of the adapter with each service we build on, in this process and in a server.

moto's inside may change with every release: these calls, in tests/cases/backends/moto_contracts.json, are what we
rely on.
"""

import json
from pathlib import Path

import pytest

from turnstile.backends.moto import Moto
from turnstile.gate.errors import ServiceError

ALICE, BOB = "111111111111", "222222222222"
CONTRACTS = json.loads((Path(__file__).parents[1] / "cases/backends/moto_contracts.json").read_text())
PLACED = [contract for contract in CONTRACTS if "place" in contract]
LISTED = [contract for contract in CONTRACTS if "list" in contract]
PARTITIONS = {
    "cn-north-1": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-west-1": ("aws-us-gov", "amazonaws.com"),
    "eusc-de-east-1": ("aws-eusc", "amazonaws.eu"),
    "us-iso-east-1": ("aws-iso", "c2s.ic.gov"),
    "us-isob-east-1": ("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-west-1": ("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-south-1": ("aws-iso-f", "csp.hci.ic.gov"),
    "eu-west-1": ("aws", "amazonaws.com"),
}
NOT_THERE = {
    *(("emr-containers", region) for region in PARTITIONS if region[:4] in ("eusc", "us-i", "eu-i")),
    ("codebuild", "eu-isoe-west-1"),
}
"""Where a service is not offered, or moto does not know that it is."""


def named(contracts):
    """The contracts with their services as ids."""
    return pytest.mark.parametrize("contract", contracts, ids=[contract["service"] for contract in contracts])


@named(CONTRACTS)
async def test_what_was_made_is_read_back(transported, fill, contract):
    """Each account reads what it made.

    `missing` is the error of another account that asks; none where moto serves all accounts, or answers with an empty
    list, for the gate decides.
    """
    made = {owner: await transported.play(contract["make"], owner, "us-east-1", f"n{owner}") for owner in (ALICE, BOB)}
    for owner, kept in made.items():
        await transported.play(fill(contract["read"], kept), owner, "us-east-1", kept["note"])
    if contract["missing"] is not None:
        stranger = "333333333333"
        with pytest.raises(ServiceError) as missing:
            await transported.play(fill(contract["read"][:1], made[ALICE]), stranger, "us-east-1", "")
        assert missing.value.code == contract["missing"]


@named(LISTED)
async def test_each_account_lists_its_own(transported, look, contract):
    """One of two accounts made something, and only it has it."""
    await transported.play(contract["make"], ALICE, "us-east-1", "note")
    asked = contract["list"]
    assert len(look(await transported.call(asked["call"], ALICE, **asked.get("with", {})), asked["at"])) == 1
    try:
        assert not (await transported.call(asked["call"], BOB, **asked.get("with", {}))).get(asked["at"])
    except ServiceError as error:  # asked by a name that this account does not have
        assert "with" in asked, error  # noqa: PT017 - the other branch is as good


@pytest.mark.parametrize("region", PARTITIONS)
async def test_names_have_partition_and_region(resources, fill, region):
    """ARNs and URLs say where a resource is, in every partition."""
    partition, suffix = PARTITIONS[region]
    for contract in PLACED:
        if (contract["service"], region) not in NOT_THERE:
            kept = await resources().play(contract["make"], ALICE, region, "x")
            name, text = next(iter(contract["place"].items()))
            assert kept[name].startswith(fill(text, {**kept, "partition": partition, "suffix": suffix}))


@named(CONTRACTS)
async def test_worlds_do_not_see_each_other(resources, fill, contract):
    """Two worlds with equal accounts, whose calls alternate, each read what they made."""
    here, there = resources(1), resources(2)
    first, second = [
        await each.play(contract["make"], ALICE, "us-east-1", f"n{each.world.seed}") for each in (here, there)
    ]
    for each, kept in ((here, first), (there, second)):
        await each.play(fill(contract["read"], kept), ALICE, "us-east-1", kept["note"])


@named(CONTRACTS)
async def test_a_world_begins_as_another_was(resources, fill, contract):
    """A snapshot has what was made, and what its worlds make of it touches neither it nor one another."""
    before = resources(1)
    kept = await before.play(contract["make"], ALICE, "us-east-1", "n1")
    snapshot = before.moto.snapshot()
    assert snapshot is not None
    copies = [resources(1, lambda world: Moto(world, snapshot)) for _ in range(2)]
    made = [await copy.play(contract["make"], BOB, "us-east-1", "n2") for copy in copies]
    assert made[0] == made[1]
    for each in (*copies, before):
        await each.play(fill(contract["read"], kept), ALICE, "us-east-1", "n1")
    if "list" in contract and "with" not in contract["list"]:
        assert not (await before.call(contract["list"]["call"], BOB)).get(contract["list"]["at"])
