"""Secrets Manager and KMS: secrets by name, partial or whole ARN; keys by id, ARN or alias.

The ARN of a secret ends in six characters that the service chose. Where the emulated service told them they are
taken; a secret that nobody made ends in `-??????`, which no policy but one with wildcards matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import local, on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World

UNKNOWN_ENDING = "-??????"


def _secret(call: Call, world: World, name: Json) -> str:
    text = str(name or "")
    arn = text if text.startswith("arn:") else local(call, "secretsmanager", f"secret:{text}")
    if arn in world.known.secrets.values():
        return arn
    return world.known.secrets.get(arn, arn if text.startswith("arn:") else arn + UNKNOWN_ENDING)


def _on_secret(call: Call, world: World) -> tuple[Permission, ...]:
    name = call.parameters.get("SecretId")
    context: dict[str, ContextValue] = {"secretsmanager:SecretId": str(name)} if name else {}
    context |= {key: str(call.parameters[given]) for given, key in _SECRET_KEYS.items() if given in call.parameters}
    return (on(f"secretsmanager:{call.operation}", _secret(call, world, name), call, world, context),)


_SECRET_KEYS: Mapping[str, str] = {
    "VersionId": "secretsmanager:VersionId",
    "VersionStage": "secretsmanager:VersionStage",
    "ForceDeleteWithoutRecovery": "secretsmanager:ForceDeleteWithoutRecovery",
    "RecoveryWindowInDays": "secretsmanager:RecoveryWindowInDays",
}


def _create_secret(call: Call, world: World) -> tuple[Permission, ...]:
    name = str(call.parameters.get("Name", ""))
    arn = local(call, "secretsmanager", f"secret:{name}{UNKNOWN_ENDING}")
    return (on("secretsmanager:CreateSecret", arn, call, world, {"secretsmanager:Name": name}),)


def _batch_get(call: Call, world: World) -> tuple[Permission, ...]:
    """The batch on `*`, and GetSecretValue on each secret."""
    names = call.parameters.get("SecretIdList") or ()
    each = (on("secretsmanager:GetSecretValue", _secret(call, world, name), call, world) for name in names)
    return (Permission("secretsmanager:BatchGetSecretValue", "*", call.caller.account), *each)


SECRETS: Mapping[str, Row] = {
    **dict.fromkeys(
        ("CancelRotateSecret", "DeleteResourcePolicy", "DeleteSecret", "DescribeSecret", "GetResourcePolicy",
         "GetSecretValue", "ListSecretVersionIds", "PutResourcePolicy", "PutSecretValue", "RestoreSecret",
         "RotateSecret", "TagResource", "UntagResource", "UpdateSecret", "UpdateSecretVersionStage"),
        _on_secret,
    ),
    "BatchGetSecretValue": _batch_get,
    "CreateSecret": _create_secret,
}  # fmt: skip
"""By operation of `secretsmanager`."""


def _key(call: Call, world: World, given: Json) -> str:
    """The key's ARN; that of the alias where no such alias was made."""
    text = str(given or "")
    if text.startswith("arn:"):
        return world.known.keys.get(text, text)
    if text.startswith("alias/"):
        alias = local(call, "kms", text)
        return world.known.keys.get(alias, alias)
    return local(call, "kms", f"key/{text}")


def _on_key(call: Call, world: World) -> tuple[Permission, ...]:
    given = call.parameters.get("KeyId")
    return (on(f"kms:{call.operation}", _key(call, world, given), call, world, _key_context(call, given)),)


def _key_context(call: Call, given: Json) -> dict[str, ContextValue]:
    """The encryption context, and the alias where the call was made by one."""
    encryption: Mapping[str, Json] = call.parameters.get("EncryptionContext") or {}
    context: dict[str, ContextValue] = {f"kms:EncryptionContext:{key}": str(value) for key, value in encryption.items()}
    if encryption:
        context["kms:EncryptionContextKeys"] = tuple(encryption)
    alias = str(given or "").split(":", 5)[-1]
    return context | ({"kms:RequestAlias": alias} if alias.startswith("alias/") else {})


def _decrypt(call: Call, world: World) -> tuple[Permission, ...]:
    """A ciphertext tells its key, which cannot be read here: without `KeyId` the key is unknown."""
    if call.parameters.get("KeyId"):
        return _on_key(call, world)
    context = _key_context(call, None)
    return (Permission("kms:Decrypt", "*", call.caller.account, context, approximate=True, unknown=True),)


def _re_encrypt(call: Call, world: World) -> tuple[Permission, ...]:
    source, destination = call.parameters.get("SourceKeyId"), call.parameters.get("DestinationKeyId")
    to = on("kms:ReEncryptTo", _key(call, world, destination), call, world)
    if not source:
        unknown = Permission("kms:ReEncryptFrom", "*", call.caller.account, approximate=True, unknown=True)
        return (unknown, to)
    return (on("kms:ReEncryptFrom", _key(call, world, source), call, world), to)


def _on_alias(call: Call, world: World) -> tuple[Permission, ...]:
    """Both the alias and its key are checked (KMS Developer Guide, "Controlling access to aliases")."""
    alias = local(call, "kms", str(call.parameters.get("AliasName", "")))
    target = call.parameters.get("TargetKeyId") or world.known.keys.get(alias)
    found = on(f"kms:{call.operation}", alias, call, world)
    return (found, on(f"kms:{call.operation}", _key(call, world, target), call, world)) if target else (found,)


KMS: Mapping[str, Row] = {
    **dict.fromkeys(
        ("CancelKeyDeletion", "CreateGrant", "DescribeKey", "DisableKey", "DisableKeyRotation", "EnableKey",
         "EnableKeyRotation", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
         "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "GetKeyPolicy",
         "GetKeyRotationStatus", "GetPublicKey", "ListGrants", "ListKeyPolicies", "ListResourceTags", "PutKeyPolicy",
         "RevokeGrant", "ScheduleKeyDeletion", "Sign", "TagResource", "UntagResource", "UpdateKeyDescription",
         "Verify", "VerifyMac"),
        _on_key,
    ),
    **dict.fromkeys(("CreateAlias", "DeleteAlias", "UpdateAlias"), _on_alias),
    "Decrypt": _decrypt,
    "ReEncrypt": _re_encrypt,
}  # fmt: skip
"""By operation of `kms`."""
