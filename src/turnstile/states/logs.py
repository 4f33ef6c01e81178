"""Logging configurations of state machines: their shape, and whether the log group is there.

Recorded: sfn_api_logs. What executions write there is `states.log_delivery`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.world.machine import NO_LOGGING

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.gate import Gate
    from turnstile.world.caller import Session

NOT_AUTHORIZED = "The state machine IAM Role is not authorized to access the Log Destination"


def configuration(given: Json) -> Json:
    """A logging configuration with its defaults.

    Raises:
        ServiceError: InvalidLoggingConfiguration.
    """
    logging = {**NO_LOGGING, **(given or {})}
    destinations = logging.get("destinations", ())
    if len(destinations) > 1 or (logging["level"] != "OFF" and not destinations):
        raise _invalid("Must specify exactly one Log Destination.")
    return logging


async def check_destination(gate: Gate, session: Session, region: str, logging: Json) -> None:
    """Ask, as the execution role, whether the log group exists; which permissions it takes is *inferred*.

    It must be in the machine's own account and Region (*inferred*).

    Raises:
        ServiceError: there is no such log group, or the role may not look.
    """
    for destination in logging.get("destinations", ()):
        arn = str(destination.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", ""))
        place, _, group = arn.partition(":log-group:")
        name = group.removesuffix(":*")
        here = place.endswith(f":logs:{region}:{session.account}")
        if not here or not name or name not in await _groups(gate, session, region, name):
            raise _invalid("Log Destination not found.")


async def _groups(gate: Gate, session: Session, region: str, name: str) -> set[str]:
    call = Call(session, "logs", "DescribeLogGroups", {"logGroupNamePrefix": name}, region)
    try:
        answer = await gate.call(call)
    except AccessDenied:
        raise ServiceError("AccessDeniedException", NOT_AUTHORIZED) from None
    return {group["logGroupName"] for group in answer.output.get("logGroups", ())}


def _invalid(problem: str) -> ServiceError:
    return ServiceError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {problem}")
