"""`AWS::Serverless::Api`, `AWS::Serverless::HttpApi`, the implicit ones, and what an event of an API makes.

Spec: AWS SAM, "AWS::Serverless::Api", "AWS::Serverless::HttpApi", "Generated CloudFormation resources". SAM writes the
paths into an OpenAPI body; here they are resources and methods of their own, whose ids are *inferred*. The bodies of
users (`DefinitionBody`, `DefinitionUri`) are not read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.importers.sam_making import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.importers.part import Part
    from turnstile.importers.sam_making import Making
    from turnstile.importers.template import Declared

REST = "ServerlessRestApi"
HTTP = "ServerlessHttpApi"
_STAGE = "Prod"
_DEPLOYMENT = "AWS::ApiGateway::Deployment"
_METHOD = "AWS::ApiGateway::Method"
_STAGED = "AWS::ApiGateway::Stage"
_REST = {"Description": "Description", "EndpointConfiguration": "EndpointConfiguration", "Name": "Name"}
_HTTP = {"CorsConfiguration": "CorsConfiguration", "Description": "Description", "Name": "Name"}
_URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations"
_CALLED = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/"


def api(making: Making) -> Iterator[Declared]:
    """A REST API with its deployment and stage."""
    stage = making.get("StageName")
    written = making.taken(_REST)
    if isinstance(written.get("EndpointConfiguration"), str):
        written["EndpointConfiguration"] = {"Types": [written["EndpointConfiguration"]]}
    kind = "AWS::ApiGateway::RestApi"
    yield making.main(kind, {"Name": {"Ref": "AWS::StackName"}, **written, **_tagged(making)})
    yield from _staged(making, making.id, stage.moved if stage is not None else _STAGE, _stage_id(making, stage))


def http_api(making: Making) -> Iterator[Declared]:
    """An HTTP API with its default stage."""
    properties = {"Name": {"Ref": "AWS::StackName"}, "ProtocolType": "HTTP", **making.taken(_HTTP)}
    yield making.main("AWS::ApiGatewayV2::Api", properties)
    yield _default_stage(making, making.id)


def rest_event(making: Making, name: str, part: Part, properties: Part, target: Json) -> Iterator[Declared]:
    """What an event of a REST API makes: path, method and permission, and the API where it is implicit."""
    own = properties.get("RestApiId")
    if own is None:
        facts = {"Name": {"Ref": "AWS::StackName"}}
        yield making.beside(REST, "AWS::ApiGateway::RestApi", facts, part)
        yield from _staged(making, REST, _STAGE, f"{REST}{_STAGE}Stage")
    api_id = _named(making, own, REST)
    path, method = (_text(properties, word, fallback) for word, fallback in (("Path", "/"), ("Method", "ANY")))
    method = "ANY" if method.lower() == "any" else method.upper()
    parent: Json = attribute(api_id, "RootResourceId")
    way = ""
    for segment in filter(None, path.split("/")):
        way += _word(segment)
        resource = f"{api_id}{way}Resource"
        step: dict[str, Json] = {"RestApiId": {"Ref": api_id}, "ParentId": parent, "PathPart": segment}
        yield making.beside(resource, "AWS::ApiGateway::Resource", step, part)
        parent = {"Ref": resource}
    integration = {
        "IntegrationHttpMethod": "POST",
        "Type": "AWS_PROXY",
        "Uri": {"Fn::Sub": [_URI, {"Function": target}]},
    }
    called_by: dict[str, Json] = {"HttpMethod": method, "Integration": integration}
    place: dict[str, Json] = {"RestApiId": {"Ref": api_id}, "ResourceId": parent}
    name_of = f"{api_id}{way}{method.title()}Method"
    yield making.beside(name_of, _METHOD, {**place, **called_by}, part)
    called = _CALLED + ("*" if method == "ANY" else method) + path
    yield _permission(making, f"{making.id}{name}Permission{_STAGE}", api_id, called, target, part)


def http_event(making: Making, name: str, part: Part, properties: Part, target: Json) -> Iterator[Declared]:
    """What an event of an HTTP API makes: the permission, and the API where it is implicit."""
    own = properties.get("ApiId")
    if own is None:
        facts = {"Name": {"Ref": "AWS::StackName"}, "ProtocolType": "HTTP"}
        yield making.beside(HTTP, "AWS::ApiGatewayV2::Api", facts, part)
        yield _default_stage(making, HTTP)
    path = _text(properties, "Path", "/$default").rstrip("/") or "/"
    called = _CALLED + "*" + path
    yield _permission(making, f"{making.id}{name}Permission", _named(making, own, HTTP), called, target, part)


def _permission(making: Making, name: str, api_id: str, called: str, target: Json, part: Part) -> Declared:
    properties = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": target,
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": [_without_names(called), {"Api": {"Ref": api_id}}]},
    }
    return making.beside(name, "AWS::Lambda::Permission", properties, part)


def _without_names(called: str) -> str:
    """Parameters of a path as the wildcards they are in an ARN."""
    front, _, path = called.partition("/*/")
    segments = ("*" if segment.startswith("{") else segment for segment in path.split("/"))
    return f"{front}/*/{'/'.join(segments)}"


def _staged(making: Making, api_id: str, stage: Json, stage_id: str) -> Iterator[Declared]:
    deployment = f"{api_id}Deployment"
    yield making.beside(deployment, _DEPLOYMENT, {"RestApiId": {"Ref": api_id}})
    facts = {"RestApiId": {"Ref": api_id}, "DeploymentId": {"Ref": deployment}, "StageName": stage}
    yield making.beside(stage_id, _STAGED, facts)
    making.aliases[f"{api_id}.Stage"] = stage_id
    making.aliases[f"{api_id}.Deployment"] = deployment


def _default_stage(making: Making, api_id: str) -> Declared:
    facts = {"ApiId": {"Ref": api_id}, "AutoDeploy": True, "StageName": "$default"}
    return making.beside(f"{api_id}ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage", facts)


def _stage_id(making: Making, stage: Part | None) -> str:
    """The stage is called by its name where that is written out."""
    word = stage.value if stage is not None else _STAGE
    return f"{making.id}{word if isinstance(word, str) else ''}Stage"


def _tagged(making: Making) -> dict[str, Json]:
    tags = list(making.own_tags())
    return {"Tags": tags} if tags else {}


def _named(making: Making, part: Part | None, implicit: str) -> str:
    if part is None:
        return implicit
    name = part.value.get("Ref") if isinstance(part.value, dict) else part.value
    if not isinstance(name, str):
        making.refuse(part, "wrong-type", "an event names its API by `!Ref`", "write `!Ref` and the logical id")
    return name


def _text(properties: Part, name: str, fallback: str) -> str:
    part = properties.get(name)
    return part.value if part is not None and isinstance(part.value, str) else fallback


def _word(segment: str) -> str:
    return "".join(letter for letter in segment if letter.isalnum()).capitalize()


def ordered(resources: dict[str, Declared]) -> None:
    """Let deployments come after the methods of their API; one without methods is left out, for it has nothing."""
    deployments = [name for name, each in resources.items() if each.generated_by and each.type == _DEPLOYMENT]
    for name in deployments:
        api_id = name.removesuffix("Deployment")
        methods = tuple(other for other, each in resources.items() if each.type == _METHOD and other.startswith(api_id))
        if methods:
            resources[name] = replace(resources[name], depends_on=methods)
            continue
        stages = [other for other, each in resources.items() if each.type == _STAGED and other.startswith(api_id)]
        for unused in (name, *stages):
            del resources[unused]
