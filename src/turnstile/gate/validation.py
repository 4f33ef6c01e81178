"""What STS refuses in a request before it looks at any policy: members that are missing or malformed.

Step Functions hides the answer of STS, so such a refusal is a link of the chain as well. Other services show their own
complaints and are left to them. Patterns and lengths: STS API Reference, AssumeRole; texts: its validation errors and
botocore's for missing members, both *inferred* from other operations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile import arn as arns

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.link import Barrier


Refusal: TypeAlias = tuple[str, int, str]
"""Code, HTTP status and message of an error."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of AssumeRole: what makes it sound, what STS says of `{}` where it is not, and the remedy."""

    name: str
    sound: Callable[[str], object]
    complaint: str
    help: str
    required: bool = True


def _is_arn(text: str) -> bool:
    try:
        arns.parse(text)
    except ValueError:
        return False
    return True


_VALUE = "1 validation error detected: Value '{}' at "
_MATCH = "failed to satisfy constraint: Member must satisfy regular expression pattern: "
_MEMBERS = (
    _Member(
        "RoleArn",
        _is_arn,
        "{} is invalid",
        "name a role by its ARN, such as `arn:aws:iam::111122223333:role/Name`",
    ),
    _Member(
        "RoleSessionName",
        re.compile(r"[\w+=,.@-]{2,64}", re.ASCII).fullmatch,
        rf"{_VALUE}'roleSessionName' {_MATCH}[\w+=,.@-]*",
        "a session name has 2 to 64 letters, digits and `_+=,.@-`",
    ),
    _Member(
        "ExternalId",
        re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII).fullmatch,
        rf"{_VALUE}'externalId' {_MATCH}[\w+=,.@:\/-]*",
        "Step Functions sends the ARN of the state machine: rename the machine with letters, digits and `_+=,.@-` only",
        required=False,
    ),
)


def malformed(call: Call) -> Barrier | None:
    """What is wrong with the request itself; None for a sound one and for every other service."""
    if (call.service, call.operation) != ("sts", "AssumeRole"):
        return None
    role = str(call.parameters.get("RoleArn", "*"))
    for member in _MEMBERS:
        found = _complaint(member, call.parameters.get(member.name))
        if found is not None:
            from turnstile.gate.link import Barrier, Link  # noqa: PLC0415 - loads the policy language

            message, error = found
            return Barrier(Link.MALFORMED, "sts:AssumeRole", role, message, member.help, error)
    return None


def _complaint(member: _Member, value: Json) -> tuple[str, Refusal] | None:
    """What is wrong with a member, in our words and in those of the service."""
    if value is None:
        text = f'Missing required parameter in input: "{member.name}"'
        return (f"`{member.name}` is missing", ("ValidationException", 400, text)) if member.required else None
    if isinstance(value, str) and member.sound(value):
        return None
    message = f"STS does not take `{value}` as `{member.name}`"
    return message, ("ValidationError", 400, member.complaint.replace("{}", str(value), 1))
