"""Where a service puts times, states, reasons and exit codes into the description of a job.

Pure. Members are botocore's, as its models have them; which of several members a service fills in is *inferred*. Times
are texts in ISO 8601, but those of Batch, which are milliseconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.jobs.exits import array_ended, containers_exited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.jobs.place import Place


@dataclass(frozen=True, slots=True)
class Portrait:
    """The places of one kind of job; empty where its service has none.

    `began` is when it was asked for, `started` when its work began, `ended` are all places of the end, and `took` is
    that of the whole seconds between. `again` is where its state stands a second time. `running`, `over` and `cut` are
    what else it says while it runs, when it has ended and when it was stopped. `milliseconds` says how its times are
    written, `only_failed` that a good end has no exit code. `exits` writes exit codes where one place will not do.
    """

    began: Place = ()
    ended: tuple[Place, ...] = ()
    reason: Place = ()
    exit_code: Place = ()
    milliseconds: bool = False
    running: Mapping[Place, Json] | None = None
    over: Mapping[Place, Json] | None = None
    cut: Mapping[Place, Json] | None = None
    started: Place = ()
    took: Place = ()
    again: Place = ()
    only_failed: bool = False
    exits: Callable[[Json, int, str], Json] | None = None


_EKS = ("health", "issues", 0, "message")
_BUILD = Portrait(
    began=("startTime",),
    ended=(("endTime",),),
    reason=("phases", 0, "contexts", 0, "message"),
    running={("buildComplete",): False, ("currentPhase",): "BUILD"},
    over={("buildComplete",): True, ("currentPhase",): "COMPLETED"},
)
_BATCH_BUILD = Portrait(
    began=("startTime",),
    ended=(("endTime",),),
    reason=("phases", 0, "contexts", 0, "message"),
    running={("complete",): False, ("currentPhase",): "IN_PROGRESS"},
    over={("complete",): True, ("currentPhase",): "SUCCEEDED"},
)
_APPLICATION = Portrait(ended=(("updatedAt",),), reason=("stateDetails",))


def _model(kind: str) -> Portrait:
    return Portrait(("CreationTime",), ((f"{kind}EndTime",), ("LastModifiedTime",)), ("FailureReason",))


_PORTRAITS: Mapping[str, Portrait] = {
    "batch:submitJob": Portrait(
        began=("createdAt",),
        started=("startedAt",),
        ended=(("stoppedAt",),),
        reason=("statusReason",),
        milliseconds=True,
        over={("statusReason",): "Essential container in task exited"},
        exits=array_ended,
    ),
    "ecs:runTask": Portrait(
        began=("createdAt",),
        started=("startedAt",),
        ended=(("stoppingAt",), ("executionStoppedAt",), ("stoppedAt",)),
        reason=("stoppedReason",),
        running={("desiredStatus",): "RUNNING"},
        over={
            ("desiredStatus",): "STOPPED",
            ("stopCode",): "EssentialContainerExited",
            ("stoppedReason",): "Essential container in task exited",
        },
        cut={("stopCode",): "UserInitiated"},
        exits=containers_exited,
    ),
    "glue:startJobRun": Portrait(
        ("StartedOn",), (("CompletedOn",), ("LastModifiedOn",)), ("ErrorMessage",), took=("ExecutionTime",)
    ),
    "databrew:startJobRun": Portrait(("StartedOn",), (("CompletedOn",),), ("ErrorMessage",), took=("ExecutionTime",)),
    "sagemaker:createTrainingJob": replace(
        _model("Training"), started=("TrainingStartTime",), again=("SecondaryStatus",)
    ),
    "sagemaker:createTransformJob": _model("Transform"),
    "sagemaker:createHyperParameterTuningJob": _model("HyperParameterTuning"),
    "sagemaker:createLabelingJob": Portrait(("CreationTime",), (("LastModifiedTime",),), ("FailureReason",)),
    "sagemaker:createProcessingJob": _model("Processing"),
    "elasticmapreduce:createCluster": Portrait(
        ("Status", "Timeline", "CreationDateTime"),
        (("Status", "Timeline", "ReadyDateTime"),),
        ("Status", "StateChangeReason", "Message"),
    ),
    "elasticmapreduce:terminateCluster": Portrait(
        ended=(("Status", "Timeline", "EndDateTime"),), reason=("Status", "StateChangeReason", "Message")
    ),
    "elasticmapreduce:addStep": Portrait(
        ("Status", "Timeline", "CreationDateTime"),
        (("Status", "Timeline", "EndDateTime"),),
        ("Status", "FailureDetails", "Message"),
    ),
    "emr-containers:startJobRun": Portrait(("createdAt",), (("finishedAt",),), ("stateDetails",)),
    "emr-containers:deleteVirtualCluster": Portrait(),
    **{f"emr-serverless:{api}Application": _APPLICATION for api in ("create", "start", "stop", "delete")},
    "emr-serverless:startJobRun": Portrait(("createdAt",), (("endedAt",), ("updatedAt",)), ("stateDetails",)),
    "emr-serverless:cancelJobRun": Portrait(ended=(("endedAt",), ("updatedAt",)), reason=("stateDetails",)),
    "codebuild:startBuild": _BUILD,
    "codebuild:startBuildBatch": _BATCH_BUILD,
    "codebuild:retryBuildBatch": _BATCH_BUILD,
    "athena:startQueryExecution": Portrait(
        ("Status", "SubmissionDateTime"), (("Status", "CompletionDateTime"),), ("Status", "StateChangeReason")
    ),
    **{f"eks:create{kind}": Portrait(("createdAt",), (), _EKS) for kind in ("Cluster", "FargateProfile", "Nodegroup")},
    **{f"eks:delete{kind}": Portrait(reason=_EKS) for kind in ("Cluster", "FargateProfile", "Nodegroup")},
    "eks:runJob": Portrait(
        ("metadata", "creationTimestamp"),
        (("status", "completionTime"),),
        ("status", "conditions", 0, "message"),
        running={("status", "active"): 1},
        over={("status", "conditions", 0, "status"): "True"},
    ),
    "bedrock:createModelCustomizationJob": Portrait(
        ("creationTime",), (("endTime",), ("lastModifiedTime",)), ("failureMessage",)
    ),
    "mediaconvert:createJob": Portrait(
        ("Timing", "SubmitTime"), (("Timing", "FinishTime"),), ("ErrorMessage",), ("ErrorCode",), only_failed=True
    ),
}


def portrait(resource: str) -> Portrait:
    """The places of the jobs that `service:api` starts."""
    return _PORTRAITS[resource]
