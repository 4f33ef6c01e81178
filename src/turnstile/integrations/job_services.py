"""The optimized integrations of the services that run jobs, as rows: Batch, ECS, Glue, SageMaker AI, EMR and the like.

Prefixes and names of base classes: reference/integrations.json, where most are conventional or *inferred*. Members of
these services' requests and answers stand in PascalCase; EMR's are renamed besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.document import compact
from turnstile.integrations.failure import Family
from turnstile.integrations.job_rules import CHECKS
from turnstile.integrations.job_task import JobTask
from turnstile.integrations.offer import Offer
from turnstile.integrations.optimized import Api, OneCall
from turnstile.integrations.resource import Pattern
from turnstile.jobs.table import JOBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Job

_FAMILIES: Mapping[str, Family] = {
    "athena": Family("Athena", "AmazonAthena", "AmazonAthenaException"),
    "batch": Family("Batch", "AWSBatch", "AWSBatchException"),
    "bedrock": Family("Bedrock", "AmazonBedrock", "BedrockException"),
    "codebuild": Family("CodeBuild", "AWSCodeBuild", "AWSCodeBuildException"),
    "databrew": Family("DataBrew", "AWSGlueDataBrew", "AWSGlueDataBrewException"),
    "ecs": Family("ECS", "AmazonECS", "AmazonECSException"),
    "eks": Family("EKS", "AmazonEKS", "AmazonEKSException"),
    "elasticmapreduce": Family("ElasticMapReduce", "AmazonElasticMapReduce", "AmazonElasticMapReduceException"),
    "emr-containers": Family("EMRContainers", "AmazonEMRContainers", "AmazonEMRContainersException"),
    "emr-serverless": Family("EMRServerless", "AWSEMRServerless", "AWSEMRServerlessException"),
    "glue": Family("Glue", "AWSGlue", "AWSGlueException"),
    "mediaconvert": Family("MediaConvert", "AWSMediaConvert", "AWSMediaConvertException"),
    "sagemaker": Family("SageMaker", "AmazonSageMaker", "AmazonSageMakerException"),
}

_PLAIN: Mapping[str, str] = {
    "athena": "startQueryExecution stopQueryExecution getQueryExecution getQueryResults",
    "batch": "submitJob",
    "bedrock": "createModelCustomizationJob",
    "codebuild": (
        "startBuild stopBuild batchDeleteBuilds batchGetReports startBuildBatch stopBuildBatch retryBuildBatch "
        "deleteBuildBatch"
    ),
    "databrew": "startJobRun",
    "ecs": "runTask",
    "eks": ("createCluster deleteCluster createFargateProfile deleteFargateProfile createNodegroup deleteNodegroup"),
    "emr-containers": "createVirtualCluster deleteVirtualCluster startJobRun",
    "emr-serverless": "createApplication startJobRun cancelJobRun",
    "mediaconvert": "createJob",
    "sagemaker": (
        "createTrainingJob createTransformJob createProcessingJob createHyperParameterTuningJob createLabelingJob "
        "createEndpoint createEndpointConfig createModel updateEndpoint"
    ),
}
"""APIs whose call is named like them and takes their parameters as they are."""


def _one(name: str, member: str) -> Callable[[dict[str, Json]], dict[str, Json]]:
    """Renames one member, into the only entry of a list if the new name is in the plural."""

    def renamed(members: dict[str, Json]) -> dict[str, Json]:
        if name not in members:
            return members
        value = members[name]
        rest = {other: value for other, value in members.items() if other != name}
        return {**rest, member: [value] if member.endswith("s") else value}

    return renamed


def _step(members: dict[str, Json]) -> dict[str, Json]:
    return _one("Step", "Steps")(_one("ClusterId", "JobFlowId")(members))


def _cluster_started(_request: Mapping[str, Json], output: dict[str, Json]) -> dict[str, Json]:
    return {"ClusterId": output.get("JobFlowId")}


def _step_added(_request: Mapping[str, Json], output: dict[str, Json]) -> dict[str, Json]:
    return {"StepId": next(iter(output.get("StepIds") or ()), None)}


def _step_cancelled(_request: Mapping[str, Json], output: dict[str, Json]) -> dict[str, Json]:
    return {"CancelStepsInfo": next(iter(output.get("CancelStepsInfoList") or ()), None)}


def _with(*names: str) -> Callable[[Mapping[str, Json], dict[str, Json]], dict[str, Json]]:
    """Adds members of the request to the answer, in PascalCase."""

    def told(request: Mapping[str, Json], output: dict[str, Json]) -> dict[str, Json]:
        found = {name: request[key] for name in names for key in (name, name[0].lower() + name[1:]) if key in request}
        return {**found, **output}

    return told


def _emr(operation: str, **shaping: Callable[..., dict[str, Json]]) -> Api:
    return Api("emr", operation, _FAMILIES["elasticmapreduce"], cased=True, **shaping)  # type: ignore[arg-type]


def _serverless(operation: str) -> Api:
    """A change of an application, whose id the Task shows although the service answers nothing (documented)."""
    return Api("emr-serverless", operation, _FAMILIES["emr-serverless"], cased=True, told=_with("ApplicationId"))


def _apis() -> Iterator[tuple[tuple[str, str], Api]]:
    for service, names in _PLAIN.items():
        for name in names.split():
            operation = name[0].upper() + name[1:]
            yield (service, name), Api(service, operation, _FAMILIES[service], cased=True)
    yield ("glue", "startJobRun"), Api("glue", "StartJobRun", _FAMILIES["glue"], cased=True, told=_with("JobName"))
    for name in ("startApplication", "stopApplication", "deleteApplication"):
        yield ("emr-serverless", name), _serverless(name[0].upper() + name[1:])
    for name, api in _CLUSTERS.items():
        yield ("elasticmapreduce", name), api


_CLUSTERS: Mapping[str, Api] = {
    "createCluster": _emr("RunJobFlow", told=_cluster_started),
    "setClusterTerminationProtection": _emr("SetTerminationProtection", renamed=_one("ClusterId", "JobFlowIds")),
    "terminateCluster": _emr("TerminateJobFlows", renamed=_one("ClusterId", "JobFlowIds")),
    "addStep": _emr("AddJobFlowSteps", renamed=_step, told=_step_added),
    "cancelStep": _emr("CancelSteps", renamed=_one("StepId", "StepIds"), told=_step_cancelled),
}
_APIS: Mapping[tuple[str, str], Api] = dict(_apis())


def _started(shown: Mapping[str, Json]) -> None:
    """A task of ECS that could not be placed has no job to wait for (documented)."""
    if shown.get("Failures"):
        raise StatesError("AmazonECS.Unknown", compact(dict(shown)))


def _job(service: str, api: str) -> Job:
    row = JOBS[service, f"{api}.sync"]
    if service == "ecs":
        return JobTask(row, _APIS[service, api], _started)
    return JobTask(row, _APIS[service, api])


def _jobs(service: str, api: str) -> dict[Pattern, Job]:
    return {Pattern.SYNC: _job(service, api)} if (service, f"{api}.sync") in JOBS else {}


def _shaping(service: str, api: str) -> Callable[[Json], Json]:
    """Adds to the parameters of a `.sync` Task what Step Functions adds of its own, as TaskScheduled shows them.

    Facts: reference/integrations.json (request_shaping); that of SageMaker AI is *inferred*.
    """
    add = _ADDED.get((service, api)) or (_tagged if service == "sagemaker" else None)

    def shaped(parameters: Json) -> Json:
        return add(dict(parameters)) if add is not None and isinstance(parameters, dict) else parameters

    return shaped


_MARK = "MANAGED_BY_AWS", "STARTED_BY_STEP_FUNCTIONS"


def _marked(parameters: dict[str, Json]) -> dict[str, Json]:
    mark = {"Name": _MARK[0], "Value": _MARK[1]}
    return _joined(parameters, "ContainerOverrides", lambda found: _extended(found, "Environment", mark))


def _tagged(parameters: dict[str, Json]) -> dict[str, Json]:
    return _extended(parameters, "Tags", {"Key": _MARK[0], "Value": _MARK[1]})


def _by_states(parameters: dict[str, Json]) -> dict[str, Json]:
    return {**parameters, "StartedBy": "AWS Step Functions"}


def _managed(parameters: dict[str, Json]) -> dict[str, Json]:
    return _joined(parameters, "Tags", lambda found: {**found, "ManagedByService": "AWSStepFunctions"})


def _extended(members: dict[str, Json], name: str, entry: Json) -> dict[str, Json]:
    """With one more entry in a list; what is no list is left for the service to refuse."""
    found = members.get(name)
    found = [] if found is None else found
    return {**members, name: [*found, entry]} if isinstance(found, list) else members


def _joined(members: dict[str, Json], name: str, add: Callable[[dict[str, Json]], dict[str, Json]]) -> dict[str, Json]:
    """With more in an object; what is none is left for the service to refuse."""
    found = members.get(name)
    found = {} if found is None else found
    return {**members, name: add(found)} if isinstance(found, dict) else members


_ADDED: Mapping[tuple[str, str], Callable[[dict[str, Json]], dict[str, Json]]] = {
    ("batch", "submitJob"): _marked,
    ("ecs", "runTask"): _by_states,
    ("mediaconvert", "createJob"): _managed,
}


def _unchecked(_parameters: Json) -> None:
    return


OFFERS: Offers = {
    (service, name): Offer(
        OneCall(api),
        called_back=service == "ecs",
        jobs=_jobs(service, name),
        check=CHECKS.get((service, name), _unchecked),
        fit=api.fit,
        shaped=_shaping(service, name),
    )
    for (service, name), api in _APIS.items()
}
