"""IAM: roles of the world's accounts, read and written by the API. The world owns them; moto is not asked.

Users, groups and managed policies are in `iam_identities`. Operation shapes and error texts: IAM API Reference.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from turnstile.arn import Arn
from turnstile.backends.iam_identities import OPERATIONS, boundary_of, required, tags_of
from turnstile.backends.iam_policies import check_inline
from turnstile.document import Json, compact
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.context import timestamp
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import Origin, Source
from turnstile.world.role import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Call, Output
    from turnstile.iam.policy import Policy
    from turnstile.world.world import Account, World

_SYNTAX = "Syntax errors in policy."
_TRUST_ACTIONS = "AssumeRole policy may only specify STS AssumeRole actions."


class Iam:
    """The operations on identities and their policies."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        account, operation = self._world.accounts[owner], _OPERATIONS.get(call.operation)
        identities = OPERATIONS.get(call.operation)
        if operation is None and identities is None:
            raise Unsupported(f"iam:{call.operation}")
        _check(call)
        if operation is None:
            assert identities is not None  # one of the two is there
            return identities(self._world, account, call.parameters)
        output = operation(account, call.parameters, self._world.clock.now())
        if call.operation == "CreateRole":
            self._limit(output["Role"]["Arn"], account, call.parameters)
        return output

    def _limit(self, arn: str, account: Account, parameters: Mapping[str, Json]) -> None:
        """Give a new role its boundary and tags; without the boundary it does not come to be."""
        role = account.roles.pop(arn)
        boundary = boundary_of(self._world, parameters)
        account.roles[arn] = dataclasses.replace(role, boundary=boundary, tags=tags_of(parameters))


def _check(call: Call) -> None:
    """Members that are missing or no text, in botocore's words."""
    for name in _REQUIRED.get(call.operation) or required(call.operation):
        if call.parameters.get(name) is None:
            raise ServiceError("ValidationException", f'Missing required parameter in input: "{name}"')
    for name in _TEXTS:
        if not isinstance(call.parameters.get(name, ""), str):
            raise ServiceError("ValidationException", f"Invalid type for parameter {name}: it must be text")


def _create_role(account: Account, parameters: Mapping[str, Json], now: float) -> Output:
    name = str(parameters["RoleName"])
    if _find(account, name) is not None:
        raise ServiceError("EntityAlreadyExists", f"Role with name {name} already exists.", 409)
    path = str(parameters.get("Path", "/"))
    arn = str(Arn(account.partition, "iam", "", account.id, f"role{path}{name}"))
    origin = Origin(Source(f"trust policy of {account.name}/{name}", str(parameters["AssumeRolePolicyDocument"])))
    trust = _policy(origin, Kind.TRUST, origin.source.name)
    role = account.roles[arn] = Role(arn, name, account.id, trust, (), origin)
    return {"Role": _served(role, now)}


def _get_role(account: Account, parameters: Mapping[str, Json], now: float) -> Output:
    return {"Role": _served(_role(account, parameters), now)}


def _list_roles(account: Account, _parameters: Mapping[str, Json], now: float) -> Output:
    return {"Roles": [_served(role, now) for role in account.roles.values()], "IsTruncated": False}


def _delete_role(account: Account, parameters: Mapping[str, Json], _now: float) -> Output:
    role = _role(account, parameters)
    if role.policies or role.managed:
        raise ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    del account.roles[role.arn]
    return {}


def _update_trust(account: Account, parameters: Mapping[str, Json], _now: float) -> Output:
    role = _role(account, parameters)
    origin = Origin(Source(f"trust policy of {account.name}/{role.name}", str(parameters["PolicyDocument"])))
    trust = _policy(origin, Kind.TRUST, origin.source.name)
    account.roles[role.arn] = dataclasses.replace(role, trust=trust)
    return {}


def _put_policy(account: Account, parameters: Mapping[str, Json], _now: float) -> Output:
    role = _role(account, parameters)
    name = str(parameters["PolicyName"])
    origin = Origin(Source(f"{name} of {account.name}/{role.name}", str(parameters["PolicyDocument"])))
    policy = _policy(origin, Kind.IDENTITY, name)
    policies = (*(each for each in role.policies if each.name != name), policy)
    check_inline(policies, "role", role.name)
    account.roles[role.arn] = dataclasses.replace(role, policies=policies)
    return {}


def _get_policy(account: Account, parameters: Mapping[str, Json], _now: float) -> Output:
    role = _role(account, parameters)
    policy = _inline(role, str(parameters["PolicyName"]))
    return {
        "RoleName": role.name,
        "PolicyName": policy.name,
        "PolicyDocument": quote(compact(policy.document)),
    }


def _list_policies(account: Account, parameters: Mapping[str, Json], _now: float) -> Output:
    role = _role(account, parameters)
    return {"PolicyNames": [policy.name for policy in role.policies], "IsTruncated": False}


def _delete_policy(account: Account, parameters: Mapping[str, Json], _now: float) -> Output:
    role = _role(account, parameters)
    policy = _inline(role, str(parameters["PolicyName"]))
    kept = tuple(each for each in role.policies if each is not policy)
    account.roles[role.arn] = dataclasses.replace(role, policies=kept)
    return {}


def _find(account: Account, name: str) -> Role | None:
    return next((role for role in account.roles.values() if role.name == name), None)


def _role(account: Account, parameters: Mapping[str, Json]) -> Role:
    name = str(parameters["RoleName"])
    role = _find(account, name)
    if role is None:
        raise ServiceError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
    return role


def _inline(role: Role, name: str) -> Policy:
    found = next((policy for policy in role.policies if policy.name == name), None)
    if found is None:
        raise ServiceError("NoSuchEntity", f"The role policy with name {name} cannot be found.", 404)
    return found


def _policy(origin: Origin, kind: Kind, name: str) -> Policy:
    try:
        return parse(json.loads(origin.source.text), kind=kind, name=name, origin=origin, submitted=True)
    except Rejected as rejected:
        trusting = {fault.code for fault in rejected.faults} == {"trust-action"}
        raise ServiceError("MalformedPolicyDocument", _TRUST_ACTIONS if trusting else _SYNTAX) from None
    except ValueError:
        raise ServiceError("MalformedPolicyDocument", "This policy contains invalid Json") from None


def _served(role: Role, now: float) -> dict[str, Json]:
    path = role.arn.partition(":role")[2].removesuffix(role.name)
    return {
        "Path": path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": timestamp(now),
        "AssumeRolePolicyDocument": quote(compact(role.trust.document)),
    }


_OPERATIONS: Mapping[str, Callable[[Account, Mapping[str, Json], float], Output]] = {
    "CreateRole": _create_role,
    "GetRole": _get_role,
    "ListRoles": _list_roles,
    "DeleteRole": _delete_role,
    "UpdateAssumeRolePolicy": _update_trust,
    "PutRolePolicy": _put_policy,
    "GetRolePolicy": _get_policy,
    "ListRolePolicies": _list_policies,
    "DeleteRolePolicy": _delete_policy,
}

_TEXTS = (
    "RoleName",
    "UserName",
    "GroupName",
    "PolicyArn",
    "PermissionsBoundary",
    "VersionId",
    "Path",
    "PolicyName",
    "AssumeRolePolicyDocument",
    "PolicyDocument",
)
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "CreateRole": ("RoleName", "AssumeRolePolicyDocument"),
    "GetRole": ("RoleName",),
    "DeleteRole": ("RoleName",),
    "UpdateAssumeRolePolicy": ("RoleName", "PolicyDocument"),
    "PutRolePolicy": ("RoleName", "PolicyName", "PolicyDocument"),
    "GetRolePolicy": ("RoleName", "PolicyName"),
    "ListRolePolicies": ("RoleName",),
    "DeleteRolePolicy": ("RoleName", "PolicyName"),
}
