"""What no policy can allow: another partition, another Region, another account's token, a role that does not exist.

Facts: reference/cross-account.md sections 4, 5 and 6. What services say of another Region stands in `gate.elsewhere`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.elsewhere import answer
from turnstile.gate.link import Barrier, Link

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission
    from turnstile.world.world import World

_COMMERCIAL = "aws"
_ANYWHERE = frozenset({"s3:CreateBucket", "s3:GetBucketLocation"})
"""Actions on a bucket that any Region answers, wherever it lies."""
_BY_TOKEN = frozenset({"states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"})


def barriers(call: Call, permission: Permission, world: World) -> tuple[Barrier, ...]:
    """Every barrier between the caller and the resource."""
    if permission.action in _BY_TOKEN:
        token = _token(call, permission, world)
        return () if token is None else (token,)
    try:
        target = arns.parse(permission.resource)
    except ValueError:
        return ()  # `*`: the call names no resource
    partition = _partition(call, permission, target)
    if partition is not None:
        return (partition,)  # whatever lies beyond it is out of sight
    found = (
        _commercial(call, permission, world),
        _region(call, permission, target, world),
        _role(permission, world),
        _passed(call, permission, target),
    )
    return tuple(barrier for barrier in found if barrier is not None)


def _partition(call: Call, permission: Permission, target: arns.Arn) -> Barrier | None:
    """A service that has Regions answers as for another Region: it knows no other partition (*inferred*)."""
    own = arns.partition_of(call.region).name
    if target.partition == own:
        return None
    return Barrier(
        Link.PARTITION,
        permission.action,
        permission.resource,
        f"`{target}` is in partition `{target.partition}`, the caller is in `{own}`",
        "roles and policies delegate inside one partition only; run this part of the workflow in that partition",
        answer(target, target.region, call.region) if target.region else None,
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


def _region(call: Call, permission: Permission, target: arns.Arn, world: World) -> Barrier | None:
    there = target.region or _bucket_region(call, permission, target, world)
    if there in ("", call.region):
        return None
    message = f"`{target}` is in Region `{there}`, the call goes to `{call.region}`"
    help_ = "a state machine reaches resources of its own Region only; use a resource or a machine there"
    error = answer(target, there, call.region)
    return Barrier(Link.REGION, permission.action, permission.resource, message, help_, error)


def _bucket_region(call: Call, permission: Permission, target: arns.Arn, world: World) -> str:
    """Where a bucket lies, which its ARN does not tell; empty where that is no matter.

    Step Functions has no cross-Region access (documented), while other callers' SDKs follow the redirection.
    """
    if target.service != "s3" or call.site is None or permission.action in _ANYWHERE:
        return ""
    return world.known.bucket_regions.get((target.partition, target.resource.partition("/")[0]), "")


def _token(call: Call, permission: Permission, world: World) -> Barrier | None:
    """A token is good for principals of the machine's own account, in its Region (documented; error *inferred*)."""
    place = world.known.tokens.get(str(call.parameters.get("taskToken", "")))
    if place is None or place == (call.caller.account, call.region):
        return None  # one that nobody has given out is the backend's business
    account, region = place
    own = f"account `{call.caller.account}` in `{call.region}`"
    return Barrier(
        Link.CALLBACK,
        permission.action,
        permission.resource,
        f"the token is one of account `{account}` in `{region}`, the caller is of {own}",
        "let the worker assume a role in the account of the state machine, and send the token from its Region",
        ("InvalidToken", 400, "Invalid Token: 'Invalid token'"),
    )


def _role(permission: Permission, world: World) -> Barrier | None:
    if permission.action != "sts:AssumeRole" or world.role(permission.resource) is not None:
        return None
    return Barrier(
        Link.ROLE_EXISTS,
        permission.action,
        permission.resource,
        f"the role `{permission.resource}` does not exist",
        _instead(arns.parse(permission.resource), world),
    )


def _instead(role: arns.Arn, world: World) -> str:
    """What may have been meant: a role of the same account whose name differs in its path or in a few letters."""
    from turnstile.spelling import nearest  # noqa: PLC0415 - for roles that are not there

    account = world.accounts.get(role.account)
    if account is None:
        return f"no account `{role.account}` is declared; declare it with its role, or correct the ARN"
    named = {_name(arn): arn for arn in account.roles}
    meant = nearest(_name(str(role)), named)
    if meant is not None:
        return f"did you mean `{named[meant]}`? The ARN of a role has its path, and capital letters count"
    return "create the role in that account, or correct the ARN (a role with a path carries the path in its ARN)"


def _name(role_arn: str) -> str:
    return role_arn.rpartition("/")[2]


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
