"""What no policy can allow: another partition, another Region, a role that does not exist or is another account's.

Facts: reference/cross-account.md sections 4 and 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.link import Barrier, Link

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission
    from turnstile.world.world import World

_COMMERCIAL = "aws"
_AVAILABLE_ELSEWHERE = frozenset({"iam", "sts", "s3"})
"""Services whose ARNs carry no Region to compare."""


def barriers(call: Call, permission: Permission, world: World) -> tuple[Barrier, ...]:
    """Every barrier between the caller and the resource."""
    try:
        target = arns.parse(permission.resource)
    except ValueError:
        return ()  # `*`: the call names no resource
    partition = _partition(call, permission, target)
    if partition is not None:
        return (partition,)  # whatever lies beyond it is out of sight
    found = (
        _commercial(call, permission, world),
        _region(call, permission, target),
        _role(permission, world),
        _passed(call, permission, target),
    )
    return tuple(barrier for barrier in found if barrier is not None)


def _partition(call: Call, permission: Permission, target: arns.Arn) -> Barrier | None:
    own = arns.partition_of(call.region).name
    if target.partition == own:
        return None
    return Barrier(
        Link.PARTITION,
        permission.action,
        permission.resource,
        f"`{target}` is in partition `{target.partition}`, the caller is in `{own}`",
        "roles and policies delegate inside one partition only; run this part of the workflow in that partition",
    )


def _commercial(call: Call, permission: Permission, world: World) -> Barrier | None:
    """`Credentials` of a Task outside the commercial partition, in a world where AWS does not offer them there."""
    own = arns.partition_of(call.region).name
    if not world.settings.commercial_regions_only or own == _COMMERCIAL or permission.action != "sts:AssumeRole":
        return None
    if call.site is None:  # nobody's Task: the service itself, or a caller from outside
        return None
    message = f"Tasks have `Credentials` in partition `{_COMMERCIAL}` only, this one runs in `{own}`"
    help_ = "let resource policies admit the execution role, or leave `commercial_regions_only` out of `settings`"
    return Barrier(Link.PARTITION, permission.action, permission.resource, message, help_)


def _region(call: Call, permission: Permission, target: arns.Arn) -> Barrier | None:
    if target.service in _AVAILABLE_ELSEWHERE or not target.region or target.region == call.region:
        return None
    message = f"`{target}` is in Region `{target.region}`, the call goes to `{call.region}`"
    error = None
    if target.service == "lambda":
        text = f"Functions from '{target.region}' are not reachable in this region ('{call.region}')"
        error = ("ResourceNotFoundException", 404, text)
    help_ = "a state machine reaches resources of its own Region only; use a resource or a machine there"
    return Barrier(Link.REGION, permission.action, permission.resource, message, help_, error)


def _role(permission: Permission, world: World) -> Barrier | None:
    if permission.action != "sts:AssumeRole" or world.role(permission.resource) is not None:
        return None
    return Barrier(
        Link.ROLE_EXISTS,
        permission.action,
        permission.resource,
        f"the role `{permission.resource}` does not exist",
        "create the role in that account, or correct the ARN (a role with a path carries the path in its ARN)",
    )


def _passed(call: Call, permission: Permission, role: arns.Arn) -> Barrier | None:
    """A service works under a role of the caller's account only (text reported of Lambda, elsewhere *inferred*)."""
    if permission.action != "iam:PassRole" or role.account == call.caller.account:
        return None
    status = 403 if call.service == "lambda" else 400
    return Barrier(
        Link.PASSING,
        permission.action,
        permission.resource,
        f"`{role}` is a role of account `{role.account}`, it is passed in account `{call.caller.account}`",
        "use a role of the same account, and let it assume the other one",
        ("AccessDeniedException", status, "Cross-account pass role is not allowed."),
    )
