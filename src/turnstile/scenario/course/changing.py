"""Changing a running world: identities, policies and the organization, by what differs between two declarations.

Only the members of an identity that differ are changed, its inline policies one by one; so what calls and other steps
have changed meanwhile stays, unless the step changes the same thing. Policies are values that the gate reads
anew for each call, so the next call is judged by the new ones.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.iam.policy import Policy
    from turnstile.scenario.course.step import Change
    from turnstile.world.world import World

_PLACE = frozenset({"origin", "made"})
"""Members that say nothing of what an identity may do."""


def change_world(world: World, change: Change) -> None:
    """Make the world differ as the declarations do."""
    before = {account.id: account for account in change.before.accounts}
    for after in change.after.accounts:
        account, old = world.accounts[after.id], before[after.id]
        _change(account.roles, old.roles, after.roles)
        _change(account.users, old.users, after.users)
        _change(account.groups, old.groups, after.groups)
        _change(account.policies, old.policies, after.policies)
    _change(world.aws_policies, change.before.aws_policies, change.after.aws_policies)
    if not _same(change.before.organization, change.after.organization):
        world.organization = change.after.organization


def _change(register: dict[str, Any], before: Sequence[Any], after: Sequence[Any]) -> None:
    old = {each.arn: each for each in before}
    new = {each.arn: each for each in after}
    for arn in old.keys() - new.keys():
        register.pop(arn, None)
    for arn, each in new.items():
        if arn not in old or arn not in register:
            register.update({} if arn in old and _same(old[arn], each) else {arn: each})
        elif not _same(old[arn], each):
            register[arn] = _amended(register[arn], old[arn], each)


def _amended(current: Any, old: Any, new: Any) -> Any:
    """An identity or policy with the members that differ; of inline policies, those that do."""
    changed = {each.name for each in fields(new) if not _alike(getattr(old, each.name), getattr(new, each.name))}
    members = {name: getattr(new, name) for name in changed - {"made"}}
    if "policies" in members:
        members["policies"] = _policies(current.policies, old.policies, new.policies)
    return replace(current, **members)


def _policies(current: Sequence[Policy], old: Sequence[Policy], new: Sequence[Policy]) -> tuple[Policy, ...]:
    before, after = ({policy.name: policy for policy in policies} for policies in (old, new))
    kept = {policy.name: policy for policy in current if policy.name in after or policy.name not in before}
    changed = {name: each for name, each in after.items() if name not in before or not _same(before[name], each)}
    return tuple((kept | changed).values())


def _same(one: Any, other: Any) -> bool:
    """Whether two declared values say the same, wherever they are written."""
    if one is other:
        return True
    if type(one) is not type(other) or not hasattr(one, "__dataclass_fields__"):
        return bool(one == other)
    names = [each.name for each in fields(one) if each.name not in _PLACE]
    return all(_alike(getattr(one, name), getattr(other, name)) for name in names)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return _same(one, other)
