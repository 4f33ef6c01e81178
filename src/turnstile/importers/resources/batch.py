"""AWS::Batch compute environments, queues, job definitions and scheduling policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Called
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Kind

_ENVIRONMENT_ARN = "arn:{partition}:batch:{region}:{account}:compute-environment/{name}"
_QUEUE_ARN = "arn:{partition}:batch:{region}:{account}:job-queue/{name}"
_DEFINITION_ARN = "arn:{partition}:batch:{region}:{account}:job-definition/{name}:1"
_POLICY_ARN = "arn:{partition}:batch:{region}:{account}:scheduling-policy/{name}"


def _environment(item: Item) -> Mapping[str, Json]:
    """Types of environments and resources are written in any case."""
    properties = dict(item.properties)
    for name in ("Type", "State"):
        if isinstance(properties.get(name), str):
            properties[name] = properties[name].upper()
    return properties


def _definition(item: Item) -> Mapping[str, Json]:
    properties = dict(item.properties)
    if isinstance(properties.get("Type"), str):
        properties["Type"] = properties["Type"].lower()
    return properties


KINDS: Mapping[str, Kind] = {
    "AWS::Batch::ComputeEnvironment": Called(
        _ENVIRONMENT_ARN,
        {"ComputeEnvironmentArn": _ENVIRONMENT_ARN},
        Name("ComputeEnvironmentName", 128, stacked=False),
        "batch",
        "CreateComputeEnvironment",
        silent=("ReplaceComputeEnvironment", "UpdatePolicy", "ComputeResources.UpdateToLatestImageVersion"),
        adapt=_environment,
    ),
    "AWS::Batch::JobDefinition": Called(
        _DEFINITION_ARN,
        {"JobDefinitionArn": _DEFINITION_ARN},
        Name("JobDefinitionName", 128, stacked=False),
        "batch",
        "RegisterJobDefinition",
        silent=("ResourceRetentionPolicy",),
        adapt=_definition,
    ),
    "AWS::Batch::JobQueue": Called(
        _QUEUE_ARN,
        {"JobQueueArn": _QUEUE_ARN},
        Name("JobQueueName", 128, stacked=False),
        "batch",
        "CreateJobQueue",
        adapt=lambda item: {"State": "ENABLED", **item.properties},
    ),
    "AWS::Batch::SchedulingPolicy": Called(
        _POLICY_ARN, {"Arn": _POLICY_ARN}, Name("Name", 128, stacked=False), "batch", "CreateSchedulingPolicy"
    ),
}
