"""`AWS::Serverless::Connector`: what one resource needs to reach another, as policies and permissions.

Spec: AWS SAM, "AWS::Serverless::Connector" and "Supported source and destination types"; data/sam.json. Source and
destination are resources of the template by `Id`, or described by `Type`, `Arn`, `RoleName`, `QueueUrl` and `Name`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.importers.part import Part
from turnstile.importers.sam_making import attribute
from turnstile.importers.sam_policies import filled, tables
from turnstile.importers.template import Declared
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.scope import Scope

_ROLES = {
    "AWS::AppSync::DataSource": "ServiceRoleArn",
    "AWS::Lambda::Function": "Role",
    "AWS::StepFunctions::StateMachine": "RoleArn",
}
_BY_REFERENCE = ("AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::AppSync::DataSource")
"""Types whose ARN is what `Ref` gives."""
_CATEGORIES = ("Read", "Write")
_DESCRIBED = {"Arn": "Arn", "Name": "Name", "Qualifier": "Qualifier", "ResourceId": "ResourceId"}


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """One end of a connector: values by name, with `Type`; `part` is where it is written."""

    part: Part
    type: str
    values: Mapping[str, Json]

    def need(self, scope: Scope, name: str) -> Json:
        if name not in self.values:
            message = f"the connector does not know the `{name}` of this `{self.type}`"
            scope.refuse(self.part, "missing-property", message, f"add `{name}`")
        return self.values[name]


def embedded(declared: Declared) -> Iterator[Declared]:
    """The connectors that a resource has under `Connectors`, as resources of their own."""
    found = declared.part.get("Connectors")
    for name, part in found.members() if found is not None else ():
        properties = part.get("Properties")
        source: dict[str, Json] = {"Id": declared.logical_id}
        extra = part.get("SourceReference")
        if extra is not None:
            source.update({member: value.moved for member, value in extra.members()})
        own = {member: value.moved for member, value in properties.members()} if properties is not None else {}
        body = Part({"Type": "", "Properties": {"Source": source, **own}}, part.origin)
        yield Declared(f"{declared.logical_id}{name}", "AWS::Serverless::Connector", body, declared.condition)


def connected(scope: Scope, declared: Declared, resources: Mapping[str, Declared]) -> Iterator[Declared]:
    """The policies and permissions of a connector."""
    if declared.condition and not scope.condition(declared.condition, declared.part):
        return
    properties = scope.decided(declared.properties)
    wanted = _wanted(scope, properties)
    source, destinations = (properties.get(name) for name in ("Source", "Destination"))
    if source is None or destinations is None:
        scope.refuse(declared.part, "missing-property", "a connector has a `Source` and a `Destination`", "add both")
    several = list(destinations.elements()) or [destinations]
    for index, destination in enumerate(several):
        suffix = f"Destination{index}" if len(several) > 1 else ""
        ends = _end(scope, source, resources), _end(scope, destination, resources)
        name = declared.logical_id
        for made in _granted(scope, name, ends, wanted):
            part = Part(made[2], declared.part.origin)
            yield Declared(made[0] + suffix, made[1], part, declared.condition, (), name)


def _wanted(scope: Scope, properties: Part) -> list[str]:
    part = properties.get("Permissions")
    found = [each.value for each in part.elements()] if part is not None else []
    if part is None or not found or any(each not in _CATEGORIES for each in found):
        message = "the permissions of a connector are `Read`, `Write`, or both"
        scope.refuse(part or properties, "wrong-type", message, "write `Permissions: [Read, Write]`")
    return found


def _end(scope: Scope, part: Part, resources: Mapping[str, Declared]) -> _End:
    name = part.get("Id")
    values = {member: value.moved for member, value in part.members() if member not in ("Id", "Type")}
    if name is None:
        kind = part.get("Type")
        if kind is None or not isinstance(kind.value, str):
            scope.refuse(part, "missing-type", "an end of a connector has an `Id`, or a `Type` and more", "add `Id`")
        return _End(part, kind.value, values)
    if name.value not in resources:
        message = f"the template has no resource `{name.value}`"
        scope.refuse(name, "unknown-resource", message, hint(str(name.value), resources, "resources"))
    declared = resources[name.value]
    reference: Json = {"Ref": declared.logical_id}
    known: dict[str, Json] = {
        "Arn": reference if declared.type in _BY_REFERENCE else attribute(declared.logical_id),
        "Name": attribute(declared.logical_id, "Name"),
        "Qualifier": "*",
        "QueueUrl": reference,
        "ResourceId": reference,
    }
    role = declared.properties.get(_ROLES.get(declared.type, ""))
    if role is not None:
        known["RoleName"] = _role_name(role)
    return _End(part, declared.type, known | values)


def _role_name(part: Part) -> Json:
    """The name of a role from its ARN, which is mostly that of a resource of the template."""
    match part.value:
        case {"Fn::GetAtt": [str() as name, "Arn"]}:
            return {"Ref": name}
        case {"Fn::GetAtt": str() as text} if text.endswith(".Arn"):
            return {"Ref": text.removesuffix(".Arn")}
        case str() as arn:
            return arn.rpartition("/")[2]
    return {"Fn::Select": [1, {"Fn::Split": ["/", part.moved]}]}


def _granted(
    scope: Scope, name: str, ends: tuple[_End, _End], wanted: list[str]
) -> Iterator[tuple[str, str, dict[str, Json]]]:
    source, destination = ends
    row = next((row for row in tables()["connectors"] if _fits(row, ends)), None)
    if row is None:
        message = f"SAM connects no `{source.type}` to a `{destination.type}`"
        scope.refuse(destination.part, "unknown-connector", message, "write the policies yourself")
    for category in wanted:
        if category not in row:
            possible = " and ".join(f"`{each}`" for each in _CATEGORIES if each in row)
            message = f"a connector of `{source.type}` to `{destination.type}` cannot `{category}`"
            scope.refuse(destination.part, "unknown-connector", message, f"it can {possible}")
    names = {
        f"{side}.{key}": end.values[key]
        for side, end in zip(("Source", "Destination"), ends, strict=True)
        for key in _DESCRIBED
        if key in end.values
    }
    kind, made = _MADE[row["by"]]
    if row["by"] == "function":
        facts = filled(row["Write"], names)
        properties = {**facts, "FunctionName": destination.need(scope, "Arn")}
        yield f"{name}WriteLambdaPermission", kind, {"Type": kind, "Properties": properties}
        return
    statements = [statement for category in _CATEGORIES if category in wanted for statement in row[category]]
    document = {"Version": "2012-10-17", "Statement": filled(statements, names)}
    properties = {"PolicyDocument": document, **_attached(scope, row, ends)}
    yield f"{name}{made}", kind, {"Type": kind, "Properties": properties}


def _fits(row: Json, ends: tuple[_End, _End]) -> bool:
    return (row["source"], row["destination"]) == tuple(end.type for end in ends)


def _attached(scope: Scope, row: Json, ends: tuple[_End, _End]) -> dict[str, Json]:
    source, destination = ends
    match row["by"]:
        case "role":
            return {"Roles": [(source if row["of"] == "source" else destination).need(scope, "RoleName")]}
        case "queue":
            return {"Queues": [destination.need(scope, "QueueUrl")]}
    return {"Topics": [destination.need(scope, "Arn")]}


_MADE = {
    "function": ("AWS::Lambda::Permission", ""),
    "queue": ("AWS::SQS::QueuePolicy", "QueuePolicy"),
    "role": ("AWS::IAM::ManagedPolicy", "Policy"),
    "topic": ("AWS::SNS::TopicPolicy", "TopicPolicy"),
}
