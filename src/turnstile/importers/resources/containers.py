"""AWS::ECS clusters, task definitions and services, AWS::ECR repositories and AWS::EKS clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.importers.resources.called import Called
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow


def _service_arn(item: Item) -> str:
    cluster = str(item.properties.get("Cluster") or "default").rpartition("/")[2]
    return item.stack.arn("ecs", f"service/{cluster}/{_SERVICE.of(item)}")


def _repository(item: Item) -> Mapping[str, Json]:
    apart = ("RepositoryPolicyText", "LifecyclePolicy", "EmptyOnDelete")
    return {name: value for name, value in item.properties.items() if name not in apart}


def _repository_policy(item: Item, name: str) -> Iterator[Follow]:
    document = item.properties.get("RepositoryPolicyText")
    if document:
        text = document if isinstance(document, str) else compact(document)
        yield "SetRepositoryPolicy", {"repositoryName": name, "policyText": text}


_SERVICE = Name("ServiceName", 255)
_TASK_ARN = "arn:{partition}:ecs:{region}:{account}:task-definition/{name}:1"
_SERVICE_SILENT = frozenset({
    "AvailabilityZoneRebalancing", "DeploymentConfiguration", "DeploymentController", "EnableECSManagedTags",
    "EnableExecuteCommand", "HealthCheckGracePeriodSeconds", "PropagateTags", "ServiceConnectConfiguration",
    "VolumeConfigurations",
})  # fmt: skip

KINDS: Mapping[str, Kind] = {
    "AWS::ECR::Repository": Called(
        "{name}",
        {
            "Arn": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
            "RepositoryUri": "{account}.dkr.ecr.{region}.{domain}/{name}",
        },
        Name("RepositoryName", 256, lower=True),
        "ecr",
        "CreateRepository",
        adapt=_repository,
        after=_repository_policy,
        documents=(("RepositoryPolicyText",),),
    ),
    "AWS::ECS::Cluster": Called(
        "{name}",
        {"Arn": "arn:{partition}:ecs:{region}:{account}:cluster/{name}"},
        Name("ClusterName", 255),
        "ecs",
        "CreateCluster",
    ),
    "AWS::ECS::Service": Called(
        _service_arn,
        {"Name": "{name}", "ServiceArn": _service_arn},
        _SERVICE,
        "ecs",
        "CreateService",
        silent=_SERVICE_SILENT,
        renamed={"Role": "role"},
    ),
    "AWS::ECS::TaskDefinition": Called(
        _TASK_ARN,
        {"TaskDefinitionArn": _TASK_ARN},
        Name("Family", 255),
        "ecs",
        "RegisterTaskDefinition",
    ),
    "AWS::EKS::Cluster": Called(
        "{name}",
        {
            "Arn": "arn:{partition}:eks:{region}:{account}:cluster/{name}",
        },
        Name("Name", 100),
        "eks",
        "CreateCluster",
        silent=("AccessConfig", "UpgradePolicy", "BootstrapSelfManagedAddons"),
    ),
}
