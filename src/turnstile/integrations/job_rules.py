"""Parameters of jobs that their services would take and Step Functions does not.

A cluster of EMR has to outlive its steps, which are Tasks of their own, and the roles of a task of ECS are those of its
definition (documented: integrations.json, request_shaping). That they are refused before the start call, and the text,
are *inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.integrations.parameters import missing, refused, unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json

_ALIVE = "KeepJobFlowAliveWhenNoSteps"
_ROLES = ("executionrolearn", "taskrolearn")


def _cluster(parameters: Json) -> None:
    """A cluster without steps that waits for some."""
    if not isinstance(parameters, dict):
        return
    if "Steps" in parameters:
        raise _unknown(parameters, "Steps")
    instances = parameters.get("Instances")
    if isinstance(instances, dict):
        if instances.get(_ALIVE) is None:
            raise missing(parameters, _ALIVE)
        if instances[_ALIVE] is not True:
            raise unusable(parameters, _ALIVE)


def _task(parameters: Json) -> None:
    """A task that runs with the roles of its definition."""
    overrides = parameters.get("Overrides") if isinstance(parameters, dict) else None
    for name in overrides if isinstance(overrides, dict) else ():
        if name.lower() in _ROLES:
            raise _unknown(parameters, name)


def _unknown(parameters: Json, name: str) -> Exception:
    return refused(parameters, f"The field '{name}' is not supported by Step Functions")


CHECKS: Mapping[tuple[str, str], Callable[[Json], None]] = {
    ("ecs", "runTask"): _task,
    ("elasticmapreduce", "createCluster"): _cluster,
}
"""By service and API of the resource; each raises StatesError, `States.Runtime`."""
