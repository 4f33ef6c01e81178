"""What CreateStateMachine refuses in a Task beyond the kinds of its fields.

Which services exist and what they take is for others. That the heartbeat must be shorter than the timeout is documented
(reference/limits.md), the text for it is *inferred*, and so is that an HTTP
Task has no target role (reference/cross-account.md section 1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.asl.fields import broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.asl.finding import Finding, Place
    from turnstile.document import Json

_PATTERN = re.compile(r"(\.sync|\.waitForTaskToken)(?::2)?$")
_HTTP = re.compile(r"arn:[^:]*:states:::http:invoke")
_ACTIVITY = re.compile(r"arn:[^:]*:states:[^:]*:[^:]*:activity:")


def findings(body: dict[str, Json], place: Place, *, express: bool) -> Iterator[Finding]:
    """What is wrong with a Task; `express` applies the rules for Express machines too."""
    yield from _times(body, place)
    arn = body.get("Resource")
    if not isinstance(arn, str):
        return
    activity = _ACTIVITY.match(arn) is not None
    if activity and "Credentials" in body:
        yield broken("The field 'Credentials' is not supported for activities", (*place, "Credentials"))
    if _HTTP.fullmatch(arn) and "Credentials" in body:
        message = "The field 'Credentials' is not supported for HTTP Tasks"
        yield broken(message, (*place, "Credentials"), "leave it out: the execution role reads the connection")
    pattern = _PATTERN.search(arn)
    if express and activity:
        yield broken("Express state machine does not support Activity ARN", (*place, "Resource"))
    if express and pattern:
        message = f"Express state machine does not support '{pattern.group(1)}' service integration "
        yield broken(message, (*place, "Resource"))


def _times(body: dict[str, Json], place: Place) -> Iterator[Finding]:
    """The heartbeat, where it and the timeout are both whole numbers within their bounds."""
    heartbeat, timeout = body.get("HeartbeatSeconds"), body.get("TimeoutSeconds")
    if isinstance(heartbeat, int) and isinstance(timeout, int) and heartbeat >= timeout > 0:
        remedy = "lengthen the timeout, or ask for heartbeats more often"
        yield broken("HeartbeatSeconds must be smaller than TimeoutSeconds", (*place, "HeartbeatSeconds"), remedy)
