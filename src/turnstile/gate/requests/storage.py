"""S3: objects and buckets, versions, copies, and the actions that additional parameters need.

Actions by operation: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import anywhere, owner, partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


def _arn(call: Call, bucket: str, key: str | None = None) -> str:
    """A bucket may be given as an ARN, as that of an access point."""
    whole = bucket if bucket.startswith("arn:") else f"arn:{partition(call)}:s3:::{bucket}"
    joint = "/object/" if ":accesspoint/" in whole else "/"
    return whole if key is None else f"{whole}{joint}{key}"


def _permission(
    action: str, call: Call, world: World, key: str | None = None, context: Mapping[str, ContextValue] | None = None
) -> Permission:
    arn = _arn(call, str(call.parameters.get("Bucket", "")), key)
    return Permission(action, arn, owner(arn, call, world), context or {})


def _versioned(action: str, call: Call) -> tuple[str, dict[str, ContextValue]]:
    """The action on a version, with the version as a key."""
    version = call.parameters.get("VersionId")
    return (action, {}) if version is None else (f"{action}Version", {"s3:VersionId": str(version)})


def _on_object(action: str, *others: str, versions: bool = False) -> Row:
    """A row on one object; `versions`: with a version another action is needed."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        key = str(call.parameters.get("Key", ""))
        name, context = _versioned(action, call) if versions else (action, {})
        found = [_permission(each, call, world, key, context) for each in (name, *others)]
        found += _additional(call, world, key)
        return tuple(found)

    return row


def _additional(call: Call, world: World, key: str) -> Iterator[Permission]:
    for parameter, action in _WITH.items():
        if call.parameters.get(parameter):
            yield _permission(action, call, world, key, _keys(call))


_WITH: Mapping[str, str] = {
    "ACL": "s3:PutObjectAcl",
    "GrantFullControl": "s3:PutObjectAcl",
    "GrantRead": "s3:PutObjectAcl",
    "BypassGovernanceRetention": "s3:BypassGovernanceRetention",
    "ObjectLockLegalHoldStatus": "s3:PutObjectLegalHold",
    "ObjectLockMode": "s3:PutObjectRetention",
    "Tagging": "s3:PutObjectTagging",
}
"""Actions that further parameters of an operation on an object need."""


def _keys(call: Call) -> dict[str, ContextValue]:
    """Condition keys of writes and lists, as far as the parameters give them."""
    context: dict[str, ContextValue] = {
        key: str(call.parameters[name]) for name, key in _KEYS.items() if name in call.parameters
    }
    tagging = call.parameters.get("Tagging")
    if isinstance(tagging, str):
        tags = dict(parse_qsl(tagging, keep_blank_values=True))
        context |= {f"s3:RequestObjectTag/{name}": value for name, value in tags.items()}
        context["s3:RequestObjectTagKeys"] = tuple(tags)
    return context


_KEYS: Mapping[str, str] = {
    "ACL": "s3:x-amz-acl",
    "CopySource": "s3:x-amz-copy-source",
    "Delimiter": "s3:delimiter",
    "MaxKeys": "s3:max-keys",
    "MetadataDirective": "s3:x-amz-metadata-directive",
    "Prefix": "s3:prefix",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "StorageClass": "s3:x-amz-storage-class",
}


def _put_object(call: Call, world: World) -> tuple[Permission, ...]:
    key = str(call.parameters.get("Key", ""))
    return (_permission("s3:PutObject", call, world, key, _keys(call)), *_additional(call, world, key))


def _copy(call: Call, world: World) -> tuple[Permission, ...]:
    """Both the source, which may be of another account, and the destination."""
    return (*_put_object(call, world), _source(call, world))


def _source(call: Call, world: World) -> Permission:
    given = call.parameters.get("CopySource", "")
    if isinstance(given, dict):
        bucket, key, version = str(given.get("Bucket", "")), str(given.get("Key", "")), str(given.get("VersionId", ""))
    else:
        path, _, query = str(given).partition("?versionId=")
        bucket, _, key = unquote(path).removeprefix("/").partition("/")
        version = query
    arn = _arn(call, bucket, key)
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    return Permission(action, arn, owner(arn, call, world), {"s3:VersionId": version} if version else {})


def _delete_objects(call: Call, world: World) -> tuple[Permission, ...]:
    """Checked for each key; one that is denied refuses the whole call here, while S3 lists it under `Errors`."""
    entries = (call.parameters.get("Delete") or {}).get("Objects") or []
    return tuple(
        _permission(
            "s3:DeleteObjectVersion" if entry.get("VersionId") else "s3:DeleteObject",
            call,
            world,
            str(entry.get("Key", "")),
            {"s3:VersionId": str(entry["VersionId"])} if entry.get("VersionId") else {},
        )
        for entry in entries
    )


def _on_bucket(action: str) -> Row:
    def row(call: Call, world: World) -> tuple[Permission, ...]:
        return (_permission(action, call, world, None, _keys(call)),)

    return row


def _create_bucket(call: Call, _world: World) -> tuple[Permission, ...]:
    """A bucket is made in the caller's account; an ACL with it needs another action."""
    arn, account = _arn(call, str(call.parameters.get("Bucket", ""))), call.caller.account
    made = Permission("s3:CreateBucket", arn, account, _keys(call))
    return (made, Permission("s3:PutBucketAcl", arn, account)) if call.parameters.get("ACL") else (made,)


ROWS: Mapping[str, Row] = {
    "AbortMultipartUpload": _on_object("s3:AbortMultipartUpload"),
    "CompleteMultipartUpload": _on_object("s3:PutObject"),
    "CopyObject": _copy,
    "CreateBucket": _create_bucket,
    "CreateMultipartUpload": _put_object,
    "DeleteObject": _on_object("s3:DeleteObject", versions=True),
    "DeleteObjectTagging": _on_object("s3:DeleteObjectTagging"),
    "DeleteObjects": _delete_objects,
    "GetObject": _on_object("s3:GetObject", versions=True),
    "GetObjectAcl": _on_object("s3:GetObjectAcl", versions=True),
    "GetObjectAttributes": _on_object("s3:GetObject", "s3:GetObjectAttributes", versions=True),
    "GetObjectTagging": _on_object("s3:GetObjectTagging"),
    "HeadBucket": _on_bucket("s3:ListBucket"),
    "HeadObject": _on_object("s3:GetObject", versions=True),
    "ListBuckets": anywhere("s3:ListAllMyBuckets"),
    "ListObjectVersions": _on_bucket("s3:ListBucketVersions"),
    "ListObjects": _on_bucket("s3:ListBucket"),
    "ListObjectsV2": _on_bucket("s3:ListBucket"),
    "ListParts": _on_object("s3:ListMultipartUploadParts"),
    "PutObject": _put_object,
    "PutObjectAcl": _on_object("s3:PutObjectAcl"),
    "PutObjectTagging": _on_object("s3:PutObjectTagging"),
    "SelectObjectContent": _on_object("s3:GetObject"),
    "UploadPart": _on_object("s3:PutObject"),
    "UploadPartCopy": _copy,
}
"""By operation of `s3`; what is missing here has an action on the bucket by the table."""
