"""AWS::IAM roles, users, groups and instance profiles, as identities of the world.

What they give for `Ref` and `Fn::GetAtt`: CloudFormation Template Reference. Tags of instance profiles and login
profiles have no effect on permissions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.iam.policy import Kind as PolicyKind
from turnstile.importers.resources.called import Called, Told
from turnstile.importers.resources.names import Name
from turnstile.importers.resources.policies import (
    attached,
    boundary,
    check_total,
    each,
    inline,
    needed,
    parsed,
    texts,
)
from turnstile.world.role import Role, linked_name, unique_id
from turnstile.world.user import Group, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Draft, Item, Kind
    from turnstile.importers.resources.called import Follow

_HOUR = 3600
_ROLE = Name("RoleName", 64)
_USER = Name("UserName", 64)
_GROUP = Name("GroupName", 128)
_PROFILE = Name("InstanceProfileName", 128)


def _arn(kind: str, name: Name, item: Item) -> str:
    path = str(item.properties.get("Path") or "/")
    return item.stack.arn("iam", f"{kind}{path}{name.of(item)}", region="")


def _role_arn(item: Item) -> str:
    return _arn("role", _ROLE, item)


def _user_arn(item: Item) -> str:
    return _arn("user", _USER, item)


def _group_arn(item: Item) -> str:
    return _arn("group", _GROUP, item)


def tags(item: Item, into: Draft) -> dict[str, str]:
    """What stands under `Tags`, as a mapping."""
    found = {}
    for index, tag in each(item, into, "Tags"):
        if isinstance(tag, dict) and "Key" in tag:
            found[str(tag["Key"])] = str(tag.get("Value", ""))
        else:
            message = "a tag has a `Key` and a `Value`"
            into.faults.append(item.fault("wrong-type", message, "write both", "Tags", index))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Role(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "AssumeRolePolicyDocument"):
            return
        name, before = self.name.of(item), len(into.faults)
        document = item.properties["AssumeRolePolicyDocument"]
        title = f"trust policy of {item.stack.account_name or item.stack.account}/{name}"
        trust = parsed(item, into, document, PolicyKind.TRUST, title, "AssumeRolePolicyDocument")
        policies, managed = inline(item, into), attached(item, into)
        limit, marks = boundary(item, into), tags(item, into)
        check_total(item, into, policies, "role", name)
        _check_name(item, into, name, 64)
        longest = _longest(item, into)
        if trust is not None and len(into.faults) == before:
            arn = _role_arn(item)
            into.roles[arn] = Role(
                arn,
                name,
                item.stack.account,
                trust,
                policies,
                item.origin,
                managed,
                limit,
                marks,
                str(item.properties.get("Description", "")),
                longest,
            )


def _longest(item: Item, into: Draft) -> int:
    """The seconds that a session may last at most."""
    written = item.properties.get("MaxSessionDuration", _HOUR)
    try:
        longest = int(written)
    except (TypeError, ValueError):
        longest = 0
    if not _HOUR <= longest <= 12 * _HOUR:
        message = f"`MaxSessionDuration` of `{item.logical_id}` is no number of seconds from 3600 to 43200"
        into.faults.append(item.fault("wrong-type", message, "write such a number", "MaxSessionDuration"))
    return longest


@dataclass(frozen=True, slots=True, eq=False)
class _User(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        name, before = self.name.of(item), len(into.faults)
        policies, managed = inline(item, into), attached(item, into)
        limit, marks = boundary(item, into), tags(item, into)
        groups = tuple(_membership(item, into, group) for _, group in texts(item, into, "Groups"))
        check_total(item, into, policies, "user", name)
        _check_name(item, into, name, 64)
        if len(into.faults) == before:
            arn = _user_arn(item)
            into.users[arn] = User(arn, name, item.stack.account, policies, item.origin, groups, managed, limit, marks)


@dataclass(frozen=True, slots=True, eq=False)
class _Group(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        name, before = self.name.of(item), len(into.faults)
        policies, managed = inline(item, into), attached(item, into)
        check_total(item, into, policies, "group", name)
        _check_name(item, into, name, 128)
        if len(into.faults) == before:
            arn = _group_arn(item)
            into.groups[arn] = Group(arn, name, item.stack.account, policies, item.origin, managed)


@dataclass(frozen=True, slots=True, eq=False)
class _Addition(Told):
    """Users that are added to a group; whom the stack does not declare is added by a call."""

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "GroupName", "Users"):
            return
        from turnstile.importers.resources.called import resource  # noqa: PLC0415 - beside its only use

        group = str(item.properties["GroupName"])
        for _, name in texts(item, into, "Users"):
            user = next((each for each in into.users.values() if each.name == name), None)
            if user is None:
                parameters = {"GroupName": group, "UserName": name}
                into.resources.append(resource(item, "iam", "AddUserToGroup", parameters))
            else:
                arn = _membership(item, into, group)
                into.users[user.arn] = replace(user, groups=tuple(dict.fromkeys((*user.groups, arn))))


def _membership(item: Item, into: Draft, name: str) -> str:
    """The ARN of a group, which may be one of another stack."""
    found = next((group.arn for group in into.groups.values() if group.name == name), None)
    return found or item.stack.arn("iam", f"group/{name}", region="")


def _check_name(item: Item, into: Draft, name: str, longest: int) -> None:
    if len(name) > longest:
        message = f"the name `{name}` has more than {longest} characters"
        into.faults.append(item.fault("name", message, "shorten it"))


def _roles(item: Item, name: str) -> Iterable[Follow]:
    for role in item.properties.get("Roles") or ():
        yield "AddRoleToInstanceProfile", {"InstanceProfileName": name, "RoleName": str(role)}


def _profile(item: Item) -> Mapping[str, Json]:
    return {name: value for name, value in item.properties.items() if name != "Roles"}


def _linked(item: Item) -> str:
    given = item.properties
    return linked_name(str(given.get("AWSServiceName", "")), str(given.get("CustomSuffix", "")))


KINDS: Mapping[str, Kind] = {
    "AWS::IAM::Group": _Group("{name}", {"Arn": _group_arn}, _GROUP),
    "AWS::IAM::InstanceProfile": Called(
        "{name}",
        {"Arn": lambda item: _arn("instance-profile", _PROFILE, item)},
        _PROFILE,
        "iam",
        "CreateInstanceProfile",
        adapt=_profile,
        after=_roles,
    ),
    "AWS::IAM::Role": _Role(
        "{name}", {"Arn": _role_arn, "RoleId": lambda item: unique_id("AROA", _role_arn(item))}, _ROLE
    ),
    "AWS::IAM::ServiceLinkedRole": Called(
        _linked, {"RoleName": _linked}, service="iam", operation="CreateServiceLinkedRole"
    ),
    "AWS::IAM::User": _User("{name}", {"Arn": _user_arn}, _USER),
    "AWS::IAM::UserToGroupAddition": _Addition("{unnamed}", {"Id": "{unnamed}"}),
}
