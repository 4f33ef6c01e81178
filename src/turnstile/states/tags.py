"""Tags of state machines and activities in the API.

Recorded: sfn_api_tagging. Limits: reference/limits.md; the texts of refusals are *inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.states.naming import ACTIVITY, MACHINE, check_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.states.registry import Registry

_MOST = 50
"""Tags a resource may have."""


def given(tags: Iterable[Json]) -> dict[str, str]:
    """Tags as a request writes them, by key; of two with one key the last counts.

    Raises:
        ServiceError: a key that AWS keeps for itself, or too many.
    """
    found = {str(tag["key"]): str(tag.get("value", "")) for tag in tags}
    if any(key.lower().startswith("aws:") for key in found):
        message = "System tags cannot be added/updated by requester: `aws:` is reserved"
        raise ServiceError("ValidationException", message)
    _check_quota(found)
    return found


class Tags:
    """The operations on tags."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.operations = {
            "ListTagsForResource": self.listing,
            "TagResource": self.add,
            "UntagResource": self.remove,
        }

    async def listing(self, call: Call, _owner: str) -> Output:
        """ListTagsForResource, in the order they were given."""
        return {"tags": [{"key": key, "value": value} for key, value in self._of(call).items()]}

    async def add(self, call: Call, _owner: str) -> Output:
        """TagResource."""
        tags = self._of(call)
        added = given(call.parameters["tags"])
        _check_quota(tags | added)
        tags.update(added)
        return {}

    async def remove(self, call: Call, _owner: str) -> Output:
        """UntagResource; keys that are not there are passed over."""
        tags = self._of(call)
        for key in call.parameters["tagKeys"]:
            tags.pop(str(key), None)
        return {}

    def _of(self, call: Call) -> dict[str, str]:
        """The tags of the resource, for changing too."""
        arn = str(call.parameters["resourceArn"])
        check_kind(arn, MACHINE, ACTIVITY)
        account = self._registry.world.owner(arn)
        if account is None or (self._registry.find(arn) is None and arn not in account.activities):
            raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")
        return account.tags.setdefault(arn, {})


def _check_quota(tags: dict[str, str]) -> None:
    if len(tags) > _MOST:
        raise ServiceError("TooManyTags", f"A resource can have at most {_MOST} tags")
