"""The smaller SAM types: tables, layers, and what is only listed.

Spec: AWS SAM, "AWS::Serverless::SimpleTable", "AWS::Serverless::LayerVersion".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resolver import without_resources
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from turnstile.importers.sam_making import Making
    from turnstile.importers.template import Declared

_TABLE = ("PointInTimeRecoverySpecification", "ProvisionedThroughput", "SSESpecification", "TableName")
_LETTERS = {"Binary": "B", "Number": "N", "String": "S"}
_LAYER = {
    "CompatibleArchitectures": "CompatibleArchitectures",
    "CompatibleRuntimes": "CompatibleRuntimes",
    "ContentUri": "Content",
    "Description": "Description",
    "LayerName": "LayerName",
    "LicenseInfo": "LicenseInfo",
}


def table(making: Making) -> Iterator[Declared]:
    """A DynamoDB table with one key, `id` unless it is named."""
    making.known((*_TABLE, "PrimaryKey", "Tags"))
    key = making.object("PrimaryKey")
    name, kind = (key.get(member) if key is not None else None for member in ("Name", "Type"))
    word = "String" if kind is None else without_resources(making.scope, kind)
    if kind is not None and word not in _LETTERS:
        making.refuse(kind, "wrong-type", f"`{word}` is no type of a key", hint(str(word), _LETTERS, "types"))
    called = name.moved if name is not None else "id"
    properties = {
        "AttributeDefinitions": [{"AttributeName": called, "AttributeType": _LETTERS[word]}],
        "KeySchema": [{"AttributeName": called, "KeyType": "HASH"}],
        **making.taken({member: member for member in _TABLE}),
    }
    if "ProvisionedThroughput" not in properties:
        properties["BillingMode"] = "PAY_PER_REQUEST"
    if tags := list(making.own_tags()):
        properties["Tags"] = tags
    yield making.main("AWS::DynamoDB::Table", properties)


def layer(making: Making) -> Iterator[Declared]:
    """A layer under its own logical id; SAM adds a hash to it, which shows nowhere else."""
    making.known((*_LAYER, "PublishLambdaVersion", "RetentionPolicy"))
    yield making.main("AWS::Lambda::LayerVersion", {"LayerName": making.id, **making.taken(_LAYER)})


def _listed(kind: str) -> Callable[[Making], Iterator[Declared]]:
    """A type that is not emulated keeps its name, so that what needs it can be told."""

    def made(making: Making) -> Iterator[Declared]:
        yield making.main(kind, {name: part.moved for name, part in making.properties.members()})

    return made


application = _listed("AWS::CloudFormation::Stack")
graph_api = _listed("AWS::AppSync::GraphQLApi")
