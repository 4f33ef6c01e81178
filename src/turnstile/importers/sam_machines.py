"""`AWS::Serverless::StateMachine` as a state machine, its role, version, alias and what its events make.

Spec: AWS SAM, "AWS::Serverless::StateMachine". A definition stays the object or the file that it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.local import LOCATION, MACHINE
from turnstile.importers.resolver import without_resources
from turnstile.importers.sam_events import machine_events
from turnstile.importers.sam_making import attribute
from turnstile.importers.sam_policies import aws_managed, role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.importers.part import Part
    from turnstile.importers.sam_making import Making
    from turnstile.importers.template import Declared

_NAMES = {
    "Definition": "Definition",
    "DefinitionString": "DefinitionString",
    "DefinitionSubstitutions": "DefinitionSubstitutions",
    "DefinitionUri": LOCATION,
    "EncryptionConfiguration": "EncryptionConfiguration",
    "Logging": "LoggingConfiguration",
    "Name": "StateMachineName",
    "Tracing": "TracingConfiguration",
    "Type": "StateMachineType",
}
_OTHER = (
    "AutoPublishAlias", "DeploymentPreference", "Events", "PermissionsBoundary", "Policies", "PropagateTags", "Role",
    "RolePath", "Tags", "UseAliasAsEventTarget",
)  # fmt: skip


def machine(making: Making) -> Iterator[Declared]:
    """Everything the state machine stands for."""
    making.known((*_NAMES, *_OTHER))
    properties = making.taken(_NAMES)
    if not properties.keys() & {"Definition", "DefinitionString", LOCATION}:
        message = f"the state machine `{making.id}` has no definition"
        fault = making.declared.part.fault("missing-definition", message, "add `DefinitionUri` or `Definition`")
        making.scope.faults.append(fault)
    own = making.get("Role")
    if own is None:
        yield role(making, "states.amazonaws.com", _managed(making), (), _tags(making))
    properties["RoleArn"] = own.moved if own is not None else attribute(f"{making.id}Role")
    properties["Tags"] = _tags(making)
    yield making.main(MACHINE, properties)
    target: Json = {"Ref": making.id}
    alias = making.get("AutoPublishAlias")
    if alias is not None:
        alias_id = f"{making.id}Alias{making.text(alias)}"
        yield from _published(making, alias, alias_id)
        target = {"Ref": alias_id} if making.flag("UseAliasAsEventTarget") else target
    for event in machine_events(making, target):
        yield from event.resources


def _tags(making: Making) -> list[Json]:
    return [{"Key": "stateMachine:createdBy", "Value": "SAM"}, *making.own_tags()]


def _managed(making: Making) -> Iterator[Json]:
    tracing = making.get("Tracing")
    enabled = tracing.get("Enabled") if tracing is not None else None
    if enabled is not None and without_resources(making.scope, enabled) in (True, "true"):
        yield aws_managed("AWSXRayDaemonWriteAccess")


def _published(making: Making, alias: Part, alias_id: str) -> Iterator[Declared]:
    version = f"{making.id}Version{making.hash(making.properties)}"
    yield making.beside(version, f"{MACHINE}Version", {"StateMachineArn": {"Ref": making.id}}, alias)
    preference = {"Type": "ALL_AT_ONCE", "StateMachineVersionArn": {"Ref": version}}
    given = making.object("DeploymentPreference")
    written = {name: part.moved for name, part in given.members()} if given is not None else {}
    properties = {"Name": alias.moved, "DeploymentPreference": {**preference, **written}}
    yield making.beside(alias_id, f"{MACHINE}Alias", properties, alias)
    making.aliases[f"{making.id}.Version"] = version
    making.aliases[f"{making.id}.Alias"] = alias_id
