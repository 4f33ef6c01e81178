"""Which API answers a Task: the one whose output its result is made of, by the names of the service models.

A Task that waits for a job ends with what the API says that is asked about the job; a callback ends with whatever the
token's holder sends, so no API answers it. Facts: reference/integrations.json, sync-jobs.json.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.integrations.resource import Pattern, ServiceApi, parse_resource

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    """An operation, and the way from its output to the result: members, the elements of a list by its name alone.

    `free` are members that a Task shows as any JSON where the API has text.
    """

    service: str
    operation: str
    path: tuple[str, ...] = ()
    free: frozenset[str] = field(default=frozenset())


def answered(text: str) -> Answer | None:
    """The API behind a Task's Resource; None where no API's model says what the result is."""
    resource = parse_resource(text)
    if not isinstance(resource, ServiceApi):
        return None
    match resource:
        case ServiceApi(pattern=Pattern.CALLBACK):
            return None
        case ServiceApi(service, api, Pattern.REQUEST_RESPONSE) if service.startswith(_SDK):
            name = service.removeprefix(_SDK)
            return Answer(_SDK_SERVICES.get(name, name), _upper(api))
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


_SDK = "aws-sdk:"

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

_SDK_SERVICES: Mapping[str, str] = {
    "acmpca": "acm-pca",
    "applicationautoscaling": "application-autoscaling",
    "applicationdiscovery": "discovery",
    "applicationinsights": "application-insights",
    "autoscalingplans": "autoscaling-plans",
    "backupgateway": "backup-gateway",
    "chimesdkmeetings": "chime-sdk-meetings",
    "cloudwatchlogs": "logs",
    "codegurureviewer": "codeguru-reviewer",
    "codestarconnections": "codestar-connections",
    "codestarnotifications": "codestar-notifications",
    "cognitoidentity": "cognito-identity",
    "cognitoidentityprovider": "cognito-idp",
    "cognitosync": "cognito-sync",
    "computeoptimizer": "compute-optimizer",
    "connectcontactlens": "connect-contact-lens",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "devopsguru": "devops-guru",
    "directory": "ds",
    "ec2instanceconnect": "ec2-instance-connect",
    "ecrpublic": "ecr-public",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "emrcontainers": "emr-containers",
    "eventbridge": "events",
    "iotjobsdataplane": "iot-jobs-data",
    "kinesisvideoarchivedmedia": "kinesis-video-archived-media",
    "kinesisvideomedia": "kinesis-video-media",
    "kinesisvideosignaling": "kinesis-video-signaling",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "licensemanager": "license-manager",
    "marketplacecatalog": "marketplace-catalog",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "mediapackagevod": "mediapackage-vod",
    "migrationhub": "mgh",
    "migrationhubconfig": "migrationhub-config",
    "networkfirewall": "network-firewall",
    "personalizeevents": "personalize-events",
    "personalizeruntime": "personalize-runtime",
    "pinpointemail": "pinpoint-email",
    "pinpointsmsvoice": "pinpoint-sms-voice",
    "rdsdata": "rds-data",
    "redshiftdata": "redshift-data",
    "resourcegroups": "resource-groups",
    "sagemakera2iruntime": "sagemaker-a2i-runtime",
    "sagemakeredge": "sagemaker-edge",
    "sagemakerfeaturestoreruntime": "sagemaker-featurestore-runtime",
    "sagemakerruntime": "sagemaker-runtime",
    "serverlessapplicationrepository": "serverlessrepo",
    "servicecatalogappregistry": "servicecatalog-appregistry",
    "servicequotas": "service-quotas",
    "sfn": "stepfunctions",
    "ssoadmin": "sso-admin",
    "ssooidc": "sso-oidc",
    "voiceid": "voice-id",
    "wafregional": "waf-regional",
    "workspacesweb": "workspaces-web",
}
"""SDK integrations that are not named like the service's model (integrations.json, sdk)."""
