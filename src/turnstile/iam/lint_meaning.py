"""Lint rules about what a statement means: wider than it looks, or never true.

Sources: IAM User Guide, "The confused deputy problem", "Grant permissions to pass a role", "NotAction"; Step Functions
Developer Guide, "Creating an IAM role" (the two source keys).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn
from turnstile.document import pointer
from turnstile.iam.match import action_matches
from turnstile.iam.policy import Effect, Kind
from turnstile.iam.remark import Remark, value_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from turnstile.iam.policy import Policy, Statement

_LIMITS = frozenset({Kind.BOUNDARY, Kind.SESSION, Kind.SCP, Kind.RCP})
"""Policies that grant nothing by themselves: a wide Allow in them is usual."""
_SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
_ACCOUNT_FIELD = 4


def same_sids(policy: Policy) -> Iterator[Remark]:
    """Two statements of one policy have one Sid, which IAM refuses for policies of its own."""
    seen: set[str] = set()
    for statement in policy.statements:
        if statement.sid in seen:
            message = f"`{statement.sid}` is the Sid of another statement as well"
            yield Remark(pointer(statement.pointer, "Sid"), "same-sid", message, "give each statement its own Sid")
        if statement.sid:
            seen.add(statement.sid)


def _allow_not_action(policy: Policy, statement: Statement) -> Iterator[Remark]:
    if statement.not_actions and statement.effect is Effect.ALLOW and policy.kind not in _LIMITS:
        message = "`NotAction` with `Allow` allows every other action of every service"
        remedy = "list what is allowed in `Action`, or deny these actions"
        yield Remark(pointer(statement.pointer, "NotAction"), "allow-not-action", message, remedy)


def _pass_role(policy: Policy, statement: Statement) -> Iterator[Remark]:
    if statement.effect is Effect.DENY or statement.not_actions or "*" not in statement.resources:
        return
    for number, action in enumerate(statement.actions):
        if action.lower().startswith("iam:") and action_matches(action, "iam:PassRole"):
            message = f"`{action}` on `*` lets any role of the account be passed, the most powerful one too"
            remedy = "name the roles in `Resource`, and the service in a condition on `iam:PassedToService`"
            yield Remark(value_place(policy, statement, "Action", number), "pass-any-role", message, remedy)


def _two_accounts(_policy: Policy, statement: Statement) -> Iterator[Remark]:
    """`aws:SourceArn` names another account than `aws:SourceAccount`: both are never true."""
    wanted = [one for one in statement.conditions if one.key.lower() == "aws:sourceaccount" and _positive(one.operator)]
    for condition in statement.conditions:
        if condition.key.lower() != "aws:sourcearn" or not _positive(condition.operator):
            continue
        for other in wanted:
            accounts = {account for value in condition.values if (account := _account(value))}
            if accounts and not accounts & set(other.values) and not any(map(_open, other.values)):
                named = " or ".join(f"`{account}`" for account in sorted(accounts))
                message = f"`{condition.key}` is of account {named}, which `{other.key}` does not list"
                remedy = "write the account of the resource in both, or one of the two conditions"
                yield Remark(condition.pointer, "source-account-differs", message, remedy)


def _positive(operator: str) -> bool:
    return "Not" not in operator and operator != "Null"


def _account(value: str) -> str:
    """The account of an ARN, empty where a wildcard or variable leaves it open."""
    fields = value.split(":")
    account = fields[_ACCOUNT_FIELD] if len(fields) > _ACCOUNT_FIELD else ""
    return "" if _open(account) else account


def _open(value: str) -> bool:
    return any(sign in value for sign in "*?$")


def _deputy(policy: Policy, statement: Statement) -> Iterator[Remark]:
    """A role that any state machine of any account could make the service take, but for PassRole."""
    if policy.kind is not Kind.TRUST or statement.effect is Effect.DENY or statement.principals is None:
        return
    services = [value for kind, value in statement.principals.entries if kind == "Service"]
    states = next((value for value in services if value.startswith("states.") and value.endswith(".com")), None)
    if states and not _SOURCES & {condition.key.lower() for condition in statement.conditions}:
        message = f"`{states}` may take this role for any account's state machine"
        remedy = "add conditions on `aws:SourceArn` and `aws:SourceAccount`"
        yield Remark(statement.principals.pointer, "no-source-condition", message, remedy)


def _any_account(policy: Policy, statement: Statement) -> Iterator[Remark]:
    if statement.effect is Effect.DENY or statement.not_resources or policy.kind in _LIMITS:
        return
    for number, text in enumerate(statement.resources):
        try:
            account = arn.parse(text).account
        except ValueError:
            continue
        if account and set(account) & set("*?"):
            message = f"`{text}` is a resource of any account"
            place = value_place(policy, statement, "Resource", number)
            yield Remark(place, "any-account", message, "write the account id in the fifth field")


RULES: tuple[Callable[[Policy, Statement], Iterator[Remark]], ...] = (
    _allow_not_action,
    _pass_role,
    _two_accounts,
    _deputy,
    _any_account,
)
