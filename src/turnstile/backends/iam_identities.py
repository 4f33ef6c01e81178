"""IAM: users and groups, and who is in which; lists of all kinds of identities.

The gate decides by what stands in the world, so every write goes there. Operation shapes and error texts: IAM API
Reference. Roles are in `iam_roles`, policies and attachments in `iam_policies` and `iam_attachments`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.backends.iam_entities import (
    find,
    in_full,
    kept,
    page,
    path_of,
    replace,
    shown,
    tags_of,
    under,
    unused,
    user,
)
from turnstile.backends.iam_policies import boundary_of
from turnstile.gate.errors import ServiceError
from turnstile.source import Origin, Source
from turnstile.world.caller import IamUser
from turnstile.world.user import Group, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Entity, Operation, Parameters
    from turnstile.gate.call import Output
    from turnstile.world.world import Account, World

_MOST_GROUPS = 10


def _create(kind: str) -> Operation:
    def operation(world: World, account: Account, parameters: Parameters) -> Output:
        name, path = str(parameters[f"{kind}Name"]), str(parameters.get("Path", "/"))
        unused(account, kind, name)
        arn = str(Arn(account.partition, "iam", "", account.id, f"{kind.lower()}{path}{name}"))
        origin, now = Origin(Source(f"<{kind.lower()} {account.name}/{name}>", "")), world.clock.now()
        if kind == "Group":
            made: Entity = Group(arn, name, account.id, (), origin, made=now)
        else:
            tags, boundary = tags_of(parameters), boundary_of(world, parameters)
            made = User(arn, name, account.id, (), origin, boundary=boundary, tags=tags, made=now)
        kept(account, kind)[arn] = made
        return {kind: in_full(made)}

    return operation


def _get_user(_world: World, account: Account, parameters: Parameters) -> Output:
    return {"User": in_full(user(account, parameters))}


def _get_group(_world: World, account: Account, parameters: Parameters) -> Output:
    group = find(account, "Group", parameters)
    members = (shown(each) for each in account.users.values() if group.arn in each.groups)
    return {"Group": shown(group), **page("Users", members, parameters)}


def _list(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        every = map(shown, sorted(kept(account, kind).values(), key=lambda each: each.name))
        found = (each for each in every if under(each["Path"], parameters.get("PathPrefix")))
        return page(f"{kind}s", found, parameters)

    return operation


def _update(kind: str) -> Operation:
    """A new name or path is a new ARN; the id, by which policies know a user, follows from it (*inferred*)."""

    def operation(world: World, account: Account, parameters: Parameters) -> Output:
        entity = find(account, kind, parameters)
        name = str(parameters.get(f"New{kind}Name", entity.name))
        path = str(parameters.get("NewPath", path_of(entity.arn, kind.lower(), entity.name)))
        if name.casefold() != entity.name.casefold():
            unused(account, kind, name)
        arn = str(Arn(account.partition, "iam", "", account.id, f"{kind.lower()}{path}{name}"))
        del kept(account, kind)[entity.arn]
        kept(account, kind)[arn] = dataclasses.replace(entity, arn=arn, name=name)
        if kind == "Group":
            _regrouped(account, entity.arn, arn)
        else:
            _rekeyed(world, entity.arn, IamUser(arn, account.users[arn].id, account.id, name))
        return {}

    return operation


def _regrouped(account: Account, old: str, new: str) -> None:
    for each in [each for each in account.users.values() if old in each.groups]:
        replace(account, each, groups=tuple(new if arn == old else arn for arn in each.groups))


def _rekeyed(world: World, old: str, renamed: IamUser) -> None:
    """Credentials go on to be those of the user."""
    for key in [key for key in world.credentials.values() if key.caller.arn == old]:
        world.credentials.revoke(key.access_key)
        world.credentials.add(dataclasses.replace(key, caller=renamed))


def _delete_user(world: World, account: Account, parameters: Parameters) -> Output:
    found = user(account, parameters)
    if found.groups:
        raise _conflict("must remove users from group first")
    if any(key.caller.arn == found.arn for key in world.credentials.values() if not key.token):
        raise _conflict("must delete access keys first")
    return _deleted(account, found)


def _delete_group(_world: World, account: Account, parameters: Parameters) -> Output:
    found = find(account, "Group", parameters)
    if any(found.arn in each.groups for each in account.users.values()):
        raise _conflict("must remove users from group first")
    return _deleted(account, found)


def _deleted(account: Account, entity: Entity) -> Output:
    if entity.managed:
        raise _conflict("must detach all policies first")
    if entity.policies:
        raise _conflict("must delete policies first")
    del kept(account, type(entity).__name__)[entity.arn]
    return {}


def _conflict(remedy: str) -> ServiceError:
    return ServiceError("DeleteConflict", f"Cannot delete entity, {remedy}.", 409)


def _join(_world: World, account: Account, parameters: Parameters) -> Output:
    found, group = user(account, parameters), find(account, "Group", parameters)
    groups = tuple(dict.fromkeys((*found.groups, group.arn)))
    if len(groups) > _MOST_GROUPS:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for GroupsPerUser: {_MOST_GROUPS}", 409)
    return replace(account, found, groups=groups)


def _leave(_world: World, account: Account, parameters: Parameters) -> Output:
    found, group = user(account, parameters), find(account, "Group", parameters)
    return replace(account, found, groups=tuple(arn for arn in found.groups if arn != group.arn))


def _groups_of(_world: World, account: Account, parameters: Parameters) -> Output:
    found = (account.groups[arn] for arn in user(account, parameters).groups if arn in account.groups)
    return page("Groups", map(shown, found), parameters)


IDENTITIES: Mapping[str, Operation] = {
    "AddUserToGroup": _join,
    "CreateGroup": _create("Group"),
    "CreateUser": _create("User"),
    "DeleteGroup": _delete_group,
    "DeleteUser": _delete_user,
    "GetGroup": _get_group,
    "GetUser": _get_user,
    "ListGroups": _list("Group"),
    "ListGroupsForUser": _groups_of,
    "ListRoles": _list("Role"),
    "ListUsers": _list("User"),
    "RemoveUserFromGroup": _leave,
    "UpdateGroup": _update("Group"),
    "UpdateUser": _update("User"),
}
"""By operation of `iam`."""
