"""Answers in pages: maxResults and nextToken, alike in every operation that lists.

A token names the operation, what it lists and the last item that was given, so that it serves no other list. Sizes and
texts: API reference; recorded: sfn_api/test_list_executions_pagination, sfn_api_aliasing (pagination).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from turnstile.document import Json
    from turnstile.gate.call import Call

    T = TypeVar("T")

_INVALID = "Invalid Token: 'Invalid token'"
_SIZE = 100
"""Items of a page where maxResults does not say; 0 does not say either."""


def page(call: Call, items: Sequence[T], key: Callable[[T], str], scope: str = "") -> tuple[Sequence[T], Json]:
    """The items that were asked for, and the member `nextToken` if there are more.

    `key` tells items apart, `scope` is what the list is about.

    Raises:
        ServiceError: InvalidToken.
    """
    first = _after(call, items, key, scope)
    shown = items[first : first + (int(call.parameters.get("maxResults", 0)) or _SIZE)]
    if first + len(shown) >= len(items):
        return shown, {}
    return shown, {"nextToken": _token(call, scope, key(shown[-1]))}


def _after(call: Call, items: Sequence[T], key: Callable[[T], str], scope: str) -> int:
    given = call.parameters.get("nextToken")
    if given is None:
        return 0
    last = _last(call, str(given), scope)
    found = next((index for index, item in enumerate(items) if key(item) == last), None)
    if found is None:
        raise ServiceError("InvalidToken", _INVALID)
    return found + 1


def _token(call: Call, scope: str, key: str) -> str:
    return urlsafe_b64encode(f"{call.operation}\n{scope}\n{key}".encode()).decode()


def _last(call: Call, token: str, scope: str) -> str:
    """The key of the last item that was given."""
    try:
        operation, about, key = urlsafe_b64decode(token).decode().split("\n")
    except ValueError:
        raise ServiceError("InvalidToken", _INVALID) from None
    if (operation, about) != (call.operation, scope):
        raise ServiceError("InvalidToken", _INVALID)
    return key
