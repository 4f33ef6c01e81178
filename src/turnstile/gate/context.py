"""The request context of a call: the condition keys and values that policies can ask about.

Keys and their presence: reference/iam-evaluation.md section 4.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnstile.world.caller import Root, ServicePrincipal, Session

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.gate.reference import Permission
    from turnstile.iam.request import ContextValue
    from turnstile.world.caller import Caller


def request_context(call: Call, permission: Permission, now: float) -> dict[str, ContextValue]:
    """Every key that is present in the call; `now` in seconds since 1970."""
    context: dict[str, ContextValue] = {
        "aws:CurrentTime": timestamp(now),
        "aws:EpochTime": str(int(now)),
        "aws:RequestedRegion": call.region,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:PrincipalIsAWSService": "true" if isinstance(call.caller, ServicePrincipal) else "false",
    }
    if permission.account:
        context["aws:ResourceAccount"] = permission.account
    context.update(_caller_keys(call.caller))
    context.update(permission.context)
    return context


def _caller_keys(caller: Caller) -> dict[str, ContextValue]:
    match caller:
        case Session():
            return {
                "aws:PrincipalArn": caller.role_arn,
                "aws:PrincipalAccount": caller.account,
                "aws:PrincipalType": "AssumedRole",
                "aws:userid": f"{caller.role_id}:{caller.name}",
                "aws:TokenIssueTime": timestamp(caller.issued),
            }
        case Root():
            return {
                "aws:PrincipalArn": caller.arn,
                "aws:PrincipalAccount": caller.account,
                "aws:PrincipalType": "Account",
                "aws:userid": caller.account,
            }
        case ServicePrincipal():
            return {
                "aws:PrincipalServiceName": caller.name,
                "aws:SourceArn": caller.source_arn,
                "aws:SourceAccount": caller.source_account,
            }


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
