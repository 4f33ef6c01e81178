"""What TestState asks of the state under test: its type, its mock, its context object.

Texts: recorded in test_state.state_mock_validation, state_context_object, test_state_scenarios; that of a Task which
cannot be tested without a mock is inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from turnstile.asl.definition import Map, Parallel, Task
from turnstile.gate.errors import ServiceError
from turnstile.integrations.answered import answered
from turnstile.integrations.resource import ActivityArn, Pattern, ServiceApi, parse_resource
from turnstile.states.test_request import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.asl.definition import State
    from turnstile.document import Json
    from turnstile.states.test_request import Mock, Request


class Models(Protocol):
    """Says what is wrong with a document as the answer of an API, None if nothing is."""

    def __call__(
        self,
        service: str,
        operation: str,
        path: Sequence[str],
        free: frozenset[str],
        document: Json,
        /,
        *,
        complete: bool,
        sdk: bool,
    ) -> str | None:
        """The first four and `sdk` are those of `Answer`; `complete` asks for the members that the API always gives."""


def check(request: Request, state: State, models: Models) -> None:
    """Refuse a request that does not suit its state.

    Raises:
        ServiceError: ValidationException or InvalidDefinition.
    """
    if request.mock is None:
        _check_testable(request, state)
        return
    if not isinstance(state, Task | Parallel | Map):
        refuse(f"State type '{type(state).__name__}' is not supported when a mock is specified")
    if request.context is not None:
        _check_context(request.context, state)
    if not request.mock.fails:
        _check_result(request, request.mock, state, models)


def _check_testable(request: Request, state: State) -> None:
    if isinstance(state, Map | Parallel):
        _untestable("Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]")
    if isinstance(state, Task):
        if request.role_arn is None:
            refuse("RoleArn must be specified when testing a Task state")
        resource = parse_resource(state.resource)
        if isinstance(resource, ActivityArn):
            _untestable("Activity tasks")
        if isinstance(resource, ServiceApi) and resource.pattern is not Pattern.REQUEST_RESPONSE:
            _untestable("the '.sync' or '.waitForTaskToken' service integration patterns")


def _untestable(what: str) -> None:
    raise ServiceError("InvalidDefinition", f"TestState API does not support {what}")


def _check_result(request: Request, mock: Mock, state: Task | Parallel | Map, models: Models) -> None:
    match state:
        case Parallel():
            _check_array(mock.result)
            if len(mock.result) != len(state.branches):
                refuse("Mocked result must contain the same number of items as number of Parallel branches.")
        case Map() if state.result_writer is not None:
            _check_object(mock.result)
        case Map():
            _check_array(mock.result)
            if (request.configuration.failed_iterations or 0) > len(mock.result):
                refuse("Map iteration failure count must be less than or equal to the number of Map iterations")
        case Task():
            _check_answer(mock, state, models)


def _check_array(result: Json) -> None:
    if not isinstance(result, list):
        refuse("Mocked result must be an array.")


def _check_object(result: Json) -> None:
    if not isinstance(result, dict):
        refuse("Mocked result must be a JSON object.")


def _check_answer(mock: Mock, state: Task, models: Models) -> None:
    answer = answered(state.resource)
    if mock.validation == "NONE" or answer is None:
        return
    _check_object(mock.result)
    strict = mock.validation == "STRICT"
    api = (answer.service, answer.operation, answer.path, _NOTHING_FREE)
    problem = models(*api, mock.result, complete=strict, sdk=answer.sdk)
    if problem is not None:
        refuse(f"Mock result schema validation error: {problem}")


def _check_context(context: dict[str, Json], state: Task | Parallel | Map) -> None:
    if "Map" in context:
        _wrong_context("'Map' field is not supported when mocking a Context object")
    if "Task" in context and not waits(state):
        _wrong_context(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' "
            "service integration pattern"
        )
    for name, value in context.items():
        if name not in _CONTEXT:
            _wrong_context(f"Field '{name}' is not allowed")
        if not isinstance(value, dict):
            _wrong_context(f"{name} must be an object")
        _check_members(name, value, _CONTEXT[name])


def _check_members(name: str, value: dict[str, Json], allowed: Mapping[str, type]) -> None:
    for member, content in value.items():
        if member not in allowed:
            _wrong_context(f"Field '{member}' is not allowed")
        kind = allowed[member]
        if not isinstance(content, kind) or (kind is int and isinstance(content, bool)):
            _wrong_context(f"{name}.{member} must be a {'number' if kind is int else 'string'}")


def _wrong_context(problem: str) -> None:
    refuse(f"Invalid Context object provided: {problem}")


def waits(state: State) -> bool:
    """Whether the state is a Task that waits for a job or for its token."""
    if not isinstance(state, Task):
        return False
    resource = parse_resource(state.resource)
    return isinstance(resource, ServiceApi) and resource.pattern is not Pattern.REQUEST_RESPONSE


_NOTHING_FREE: frozenset[str] = frozenset()
"""A mock is held against the plain model: what a Task shows as a document, such as the `Output` of `.sync:2`, is text
there, and must be text in the mock (reported: https://github.com/boto/boto3/issues/4683, /issues/4682)."""

_CONTEXT: Mapping[str, Mapping[str, type]] = {
    "Execution": {
        "Id": str,
        "Input": object,
        "Name": str,
        "RedriveCount": int,
        "RedriveTime": str,
        "RoleArn": str,
        "StartTime": str,
    },
    "State": {"EnteredTime": str, "Name": str, "RetryCount": int},
    "StateMachine": {"Id": str, "Name": str},
    "Task": {"Token": str},
}
"""The members that a given context object may have."""
