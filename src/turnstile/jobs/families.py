"""Rows of jobs that are alike: executions, models, applications, builds, and what EKS makes and takes away.

Facts: reference/sync-jobs.json. Used by `jobs.table` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.jobs.job import Job, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS = "StepFunctionsGetEventsFor{}Rule"
EVENT = "StepFunctionsGetEventFor{}Rule"
"""Names of managed rules; those of EMR and CodeBuild are in the singular."""


def execution(api: str) -> Job:
    """A nested execution; the result differs by pattern, see `integrations.stepfunctions`."""
    return Job(
        "states",
        api,
        "stepfunctions",
        "StartExecution",
        describe=Query("DescribeExecution", {"executionArn": "answer.executionArn"}),
        detail=(),
        status=("status",),
        running=("RUNNING", "PENDING_REDRIVE"),
        succeeded=("SUCCEEDED",),
        failed=("FAILED", "TIMED_OUT", "ABORTED"),
        cancel=Query("StopExecution", {"executionArn": "answer.executionArn"}),
        stopped="ABORTED",
        rule=EVENTS.format("StepFunctionsExecution"),
    )


def model(kind: str, rule: str, status: str = "") -> Job:
    """A job of SageMaker AI, which is known by the name that the request gives it."""
    name = f"{kind}Name"
    return Job(
        "sagemaker",
        f"create{kind}",
        "sagemaker",
        f"Create{kind}",
        describe=Query(f"Describe{kind}", {name: f"request.{name}"}),
        detail=(),
        status=(status or f"{kind}Status",),
        running=("InProgress", "Stopping"),
        succeeded=("Completed",),
        failed=("Failed", "Stopped"),
        cancel=Query(f"Stop{kind}", {name: f"request.{name}"}),
        stopped="Stopped",
        rule=EVENTS.format(f"SageMaker{rule}Jobs"),
    )


def application(api: str, running: str, succeeded: str, failed: tuple[str, ...], cancel: str = "") -> Job:
    """A change of an application of EMR Serverless."""
    source = "answer.applicationId" if api == "createApplication" else "request.applicationId"
    return Job(
        "emr-serverless",
        api,
        "emr-serverless",
        api[0].upper() + api[1:],
        describe=Query("GetApplication", {"applicationId": source}),
        detail=("application",),
        status=("state",),
        running=(running,),
        succeeded=(succeeded,),
        failed=failed,
        cancel=Query(cancel, {"applicationId": source}) if cancel else None,
        stopped={"DeleteApplication": "TERMINATED", "StopApplication": "STOPPED"}.get(cancel, ""),
        rule=EVENTS.format("EMRServerlessApplication"),
    )


def serverless_run(api: str) -> Job:
    """A run of a job of EMR Serverless, or its cancellation."""
    starts = api == "startJobRun"
    known = {"applicationId": "request.applicationId", "jobRunId": f"{'answer' if starts else 'request'}.jobRunId"}
    return Job(
        "emr-serverless",
        api,
        "emr-serverless",
        "StartJobRun" if starts else "CancelJobRun",
        describe=Query("GetJobRun", known),
        detail=("jobRun",),
        status=("state",),
        running=("SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING") if starts else ("CANCELLING",),
        succeeded=("SUCCESS",) if starts else ("CANCELLED",),
        failed=("FAILED", "CANCELLED") if starts else ("SUCCESS", "FAILED"),
        cancel=Query("CancelJobRun", known) if starts else None,
        stopped="CANCELLED",
        rule=EVENTS.format("EMRServerlessJob"),
    )


def build(api: str, wrapped: str, rule: str) -> Job:
    """A build or a batch of builds of CodeBuild."""
    member = wrapped[0].lower() + wrapped[1:]
    batch = wrapped == "BuildBatch"
    return Job(
        "codebuild",
        api,
        "codebuild",
        api[0].upper() + api[1:],
        describe=Query("BatchGetBuildBatches" if batch else "BatchGetBuilds", {"ids": [f"answer.{member}.id"]}),
        detail=("buildBatches" if batch else "builds", 0),
        status=("buildBatchStatus" if batch else "buildStatus",),
        running=("IN_PROGRESS",),
        succeeded=("SUCCEEDED",),
        failed=("FAILED", "FAULT", "TIMED_OUT", "STOPPED"),
        cancel=Query("StopBuildBatch" if batch else "StopBuild", {"id": f"answer.{member}.id"}),
        stopped="STOPPED",
        rule=rule,
        wrapped=wrapped,
    )


EKS_KINDS: Mapping[str, tuple[str, Mapping[str, str], tuple[str, ...]]] = {
    "Cluster": ("cluster", {"name": "request.name"}, ("FAILED", "DELETING")),
    "FargateProfile": (
        "fargateProfile",
        {"clusterName": "request.clusterName", "fargateProfileName": "request.fargateProfileName"},
        ("CREATE_FAILED",),
    ),
    "Nodegroup": (
        "nodegroup",
        {"clusterName": "request.clusterName", "nodegroupName": "request.nodegroupName"},
        ("CREATE_FAILED", "DEGRADED"),
    ),
}
"""What EKS makes and takes away: member of the answer, how it is named, states of failure."""


def created(kind: str) -> Job:
    """What EKS makes."""
    member, named, failed = EKS_KINDS[kind]
    return Job(
        "eks",
        f"create{kind}",
        "eks",
        f"Create{kind}",
        describe=Query(f"Describe{kind}", dict(named)),
        detail=(member,),
        status=("status",),
        running=("CREATING", "PENDING") if kind == "Cluster" else ("CREATING",),
        succeeded=("ACTIVE",),
        failed=failed,
        cancel=Query(f"Delete{kind}", dict(named)),
        stopped="DELETING",
        wrapped=kind,
    )


def deleted(kind: str) -> Job:
    """What EKS takes away: the end is that it is not found."""
    member, named, _ = EKS_KINDS[kind]
    return Job(
        "eks",
        f"delete{kind}",
        "eks",
        f"Delete{kind}",
        describe=Query(f"Describe{kind}", dict(named)),
        detail=(member,),
        status=("status",),
        running=("DELETING",),
        succeeded=(),
        failed=("FAILED",) if kind == "Cluster" else ("DELETE_FAILED",),
        gone="ResourceNotFoundException",
        wrapped=kind,
    )
