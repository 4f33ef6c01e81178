"""ARNs, partitions and Regions.

Facts: botocore's partition data and reference/cross-account.md section 6. This file knows no service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Arn:
    """An Amazon Resource Name; `resource` is everything after the fifth colon."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse(text: str) -> Arn:
    """Read an ARN.

    Raises:
        ValueError: the text does not have the six fields of an ARN.
    """
    fields = text.split(":", _FIELDS - 1)
    if len(fields) != _FIELDS or fields[0] != "arn" or not fields[1] or not fields[2]:
        raise ValueError(f"`{text}` is not an ARN")
    return Arn(*fields[1:])


@dataclass(frozen=True, slots=True)
class Partition:
    """A set of Regions that share identities; nothing is delegated between two partitions."""

    name: str
    dns_suffix: str
    home_region: str
    regions: re.Pattern[str]


PARTITIONS: tuple[Partition, ...] = tuple(
    Partition(name, suffix, home, re.compile(regions))
    for name, suffix, home, regions in (
        ("aws", "amazonaws.com", "us-east-1", r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+"),
        ("aws-cn", "amazonaws.com.cn", "cn-northwest-1", r"cn-\w+-\d+"),
        ("aws-us-gov", "amazonaws.com", "us-gov-west-1", r"us-gov-\w+-\d+"),
        ("aws-eusc", "amazonaws.eu", "eusc-de-east-1", r"eusc-de-\w+-\d+"),
        ("aws-iso", "c2s.ic.gov", "us-iso-east-1", r"us-iso-\w+-\d+"),
        ("aws-iso-b", "sc2s.sgov.gov", "us-isob-east-1", r"us-isob-\w+-\d+"),
        ("aws-iso-e", "cloud.adc-e.uk", "eu-isoe-west-1", r"eu-isoe-\w+-\d+"),
        ("aws-iso-f", "csp.hci.ic.gov", "us-isof-south-1", r"us-isof-\w+-\d+"),
    )
)


@lru_cache(maxsize=256)
def partition_of(region: str) -> Partition:
    """The partition a Region belongs to.

    Raises:
        ValueError: no partition has a Region of that form.
    """
    found = next((partition for partition in PARTITIONS if partition.regions.fullmatch(region)), None)
    if found is None:
        raise ValueError(f"`{region}` is not a Region")
    return found
