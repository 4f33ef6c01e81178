"""Which policies apply to a call, read from the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.request import Policies
from turnstile.source import unwritten
from turnstile.world.caller import Root, Session

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.gate.reference import Permission
    from turnstile.iam.policy import Policy
    from turnstile.world.world import World

_ROOT_USER = parse(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    kind=Kind.IDENTITY,
    name="rights of the root user",
    origin=unwritten("<root user>"),
)


def applicable(call: Call, permission: Permission, world: World) -> Policies:
    """The caller's identity policies and the policy of the resource."""
    return Policies(identity=_identity(call, world), resource=_resource(permission, world))


def _identity(call: Call, world: World) -> tuple[Policy, ...]:
    match call.caller:
        case Session(role_arn=arn):
            role = world.role(arn)
            return role.policies if role else ()
        case Root():
            return (_ROOT_USER,)
        case _:
            return ()


def _resource(permission: Permission, world: World) -> Policy | None:
    """A role's trust policy guards sts:AssumeRole; functions without `AddPermission` have no policy."""
    if permission.action == "sts:AssumeRole":
        role = world.role(permission.resource)
        return role.trust if role else None
    return None
