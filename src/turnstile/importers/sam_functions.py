"""`AWS::Serverless::Function` as a function, its role, version, alias, URL and what its events make.

Spec: AWS SAM, "AWS::Serverless::Function" and "Generated CloudFormation resources".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resolver import without_resources
from turnstile.importers.sam_events import function_events
from turnstile.importers.sam_making import attribute
from turnstile.importers.sam_policies import allowing, aws_managed, role
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.importers.part import Part
    from turnstile.importers.sam_events import Event
    from turnstile.importers.sam_making import Making
    from turnstile.importers.template import Declared

_SAME = (
    "Architectures", "CapacityProviderConfig", "CodeSigningConfigArn", "Description", "DurableConfig", "Environment",
    "EphemeralStorage", "FileSystemConfigs", "FunctionName", "Handler", "ImageConfig", "KmsKeyArn", "Layers",
    "LoggingConfig", "MemorySize", "PackageType", "RecursiveLoop", "ReservedConcurrentExecutions", "Runtime",
    "RuntimeManagementConfig", "SnapStart", "TenancyConfig", "Timeout", "VpcConfig",
)  # fmt: skip
_OTHER = (
    "AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256", "CodeUri",
    "DeadLetterQueue", "DeploymentPreference", "EventInvokeConfig", "Events", "FunctionScalingConfig",
    "FunctionUrlConfig", "ImageUri", "InlineCode", "PermissionsBoundary", "Policies", "PropagateTags",
    "ProvisionedConcurrencyConfig", "PublishToLatestPublished", "Role", "RolePath", "SourceKMSKeyArn", "Tags",
    "Tracing", "VersionDeletionPolicy", "VersionDescription",
)  # fmt: skip
_BASIC = "service-role/AWSLambdaBasicExecutionRole"
_VPC = "service-role/AWSLambdaVPCAccessExecutionRole"
_TRACING = "AWSXRayDaemonWriteAccess"
_DEAD_LETTERS = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}


def function(making: Making) -> Iterator[Declared]:
    """Everything the function stands for."""
    making.known((*_SAME, *_OTHER))
    alias = making.get("AutoPublishAlias")
    target: Json = {"Ref": making.id}
    if alias is not None:
        target = {"Ref": f"{making.id}Alias{_word(making.text(alias))}"}
    events = list(function_events(making, target if alias is not None else attribute(making.id)))
    own_role = making.get("Role")
    if own_role is None:
        yield role(making, "lambda.amazonaws.com", _managed(making, events), _inline(making), _tags(making))
    yield making.main("AWS::Lambda::Function", _properties(making, own_role))
    if alias is not None:
        yield from _published(making, alias)
    yield from _url(making, target)
    yield from _invoked(making)
    for event in events:
        yield from event.resources


def _properties(making: Making, own_role: Part | None) -> dict[str, Json]:
    properties = making.taken({name: name for name in _SAME})
    properties["Role"] = own_role.moved if own_role is not None else attribute(f"{making.id}Role")
    properties["Tags"] = _tags(making)
    for name, member in (("InlineCode", "ZipFile"), ("ImageUri", "ImageUri")):
        if (part := making.get(name)) is not None:
            properties["Code"] = {member: part.moved}
    if (code := making.get("CodeUri")) is not None and "Code" not in properties:
        properties["Code"] = _location(code)
    if (tracing := making.get("Tracing")) is not None:
        properties["TracingConfig"] = {"Mode": tracing.moved}
    if (letters := making.object("DeadLetterQueue")) is not None and (target := letters.get("TargetArn")) is not None:
        properties["DeadLetterConfig"] = {"TargetArn": target.moved}
    return properties


def _location(part: Part) -> Json:
    """`Bucket`, `Key` and `Version` under the names that Lambda has for them; a path as it is."""
    names = {"Bucket": "S3Bucket", "Key": "S3Key", "Version": "S3ObjectVersion"}
    if not isinstance(part.value, dict) or "Bucket" not in part.value:
        return part.moved
    return {names.get(name, name): value.moved for name, value in part.members()}


def _tags(making: Making) -> list[Json]:
    return [{"Key": "lambda:createdBy", "Value": "SAM"}, *making.own_tags()]


def _managed(making: Making, events: list[Event]) -> Iterator[Json]:
    yield aws_managed(_BASIC)
    tracing = making.get("Tracing")
    if tracing is not None and without_resources(making.scope, tracing) in ("Active", "PassThrough"):
        yield aws_managed(_TRACING)
    if making.get("VpcConfig") is not None:
        yield aws_managed(_VPC)
    for path in sorted({event.policy for event in events if event.policy}):
        yield aws_managed(path)


def _inline(making: Making) -> Iterator[Json]:
    letters = making.object("DeadLetterQueue")
    if letters is None:
        return
    kind, target = letters.get("Type"), letters.get("TargetArn")
    if kind is None or target is None or kind.value not in _DEAD_LETTERS:
        remedy = hint(str(kind.value) if kind is not None else "", _DEAD_LETTERS, "types")
        making.refuse(letters, "wrong-type", "`DeadLetterQueue` has a `Type` and a `TargetArn`", remedy)
    statement = {"Effect": "Allow", "Action": _DEAD_LETTERS[kind.value], "Resource": target.moved}
    yield allowing("DeadLetterQueuePolicy", [statement])


def _published(making: Making, alias: Part) -> Iterator[Declared]:
    """A version of the code as it is, and the alias that leads to it."""
    written = (making.get(name) for name in ("CodeUri", "InlineCode", "ImageUri", "AutoPublishCodeSha256"))
    version = f"{making.id}Version{making.hash(*written)}"
    name = making.text(alias)
    alias_id = f"{making.id}Alias{_word(name)}"
    description = making.taken({"VersionDescription": "Description"})
    yield making.beside(version, "AWS::Lambda::Version", {"FunctionName": {"Ref": making.id}, **description}, alias)
    properties = {
        "FunctionName": {"Ref": making.id},
        "FunctionVersion": attribute(version, "Version"),
        "Name": name,
        **making.taken({"ProvisionedConcurrencyConfig": "ProvisionedConcurrencyConfig"}),
    }
    yield making.beside(alias_id, "AWS::Lambda::Alias", properties, alias)
    making.aliases[f"{making.id}.Version"] = version
    making.aliases[f"{making.id}.Alias"] = alias_id
    preference = making.get("DeploymentPreference")
    if preference is not None:
        group = f"{making.id}DeploymentGroup"
        yield making.beside(group, "AWS::CodeDeploy::DeploymentGroup", {"Function": {"Ref": making.id}}, preference)


def _url(making: Making, target: Json) -> Iterator[Declared]:
    part = making.object("FunctionUrlConfig")
    if part is None:
        return
    properties = {name: value.moved for name, value in part.members()}
    yield making.beside(f"{making.id}Url", "AWS::Lambda::Url", {"TargetFunctionArn": target, **properties}, part)
    if (auth := part.get("AuthType")) is not None and auth.value == "NONE":
        opened = {
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionName": target,
            "FunctionUrlAuthType": "NONE",
            "Principal": "*",
        }
        yield making.beside(f"{making.id}UrlPublicPermissions", "AWS::Lambda::Permission", opened, part)


def _invoked(making: Making) -> Iterator[Declared]:
    part = making.object("EventInvokeConfig")
    if part is not None:
        names = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")
        properties = {name: value.moved for name, value in part.members() if name in names}
        facts = {"FunctionName": {"Ref": making.id}, "Qualifier": "$LATEST", **properties}
        yield making.beside(f"{making.id}EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", facts, part)


def _word(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
