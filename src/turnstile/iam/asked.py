"""What a request may name: who asks, an action, a resource. Anything else would be decided like any other text.

Knows no policies, and not where the request is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile import arn

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ARN = "arn:"


def slips(principal: str, action: str, resource: str) -> Iterator[tuple[str, str, str, str]]:
    """What is no principal, no action or no resource: the member, a code, a message and a remedy."""
    if not principal.startswith(_ARN) and principal != "*" and "." not in principal:
        remedy = "write an ARN, or a service principal such as `states.amazonaws.com`"
        yield "principal", "bad-principal", f"`{principal}` is not a principal", remedy
    if not _ACTION.fullmatch(action):
        yield "action", "bad-action", f"`{action}` is not an action", "write one like `sqs:SendMessage`"
    if not resource.startswith(_ARN) and resource != "*":
        yield "resource", "bad-resource", f"`{resource}` is not a resource", "write an ARN, or `*` for none"
    for member, text in (("principal", principal), ("resource", resource)):
        if text.startswith(_ARN) and (told := _broken(text)):
            yield member, "bad-arn", told, ""


def _broken(text: str) -> str:
    """Why a text is no ARN; empty for one."""
    try:
        arn.parse(text)
    except ValueError as error:
        return str(error)
    return ""
