"""Which integration serves a Resource, and by which patterns. What is not here is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.integrations.lambda_ import FunctionTask, InvokeTask
from turnstile.integrations.resource import FunctionArn, Pattern, ServiceApi, parse_resource
from turnstile.integrations.stepfunctions import StartExecutionTask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.integrations.resource import Resource
    from turnstile.integrations.work import Integration

_SERVICES: Mapping[tuple[str, str], Mapping[Pattern, Integration]] = {
    ("lambda", "invoke"): {Pattern.REQUEST_RESPONSE: InvokeTask()},
    ("states", "startExecution"): {Pattern.REQUEST_RESPONSE: StartExecutionTask()},
}
_FUNCTION = FunctionTask()


def integration(text: str) -> tuple[Resource, Integration]:
    """The integration that a Task's Resource asks for.

    Raises:
        Unsupported: it is not emulated.
    """
    match parse_resource(text):
        case FunctionArn() as resource:
            return resource, _FUNCTION
        case ServiceApi(service, api, pattern) as resource:
            found = _SERVICES.get((service, api), {}).get(pattern)
            if found is not None:
                return resource, found
    raise Unsupported(f"the resource `{text}`")
