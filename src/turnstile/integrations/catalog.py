"""Which integration serves a Resource, and by which patterns. What is not here is refused by name.

A family has a file of its own that gives rows: `Tasks` for request-response and callbacks, which are started alike,
`Jobs` for `.sync` (`integrations.work`). Nobody else names a service.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.integrations import composed, job_rules
from turnstile.integrations.job_services import RUNS, TASKS
from turnstile.integrations.job_services import shaped as job_shaped
from turnstile.integrations.lambda_ import FunctionTask, InvokeTask
from turnstile.integrations.optimized import ONE_CALL
from turnstile.integrations.resource import ActivityArn, FunctionArn, Pattern, ServiceApi, parse_resource
from turnstile.integrations.sdk import check_parameters, sdk_task
from turnstile.integrations.sdk_services import SDK
from turnstile.integrations.stepfunctions import ExecutionJob, StartExecutionTask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.integrations.resource import Resource
    from turnstile.integrations.work import Integration, Job, Models

_ONCE = frozenset({Pattern.REQUEST_RESPONSE})
_CALLED_BACK = frozenset({Pattern.REQUEST_RESPONSE, Pattern.CALLBACK})

_TASKS: Mapping[tuple[str, str], tuple[Integration, frozenset[Pattern]]] = {
    ("lambda", "invoke"): (InvokeTask(), _CALLED_BACK),
    ("states", "startExecution"): (StartExecutionTask(), _CALLED_BACK),
    **{api: (task, _ONCE if api[0] == "dynamodb" else _CALLED_BACK) for api, task in ONE_CALL.items()},
    **{api: (task, _CALLED_BACK if api[0] == "ecs" else _ONCE) for api, task in TASKS.items()},
    **{api: (task, _CALLED_BACK) for api, task in composed.CALLED_BACK.items()},
    **{api: (task, _ONCE) for api, task in composed.ONCE.items()},
}
_JOBS: Mapping[tuple[str, str, Pattern], Job] = {
    ("states", "startExecution", Pattern.SYNC): ExecutionJob(parsed=False),
    ("states", "startExecution", Pattern.SYNC_2): ExecutionJob(parsed=True),
    **RUNS,
    **composed.RUNS,
}
_CHECKS: Mapping[tuple[str, str], Callable[[Json], None]] = {
    **composed.CHECKS,
    **job_rules.CHECKS,
}
"""What refuses parameters before an attempt is scheduled."""
_FUNCTION = FunctionTask()
_SYNC = (Pattern.SYNC, Pattern.SYNC_2)


def offered() -> Iterator[tuple[str, str, tuple[Pattern, ...]]]:
    """Every optimized API, by service and name, with its patterns."""
    for (service, api), (_, patterns) in sorted(_TASKS.items(), key=lambda row: row[0]):
        jobs = {pattern for one, other, pattern in _JOBS if (one, other) == (service, api)}
        yield service, api, tuple(pattern for pattern in Pattern if pattern in patterns | jobs)


@lru_cache(maxsize=1024)
def emulated(text: str) -> Resource:
    """What a Task's Resource names.

    Raises:
        Unsupported: it is not emulated.
    """
    match parse_resource(text):
        case ServiceApi(service, api, pattern) as resource if pattern in _SYNC:
            if (service, api, pattern) in _JOBS:
                return resource
        case ServiceApi() as resource:
            if _task(resource) is not None:
                return resource
        case FunctionArn() | ActivityArn() as resource:
            return resource
    raise Unsupported(f"the resource `{text}`")


def integration(text: str) -> Integration:
    """The integration that a Resource asks for that names no job and no activity.

    Raises:
        Unsupported: it is not emulated.
    """
    resource = emulated(text)
    found = _task(resource) if isinstance(resource, ServiceApi) else _FUNCTION
    assert found is not None, "what is emulated has an integration"
    return found


def job(text: str) -> Job:
    """The job that a Resource with `.sync` asks for.

    Raises:
        Unsupported: it is not emulated.
    """
    resource = emulated(text)
    assert isinstance(resource, ServiceApi), "only APIs have jobs"
    return _JOBS[resource.service, resource.api, resource.pattern]


def _task(resource: ServiceApi) -> Integration | None:
    """What starts it, where its pattern is offered."""
    found, patterns = _TASKS.get((resource.service, resource.api), (None, _ONCE))
    if found is None:
        found, patterns = sdk_task(resource), _CALLED_BACK
    return found if resource.pattern in patterns else None


def shaped(resource: Resource, parameters: Json, models: Models) -> Json:
    """The parameters of an attempt with what Step Functions adds to them before it is scheduled.

    Raises:
        StatesError: `States.Runtime`, the Task cannot be started with them.
    """
    if isinstance(resource, ServiceApi) and (resource.service, resource.api) in _CHECKS:
        _CHECKS[resource.service, resource.api](parameters)
    if isinstance(resource, ServiceApi) and resource.service.startswith(SDK):
        check_parameters(resource, parameters, models.sdk)
    if isinstance(resource, ServiceApi) and resource.pattern is Pattern.SYNC:
        return job_shaped(resource.service, resource.api, parameters)
    return parameters
