"""Operations that list jobs: each entry shows the state that its job is in.

Which member lists them, how an entry names its job and where its state stands; by botocore's models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.jobs.identity import plain
from turnstile.jobs.job import follow
from turnstile.jobs.place import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.jobs.identity import Key
    from turnstile.jobs.life import Life


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of jobs: `filter` is the member of the request that selects by state, empty for none."""

    member: str
    id: str
    state: tuple[str, ...]
    filter: str = ""


def _models(kind: str) -> tuple[tuple[str, str], Listing]:
    listing = Listing(f"{kind}Summaries", f"{kind}Name", (f"{kind}Status",), "StatusEquals")
    return ("sagemaker", f"List{kind}s"), listing


LISTS: Mapping[tuple[str, str], Listing] = {
    ("batch", "ListJobs"): Listing("jobSummaryList", "jobId", ("status",), "jobStatus"),
    ("glue", "GetJobRuns"): Listing("JobRuns", "Id", ("JobRunState",)),
    ("ecs", "ListTasks"): Listing("taskArns", "taskArn", ("lastStatus",)),
    ("emr", "ListClusters"): Listing("Clusters", "Id", ("Status", "State"), "ClusterStates"),
    ("emr", "ListSteps"): Listing("Steps", "Id", ("Status", "State"), "StepStates"),
    ("emr-containers", "ListJobRuns"): Listing("jobRuns", "id", ("state",), "states"),
    ("emr-containers", "ListVirtualClusters"): Listing("virtualClusters", "id", ("state",), "states"),
    ("emr-serverless", "ListApplications"): Listing("applications", "applicationId", ("state",), "states"),
    ("emr-serverless", "ListJobRuns"): Listing("jobRuns", "jobRunId", ("state",), "states"),
    ("athena", "BatchGetQueryExecution"): Listing("QueryExecutions", "QueryExecutionId", ("Status", "State")),
    ("bedrock", "ListModelCustomizationJobs"): Listing(
        "modelCustomizationJobSummaries", "jobArn", ("status",), "statusEquals"
    ),
    ("mediaconvert", "ListJobs"): Listing("Jobs", "Id", ("Status",), "Status"),
    **dict(map(_models, ("TrainingJob", "TransformJob", "HyperParameterTuningJob", "ProcessingJob", "LabelingJob"))),
}
"""By client and operation."""

_TASKS = ("ecs", "ListTasks")
_MADE_HERE = frozenset({("mediaconvert", "ListJobs"), ("sagemaker", "ListLabelingJobs")})
"""Lists of what lives here alone."""


def relisted(listing: Listing, call: Call, output: Output, lives: Mapping[Key, Life], now: float) -> Output:
    """The listed jobs with the states of their lives, and of these the wanted ones."""
    if (call.service, call.operation) == _TASKS:
        return {**output, "taskArns": [*_tasks(call, lives, now), *(output.get("taskArns") or ())]}
    states = {found[-1]: life for found, life in lives.items() if found}
    entries = [_shown(listing, entry, states, now) for entry in output.get(listing.member) or ()]
    if (call.service, call.operation) in _MADE_HERE:
        entries = [life.told(now) for life in lives.values() if listing.id in life.told(now)]
    wanted = call.parameters.get(listing.filter)
    if wanted:
        accepted = {wanted} if isinstance(wanted, str) else set(wanted)
        entries = [entry for entry in entries if follow(listing.state, entry, None, None) in accepted]
    return {**output, listing.member: entries}


def _tasks(call: Call, lives: Mapping[Key, Life], now: float) -> Iterator[str]:
    """The ARNs of tasks of ECS: of one cluster, and those that shall run unless others are asked for."""
    given = call.parameters
    wanted = {"cluster": plain(given.get("cluster") or "default"), "status": given.get("desiredStatus") or "RUNNING"}
    for life in lives.values():
        task = life.told(now)
        shown = {
            "cluster": plain(task.get("clusterArn")),
            "status": task.get("desiredStatus"),
            "group": task.get("group"),
            "startedBy": task.get("startedBy"),
            "launchType": task.get("launchType"),
        }
        asked = {name: given[name] for name in ("startedBy", "launchType") if given.get(name)}
        if given.get("family"):
            asked["group"] = f"family:{given['family']}"
        if all(shown[name] == value for name, value in {**wanted, **asked}.items()):
            yield str(task["taskArn"])


def _shown(listing: Listing, entry: Json, states: Mapping[str, Life], now: float) -> Json:
    life = states.get(plain(entry.get(listing.id)))
    return put(entry, listing.state, life.state(now)) if life is not None else entry
