"""ARNs have six fields, and each Region belongs to one partition."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import pytest

from turnstile import arn as arns


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/path/Name",
        "arn:aws-cn:states:cn-north-1:111122223333:stateMachine:a:b",
        "arn:aws:s3:::bucket/key:with:colons",
    ],
)
def test_an_arn_is_read_and_written_alike(text):
    """Writing what was read gives the text again."""
    assert str(arns.parse(text)) == text


@pytest.mark.parametrize("text", ["", "arn", "arn:aws:iam", "urn:aws:iam::1:x", "arn::iam::1:x", "role/Name"])
def test_what_is_no_arn_is_refused(text):
    """Six fields, the first being `arn`, partition and service present."""
    with pytest.raises(ValueError, match="is not an ARN"):
        arns.parse(text)


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("ap-southeast-7", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
    ],
)
def test_each_region_has_its_partition(region, partition):
    """The form of a Region's name decides."""
    assert arns.partition_of(region).name == partition


@pytest.mark.parametrize("region", ["", "nowhere", "us-gov", "us-east"])
def test_what_is_no_region_is_refused(region):
    """No partition takes it."""
    with pytest.raises(ValueError, match="is not a Region"):
        arns.partition_of(region)


def test_partitions_are_those_of_botocore():
    """Name, domain, home Region and Regions of every partition, as botocore's data has them."""
    known = json.loads((Path(botocore.__file__).parent / "data/partitions.json").read_text())["partitions"]
    assert {each["id"] for each in known} == {partition.name for partition in arns.PARTITIONS}
    for each in known:
        (partition,) = (one for one in arns.PARTITIONS if one.name == each["id"])
        assert partition.dns_suffix == each["outputs"]["dnsSuffix"]
        assert partition.home_region == each["outputs"]["implicitGlobalRegion"]
        for region in each["regions"]:
            if not region.endswith("-global"):
                assert arns.partition_of(region) is partition
