"""AWS::Logs, AWS::CloudWatch and AWS::CodeBuild: what watches and builds; and types that make nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Attached, Called, Nothing
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow

_GROUP = Name("LogGroupName", 512)


def _log_group(item: Item) -> Mapping[str, Json]:
    apart = ("RetentionInDays", "DataProtectionPolicy", "FieldIndexPolicies", "DeletionProtectionEnabled")
    return {name: value for name, value in item.properties.items() if name not in apart}


def _retention(item: Item, name: str) -> Iterator[Follow]:
    days = item.properties.get("RetentionInDays")
    if days is not None:
        yield "PutRetentionPolicy", {"logGroupName": name, "retentionInDays": int(days)}


def _log_policy(item: Item, text: str) -> Iterator[Follow]:
    yield "PutResourcePolicy", {"policyName": item.properties["PolicyName"], "policyDocument": text}


_ALARM_ARN = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
_PROJECT_SILENT = frozenset({"Triggers", "Visibility", "ResourceAccessRole", "BadgeEnabled", "BuildBatchConfig"})

KINDS: Mapping[str, Kind] = {
    "AWS::CDK::Metadata": Nothing("{unnamed}"),
    "AWS::CloudFormation::WaitCondition": Nothing("{unnamed}", {"Data": "{{}}"}),
    "AWS::CloudFormation::WaitConditionHandle": Nothing(
        "https://cloudformation-waitcondition-{region}.s3.{domain}/{account}/{letters}"
    ),
    "AWS::CloudWatch::Alarm": Called(
        "{name}", {"Arn": _ALARM_ARN}, Name("AlarmName", 255), "cloudwatch", "PutMetricAlarm"
    ),
    "AWS::CodeBuild::Project": Called(
        "{name}",
        {"Arn": "arn:{partition}:codebuild:{region}:{account}:project/{name}"},
        Name("Name", 255, stacked=False),
        "codebuild",
        "CreateProject",
        silent=_PROJECT_SILENT,
    ),
    "AWS::Logs::LogGroup": Called(
        "{name}",
        {"Arn": "arn:{partition}:logs:{region}:{account}:log-group:{name}:*"},
        _GROUP,
        "logs",
        "CreateLogGroup",
        adapt=_log_group,
        after=_retention,
    ),
    "AWS::Logs::LogStream": Called("{name}", {}, Name("LogStreamName", 512), "logs", "CreateLogStream"),
    "AWS::Logs::ResourcePolicy": Attached("{PolicyName}", service="logs", required=("PolicyName",), calls=_log_policy),
}
