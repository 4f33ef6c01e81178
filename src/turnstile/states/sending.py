"""What is sent back with a task token: success, failure, heartbeat. Workers and callbacks use the same operations.

Recorded: services.aws_sdk_task_service/test_sfn_send_task_outcome_with_no_such_token, where the output is no JSON: the
token is looked at first. That a token whose task is over
answers `TaskTimedOut` is documented, its text reported. A token is valid for principals of the machine's own account
only (documented); that it is an unknown token to all others, and in other Regions, is *inferred*, as is the text
about output that is not JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.gate.errors import ServiceError
from turnstile.states.tokens import Reply
from turnstile.states.unreadable import complaint

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.states.tokens import Pending, Tokens


class Sending:
    """The operations on task tokens."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.operations = {
            "SendTaskFailure": self.failure,
            "SendTaskHeartbeat": self.heartbeat,
            "SendTaskSuccess": self.success,
        }

    async def success(self, call: Call, _owner: str) -> Output:
        """SendTaskSuccess: the output is the result of the Task."""
        pending = self._pending(call)
        pending.settle(Reply(_output(str(call.parameters["output"]))))
        return {}

    async def failure(self, call: Call, _owner: str) -> Output:
        """SendTaskFailure: error and cause as they are; both may be missing."""
        failure = StatesError(call.parameters.get("error"), call.parameters.get("cause"))
        self._pending(call).settle(Reply(failure=failure))
        return {}

    async def heartbeat(self, call: Call, _owner: str) -> Output:
        """SendTaskHeartbeat: the time until the next one begins anew."""
        self._pending(call).beat()
        return {}

    def _pending(self, call: Call) -> Pending:
        pending = self._tokens.find(str(call.parameters["taskToken"]))
        if pending is None or (pending.account, pending.region) != (call.caller.account, call.region):
            raise ServiceError("InvalidToken", "Invalid Token: 'Invalid token'")
        if not pending.open:
            raise ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        return pending


def _output(text: str) -> Json:
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        problem = complaint(text) if text.strip() else "Invalid task output."
    raise ServiceError("InvalidOutput", f"Invalid Output: '{problem}'")


def _refused(_text: str) -> Json:
    raise ValueError
