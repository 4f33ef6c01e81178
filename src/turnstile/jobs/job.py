"""One kind of job that a Task can wait for: which API starts it, which is asked about it, which ends it.

Values and the reading of answers; no calls, no clock. All names of members and operations are botocore's. Facts:
reference/sync-jobs.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from turnstile.document import Json


@dataclass(frozen=True, slots=True)
class Matching:
    """The step of a path into a list: the entry whose `member` is the value that `source` picks."""

    member: str
    source: str


Path: TypeAlias = tuple[str | int | Matching, ...]
"""Steps into an answer: members, positions, or the entry that matches."""


@dataclass(frozen=True, slots=True)
class Query:
    """A call about a job that was started.

    In `parameters`, `request.Name` stands for that member of the start call's parameters, `answer.Name` for one of its
    answer, dots leading further in; a list of one such text for a list of it. Other values stand for themselves.
    """

    operation: str
    parameters: Mapping[str, Json]


class Verdict(Enum):
    """What a described job says of itself."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A row of the table.

    `service` and `api` are those of the resource (`elasticmapreduce`, `addStep`), `client` botocore's service.
    `detail` leads to the job in the answer of `describe`, `status` from there to its state; `wrapped` is the member
    that the task's result puts the detail under, empty for none, and `added` are members that the result has besides,
    as in `Query.parameters`. `running` are the states of a live job in their order, and the first of `succeeded` and of
    `failed` is the usual one. `stopped` is the state of one that
    was cancelled, `gone` the error code that means the end of a job that takes something away. `rule` is the managed
    rule whose events tell of the end, empty where there are none. `first_poll` and `longest_poll` are seconds, where
    the service has a cadence of its own.
    """

    service: str
    api: str
    client: str
    start: str
    describe: Query
    detail: Path
    status: Path
    running: tuple[str, ...]
    succeeded: tuple[str, ...]
    failed: tuple[str, ...]
    cancel: Query | None = None
    stopped: str = ""
    gone: str = ""
    rule: str = ""
    wrapped: str = ""
    added: Mapping[str, Json] = field(default_factory=dict)
    first_poll: float | None = None
    longest_poll: float | None = None

    @property
    def resource(self) -> str:
        """The part of the resource before its pattern: `service:api`."""
        return f"{self.service}:{self.api}"


def pick(source: Json, request: Json, answer: Json) -> Json:
    """What a parameter of a `Query` stands for; see there. None where the member is missing."""
    if isinstance(source, list):
        return [pick(each, request, answer) for each in source]
    if not isinstance(source, str):
        return source
    origin, dot, rest = source.partition(".")
    if not dot or origin not in ("request", "answer"):
        return source
    value = request if origin == "request" else answer
    for step in rest.split("."):
        value = _into(value, int(step) if step.isdecimal() else step)
    return value


def parameters(query: Query, request: Json, answer: Json) -> dict[str, Json]:
    """The parameters of a call about the job that `request` started with `answer`; without those that are missing."""
    picked = {name: pick(source, request, answer) for name, source in query.parameters.items()}
    return {name: value for name, value in picked.items() if value is not None}


def follow(path: Path, document: Json, request: Json, answer: Json) -> Json:
    """The value at a path, None where there is none."""
    for step in path:
        if isinstance(step, Matching):
            wanted = pick(step.source, request, answer)
            entries = document if isinstance(document, list) else ()
            document = next((each for each in entries if _into(each, step.member) == wanted), None)
        else:
            document = _into(document, step)
    return document


def _into(document: Json, step: str | int) -> Json:
    if isinstance(step, int):
        return document[step] if isinstance(document, list | tuple) and len(document) > step else None
    return document.get(step) if isinstance(document, Mapping) else None


def verdict(job: Job, detail: Json) -> Verdict:
    """What the described job says of itself; a state that no row names is a running one."""
    state = follow(job.status, detail, None, None)
    if job.client == "ecs" and state in job.succeeded:
        return _exit(detail)
    if state in job.succeeded:
        return Verdict.SUCCEEDED
    return Verdict.FAILED if state in job.failed else Verdict.RUNNING


def _exit(task: Json) -> Verdict:
    """A task of ECS succeeds when it started and every container ended with exit code 0."""
    codes = [_into(container, "exitCode") for container in _into(task, "containers") or ()]
    fine = _into(task, "stopCode") != "TaskFailedToStart" and all(code == 0 for code in codes)
    return Verdict.SUCCEEDED if fine else Verdict.FAILED
