"""Where a service puts times, reasons and exit codes into the description of a job.

Pure. Members are botocore's, as its models have them; which of several members a service fills in is *inferred*. Times
are texts in ISO 8601, but those of Batch, which are milliseconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.document import Json

Place: TypeAlias = tuple[str | int, ...]
"""Steps into the description of a job."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """The places of one kind of job; empty where its service has none.

    `milliseconds` says how its times are written; `running` and `over` are what else it says while it runs and then.
    """

    began: Place = ()
    ended: Place = ()
    reason: Place = ()
    exit_code: Place = ()
    milliseconds: bool = False
    running: Mapping[Place, Json] | None = None
    over: Mapping[Place, Json] | None = None


_EKS = ("health", "issues", 0, "message")
_BUILD = Portrait(
    began=("startTime",),
    ended=("endTime",),
    reason=("phases", 0, "contexts", 0, "message"),
    running={("buildComplete",): False},
    over={("buildComplete",): True},
)
_BATCH_BUILD = Portrait(
    began=("startTime",),
    ended=("endTime",),
    reason=("phases", 0, "contexts", 0, "message"),
    running={("complete",): False},
    over={("complete",): True},
)
_APPLICATION = Portrait(ended=("updatedAt",), reason=("stateDetails",))


def _model(kind: str) -> Portrait:
    return Portrait(("CreationTime",), (f"{kind}EndTime",), ("FailureReason",))


_PORTRAITS: Mapping[str, Portrait] = {
    "batch:submitJob": Portrait(
        ("createdAt",), ("stoppedAt",), ("statusReason",), ("container", "exitCode"), milliseconds=True
    ),
    "ecs:runTask": Portrait(
        ("createdAt",),
        ("stoppedAt",),
        ("stoppedReason",),
        ("containers", 0, "exitCode"),
        running={("desiredStatus",): "RUNNING"},
        over={
            ("desiredStatus",): "STOPPED",
            ("stopCode",): "EssentialContainerExited",
            ("containers", 0, "lastStatus"): "STOPPED",
        },
    ),
    "glue:startJobRun": Portrait(("StartedOn",), ("CompletedOn",), ("ErrorMessage",)),
    "databrew:startJobRun": Portrait(("StartedOn",), ("CompletedOn",), ("ErrorMessage",)),
    "sagemaker:createTrainingJob": _model("Training"),
    "sagemaker:createTransformJob": _model("Transform"),
    "sagemaker:createHyperParameterTuningJob": _model("HyperParameterTuning"),
    "sagemaker:createLabelingJob": Portrait(("CreationTime",), ("LastModifiedTime",), ("FailureReason",)),
    "sagemaker:createProcessingJob": _model("Processing"),
    "elasticmapreduce:createCluster": Portrait(
        ("Status", "Timeline", "CreationDateTime"),
        ("Status", "Timeline", "ReadyDateTime"),
        ("Status", "StateChangeReason", "Message"),
    ),
    "elasticmapreduce:terminateCluster": Portrait(
        ended=("Status", "Timeline", "EndDateTime"), reason=("Status", "StateChangeReason", "Message")
    ),
    "elasticmapreduce:addStep": Portrait(
        ("Status", "Timeline", "CreationDateTime"),
        ("Status", "Timeline", "EndDateTime"),
        ("Status", "FailureDetails", "Message"),
    ),
    "emr-containers:startJobRun": Portrait(("createdAt",), ("finishedAt",), ("stateDetails",)),
    "emr-containers:deleteVirtualCluster": Portrait(),
    **{f"emr-serverless:{api}Application": _APPLICATION for api in ("create", "start", "stop", "delete")},
    "emr-serverless:startJobRun": Portrait(("createdAt",), ("endedAt",), ("stateDetails",)),
    "emr-serverless:cancelJobRun": Portrait(ended=("endedAt",), reason=("stateDetails",)),
    "codebuild:startBuild": _BUILD,
    "codebuild:startBuildBatch": _BATCH_BUILD,
    "codebuild:retryBuildBatch": _BATCH_BUILD,
    "athena:startQueryExecution": Portrait(
        ("Status", "SubmissionDateTime"), ("Status", "CompletionDateTime"), ("Status", "StateChangeReason")
    ),
    **{f"eks:create{kind}": Portrait(("createdAt",), (), _EKS) for kind in ("Cluster", "FargateProfile", "Nodegroup")},
    **{f"eks:delete{kind}": Portrait(reason=_EKS) for kind in ("Cluster", "FargateProfile", "Nodegroup")},
    "eks:runJob": Portrait(
        ("metadata", "creationTimestamp"),
        ("status", "completionTime"),
        ("status", "conditions", 0, "message"),
        running={("status", "active"): 1},
        over={("status", "conditions", 0, "status"): "True"},
    ),
    "bedrock:createModelCustomizationJob": Portrait(("creationTime",), ("endTime",), ("failureMessage",)),
    "mediaconvert:createJob": Portrait(
        ("Timing", "SubmitTime"), ("Timing", "FinishTime"), ("ErrorMessage",), ("ErrorCode",)
    ),
}


def portrait(resource: str) -> Portrait:
    """The places of the jobs that `service:api` starts."""
    return _PORTRAITS[resource]


def put(document: Json, place: Sequence[str | int], value: Json) -> Json:
    """The document with a value at a place; what leads there is made, and nothing that was given is changed."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        entries = list(document) if isinstance(document, list) else []
        entries += [{}] * (step + 1 - len(entries))
        entries[step] = put(entries[step], rest, value)
        return entries
    members = dict(document) if isinstance(document, dict) else {}
    members[step] = put(members.get(step), rest, value)
    return members


def without(document: Json, place: Sequence[str | int]) -> Json:
    """The document without what stands at a place."""
    if not place or not isinstance(document, dict | list):
        return document
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        if not isinstance(document, list) or len(document) <= step or not rest:
            return document
        return [*document[:step], without(document[step], rest), *document[step + 1 :]]
    if not isinstance(document, dict) or step not in document:
        return document
    if not rest:
        return {name: value for name, value in document.items() if name != step}
    return {**document, step: without(document[step], rest)}
