"""What a Task of a definition says of roles and functions: ARNs, names and placeholders, as texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.permissions.folding import Text, member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.permissions.task import Task

PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
"""What `substitutions` fill in."""

_INVOKE = re.compile(r"arn:[a-z-]+:states:::lambda:invoke(\.waitForTaskToken)?")
_ACCOUNT = re.compile(r"[0-9]{12}")
_FUNCTION = re.compile(r"(arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:)?([A-Za-z0-9_-]{1,64})(:[A-Za-z0-9_$-]+)?")
"""The ARN or name of a function, with or without a version or alias."""


def role_of(task: Task) -> str:
    """The role a Task takes, where it is written as it is or as a placeholder; else empty."""
    return _fixed(task.role)


def function_of(task: Task) -> str:
    """The function a Task invokes, where it is written as it is or as a placeholder; else empty."""
    if _INVOKE.fullmatch(task.resource):
        return _function(_fixed(member(task.arguments[0], "FunctionName", jsonata=task.jsonata)))
    if placeholder(task.resource):
        return "" if is_activity(task) else task.resource
    return _function(task.resource) if ":lambda:" in task.resource else ""


def invokes(task: Task) -> bool:
    """The Task invokes a function, whichever."""
    direct = ":lambda:" in task.resource and ":states:::" not in task.resource
    if is_activity(task):
        return False
    return direct or bool(placeholder(task.resource) or _INVOKE.fullmatch(task.resource))


def is_activity(task: Task) -> bool:
    """A worker does the work; a placeholder says so by its name."""
    return ":activity:" in task.resource or "activity" in placeholder(task.resource).lower()


def function_name(text: str) -> str:
    """The name in the ARN or name of a function."""
    match = _FUNCTION.fullmatch(text)
    return match[2] if match else ""


def qualifier_of(text: str) -> str:
    """The version or alias in the ARN or name of a function; empty for none."""
    match = _FUNCTION.fullmatch(text)
    return match[3][1:] if match and match[3] else ""


def _fixed(text: Text | None) -> str:
    if text is None:
        return ""
    if text.whole:
        return text.known
    return text.written if placeholder(text.written) else ""


def _function(text: str) -> str:
    """The text, unless no function could have that name."""
    if placeholder(text):
        return text
    return text if _FUNCTION.fullmatch(text) and (":" not in text or region_of(text)) else ""


def placeholder(text: str) -> str:
    """The name of the placeholder that a text is; empty where it is none."""
    match = PLACEHOLDER.fullmatch(text)
    return match[1] if match else ""


def account_of(text: str) -> str:
    """The account in an ARN; empty where there is none."""
    try:
        account = arns.parse(text).account
    except ValueError:
        return ""
    return account if _ACCOUNT.fullmatch(account) else ""


def region_of(text: str) -> str:
    """The Region in an ARN; empty where there is none."""
    try:
        region = arns.parse(text).region
        arns.partition_of(region)
    except ValueError:
        return ""
    return region


def own_account(tasks: Sequence[Task]) -> str:
    """That of the first function or activity that is named without another role."""
    return next((account for task in tasks if task.role is None and (account := account_of(_named(task)))), "")


def own_region(tasks: Sequence[Task]) -> str:
    """That of the first function or activity that is named by its ARN; else the home of the roles' partition."""
    found = next((region for task in tasks if (region := region_of(_named(task)))), "")
    return found or next((home for task in tasks if (home := _home(task.resource) or _home(role_of(task)))), "")


def _named(task: Task) -> str:
    return task.resource if ":activity:" in task.resource else function_of(task)


def _home(text: str) -> str:
    """The first Region of another partition than the usual one that an ARN is in."""
    name = text.split(":")[1] if text.startswith("arn:") else ""
    return next((one.home_region for one in arns.PARTITIONS if one.name == name != "aws"), "")
