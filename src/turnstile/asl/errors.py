"""Errors of the States Language: an error name and a cause, as Retry and Catch see them.

Names: specification, appendix A; causes: reference/recorded-behaviour.md.
"""

from __future__ import annotations

ALL = "States.ALL"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
INTRINSIC_FAILURE = "States.IntrinsicFailure"
PARAMETER_PATH_FAILURE = "States.ParameterPathFailure"
PERMISSIONS = "States.Permissions"
QUERY_EVALUATION = "States.QueryEvaluationError"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"
RUNTIME = "States.Runtime"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"

UNCATCHABLE = frozenset({RUNTIME})
"""Not matched by `States.ALL`. The guide lists `States.DataLimitExceeded` too, but AWS was recorded catching it
(error_handling.states_errors/*)."""


class StatesError(Exception):
    """The workflow failed here: an outcome of the emulated world, not a fault of the program.

    `located` says that AWS prefixes the cause with the state's name and the event it was entered at; the interpreter,
    which knows both, adds that sentence. `narrower` is a second name that retriers and catchers may know it by.
    """

    narrower: str | None = None

    def __init__(self, error: str | None, cause: str | None = None, *, located: bool = False) -> None:
        self.error = error
        self.cause = cause
        self.located = located
        super().__init__(f"{error}: {cause}" if cause else error)


class HeartbeatLost(StatesError):  # noqa: N818 - named for what happened
    """No heartbeat came in time. AWS shows it as `States.Timeout` (recorded: timeouts.heartbeats); a retrier or catcher
    may name it `States.HeartbeatTimeout` too (specification, appendix A).
    """

    narrower = HEARTBEAT_TIMEOUT

    def __init__(self) -> None:
        super().__init__(TIMEOUT)


class QueryFailure(StatesError):  # noqa: N818 - named for what happened
    """A JSONata field cannot be evaluated: AWS records it in an event of its own before anything catches it.

    `location` is the field as AWS names it in that event, `entered` says that the state had begun its work.
    """

    def __init__(self, cause: str, location: str | None, *, entered: bool = False) -> None:
        self.location = location
        self.entered = entered
        super().__init__(QUERY_EVALUATION, cause, located=True)


def runtime(text: str) -> StatesError:
    """A `States.Runtime` failure whose cause begins with the sentence that names state and event."""
    return StatesError(RUNTIME, text, located=True)
