"""AWS::Glue, AWS::Athena, AWS::EMR and EMRServerless, AWS::Kinesis and KinesisFirehose, AWS::SageMaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Called
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow


def _inner(property_: str) -> Name:
    """The name of something of the catalog stands within another property."""

    class Inner(Name):
        def of(self, item: Item) -> str:
            written = item.properties.get(property_) or {}
            given = written.get("Name") if isinstance(written, dict) else None
            return str(given) if given else item.generated_name(255).lower()

    return Inner("")


_DATABASE, _TABLE = _inner("DatabaseInput"), _inner("TableInput")


def _within(property_: str, name: Name, item: Item) -> Mapping[str, Json]:
    written = item.properties.get(property_)
    if not isinstance(written, dict):
        return item.properties
    return {**item.properties, property_: {**written, "Name": name.of(item)}}


def _crawler(item: Item) -> Mapping[str, Json]:
    """The schedule of a crawler is an object in a template, an expression in the API."""
    schedule = item.properties.get("Schedule")
    if not isinstance(schedule, dict):
        return item.properties
    return {**item.properties, "Schedule": schedule.get("ScheduleExpression")}


def _workgroup(item: Item) -> Mapping[str, Json]:
    properties = {name: value for name, value in item.properties.items() if name != "WorkGroupConfiguration"}
    if "WorkGroupConfiguration" in item.properties:
        properties["Configuration"] = item.properties["WorkGroupConfiguration"]
    for name in ("State", "RecursiveDeleteOption"):
        properties.pop(name, None)
    return properties


def _stream(item: Item) -> Mapping[str, Json]:
    apart = ("RetentionPeriodHours", "StreamEncryption", "DesiredShardLevelMetrics")
    properties = {name: value for name, value in item.properties.items() if name not in apart}
    on_demand = (properties.get("StreamModeDetails") or {}).get("StreamMode") == "ON_DEMAND"
    if not on_demand and "ShardCount" not in properties:
        properties["ShardCount"] = 1
    return properties


def _stream_after(item: Item, name: str) -> Iterator[Follow]:
    hours = item.properties.get("RetentionPeriodHours")
    if hours is not None and int(hours) > _DAY:
        yield "IncreaseStreamRetentionPeriod", {"StreamName": name, "RetentionPeriodHours": int(hours)}


_DAY = 24


def _cluster(item: Item) -> Mapping[str, Json]:
    """EMR writes instance groups by their role in a template, and as a list in the API."""
    properties = dict(item.properties)
    instances = dict(properties.get("Instances") or {})
    groups = list(instances.pop("InstanceGroups", ()))
    for role, name in (("MASTER", "MasterInstanceGroup"), ("CORE", "CoreInstanceGroup")):
        if name in instances:
            groups.append({"InstanceRole": role, **instances.pop(name)})
    groups += [{"InstanceRole": "TASK", **group} for group in instances.pop("TaskInstanceGroups", ())]
    properties["Instances"] = {**instances, **({"InstanceGroups": groups} if groups else {})}
    return properties


_EMR_ID = "j-{capitals}"
_WORKGROUP_ARN = "arn:{partition}:athena:{region}:{account}:workgroup/{name}"
_APPLICATION_ARN = "arn:{partition}:emr-serverless:{region}:{account}:/applications/{emrserverless}"
_MODEL_ARN = "arn:{partition}:sagemaker:{region}:{account}:model/{name}"

KINDS: Mapping[str, Kind] = {
    "AWS::Athena::NamedQuery": Called(
        "{uuid}",
        {"NamedQueryId": "{uuid}"},
        Name("Name", 128),
        "athena",
        "CreateNamedQuery",
        made={"NamedQueryId": "{uuid}"},
    ),
    "AWS::Athena::WorkGroup": Called(
        "{name}",
        {"Arn": _WORKGROUP_ARN},
        Name("Name", 128),
        "athena",
        "CreateWorkGroup",
        adapt=_workgroup,
        unheeded=lambda item: [("State",)] if item.properties.get("State") == "DISABLED" else [],
    ),
    "AWS::EMR::Cluster": Called(
        _EMR_ID,
        {"Id": _EMR_ID},
        Name("Name", 256),
        "emr",
        "RunJobFlow",
        adapt=_cluster,
        made={"JobFlowId": _EMR_ID},
    ),
    "AWS::EMRServerless::Application": Called(
        "{emrserverless}",
        {"ApplicationId": "{emrserverless}", "Arn": _APPLICATION_ARN},
        Name("Name", 64),
        "emr-serverless",
        "CreateApplication",
        made={"applicationId": "{emrserverless}"},
    ),
    "AWS::Glue::Crawler": Called(
        "{name}", {}, Name("Name", 255, stacked=False), "glue", "CreateCrawler", adapt=_crawler
    ),
    "AWS::Glue::Database": Called(
        "{name}",
        {},
        _DATABASE,
        "glue",
        "CreateDatabase",
        silent=("DatabaseName",),
        adapt=lambda item: _within("DatabaseInput", _DATABASE, item),
    ),
    "AWS::Glue::Job": Called(
        "{name}",
        {},
        Name("Name", 255, stacked=False),
        "glue",
        "CreateJob",
    ),
    "AWS::Glue::Table": Called(
        "{name}",
        {},
        _TABLE,
        "glue",
        "CreateTable",
        adapt=lambda item: _within("TableInput", _TABLE, item),
    ),
    "AWS::Kinesis::Stream": Called(
        "{name}",
        {"Arn": "arn:{partition}:kinesis:{region}:{account}:stream/{name}"},
        Name("Name", 128),
        "kinesis",
        "CreateStream",
        renamed={"Name": "StreamName"},
        adapt=_stream,
        after=_stream_after,
    ),
    "AWS::KinesisFirehose::DeliveryStream": Called(
        "{name}",
        {"Arn": "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}"},
        Name("DeliveryStreamName", 64),
        "firehose",
        "CreateDeliveryStream",
    ),
    "AWS::SageMaker::Model": Called(
        _MODEL_ARN,
        {"ModelArn": _MODEL_ARN, "ModelName": "{name}"},
        Name("ModelName", 63),
        "sagemaker",
        "CreateModel",
    ),
}
