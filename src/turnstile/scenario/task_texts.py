"""What a Task of a definition says of roles and functions: ARNs, names and placeholders, as texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile import arn as arns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.permissions.task import Task

PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
"""What `substitutions` fill in."""

_INVOKE = re.compile(r"arn:[a-z-]+:states:::lambda:invoke")


def role_of(task: Task) -> str:
    """The role a Task takes, where it is written as it is or as a placeholder; else empty."""
    if task.role is None:
        return ""
    if task.role.whole:
        return task.role.known
    return task.role.written if placeholder(task.role.written) else ""


def function_of(task: Task) -> str:
    """The function a Task invokes, as written; empty where it invokes none."""
    if _INVOKE.match(task.resource):
        name = task.arguments[0].get("FunctionName")
        return name if isinstance(name, str) else ""
    return task.resource if ":lambda:" in task.resource or placeholder(task.resource) else ""


def placeholder(text: str) -> str:
    """The name of the placeholder that a text is; empty where it is none."""
    match = PLACEHOLDER.fullmatch(text)
    return match[1] if match else ""


def account_of(text: str) -> str:
    """The account in an ARN; empty where there is none."""
    try:
        return arns.parse(text).account
    except ValueError:
        return ""


def own_account(tasks: Sequence[Task]) -> str:
    """That of the first function that is invoked without another role."""
    return next((account for task in tasks if task.role is None and (account := account_of(function_of(task)))), "")


def own_region(tasks: Sequence[Task]) -> str:
    """That of the first function that is named by its ARN; else empty."""
    return next((text.split(":")[3] for task in tasks if (text := function_of(task)).startswith("arn:")), "")
