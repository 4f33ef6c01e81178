"""What is refused in a request before any policy is looked at: an expired session, and what STS checks in its members.

Step Functions hides the answer of STS, so such a refusal is a link of the chain as well. Other services show their own
complaints and are left to them. Patterns and lengths: STS API Reference (`sts_members`); texts: its validation errors
and botocore's for missing members, both *inferred* from other operations. That of an expired token is reported by users
of every service; S3 and the services of the query protocol have the short code (AWS guides, "Common errors").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.link import Barrier, Link
from turnstile.world.caller import FederatedIdentity, FederatedUser, Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.link import Refusal
    from turnstile.gate.sts_members import Member
    from turnstile.world.world import World

_EXPIRED = "The security token included in the request is expired"
_SHORT = frozenset(
    {
        "autoscaling", "cloudformation", "cloudwatch", "elasticache", "elb", "elbv2", "iam", "rds", "redshift",
        "ses", "sns", "sts",
    }
)  # fmt: skip
"""Services of the query protocol, whose error codes have no `Exception` at the end."""


_OWN_WORDS: Mapping[str, Refusal] = {
    "ec2": ("RequestExpired", 400, "Request has expired."),
    "s3": ("ExpiredToken", 400, "The provided token has expired."),
}


def malformed(call: Call, world: World) -> Barrier | None:
    """What is wrong with the request itself; None for a sound one."""
    if isinstance(call.caller, Session | FederatedUser | FederatedIdentity) and world.has_lapsed(call.caller):
        return _expired(call)
    if call.service != "sts":
        return None
    from turnstile.gate.sts_members import MEMBERS  # noqa: PLC0415 - patterns, for calls to STS only

    for member in MEMBERS.get(call.operation, ()):
        found = _complaint(member, call.parameters.get(member.name))
        if found is not None:
            return _barrier(call, Link.MALFORMED, *found, member.help)
    return None


def _expired(call: Call) -> Barrier:
    usual = ("ExpiredToken", 403, _EXPIRED) if call.service in _SHORT else ("ExpiredTokenException", 400, _EXPIRED)
    message = f"the session `{call.caller.arn}` has expired on the world's clock"
    remedy = "take a new session, or ask for a longer one"
    return _barrier(call, Link.EXPIRED, message, _OWN_WORDS.get(call.service, usual), remedy)


def _barrier(call: Call, link: Link, message: str, error: Refusal, remedy: str) -> Barrier:
    resource = str(call.parameters.get("RoleArn", "*")) if call.service == "sts" else "*"
    return Barrier(link, f"{call.service}:{call.operation}", resource, message, remedy, error)


def _complaint(member: Member, value: Json) -> tuple[str, Refusal] | None:
    """What is wrong with a member, in our words and in those of the service."""
    if value is None:
        text = f'Missing required parameter in input: "{member.name}"'
        return (f"`{member.name}` is missing", ("ValidationException", 400, text)) if member.required else None
    complaint = member.complaint(value)
    if complaint is None:
        return None
    return f"STS does not take `{value}` as `{member.name}`", ("ValidationError", 400, complaint)
