"""Names of the AWS SDK for Java v2 by its rules, held against those that AWS documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.backends import sdk_names
from turnstile.wire.models import service_model

SERVICES = json.loads((Path(__file__).parents[1] / "cases/backends/sdk_services.json").read_text())
MODELLED = ("s3", "dynamodb", "docdb", "sfn", "iot", "iotwireless", "fsx", "b2bi", "sesv2", "wafv2", "ecrpublic")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("MD5OfMessageBody", "Md5OfMessageBody"),
        ("ETag", "ETag"),
        ("ChecksumCRC32", "ChecksumCRC32"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("EC2InstanceId", "Ec2InstanceId"),
        ("ARN", "Arn"),
        ("jobName", "JobName"),
        ("equals", "EqualsValue"),
        ("default", "DefaultValue"),
        ("S", "S"),
        ("SS", "Ss"),
        ("BOOL", "Bool"),
        ("NULL", "Nul"),
    ],
)
def test_members_begin_with_one_capital(model, name):
    """Acronyms at the beginning are one word; words of the language get a suffix."""
    assert sdk_names.member(model) == name


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("NoSuchKey", "NoSuchKeyException"),
        ("InvalidToken", "InvalidTokenException"),
        ("ResourceNotFoundException", "ResourceNotFoundException"),
        ("DBInstanceNotFoundFault", "DbInstanceNotFoundException"),
        ("KMSDisabledException", "KmsDisabledException"),
        ("TTLExceeded", "TtlExceededException"),
    ],
)
def test_errors_are_exceptions(shape, name):
    """With the suffix once, and never as faults."""
    assert sdk_names.error(shape) == name


@pytest.mark.parametrize("name", MODELLED)
def test_the_prefix_of_errors_follows_from_the_service_id(name):
    """As the guide writes it."""
    client, prefix = SERVICES[name]
    assert sdk_names.prefix(service_model(client).metadata["serviceId"]) == prefix


@pytest.mark.slow
def test_every_documented_prefix_follows_from_the_rule():
    """But MemoryDB's, which the guide writes in its own way."""
    others = {
        name
        for name, (client, prefix) in SERVICES.items()
        if sdk_names.prefix(service_model(client).metadata["serviceId"]) != prefix
    }
    assert others == {"memorydb"}
