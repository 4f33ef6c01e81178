"""The work of a state under test that is only said to be done: everything before it is evaluated, then the mock given.

The values on the way are written down by AWS's member names for `states.inspection`. Recorded:
test_state.state_configuration, state_context_object. Without a tolerated failure threshold no count of failed
iterations is too high (recorded: test_map_state_failure_count[TRACE-BASE_MAP_STATE]).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import dataflow, tolerance
from turnstile.asl.definition import Map, Task
from turnstile.asl.errors import StatesError
from turnstile.states import mocked_map

if TYPE_CHECKING:
    from turnstile.asl.definition import Parallel, Work
    from turnstile.document import Json
    from turnstile.states.interpreter import Walk
    from turnstile.states.test_request import Mock, Request


def mocked(request: Request, mock: Mock, walk: Walk, state: Work, raw: Json, seen: dict[str, Json]) -> Json:
    """The mocked result of the state.

    Raises:
        StatesError: the mocked error, or one that comes from evaluating the state.
    """
    data = dataflow.effective_input(state, raw, walk.scope)
    if isinstance(state, Map):
        mocked_map.prepare(walk, state, data, request.configuration.read, seen)
    else:
        _prepare(walk, state, data)
    if mock.fails:
        raise StatesError(mock.error, mock.cause)
    if isinstance(state, Map):
        _check_threshold(request.configuration.failed_iterations, len(mock.result), seen)
    walk.measure(mock.result, state.name)
    return mock.result


def _prepare(walk: Walk, state: Task | Parallel, data: Json) -> None:
    walk.measure(dataflow.arguments(state, data, walk.scope), state.name)
    if isinstance(state, Task):
        dataflow.role_arn(state, data, walk.scope)
        dataflow.timeout_seconds(state, data, walk.scope)
        dataflow.heartbeat_seconds(state, data, walk.scope)


def _check_threshold(failed: int | None, iterations: int, seen: dict[str, Json]) -> None:
    """Fail where more iterations failed than the Map tolerates.

    Raises:
        StatesError: they did.
    """
    count, percentage = seen.get("toleratedFailureCount"), seen.get("toleratedFailurePercentage")
    if tolerance.exceeded(failed or 0, iterations, count, percentage):
        raise StatesError(tolerance.EXCEEDED, "The specified tolerated failure threshold was exceeded")
