"""AWS::SecretsManager secrets, AWS::SSM parameters and AWS::KMS keys, with their policies.

A generated secret is letters and digits that follow from stack and logical id, in a document if its template says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.importers.resources.called import Attached, Called
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow

_SECRET = Name("Name", 512, stacked=False)
_LONGEST = 4096


def _secret_arn(item: Item) -> str:
    letters = "".join(chr(ord("a") + int(each, 16)) for each in item.stack.digest(item.logical_id, "secret")[:6])
    return item.stack.arn("secretsmanager", f"secret:{_SECRET.of(item)}-{letters}")


def _secret(item: Item) -> Mapping[str, Json]:
    properties = {name: value for name, value in item.properties.items() if name != "GenerateSecretString"}
    asked = item.properties.get("GenerateSecretString")
    if asked is not None and "SecretString" not in properties:
        properties["SecretString"] = _generated(item, asked if isinstance(asked, dict) else {})
    return properties


def _generated(item: Item, asked: Mapping[str, Json]) -> str:
    length = min(int(asked.get("PasswordLength", 32)), _LONGEST)
    excluded = str(asked.get("ExcludeCharacters", ""))
    drawn = "".join(item.random(51, "password", str(turn)) for turn in range(length // 20 + 2))
    password = "".join(letter for letter in drawn if letter not in excluded)[:length]
    template, key = asked.get("SecretStringTemplate"), asked.get("GenerateStringKey")
    if template is None or key is None:
        return password
    try:
        return compact({**json.loads(str(template)), str(key): password})
    except (TypeError, ValueError):
        return password


def _secret_policy(item: Item, text: str) -> Iterator[Follow]:
    yield "PutResourcePolicy", {"SecretId": item.properties["SecretId"], "ResourcePolicy": text}


def _key(item: Item) -> Mapping[str, Json]:
    renamed = {"KeyPolicy": "Policy", "PendingWindowInDays": None, "EnableKeyRotation": None, "Enabled": None}
    properties = dict(item.properties)
    for name, new in renamed.items():
        value = properties.pop(name, None)
        if new and value is not None:
            properties[new] = value
    tags = properties.pop("Tags", None)
    if tags:
        properties["Tags"] = [{"TagKey": str(each["Key"]), "TagValue": str(each.get("Value", ""))} for each in tags]
    return properties


def _after_key(item: Item, _name: str) -> Iterator[Follow]:
    key = KINDS[item.type].reference(item)
    if str(item.properties.get("Enabled", True)).lower() == "false":
        yield "DisableKey", {"KeyId": key}
    if str(item.properties.get("EnableKeyRotation", False)).lower() == "true":
        yield "EnableKeyRotation", {"KeyId": key}


_KEY_ARN = "arn:{partition}:kms:{region}:{account}:key/{uuid}"


def _parameter_arn(item: Item) -> str:
    return item.stack.arn("ssm", f"parameter/{_PARAMETER.of(item).removeprefix('/')}")


_PARAMETER = Name("Name", 1011, stacked=False)

KINDS: Mapping[str, Kind] = {
    "AWS::KMS::Alias": Called(
        "{AliasName}",
        {},
        service="kms",
        operation="CreateAlias",
    ),
    "AWS::KMS::Key": Called(
        "{uuid}",
        {"Arn": _KEY_ARN, "KeyId": "{uuid}"},
        service="kms",
        operation="CreateKey",
        silent=("RotationPeriodInDays", "BypassPolicyLockoutSafetyCheck"),
        adapt=_key,
        after=_after_key,
        made={"KeyMetadata.KeyId": "{uuid}"},
        documents=(("KeyPolicy",),),
    ),
    "AWS::SSM::Parameter": Called(
        "{name}",
        {"Arn": _parameter_arn, "Type": "{Type}", "Value": "{Value}"},
        _PARAMETER,
        "ssm",
        "PutParameter",
    ),
    "AWS::SecretsManager::ResourcePolicy": Attached(
        "{SecretId}",
        service="secretsmanager",
        document="ResourcePolicy",
        required=("SecretId",),
        calls=_secret_policy,
    ),
    "AWS::SecretsManager::Secret": Called(
        _secret_arn,
        {"Id": _secret_arn},
        _SECRET,
        "secretsmanager",
        "CreateSecret",
        silent=("ReplicaRegions",),
        adapt=_secret,
        made={"ARN": _secret_arn},
    ),
}
