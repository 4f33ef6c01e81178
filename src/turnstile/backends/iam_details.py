"""IAM: GetAccountAuthorizationDetails, everything an account's identities are made of in one list of pages.

Shapes: IAM API Reference. What it gives can be imported again as an account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.backends.iam_attachments import attached
from turnstile.backends.iam_entities import boundary_shown, document, page, shown, tag_list
from turnstile.backends.iam_policies import managed_shown
from turnstile.backends.iam_profiles import profile_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.backends.iam_entities import Entity, Operation, Parameters
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.role import Role
    from turnstile.world.user import User
    from turnstile.world.world import Account, World

_LISTS: Mapping[str, str] = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "Policies",
}
_UNTOLD = ("MaxSessionDuration", "Description")


def _details(world: World, account: Account, parameters: Parameters) -> Output:
    """The marker runs over all kinds of things, so that a page holds so many of them together."""
    wanted = parameters.get("Filter") or list(_LISTS)
    found = page("all", [each for each in _all(world, account) if each[0] in wanted], parameters)
    lists: dict[str, list[Json]] = {name: [] for name in _LISTS.values()}
    for kind, members in found.pop("all"):
        lists[_LISTS[kind]].append(members)
    return {**lists, **found}


def _all(world: World, account: Account) -> Iterator[tuple[str, dict[str, Json]]]:
    yield from (("User", _user(account, each)) for each in account.users.values())
    yield from (("Group", _entity(each)) for each in account.groups.values())
    yield from (("Role", _role(account, each)) for each in account.roles.values())
    yield from (("LocalManagedPolicy", _managed(world, account, each)) for each in account.policies.values())
    entities: tuple[Entity, ...] = (*account.users.values(), *account.groups.values(), *account.roles.values())
    used = {arn for entity in entities for arn in entity.managed if arn in world.aws_policies}
    yield from (("AWSManagedPolicy", _managed(world, account, world.aws_policies[arn])) for arn in sorted(used))


def _entity(entity: Entity) -> dict[str, Json]:
    inline = [{"PolicyName": policy.name, "PolicyDocument": document(policy)} for policy in entity.policies]
    whole = {name: value for name, value in shown(entity).items() if name not in _UNTOLD}
    kind = type(entity).__name__
    return {**whole, f"{kind}PolicyList": inline, "AttachedManagedPolicies": attached(entity)}


def _limited(entity: Role | User) -> dict[str, Json]:
    return {**_entity(entity), **boundary_shown(entity.boundary), "Tags": tag_list(entity.tags)}


def _user(account: Account, user: User) -> dict[str, Json]:
    groups = (account.groups[arn] for arn in user.groups if arn in account.groups)
    return {**_limited(user), "GroupList": [group.name for group in groups]}


def _role(account: Account, role: Role) -> dict[str, Json]:
    profiles = (each for each in account.instance_profiles.values() if each.role == role.arn)
    shown_ = [profile_shown(account, each) for each in profiles]
    return {**_limited(role), "InstanceProfileList": shown_, "RoleLastUsed": {}}


def _managed(world: World, account: Account, managed: ManagedPolicy) -> dict[str, Json]:
    versions = [
        {"Document": document(policy), "VersionId": name, "IsDefaultVersion": name == managed.default}
        for name, policy in managed.versions.items()
    ]
    return {**managed_shown(world, managed, account), "PolicyVersionList": versions}


DETAILS: Mapping[str, Operation] = {"GetAccountAuthorizationDetails": _details}
"""By operation of `iam`."""
