"""IAM: the world's identities and their policies, read and written by the API. The world owns them; moto is not asked.

Each family of operations has a file of its own, `iam_*`, which is loaded with the first call to IAM. Decisions are made
by what stands in the world, so a write takes effect at once (AWS: eventually).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.backends.iam_absent import ABSENT
from turnstile.backends.iam_attachments import ATTACHMENTS
from turnstile.backends.iam_details import DETAILS
from turnstile.backends.iam_identities import IDENTITIES
from turnstile.backends.iam_keys import KEYS
from turnstile.backends.iam_policies import MANAGED
from turnstile.backends.iam_profiles import PROFILES
from turnstile.backends.iam_providers import PROVIDERS
from turnstile.backends.iam_roles import ROLES
from turnstile.backends.iam_simulation import SIMULATION
from turnstile.backends.iam_tags import TAGS
from turnstile.backends.iam_validation import check
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import FederatedUser, IamUser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Operation
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.world.world import World

OPERATIONS: Mapping[str, Operation] = {
    **ABSENT,
    **ATTACHMENTS,
    **DETAILS,
    **IDENTITIES,
    **KEYS,
    **MANAGED,
    **PROFILES,
    **PROVIDERS,
    **ROLES,
    **SIMULATION,
    **TAGS,
}
"""All that is emulated, by operation."""

_OWN = frozenset(
    {"CreateAccessKey", "DeleteAccessKey", "GetUser", "GetLoginProfile", "ListAccessKeys", "UpdateAccessKey"}
)
"""Operations that mean the caller where they name no user."""


class Iam:
    """The operations on identities and their policies."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        operation = OPERATIONS.get(call.operation)
        if operation is None:
            raise Unsupported(f"iam:{call.operation}")
        if isinstance(call.caller, FederatedUser):
            raise ServiceError("AccessDenied", "Federated users cannot call IAM", 403)
        check(call.operation, call.parameters)
        parameters = _meaning_caller(call) if call.operation in _OWN else call.parameters
        return operation(self._world, self._world.accounts[owner], parameters)


def _meaning_caller(call: Call) -> Mapping[str, Json]:
    """The parameters with the name of the user.

    Raises:
        ServiceError: none is named, and the caller is no user.
    """
    if "UserName" in call.parameters:
        return call.parameters
    if not isinstance(call.caller, IamUser):
        raise ServiceError("ValidationError", "Must specify userName when calling with non-User credentials")
    return {**call.parameters, "UserName": call.caller.name}
