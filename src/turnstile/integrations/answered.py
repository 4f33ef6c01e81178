"""Which API answers a Task: the one whose output its result is made of, by the names of the service models.

A Task that waits for a job ends with what the API says that is asked about the job; a callback ends with whatever the
token's holder sends, so no API answers it. Facts: reference/integrations.json, sync-jobs.json.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.integrations.resource import Pattern, ServiceApi, parse_resource
from turnstile.integrations.sdk_services import SDK, sdk_service

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    """An operation, and the way from its output to the result: members, the elements of a list by its name alone.

    `free` are members that a Task shows as any JSON where the API has text. `sdk`: members are named by the AWS SDK.
    """

    service: str
    operation: str
    path: tuple[str, ...] = ()
    free: frozenset[str] = field(default=frozenset())
    sdk: bool = False


def answered(text: str) -> Answer | None:
    """The API behind a Task's Resource; None where no API's model says what the result is."""
    resource = parse_resource(text)
    if not isinstance(resource, ServiceApi):
        return None
    match resource:
        case ServiceApi(pattern=Pattern.CALLBACK):
            return None
        case ServiceApi(service, api, Pattern.REQUEST_RESPONSE) if service.startswith(SDK):
            sdk = sdk_service(service)
            return None if sdk is None else Answer(sdk.client, _upper(api), sdk=True)
        case ServiceApi(service, api, Pattern.REQUEST_RESPONSE):
            return _called(service, api)
        case ServiceApi(service, api):
            return _polled(service, api, parsed=resource.pattern is Pattern.SYNC_2)


def _called(service: str, api: str) -> Answer | None:
    if service in _WITHOUT_MODEL or (service, api) in _WITHOUT_MODEL:
        return None
    client = _CLIENTS.get((service, api)) or _CLIENTS.get(service, service)
    operation = _OPERATIONS.get((service, api)) or _upper(api)
    return Answer(client, operation, free=_FREE.get((service, api), frozenset()))


def _polled(service: str, api: str, *, parsed: bool) -> Answer | None:
    found = _JOBS.get((service, api))
    if found is None:
        return None
    operation, *path = found
    return Answer(_CLIENTS.get(service, service), operation, tuple(path), _DOCUMENTS if parsed else frozenset())


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


_WITHOUT_MODEL = frozenset({"http", "apigateway", ("eks", "call"), ("eks", "runJob")})
"""Results that come from elsewhere than an AWS API (recent-changes.md, 2025-11-19)."""

_CLIENTS: Mapping[str | tuple[str, str], str] = {
    "bedrockagentcore": "bedrock-agentcore",
    "elasticmapreduce": "emr",
    "states": "stepfunctions",
    ("bedrock", "invokeModel"): "bedrock-runtime",
}

_OPERATIONS: Mapping[tuple[str, str], str] = {
    ("elasticmapreduce", "addStep"): "AddJobFlowSteps",
    ("elasticmapreduce", "cancelStep"): "CancelSteps",
    ("elasticmapreduce", "createCluster"): "RunJobFlow",
    ("elasticmapreduce", "modifyInstanceFleetByName"): "ModifyInstanceFleet",
    ("elasticmapreduce", "modifyInstanceGroupByName"): "ModifyInstanceGroups",
    ("elasticmapreduce", "setClusterTerminationProtection"): "SetTerminationProtection",
    ("elasticmapreduce", "terminateCluster"): "TerminateJobFlows",
}

_FREE: Mapping[tuple[str, str], frozenset[str]] = {
    ("bedrock", "invokeModel"): frozenset({"Body"}),
    ("lambda", "invoke"): frozenset({"Payload"}),
}
_DOCUMENTS = frozenset({"Input", "Output"})

_JOBS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("athena", "startQueryExecution"): ("GetQueryExecution",),
    ("batch", "submitJob"): ("DescribeJobs", "jobs"),
    ("bedrock", "createModelCustomizationJob"): ("GetModelCustomizationJob",),
    ("databrew", "startJobRun"): ("DescribeJobRun",),
    ("ecs", "runTask"): ("DescribeTasks", "tasks"),
    ("eks", "createCluster"): ("DescribeCluster",),
    ("eks", "createFargateProfile"): ("DescribeFargateProfile",),
    ("eks", "createNodegroup"): ("DescribeNodegroup",),
    ("eks", "deleteCluster"): ("DescribeCluster",),
    ("eks", "deleteFargateProfile"): ("DescribeFargateProfile",),
    ("eks", "deleteNodegroup"): ("DescribeNodegroup",),
    ("elasticmapreduce", "addStep"): ("DescribeStep",),
    ("elasticmapreduce", "createCluster"): ("DescribeCluster",),
    ("elasticmapreduce", "terminateCluster"): ("DescribeCluster",),
    ("emr-containers", "deleteVirtualCluster"): ("DescribeVirtualCluster", "virtualCluster"),
    ("emr-containers", "startJobRun"): ("DescribeJobRun", "jobRun"),
    ("emr-serverless", "cancelJobRun"): ("GetJobRun", "jobRun"),
    ("emr-serverless", "createApplication"): ("GetApplication",),
    ("emr-serverless", "deleteApplication"): ("GetApplication",),
    ("emr-serverless", "startApplication"): ("GetApplication",),
    ("emr-serverless", "startJobRun"): ("GetJobRun", "jobRun"),
    ("emr-serverless", "stopApplication"): ("GetApplication",),
    ("glue", "startJobRun"): ("GetJobRun", "JobRun"),
    ("mediaconvert", "createJob"): ("GetJob",),
    ("sagemaker", "createHyperParameterTuningJob"): ("DescribeHyperParameterTuningJob",),
    ("sagemaker", "createLabelingJob"): ("DescribeLabelingJob",),
    ("sagemaker", "createProcessingJob"): ("DescribeProcessingJob",),
    ("sagemaker", "createTrainingJob"): ("DescribeTrainingJob",),
    ("sagemaker", "createTransformJob"): ("DescribeTransformJob",),
    ("states", "startExecution"): ("DescribeExecution",),
}
"""The API that is asked about each kind of job, and the way from its output to the job (sync-jobs.json).

CodeBuild is not here: its result is one element of a list under another name, which no model says.
"""
