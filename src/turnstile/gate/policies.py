"""Which policies apply to a call: the caller's and the organization's from the world, the resource's as it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind, Policy
from turnstile.iam.request import Policies
from turnstile.iam.services import ROLE_ASSUMING
from turnstile.source import unwritten
from turnstile.world.caller import FederatedUser, IamUser, Root, Session
from turnstile.world.managed import as_boundary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission
    from turnstile.world.caller import Caller
    from turnstile.world.role import Role
    from turnstile.world.user import User
    from turnstile.world.world import World

_ROOT_USER = parse(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    kind=Kind.IDENTITY,
    name="rights of the root user",
    origin=unwritten("<root user>"),
)


@dataclass(frozen=True, slots=True)
class Side:
    """What stands at the resource: its own policy, and its tags."""

    policy: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


NO_SIDE = Side()


def applicable(call: Call, permission: Permission, world: World, side: Side = NO_SIDE) -> Policies:
    """Every policy that has a say; `side` is what was read of resources that other services keep."""
    caller, organization = call.caller, world.organization
    identity, boundary = _own(caller, world)
    sessions = caller.policies if isinstance(caller, Session | FederatedUser) else ()
    resource = _resource(permission, world) or side.policy
    if organization is None:
        return Policies(identity, resource, boundary, sessions)
    principal, owner = organization.members.get(caller.account), organization.members.get(permission.account)
    return Policies(
        identity,
        resource,
        boundary,
        sessions,
        principal.scps if principal else (),
        owner.rcps if owner else (),
        caller.account == organization.management,
        permission.account == organization.management,
    )


def held_tags(permission: Permission, world: World) -> Mapping[str, str]:
    """The tags of a resource that the world keeps itself."""
    account = world.accounts.get(permission.account)
    if account is None:
        return {}
    tagged = (
        account.roles,
        account.users,
        account.policies,
        account.instance_profiles,
        account.oidc_providers,
        account.saml_providers,
    )
    found = (kept[permission.resource].tags for kept in tagged if permission.resource in kept)
    return next(found, account.tags.get(permission.resource, {}))


def _own(caller: Caller, world: World) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
    """The caller's identity policies and permissions boundary."""
    match caller:
        case Session(role_arn=arn):
            return _of(world.role(arn), (), world)
        case FederatedUser(user_arn=arn) if arn.endswith(":root"):
            return (_ROOT_USER,), ()
        case IamUser(arn=arn) | FederatedUser(user_arn=arn):
            user = world.user(arn)
            return _of(user, _inherited(user, world), world)
        case Root():
            return (_ROOT_USER,), ()
        case _:
            return (), ()


def _of(
    entity: Role | User | None, inherited: tuple[Policy, ...], world: World
) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
    if entity is None:
        return (), ()
    policies = (*entity.policies, *_attached(entity.managed, world), *inherited)
    return policies, (_boundary(entity.boundary, world),) if entity.boundary else ()


def _inherited(user: User | None, world: World) -> tuple[Policy, ...]:
    """What a user has by the groups it is in."""
    account = world.accounts.get(user.account) if user else None
    if user is None or account is None:
        return ()
    groups = (account.groups[arn] for arn in user.groups if arn in account.groups)
    return tuple(policy for group in groups for policy in (*group.policies, *_attached(group.managed, world)))


def _attached(arns: Iterable[str], world: World) -> tuple[Policy, ...]:
    found = (world.managed(arn) for arn in arns)
    return tuple(managed.policy for managed in found if managed is not None)


def _boundary(arn: str, world: World) -> Policy:
    """A boundary that is not there allows nothing."""
    managed = world.managed(arn)
    if managed is not None:
        return as_boundary(managed.policy)
    return Policy(Kind.BOUNDARY, arn.rpartition("/")[2], (), unwritten(f"<{arn}>"), arn=arn)


def _resource(permission: Permission, world: World) -> Policy | None:
    """The policies of resources that the world keeps itself: trust policies of roles, and function policies.

    A version or an alias has a policy of its own, else what the function's says of it.
    """
    service, _, _ = permission.action.partition(":")
    if permission.action.lower() in ROLE_ASSUMING:
        role = world.role(permission.resource)
        return role.trust if role else None
    if service == "lambda":
        *arn, qualifier = [*permission.resource.split(":", 7), ""][:8]
        function = world.function(":".join(arn))
        return (function.published.policies.get(qualifier) or function.policy) if function else None
    return None
