"""Exit codes of jobs that have several: tasks of ECS with their containers, array jobs of Batch with their children.

Pure. Each function takes the description of a job that has ended, the exit code of its work and its state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.jobs.ecs_network import networked
from turnstile.jobs.place import put

if TYPE_CHECKING:
    from turnstile.document import Json

NOT_STARTED = "TaskFailedToStart"
"""The stop code of a task none of whose containers ran."""


def containers_exited(task: Json, code: int, _state: str) -> Json:
    """A task of ECS: its first container ended with the code and the others with 0; none did where it never started.

    The first is an essential one (`backends.ecs_tasks`). A container whose exit code was declared keeps it.
    """
    ran = task.get("stopCode") != NOT_STARTED
    ended = [
        _stopped(container, code if number == 0 else 0, ran=ran) for number, container in enumerate(_several(task))
    ]
    left = [{**attachment, "status": "DELETED"} for attachment in task.get("attachments") or ()]
    whole = networked({**task, "containers": ended, "attachments": left}, ran=ran)
    return whole if ran else {name: value for name, value in whole.items() if name != "startedAt"}


def _several(task: Json) -> list[Json]:
    return list(task.get("containers") or [{}])


def _stopped(container: Json, code: int, *, ran: bool) -> Json:
    exit_code = {"exitCode": code} if ran else {}
    return {**exit_code, **container, "lastStatus": "STOPPED"}


def array_ended(job: Json, code: int, state: str) -> Json:
    """A job of Batch: the code is its container's; of an array all children are in its state (*inferred*)."""
    size = (job.get("arrayProperties") or {}).get("size")
    if not size:
        return put(job, ("container", "exitCode"), code)
    return put(job, ("arrayProperties", "statusSummary"), {state: size})
