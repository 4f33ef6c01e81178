"""AWS::S3 buckets and AWS::DynamoDB tables, with their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Attached, Called, as_text
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow
    from turnstile.importers.resources.names import Text

_BUCKET = Name("BucketName", 63, lower=True)
_TABLE = Name("TableName", 255)
_HOME = "us-east-1"

_BUCKET_SILENT = frozenset({
    "AccelerateConfiguration", "AnalyticsConfigurations", "BucketEncryption", "CorsConfiguration",
    "IntelligentTieringConfigurations", "InventoryConfigurations", "LifecycleConfiguration", "LoggingConfiguration",
    "MetadataTableConfiguration", "MetricsConfigurations", "WebsiteConfiguration",
})  # fmt: skip
"""They change neither what a workflow's calls answer nor who may make them."""
_TABLE_SILENT = frozenset({
    "ContributorInsightsSpecification", "KinesisStreamSpecification", "PointInTimeRecoverySpecification",
    "WarmThroughput",
})  # fmt: skip
_TIME_TO_LIVE = "TimeToLiveSpecification"


def _bucket(item: Item) -> Mapping[str, Json]:
    """What CreateBucket takes; the rest is put by calls of its own."""
    apart = {*_PUT, "Tags", "NotificationConfiguration"}
    properties = {name: value for name, value in item.properties.items() if name not in apart}
    if item.properties.get("ObjectLockEnabled") is not None:
        properties["ObjectLockEnabledForBucket"] = properties.pop("ObjectLockEnabled")
    if item.stack.region != _HOME:
        properties["CreateBucketConfiguration"] = {"LocationConstraint": item.stack.region}
    return properties


_PUT = {
    "OwnershipControls": ("PutBucketOwnershipControls", "OwnershipControls"),
    "PublicAccessBlockConfiguration": ("PutPublicAccessBlock", "PublicAccessBlockConfiguration"),
    "VersioningConfiguration": ("PutBucketVersioning", "VersioningConfiguration"),
}


def _put(item: Item, name: str) -> Iterator[Follow]:
    for written, (operation, member) in _PUT.items():
        if written in item.properties:
            yield operation, {"Bucket": name, member: item.properties[written]}
    tags = item.properties.get("Tags")
    if tags:
        yield "PutBucketTagging", {"Bucket": name, "Tagging": {"TagSet": tags}}
    notices = item.properties.get("NotificationConfiguration")
    if notices:
        yield "PutBucketNotificationConfiguration", {"Bucket": name, "NotificationConfiguration": _notices(notices)}


def _notices(written: Mapping[str, Json]) -> dict[str, Json]:
    """Notifications in the API's words."""
    found: dict[str, Json] = {}
    if "EventBridgeConfiguration" in written:
        found["EventBridgeConfiguration"] = {}
    for kind, target in (("Lambda", "Function"), ("Queue", "Queue"), ("Topic", "Topic")):
        entries = written.get(f"{kind}Configurations") or ()
        if entries:
            arn = "LambdaFunctionArn" if kind == "Lambda" else f"{target}Arn"
            name = "LambdaFunctionConfigurations" if kind == "Lambda" else f"{kind}Configurations"
            found[name] = [_notice(entry, target, arn) for entry in entries]
    return found


def _notice(entry: Mapping[str, Json], target: str, arn: str) -> dict[str, Json]:
    rules = ((entry.get("Filter") or {}).get("S3Key") or {}).get("Rules")
    chosen = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return {arn: entry.get(target), "Events": [entry.get("Event")], **chosen}


def _table(item: Item) -> Mapping[str, Json]:
    """What CreateTable takes; without a billing mode it wants a throughput."""
    apart = (_TIME_TO_LIVE, "ResourcePolicy")
    properties = {name: value for name, value in item.properties.items() if name not in apart}
    encryption = dict(properties.pop("SSESpecification", None) or {})
    if encryption:
        encryption["Enabled"] = encryption.pop("SSEEnabled", False)
        properties["SSESpecification"] = encryption
    stream = properties.get("StreamSpecification")
    if isinstance(stream, dict):
        views = {name: value for name, value in stream.items() if name != "ResourcePolicy"}
        properties["StreamSpecification"] = {"StreamEnabled": True, **views}
    return properties


def _global_table(item: Item) -> Mapping[str, Json]:
    """A global table is its replica in the Region of the stack."""
    replica = _replica(item)
    properties = {name: value for name, value in item.properties.items() if name not in _OF_GLOBAL}
    if properties.get("BillingMode") != "PAY_PER_REQUEST":
        properties["BillingMode"] = "PAY_PER_REQUEST"
    properties["Tags"] = replica.get("Tags") or []
    for name in ("DeletionProtectionEnabled", "TableClass"):
        if name in replica:
            properties[name] = replica[name]
    stream = properties.get("StreamSpecification")
    if isinstance(stream, dict):
        properties["StreamSpecification"] = {"StreamEnabled": True, **stream}
    return properties


_OF_GLOBAL = frozenset({"Replicas", _TIME_TO_LIVE, "SSESpecification", "WriteProvisionedThroughputSettings"})


def _replica(item: Item) -> Mapping[str, Json]:
    replicas = item.properties.get("Replicas") or ()
    found: Mapping[str, Json] = next((each for each in replicas if each.get("Region") == item.stack.region), {})
    return found


def _after_table(item: Item, name: str) -> Iterator[Follow]:
    written = item.properties.get(_TIME_TO_LIVE)
    if isinstance(written, dict):
        yield "UpdateTimeToLive", {"TableName": name, _TIME_TO_LIVE: written}
    of = item.properties if "ResourcePolicy" in item.properties else _replica(item)
    document = (of.get("ResourcePolicy") or {}).get("PolicyDocument")
    if document is not None:
        arn = item.stack.arn("dynamodb", f"table/{name}")
        yield "PutResourcePolicy", {"ResourceArn": arn, "Policy": as_text(document)}


_TABLE_ARN = "arn:{partition}:dynamodb:{region}:{account}:table/{name}"
_MADE = "TableDescription.LatestStreamArn"


def _stream(item: Item) -> str:
    """The ARN of the stream, whose label is the time it was made at.

    Raises:
        LookupError: the table has none.
    """
    if not item.properties.get("StreamSpecification"):
        raise LookupError("StreamArn")
    return f"{item.stack.arn('dynamodb', f'table/{_TABLE.of(item)}')}/stream/2024-01-01T00:00:00.000"


def _streams(item: Item) -> str:
    return _stream(item) if item.properties.get("StreamSpecification") else ""


def _elsewhere(item: Item) -> Iterator[tuple[str | int, ...]]:
    """Replicas in other Regions."""
    for index, replica in enumerate(item.properties.get("Replicas") or ()):
        if replica.get("Region") != item.stack.region:
            yield "Replicas", index


_TABLE_GETS: Mapping[str, Text] = {"Arn": _TABLE_ARN, "StreamArn": _stream}

KINDS: Mapping[str, Kind] = {
    "AWS::DynamoDB::GlobalTable": Called(
        "{name}",
        {**_TABLE_GETS, "TableId": "{uuid}"},
        _TABLE,
        "dynamodb",
        "CreateTable",
        required=("KeySchema",),
        silent=_TABLE_SILENT,
        adapt=_global_table,
        after=_after_table,
        made={_MADE: _streams},
        unheeded=_elsewhere,
    ),
    "AWS::DynamoDB::Table": Called(
        "{name}",
        _TABLE_GETS,
        _TABLE,
        "dynamodb",
        "CreateTable",
        required=("KeySchema",),
        silent=_TABLE_SILENT,
        adapt=_table,
        after=_after_table,
        made={_MADE: _streams},
        documents=(("ResourcePolicy", "PolicyDocument"),),
    ),
    "AWS::S3::Bucket": Called(
        "{name}",
        {
            "Arn": "arn:{partition}:s3:::{name}",
            "DomainName": "{name}.s3.{domain}",
            "DualStackDomainName": "{name}.s3.dualstack.{region}.{domain}",
            "RegionalDomainName": "{name}.s3.{region}.{domain}",
            "WebsiteURL": "http://{name}.s3-website-{region}.{domain}",
        },
        _BUCKET,
        "s3",
        "CreateBucket",
        renamed={"BucketName": "Bucket"},
        silent=_BUCKET_SILENT,
        adapt=_bucket,
        after=_put,
    ),
    "AWS::S3::BucketPolicy": Attached(
        "{Bucket}",
        service="s3",
        required=("Bucket",),
        calls=lambda item, text: [("PutBucketPolicy", {"Bucket": item.properties["Bucket"], "Policy": text})],
    ),
}
