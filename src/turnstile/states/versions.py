"""Versions of state machines in the API: publish, list, delete.

Recorded: sfn_api_versioning, sfn_api_aliasing/test_delete_version_with_alias; numbers are never given twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.states.naming import split_qualifier
from turnstile.states.pages import page
from turnstile.world.machine import Version

if TYPE_CHECKING:
    from turnstile.gate.call import Call, Output
    from turnstile.states.registry import Registry
    from turnstile.world.machine import Machine, Published

_MOST = 1000
"""Versions a machine may have (reference/limits.md)."""


def publish(published: Published, machine: Machine, description: str, now: float) -> Version:
    """The version of a revision, made if it has none; one that has is not published again.

    Raises:
        ServiceError: ServiceQuotaExceededException; the text is *inferred*.
    """
    for version in reversed(published.versions.values()):
        if version.machine.revision == machine.revision:
            return version
    if len(published.versions) >= _MOST:
        message = f"The state machine has reached its limit of {_MOST} versions: '{machine.arn}'"
        raise ServiceError("ServiceQuotaExceededException", message)
    published.last += 1
    version = Version(f"{machine.arn}:{published.last}", published.last, machine, description, now)
    published.versions[version.arn] = version
    return version


class Versions:
    """The operations on versions."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.operations = {
            "DeleteStateMachineVersion": self.delete,
            "ListStateMachineVersions": self.listing,
            "PublishStateMachineVersion": self.publish,
        }

    async def publish(self, call: Call, _owner: str) -> Output:
        """PublishStateMachineVersion of the current revision; the text about another one is *inferred*."""
        machine = self._registry.living(str(call.parameters["stateMachineArn"]))
        wanted = call.parameters.get("revisionId")
        if wanted is not None and wanted != machine.revision:
            message = (
                f"Failed to publish the State Machine version for revision {wanted}. "
                f"The current State Machine revision is {machine.revision or 'null'}."
            )
            raise ServiceError("ConflictException", message)
        description = str(call.parameters.get("description") or "")
        now = self._registry.world.clock.now()
        version = publish(self._registry.published(machine.arn), machine, description, now)
        return {"stateMachineVersionArn": version.arn, "creationDate": version.created}

    async def listing(self, call: Call, _owner: str) -> Output:
        """ListStateMachineVersions, the newest first."""
        machine = self._registry.machine(str(call.parameters["stateMachineArn"]))
        versions = sorted(self._registry.published(machine.arn).versions.values(), key=lambda each: -each.number)
        shown, more = page(call, versions, lambda version: version.arn, machine.arn)
        listed = [{"stateMachineVersionArn": each.arn, "creationDate": each.created} for each in shown]
        return {"stateMachineVersions": listed} | more

    async def delete(self, call: Call, _owner: str) -> Output:
        """DeleteStateMachineVersion, refused while an alias leads to it."""
        arn = str(call.parameters["stateMachineVersionArn"])
        published = self._registry.published(split_qualifier(arn)[0])
        leading = [
            alias.name for alias in published.aliases.values() if arn in {route.version_arn for route in alias.routes}
        ]
        if leading:
            message = (
                "Version to be deleted must not be referenced by an alias. "
                f"Current list of aliases referencing this version: [{', '.join(leading)}]"
            )
            raise ServiceError("ConflictException", message)
        published.versions.pop(arn, None)
        return {}
