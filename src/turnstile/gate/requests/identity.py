"""IAM and STS: roles, users, groups and policies by their ARNs, and sessions of roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import nothing, partition
from turnstile.world.caller import FederatedIdentity, IamUser, Session
from turnstile.world.role import linked_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


def _assume_role(call: Call, _world: World) -> tuple[Permission, ...]:
    """Tags and a source identity need actions of their own; a role that is no ARN belongs to nobody."""
    role = str(call.parameters.get("RoleArn", ""))
    context: dict[str, ContextValue] = {"sts:RoleSessionName": str(call.parameters.get("RoleSessionName", ""))}
    context |= {key: str(call.parameters[name]) for name, key in _STS_KEYS.items() if name in call.parameters}
    transitive = call.parameters.get("TransitiveTagKeys")
    if transitive:
        context["sts:TransitiveTagKeys"] = tuple(transitive)
    kept = call.caller.source_identity if isinstance(call.caller, Session) else ""
    if kept:
        context.setdefault("sts:SourceIdentity", kept)
    actions = ["sts:AssumeRole"]
    actions += ["sts:TagSession"] if call.parameters.get("Tags") else []
    actions += ["sts:SetSourceIdentity"] if kept or "SourceIdentity" in call.parameters else []
    return tuple(Permission(action, role, _account(role), context) for action in actions)


def _account(role: str) -> str:
    try:
        return arns.parse(role).account
    except ValueError:
        return ""


_STS_KEYS: Mapping[str, str] = {
    "DurationSeconds": "sts:DurationSeconds",
    "ExternalId": "sts:ExternalId",
    "SourceIdentity": "sts:SourceIdentity",
}


def _assume_federated(call: Call, _world: World) -> tuple[Permission, ...]:
    """The token brings the tags and the source identity; the gate has read it."""
    role, who = str(call.parameters.get("RoleArn", "")), call.caller
    if not isinstance(who, FederatedIdentity):
        return (Permission(f"sts:{call.operation}", role, _account(role)),)  # STS refuses the request anyway
    context: dict[str, ContextValue] = {f"aws:RequestTag/{key}": value for key, value in who.tags.items()}
    if who.tags:
        context["aws:TagKeys"] = tuple(who.tags)
    if who.transitive:
        context["sts:TransitiveTagKeys"] = tuple(sorted(who.transitive))
    if who.source_identity:
        context["sts:SourceIdentity"] = who.source_identity
    for name, key in (("RoleSessionName", "sts:RoleSessionName"), ("DurationSeconds", "sts:DurationSeconds")):
        if name in call.parameters:
            context[key] = str(call.parameters[name])
    actions = [f"sts:{call.operation}"]
    actions += ["sts:TagSession"] if who.tags else []
    actions += ["sts:SetSourceIdentity"] if who.source_identity else []
    return tuple(Permission(action, role, _account(role), context) for action in actions)


def _federation_token(call: Call, _world: World) -> tuple[Permission, ...]:
    resource = f"federated-user/{call.parameters.get('Name', '')}"
    arn = str(arns.Arn(partition(call), "sts", "", call.caller.account, resource))
    actions = ["sts:GetFederationToken"]
    actions += ["sts:TagSession"] if call.parameters.get("Tags") else []
    return tuple(Permission(action, arn, call.caller.account) for action in actions)


def _on_role(call: Call, world: World) -> tuple[Permission, ...]:
    """IAM names a role without its path, the ARN has it."""
    account = world.accounts.get(call.caller.account)
    name = str(call.parameters.get("RoleName", ""))
    arn = next((role.arn for role in account.roles.values() if role.name == name), "") if account else ""
    return (_named(call, "role", name, arn),)


def _on_user(call: Call, world: World) -> tuple[Permission, ...]:
    """A call that names no user means the caller."""
    account = world.accounts.get(call.caller.account)
    name = str(call.parameters.get("UserName", ""))
    arn = next((user.arn for user in account.users.values() if user.name == name), "") if account else ""
    own = "" if name or call.operation == "ListUsers" else call.caller.arn
    return (_named(call, "user", name, arn or own),)


def _on_profile(call: Call, world: World) -> tuple[Permission, ...]:
    """Putting a role into a profile hands it to EC2."""
    account = world.accounts.get(call.caller.account)
    name = str(call.parameters.get("InstanceProfileName", ""))
    profiles = account.instance_profiles.values() if account else ()
    arn = next((each.arn for each in profiles if each.name == name), "")
    needed = (_named(call, "instance-profile", name, arn),)
    if call.operation != "AddRoleToInstanceProfile":
        return needed
    (role,) = _on_role(call, world)
    context: dict[str, ContextValue] = {"iam:PassedToService": "ec2.amazonaws.com"}
    return (*needed, Permission("iam:PassRole", role.resource, role.account, context))


def _on_linked_role(call: Call, _world: World) -> tuple[Permission, ...]:
    """A role under the path of its service, which makes the name."""
    service = str(call.parameters.get("AWSServiceName", ""))
    name = linked_name(service, str(call.parameters.get("CustomSuffix", "")))
    arn = f"arn:{partition(call)}:iam::{call.caller.account}:role/aws-service-role/{service}/{name}"
    return (Permission(f"iam:{call.operation}", arn, call.caller.account, {"iam:AWSServiceName": service}),)


def _on_deletion(call: Call, _world: World) -> tuple[Permission, ...]:
    """The id of a deletion holds the role's path and name."""
    task = str(call.parameters.get("DeletionTaskId", "")).removeprefix("task/").rpartition("/")[0]
    return (_named(call, "role", "", f"arn:{partition(call)}:iam::{call.caller.account}:role/{task}"),)


def _on_key(call: Call, world: World) -> tuple[Permission, ...]:
    """The user whose key it is."""
    found = world.credentials.get(str(call.parameters.get("AccessKeyId", "")))
    user = found.caller if found and isinstance(found.caller, IamUser) else None
    return (
        Permission(f"iam:{call.operation}", user.arn if user else "*", user.account if user else call.caller.account),
    )


def _on_group(call: Call, world: World) -> tuple[Permission, ...]:
    account = world.accounts.get(call.caller.account)
    name = str(call.parameters.get("GroupName", ""))
    arn = next((group.arn for group in account.groups.values() if group.name == name), "") if account else ""
    return (_named(call, "group", name, arn),)


def _on_policy(call: Call, _world: World) -> tuple[Permission, ...]:
    return (
        _named(call, "policy", str(call.parameters.get("PolicyName", "")), str(call.parameters.get("PolicyArn", ""))),
    )


def _named(call: Call, kind: str, name: str, arn: str) -> Permission:
    path = str(call.parameters.get("Path", "/"))
    resource = arn or f"arn:{partition(call)}:iam::{call.caller.account}:{kind}{path}{name or '*'}"
    return Permission(f"iam:{call.operation}", resource, call.caller.account, _keys(call))


def _keys(call: Call) -> dict[str, ContextValue]:
    given = {
        "iam:PolicyARN": call.parameters.get("PolicyArn"),
        "iam:PermissionsBoundary": call.parameters.get("PermissionsBoundary"),
    }
    return {key: str(value) for key, value in given.items() if value is not None}


_ROLES = (
    "AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy",
    "DeleteServiceLinkedRole", "DetachRolePolicy", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies",
    "ListInstanceProfilesForRole", "ListRolePolicies", "ListRoleTags", "ListRoles", "PutRolePermissionsBoundary",
    "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription",
)  # fmt: skip
_USERS = (
    "AttachUserPolicy", "CreateAccessKey", "CreateUser", "DeleteAccessKey", "DeleteLoginProfile", "DeleteUser",
    "DeleteUserPermissionsBoundary", "DeleteUserPolicy", "DetachUserPolicy", "GetLoginProfile", "GetUser",
    "GetUserPolicy", "ListAccessKeys", "ListAttachedUserPolicies", "ListGroupsForUser", "ListMFADevices",
    "ListSSHPublicKeys", "ListServiceSpecificCredentials", "ListSigningCertificates", "ListUserPolicies",
    "ListUserTags", "ListUsers", "PutUserPermissionsBoundary", "PutUserPolicy", "TagUser", "UntagUser",
    "UpdateAccessKey", "UpdateUser",
)  # fmt: skip
_GROUPS = (
    "AddUserToGroup", "AttachGroupPolicy", "CreateGroup", "DeleteGroup", "DeleteGroupPolicy", "DetachGroupPolicy",
    "GetGroup", "GetGroupPolicy", "ListAttachedGroupPolicies", "ListGroupPolicies", "ListGroups", "PutGroupPolicy",
    "RemoveUserFromGroup", "UpdateGroup",
)  # fmt: skip
_POLICIES = (
    "CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy", "GetPolicyVersion",
    "ListEntitiesForPolicy", "ListPolicies", "ListPolicyTags", "ListPolicyVersions", "SetDefaultPolicyVersion",
    "TagPolicy", "UntagPolicy",
)  # fmt: skip

_PROFILES = (
    "AddRoleToInstanceProfile", "CreateInstanceProfile", "DeleteInstanceProfile", "GetInstanceProfile",
    "ListInstanceProfileTags", "RemoveRoleFromInstanceProfile", "TagInstanceProfile", "UntagInstanceProfile",
)  # fmt: skip

IAM: Mapping[str, Row] = {
    **dict.fromkeys(_PROFILES, _on_profile),
    "CreateServiceLinkedRole": _on_linked_role,
    "GetAccessKeyLastUsed": _on_key,
    "GetServiceLinkedRoleDeletionStatus": _on_deletion,
    **dict.fromkeys(_ROLES, _on_role),
    **dict.fromkeys(_USERS, _on_user),
    **dict.fromkeys(_GROUPS, _on_group),
    **dict.fromkeys(_POLICIES, _on_policy),
}
"""By operation of `iam`."""

STS: Mapping[str, Row] = {
    "AssumeRole": _assume_role,
    "AssumeRoleWithSAML": _assume_federated,
    "AssumeRoleWithWebIdentity": _assume_federated,
    "GetCallerIdentity": nothing,  # always allowed, even against an explicit deny (STS API Reference)
    "GetFederationToken": _federation_token,
    "GetSessionToken": nothing,
}
"""By operation of `sts`."""
