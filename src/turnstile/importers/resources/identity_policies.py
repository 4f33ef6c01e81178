"""AWS::IAM policies: inline ones that stand apart from their identities, and managed ones.

Identities of the same stack get them as declared, those of others by a call of IAM.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from turnstile.iam.policy import Kind as PolicyKind
from turnstile.importers.resources.called import Told, as_text, resource
from turnstile.importers.resources.names import NAMELESS, Name
from turnstile.importers.resources.policies import check_total, needed, parsed, texts
from turnstile.world.managed import ManagedPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.policy import Policy
    from turnstile.importers.kinds import Draft, Item, Kind
    from turnstile.world.role import Role
    from turnstile.world.user import Group, User

    Entity: TypeAlias = Role | User | Group

_POLICY = Name("ManagedPolicyName", 128)
_DOCUMENT = "PolicyDocument"


def _kept(into: Draft, kind: str) -> dict[str, Entity]:
    found: dict[str, Entity] = {"Role": into.roles, "User": into.users, "Group": into.groups}[kind]  # type: ignore[assignment]
    return found


def _find(into: Draft, kind: str, name: str) -> Entity | None:
    return next((entity for entity in _kept(into, kind).values() if entity.name == name), None)


def _put(item: Item, into: Draft, kind: str, name: str, policy: Policy) -> None:
    """Give an identity an inline policy; one of the same name is replaced."""
    entity = _find(into, kind, name)
    if entity is None:
        text = as_text(item.properties[_DOCUMENT])
        parameters = {f"{kind}Name": name, "PolicyName": policy.name, "PolicyDocument": text}
        into.resources.append(
            resource(item, "iam", f"Put{kind}Policy", parameters, policies={text: item.at(_DOCUMENT)})
        )
        return
    policies = (*(each for each in entity.policies if each.name != policy.name), policy)
    check_total(item, into, policies, kind.lower(), name)
    _kept(into, kind)[entity.arn] = replace(entity, policies=policies)


@dataclass(frozen=True, slots=True, eq=False)
class _Shared(Told):
    """AWS::IAM::Policy: one document for several identities."""

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "PolicyName", _DOCUMENT):
            return
        if not any(item.properties.get(f"{kind}s") for kind in ("Role", "User", "Group")):
            message = f"the policy `{item.logical_id}` is attached to nobody"
            into.faults.append(item.fault("missing-property", message, "name `Roles`, `Users` or `Groups`"))
            return
        name = str(item.properties["PolicyName"])
        policy = parsed(item, into, item.properties[_DOCUMENT], PolicyKind.IDENTITY, name, _DOCUMENT)
        for kind in ("Role", "User", "Group"):
            for _, each in texts(item, into, f"{kind}s"):
                if policy is not None:
                    _put(item, into, kind, each, policy)


@dataclass(frozen=True, slots=True, eq=False)
class _Single(Told):
    """AWS::IAM::RolePolicy and the like: one document for the identity that it names."""

    kind: str = "Role"

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, f"{self.kind}Name", "PolicyName", _DOCUMENT):
            return
        name = str(item.properties["PolicyName"])
        policy = parsed(item, into, item.properties[_DOCUMENT], PolicyKind.IDENTITY, name, _DOCUMENT)
        if policy is not None:
            _put(item, into, self.kind, str(item.properties[f"{self.kind}Name"]), policy)


def _arn(item: Item) -> str:
    path = str(item.properties.get("Path") or "/")
    return item.stack.arn("iam", f"policy{path}{_POLICY.of(item)}", region="")


@dataclass(frozen=True, slots=True, eq=False)
class _Managed(Told):
    """AWS::IAM::ManagedPolicy, attached to the identities that it names."""

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, _DOCUMENT):
            return
        name, arn = self.name.of(item), _arn(item)
        document = item.properties[_DOCUMENT]
        policy = parsed(item, into, document, PolicyKind.IDENTITY, name, _DOCUMENT, arn=arn)
        if policy is None:
            return
        into.policies[arn] = ManagedPolicy(arn, name, item.stack.account, {"v1": policy}, "v1", policy.origin)
        for kind in ("Role", "User", "Group"):
            for _, each in texts(item, into, f"{kind}s"):
                _attach(item, into, kind, each, arn)


def _attach(item: Item, into: Draft, kind: str, name: str, arn: str) -> None:
    entity = _find(into, kind, name)
    if entity is None:
        parameters = {f"{kind}Name": name, "PolicyArn": arn}
        into.resources.append(resource(item, "iam", f"Attach{kind}Policy", parameters))
    else:
        managed = tuple(dict.fromkeys((*entity.managed, arn)))
        _kept(into, kind)[entity.arn] = replace(entity, managed=managed)


KINDS: Mapping[str, Kind] = {
    "AWS::IAM::GroupPolicy": _Single("{PolicyName}|{GroupName}", {}, NAMELESS, "Group"),
    "AWS::IAM::ManagedPolicy": _Managed(
        _arn,
        {
            "AttachmentCount": lambda item: sum(
                len(item.properties.get(each) or ()) for each in ("Roles", "Users", "Groups")
            ),
            "DefaultVersionId": "v1",
            "IsAttachable": lambda _item: True,
            "PolicyArn": _arn,
        },
        _POLICY,
    ),
    "AWS::IAM::Policy": _Shared("{unnamed}", {"Id": "{unnamed}"}),
    "AWS::IAM::RolePolicy": _Single("{PolicyName}|{RoleName}", {}, NAMELESS, "Role"),
    "AWS::IAM::UserPolicy": _Single("{PolicyName}|{UserName}", {}, NAMELESS, "User"),
}
