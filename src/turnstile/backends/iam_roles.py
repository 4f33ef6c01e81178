"""IAM: roles and their trust policies, and the roles that services make for themselves.

Operation shapes and error texts: IAM API Reference, CreateRole and its neighbours, CreateServiceLinkedRole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.backends.iam_entities import find, in_full, path_of, replace, role, shown, tags_of, unused
from turnstile.backends.iam_policies import boundary_of
from turnstile.faults import Rejected
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import Origin, Source
from turnstile.world.role import Role, linked_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Operation, Parameters
    from turnstile.gate.call import Output
    from turnstile.iam.policy import Policy
    from turnstile.world.world import Account, World

_SYNTAX = "Syntax errors in policy."
_TRUST_ACTIONS = "AssumeRole policy may only specify STS AssumeRole actions."
_SERVICE_PATH = "/aws-service-role/"


def trust_policy(text: str, title: str) -> Policy:
    """The trust policy in a text; `title` is what reports call it.

    Raises:
        ServiceError: MalformedPolicyDocument.
    """
    origin = Origin(Source(title, text))
    try:
        return parse(json.loads(text), kind=Kind.TRUST, name=title, origin=origin, submitted=True)
    except Rejected as rejected:
        trusting = {fault.code for fault in rejected.faults} == {"trust-action"}
        raise ServiceError("MalformedPolicyDocument", _TRUST_ACTIONS if trusting else _SYNTAX) from None
    except ValueError:
        raise ServiceError("MalformedPolicyDocument", "This policy contains invalid Json") from None


def _create(world: World, account: Account, parameters: Parameters) -> Output:
    """Without its boundary the role does not come to be."""
    name, path = str(parameters["RoleName"]), str(parameters.get("Path", "/"))
    unused(account, "Role", name)
    if path.startswith(_SERVICE_PATH):
        text = "The specified value for path is invalid. It cannot begin with /aws-service-role/."
        raise ServiceError("ValidationError", text)
    made = _made(world, account, name, path, str(parameters["AssumeRolePolicyDocument"]), parameters)
    return {"Role": _created(made)}


def _created(made: Role) -> dict[str, object]:
    whole = in_full(made)
    del whole["RoleLastUsed"]
    return whole


def _made(world: World, account: Account, name: str, path: str, trust: str, parameters: Parameters) -> Role:
    arn = str(Arn(account.partition, "iam", "", account.id, f"role{path}{name}"))
    trusting = trust_policy(trust, f"trust policy of {account.name}/{name}")
    role = account.roles[arn] = Role(
        arn,
        name,
        account.id,
        trusting,
        (),
        trusting.origin,
        boundary=boundary_of(world, parameters),
        tags=tags_of(parameters),
        description=str(parameters.get("Description", "")),
        max_session=int(parameters.get("MaxSessionDuration", 3600)),
        made=world.clock.now(),
    )
    return role


def _get(_world: World, account: Account, parameters: Parameters) -> Output:
    return {"Role": in_full(find(account, "Role", parameters))}


def _update(_world: World, account: Account, parameters: Parameters) -> Output:
    """A duration that is not given goes back to an hour, as the API Reference has it."""
    found = role(account, parameters)
    longest = int(parameters.get("MaxSessionDuration", 3600))
    description = str(parameters.get("Description", found.description))
    return replace(account, found, description=description, max_session=longest)


def _describe(_world: World, account: Account, parameters: Parameters) -> Output:
    replace(account, role(account, parameters), description=str(parameters["Description"]))
    return {"Role": shown(role(account, parameters))}


def _trust(_world: World, account: Account, parameters: Parameters) -> Output:
    found = role(account, parameters)
    title = f"trust policy of {account.name}/{found.name}"
    return replace(account, found, trust=trust_policy(str(parameters["PolicyDocument"]), title))


def _delete(_world: World, account: Account, parameters: Parameters) -> Output:
    found = role(account, parameters)
    if _is_linked(found):
        text = (
            f"Cannot perform the operation on the protected role '{found.name}' - this role is only modifiable by AWS"
        )
        raise ServiceError("UnmodifiableEntity", text)
    if any(profile.role == found.arn for profile in account.instance_profiles.values()):
        raise ServiceError(
            "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409
        )
    if found.managed:
        raise ServiceError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    if found.policies:
        raise ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    del account.roles[found.arn]
    return {}


def _is_linked(found: Role) -> bool:
    return path_of(found.arn, "role", found.name).startswith(_SERVICE_PATH)


def _create_linked(world: World, account: Account, parameters: Parameters) -> Output:
    """Its trust policy names the service and nobody else."""
    service = str(parameters["AWSServiceName"])
    name = linked_name(service, str(parameters.get("CustomSuffix", "")))
    if any(each.name == name for each in account.roles.values()):
        text = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise ServiceError("InvalidInput", text)
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = _made(world, account, name, f"{_SERVICE_PATH}{service}/", trust, parameters)
    return {"Role": _created(made)}


def _delete_linked(_world: World, account: Account, parameters: Parameters) -> Output:
    found = role(account, parameters)
    del account.roles[found.arn]
    path = path_of(found.arn, "role", found.name).removeprefix("/")
    return {"DeletionTaskId": f"task/{path}{found.name}/{found.id}"}


def _deleted(_world: World, _account: Account, _parameters: Parameters) -> Output:
    """Nothing here takes time, so what was asked for is done."""
    return {"Status": "SUCCEEDED"}


ROLES: Mapping[str, Operation] = {
    "CreateRole": _create,
    "CreateServiceLinkedRole": _create_linked,
    "DeleteRole": _delete,
    "DeleteServiceLinkedRole": _delete_linked,
    "GetRole": _get,
    "GetServiceLinkedRoleDeletionStatus": _deleted,
    "UpdateAssumeRolePolicy": _trust,
    "UpdateRole": _update,
    "UpdateRoleDescription": _describe,
}
"""By operation of `iam`."""
