"""The request context of a call: the condition keys and values that policies can ask about.

Keys and their presence: reference/iam-evaluation.md section 4. A session's tags go before its role's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnstile.world.caller import FederatedIdentity, FederatedUser, IamUser, Root, ServicePrincipal, Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission
    from turnstile.iam.request import ContextValue
    from turnstile.world.caller import Caller
    from turnstile.world.organization import Organization
    from turnstile.world.world import World


def request_context(
    call: Call, permission: Permission, world: World, tags: Mapping[str, str] | None = None
) -> dict[str, ContextValue]:
    """Every key that is present in the call; `tags` are those of the resource."""
    now = world.clock.now()
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
    context.update(_caller_keys(call.caller, world))
    if world.organization is not None:
        context.update(_organization_keys(call.caller, permission.account, world.organization))
    if tags:
        context.update(_tagged(permission, tags))
    context.update(permission.context)
    return context


def _caller_keys(caller: Caller, world: World) -> dict[str, ContextValue]:
    match caller:
        case Session():
            return _session_keys(caller, world)
        case IamUser():
            user = world.user(caller.arn)
            return {
                **_principal(caller.arn, caller.account, "User", caller.user_id),
                "aws:username": caller.name,
                **_principal_tags(user.tags if user else {}),
            }
        case FederatedUser():
            return {
                **_principal(caller.arn, caller.account, "FederatedUser", f"{caller.account}:{caller.name}"),
                **_principal_tags(caller.tags),
                "aws:TokenIssueTime": timestamp(caller.issued),
            }
        case FederatedIdentity():
            return {**caller.claims, "aws:FederatedProvider": caller.provider}
        case Root():
            return _principal(caller.arn, caller.account, "Account", caller.account)
        case ServicePrincipal():
            return {
                "aws:PrincipalServiceName": caller.name,
                "aws:SourceArn": caller.source_arn,
                "aws:SourceAccount": caller.source_account,
            }


def _session_keys(caller: Session, world: World) -> dict[str, ContextValue]:
    role = world.role(caller.role_arn)
    keys: dict[str, ContextValue] = {
        **_principal(caller.role_arn, caller.account, "AssumedRole", f"{caller.role_id}:{caller.name}"),
        "aws:TokenIssueTime": timestamp(caller.issued),
        **caller.claims,
    }
    if caller.source_identity:
        keys["aws:SourceIdentity"] = caller.source_identity
    if caller.tags or (role and role.tags):
        keys |= _principal_tags({**(role.tags if role else {}), **caller.tags})
    return keys | ({"aws:FederatedProvider": caller.provider} if caller.provider else {})


def _principal(arn: str, account: str, kind: str, user_id: str) -> dict[str, ContextValue]:
    return {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": kind,
        "aws:userid": user_id,
    }


def _principal_tags(tags: Mapping[str, str]) -> dict[str, ContextValue]:
    return {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}


def _organization_keys(caller: Caller, owner: str, organization: Organization) -> dict[str, ContextValue]:
    """A service brings the organization of the account it acts for, everybody else that of their own account."""
    whose = "Source" if isinstance(caller, ServicePrincipal) else "Principal"
    keys: dict[str, ContextValue] = {}
    for account, name in ((caller.account, whose), (owner, "Resource")):
        if organization.has(account):
            keys[f"aws:{name}OrgID"] = organization.id
            keys[f"aws:{name}OrgPaths"] = (organization.path(account),)
    return keys


def _tagged(permission: Permission, tags: Mapping[str, str]) -> dict[str, ContextValue]:
    """The tags of the resource, also under the services' own names for them."""
    service = permission.action.partition(":")[0]
    prefixes = ("aws:ResourceTag", f"{service}:ResourceTag")
    return {f"{prefix}/{key}": value for prefix in prefixes for key, value in tags.items()}


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
