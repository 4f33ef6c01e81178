"""What services answer to starting and stopping jobs that moto does not have.

Shapes are those of botocore's models; ids follow the seed of the world. Facts: reference/moto-coverage.json ("absent",
"stop_missing").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.arn import Arn, partition_of
from turnstile.gate.context import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.world.world import World


@dataclass(frozen=True, slots=True)
class Start:
    """A call that starts a job in an account."""

    world: World
    call: Call
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something of the account, in the Region of the call."""
        region = self.call.region
        return str(Arn(partition_of(region).name, service, region, self.account, resource))

    @property
    def now(self) -> str:
        """The time on the world's clock."""
        return timestamp(self.world.clock.now())


def _run(start: Start) -> Json:
    return {"RunId": f"db_{start.world.random.getrandbits(256):064x}"}


def _run_detail(start: Start, answer: Json) -> Json:
    return {"JobName": start.call.parameters["Name"], "RunId": answer["RunId"], "StartedBy": start.call.caller.arn}


def _labeling(start: Start) -> Json:
    name = str(start.call.parameters["LabelingJobName"]).lower()
    return {"LabelingJobArn": start.arn("sagemaker", f"labeling-job/{name}")}


def _labeling_detail(start: Start, answer: Json) -> Json:
    counters = dict.fromkeys(
        ("TotalLabeled", "HumanLabeled", "MachineLabeled", "FailedNonRetryableError", "Unlabeled"), 0
    )
    told = {name: value for name, value in start.call.parameters.items() if name != "StoppingConditions"}
    return {**told, **answer, "LabelCounters": counters, "JobReferenceCode": start.world.uuid()[:8]}


def _conversion(start: Start) -> Json:
    given = start.call.parameters
    number = f"{round(start.world.clock.now() * 1000)}-{start.world.random.getrandbits(24):06x}"
    job = {
        "Arn": start.arn("mediaconvert", f"jobs/{number}"),
        "Id": number,
        "CreatedAt": start.now,
        "Queue": given.get("Queue") or start.arn("mediaconvert", "queues/Default"),
        "Role": given["Role"],
        "Settings": given.get("Settings") or {},
        "Status": "SUBMITTED",
        "Timing": {"SubmitTime": start.now},
        "UserMetadata": given.get("UserMetadata") or {},
    }
    return {"Job": job}


def _converted(_start: Start, answer: Json) -> Json:
    return answer["Job"]


def _build_batch(start: Start) -> Json:
    given = str(start.call.parameters.get("projectName") or start.call.parameters.get("id"))
    project = given.rpartition("/")[2].partition(":")[0]
    number = f"{project}:{start.world.uuid()}"
    batch = {
        "id": number,
        "arn": start.arn("codebuild", f"build-batch/{number}"),
        "projectName": project,
        "startTime": start.now,
        "currentPhase": "SUBMITTED",
        "buildBatchStatus": "IN_PROGRESS",
        "complete": False,
        "initiator": start.call.caller.arn.rpartition(":")[2],
    }
    return {"buildBatch": batch}


def _batched(_start: Start, answer: Json) -> Json:
    return answer["buildBatch"]


def _no_answer(_start: Start) -> Json:
    """What is never asked: `backends.ecs_tasks` answers."""
    raise AssertionError


def _first_task(_start: Start, answer: Json) -> Json:
    return answer["tasks"][0]


STARTS: Mapping[str, tuple[Callable[[Start], Json], Callable[[Start, Json], Json]]] = {
    "databrew:StartJobRun": (_run, _run_detail),
    "sagemaker:CreateLabelingJob": (_labeling, _labeling_detail),
    "mediaconvert:CreateJob": (_conversion, _converted),
    "codebuild:StartBuildBatch": (_build_batch, _batched),
    "codebuild:RetryBuildBatch": (_build_batch, _batched),
    "ecs:RunTask": (_no_answer, _first_task),
}
"""The answer of a start call, and what is told of the job then."""


def stopped(call: Call, detail: Json) -> Json:
    """The answer to a call that stops a job; most services say nothing."""
    answer = _STOPS.get(call.operation)
    return answer(call.parameters, detail) if answer else {}


def _stopped_runs(given: Mapping[str, Json], _detail: Json) -> Json:
    runs = [{"JobName": given["JobName"], "JobRunId": run} for run in given["JobRunIds"]]
    return {"SuccessfulSubmissions": runs, "Errors": []}


def _cancelled_steps(given: Mapping[str, Json], _detail: Json) -> Json:
    return {"CancelStepsInfoList": [{"StepId": step, "Status": "SUBMITTED"} for step in given.get("StepIds") or ()]}


_STOPS: Mapping[str, Callable[[Mapping[str, Json], Json], Json]] = {
    "BatchStopJobRun": _stopped_runs,
    "CancelJobRun": lambda given, _: dict(given),
    "CancelSteps": _cancelled_steps,
    "StopBuild": lambda _, detail: {"build": detail},
    "StopBuildBatch": lambda _, detail: {"buildBatch": detail},
    "StopJobRun": lambda given, _: {"RunId": given["RunId"]},
    "StopTask": lambda _, detail: {"task": detail},
}

BEFORE: Mapping[str, tuple[str, Callable[[Call], Mapping[str, Json]]]] = {
    "databrew:StartJobRun": ("DescribeJob", lambda call: {"Name": call.parameters["Name"]}),
}
"""The call that tells whether there is what a job is started of, where moto knows that and not the job."""

READY: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "emr-serverless:DeleteApplication": ("StopApplication", ("CREATED", "STOPPED")),
}
"""The call that brings moto's thing to where a start call takes it, and the states in which the service takes it.

To moto an application has started as soon as it is made.
"""
