"""What no policy can allow: another partition, another Region, a role that does not exist.

Facts: reference/cross-account.md sections 4 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.link import Barrier, Link

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.gate.reference import Permission
    from turnstile.world.world import World

_AVAILABLE_ELSEWHERE = frozenset({"iam", "sts", "s3"})
"""Services whose ARNs carry no Region to compare."""


def barriers(call: Call, permission: Permission, world: World) -> tuple[Barrier, ...]:
    """Every barrier between the caller and the resource."""
    try:
        target = arns.parse(permission.resource)
    except ValueError:
        return ()  # `*`: the call names no resource
    found = (_partition(call, target), _region(call, target), _role(permission, world))
    return tuple(barrier for barrier in found if barrier is not None)


def _partition(call: Call, target: arns.Arn) -> Barrier | None:
    own = arns.partition_of(call.region).name
    if target.partition == own:
        return None
    return Barrier(
        Link.PARTITION,
        f"`{target}` is in partition `{target.partition}`, the caller is in `{own}`",
        "roles and policies delegate inside one partition only; run this part of the workflow in that partition",
    )


def _region(call: Call, target: arns.Arn) -> Barrier | None:
    if target.service in _AVAILABLE_ELSEWHERE or not target.region or target.region == call.region:
        return None
    message = f"`{target}` is in Region `{target.region}`, the call goes to `{call.region}`"
    error = None
    if target.service == "lambda":
        text = f"Functions from '{target.region}' are not reachable in this region ('{call.region}')"
        error = ("ResourceNotFoundException", 404, text)
    help_ = "a state machine reaches resources of its own Region only; use a resource or a machine there"
    return Barrier(Link.REGION, message, help_, error)


def _role(permission: Permission, world: World) -> Barrier | None:
    if permission.action != "sts:AssumeRole" or world.role(permission.resource) is not None:
        return None
    return Barrier(
        Link.ROLE_EXISTS,
        f"the role `{permission.resource}` does not exist",
        "create the role in that account, or correct the ARN (a role with a path carries the path in its ARN)",
    )
