"""Where a call happens: ARNs of the caller's account and Region, and the owners of what ARNs name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


def partition(call: Call) -> str:
    """The partition of the call's Region."""
    return arns.partition_of(call.region).name


def local(call: Call, service: str, resource: str, account: str | None = None) -> str:
    """The ARN of a resource in the call's Region, of the caller's account unless told otherwise."""
    return str(arns.Arn(partition(call), service, call.region, account or call.caller.account, resource))


def owner(arn: str, call: Call, world: World) -> str:
    """The account of an ARN; a bucket's is the one that made it, else the caller's."""
    try:
        parsed = arns.parse(arn)
    except ValueError:
        return call.caller.account
    if parsed.service == "s3" and not parsed.account:
        bucket = parsed.resource.partition("/")[0]
        return world.known.buckets.get((parsed.partition, bucket), call.caller.account)
    return parsed.account or call.caller.account


def on(
    action: str, resource: str, call: Call, world: World, context: Mapping[str, ContextValue] | None = None
) -> Permission:
    """A permission on a resource of whichever account owns it."""
    return Permission(action, resource, owner(resource, call, world), context or {})


def anywhere(action: str) -> Row:
    """A row whose action knows no resources."""

    def row(call: Call, _world: World) -> tuple[Permission, ...]:
        return (Permission(action, "*", call.caller.account),)

    return row


def nothing(_call: Call, _world: World) -> tuple[Permission, ...]:
    """A row of an operation that needs no permission."""
    return ()
