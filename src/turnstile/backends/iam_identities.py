"""IAM: users and groups, their policies, attachments of managed ones, boundaries and tags.

The gate decides by what stands in the world, so every write goes there. Operation shapes and error texts: IAM API
Reference. Roles and their inline policies are in `iam`, managed policies in `iam_policies`.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, TypeAlias

from turnstile.arn import Arn
from turnstile.backends.iam_policies import MANAGED, attachable, check_inline, written_policy
from turnstile.gate.errors import ServiceError
from turnstile.source import Origin, Source
from turnstile.world.user import Group, User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.world.role import Role
    from turnstile.world.world import Account, World

Entity: TypeAlias = "Role | User | Group"
Parameters: TypeAlias = "Mapping[str, Json]"


Operation: TypeAlias = "Callable[[World, Account, Parameters], Output]"


def _kept(account: Account, kind: str) -> dict[str, Entity]:
    found: dict[str, Entity] = {"Role": account.roles, "User": account.users, "Group": account.groups}[kind]  # type: ignore[assignment]
    return found


def _find(account: Account, kind: str, parameters: Parameters) -> Entity:
    name = str(parameters[f"{kind}Name"])
    found = next((each for each in _kept(account, kind).values() if each.name == name), None)
    if found is None:
        raise ServiceError("NoSuchEntity", f"The {kind.lower()} with name {name} cannot be found.", 404)
    return found


def _replace(account: Account, kind: str, entity: Entity, **changed: Json) -> Output:
    _kept(account, kind)[entity.arn] = dataclasses.replace(entity, **changed)
    return {}


def tags_of(parameters: Parameters) -> dict[str, str]:
    """The tags in the parameters of a call."""
    return {str(tag["Key"]): str(tag["Value"]) for tag in parameters.get("Tags") or ()}


def boundary_of(world: World, parameters: Parameters) -> str:
    """The ARN of the boundary in the parameters of a call, empty for none.

    Raises:
        ServiceError: there is no such policy.
    """
    arn = parameters.get("PermissionsBoundary")
    return attachable(world, str(arn)).arn if arn is not None else ""


def _create(kind: str) -> Operation:
    def operation(world: World, account: Account, parameters: Parameters) -> Output:
        name, path = str(parameters[f"{kind}Name"]), str(parameters.get("Path", "/"))
        if any(each.name == name for each in _kept(account, kind).values()):
            raise ServiceError("EntityAlreadyExists", f"{kind} with name {name} already exists.", 409)
        arn = str(Arn(account.partition, "iam", "", account.id, f"{kind.lower()}{path}{name}"))
        origin = Origin(Source(f"<{kind.lower()} {account.name}/{name}>", ""))
        if kind == "Group":
            made: Entity = Group(arn, name, account.id, (), origin)
        else:
            tags, boundary = tags_of(parameters), boundary_of(world, parameters)
            made = User(arn, name, account.id, (), origin, boundary=boundary, tags=tags)
        _kept(account, kind)[arn] = made
        return {kind: _served(made, path)}

    return operation


def _served(entity: Entity, path: str | None = None) -> dict[str, Json]:
    kind = type(entity).__name__
    shown = entity.arn.partition(f":{kind.lower()}")[2].removesuffix(entity.name) if path is None else path
    members: dict[str, Json] = {"Path": shown, f"{kind}Name": entity.name, "Arn": entity.arn}
    return members | ({} if isinstance(entity, Group) else {f"{kind}Id": entity.id})


def _get(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity = _find(account, kind, parameters)
        members = [_served(user) for user in account.users.values() if entity.arn in user.groups]
        return {kind: _served(entity)} | ({"Users": members, "IsTruncated": False} if kind == "Group" else {})

    return operation


def _delete(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity = _find(account, kind, parameters)
        if entity.policies or entity.managed:
            raise ServiceError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
        del _kept(account, kind)[entity.arn]
        return {}

    return operation


def _list(kind: str) -> Operation:
    def operation(_world: World, account: Account, _parameters: Parameters) -> Output:
        return {f"{kind}s": [_served(each) for each in _kept(account, kind).values()], "IsTruncated": False}

    return operation


def _attach(kind: str) -> Operation:
    def operation(world: World, account: Account, parameters: Parameters) -> Output:
        entity, arn = _find(account, kind, parameters), attachable(world, str(parameters["PolicyArn"])).arn
        return _replace(account, kind, entity, managed=tuple(dict.fromkeys((*entity.managed, arn))))

    return operation


def _detach(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, arn = _find(account, kind, parameters), str(parameters["PolicyArn"])
        if arn not in entity.managed:
            raise ServiceError("NoSuchEntity", f"Policy {arn} was not found.", 404)
        return _replace(account, kind, entity, managed=tuple(each for each in entity.managed if each != arn))

    return operation


def _list_attached(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        arns = _find(account, kind, parameters).managed
        found = [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]
        return {"AttachedPolicies": found, "IsTruncated": False}

    return operation


def _put_inline(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, name = _find(account, kind, parameters), str(parameters["PolicyName"])
        policy = written_policy(str(parameters["PolicyDocument"]), name, f"{name} of {account.name}/{entity.name}")
        policies = (*(each for each in entity.policies if each.name != name), policy)
        check_inline(policies, kind.lower(), entity.name)
        return _replace(account, kind, entity, policies=policies)

    return operation


def _delete_inline(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, name = _find(account, kind, parameters), parameters["PolicyName"]
        kept = tuple(each for each in entity.policies if each.name != name)
        if len(kept) == len(entity.policies):
            text = f"The {kind.lower()} policy with name {name} cannot be found."
            raise ServiceError("NoSuchEntity", text, 404)
        return _replace(account, kind, entity, policies=kept)

    return operation


def _put_boundary(kind: str) -> Operation:
    def operation(world: World, account: Account, parameters: Parameters) -> Output:
        entity = _find(account, kind, parameters)
        return _replace(account, kind, entity, boundary=boundary_of(world, parameters))

    return operation


def _delete_boundary(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        return _replace(account, kind, _find(account, kind, parameters), boundary="")

    return operation


def _tag(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity = _find(account, kind, parameters)
        assert not isinstance(entity, Group)  # groups have no tags, and no operation for them
        return _replace(account, kind, entity, tags={**entity.tags, **tags_of(parameters)})

    return operation


def _untag(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, gone = _find(account, kind, parameters), parameters.get("TagKeys") or ()
        assert not isinstance(entity, Group)  # as above
        return _replace(account, kind, entity, tags={key: tag for key, tag in entity.tags.items() if key not in gone})

    return operation


def _join(_world: World, account: Account, parameters: Parameters) -> Output:
    user, group = _find(account, "User", parameters), _find(account, "Group", parameters)
    assert isinstance(user, User)  # found among them
    return _replace(account, "User", user, groups=tuple(dict.fromkeys((*user.groups, group.arn))))


def _leave(_world: World, account: Account, parameters: Parameters) -> Output:
    user, group = _find(account, "User", parameters), _find(account, "Group", parameters)
    assert isinstance(user, User)  # found among them
    return _replace(account, "User", user, groups=tuple(arn for arn in user.groups if arn != group.arn))


OPERATIONS: Mapping[str, Operation] = {
    **{f"Create{kind}": _create(kind) for kind in ("User", "Group")},
    **{f"Get{kind}": _get(kind) for kind in ("User", "Group")},
    **{f"Delete{kind}": _delete(kind) for kind in ("User", "Group")},
    **{f"List{kind}s": _list(kind) for kind in ("User", "Group")},
    **{f"Attach{kind}Policy": _attach(kind) for kind in ("Role", "User", "Group")},
    **{f"Detach{kind}Policy": _detach(kind) for kind in ("Role", "User", "Group")},
    **{f"ListAttached{kind}Policies": _list_attached(kind) for kind in ("Role", "User", "Group")},
    **{f"Put{kind}Policy": _put_inline(kind) for kind in ("User", "Group")},
    **{f"Delete{kind}Policy": _delete_inline(kind) for kind in ("User", "Group")},
    **{f"Put{kind}PermissionsBoundary": _put_boundary(kind) for kind in ("Role", "User")},
    **{f"Delete{kind}PermissionsBoundary": _delete_boundary(kind) for kind in ("Role", "User")},
    **{f"Tag{kind}": _tag(kind) for kind in ("Role", "User")},
    **{f"Untag{kind}": _untag(kind) for kind in ("Role", "User")},
    "AddUserToGroup": _join,
    "RemoveUserFromGroup": _leave,
    **MANAGED,
}
"""By operation of `iam`."""


def required(operation: str) -> tuple[str, ...]:
    """The members that an operation cannot do without, which its name tells."""
    return tuple(member for member, asked in _MEMBERS if re.search(asked, operation))


_MEMBERS = (
    ("RoleName", r"Role(?!s)"),
    ("UserName", r"User(?!s)"),
    ("GroupName", r"Group(?!s)"),
    ("PolicyArn", r"^(Attach|Detach)|^(Get|Delete)Policy|PolicyVersion$"),
    ("PolicyName", r"^CreatePolicy$|^(Put|Delete)(User|Group)Policy$"),
    ("PolicyDocument", r"^CreatePolicy|^Put(User|Group)Policy$"),
    ("PermissionsBoundary", r"^Put.*Boundary$"),
    ("VersionId", r"^(SetDefault|Delete|Get)PolicyVersion$"),
)
