"""AWS::ApiGateway and AWS::ApiGatewayV2, as far as Tasks that call an API need them: no OpenAPI bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Called
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow

_INTEGRATION = {"IntegrationHttpMethod": "integrationHttpMethod", "Type": "type", "Uri": "uri",
                "Credentials": "credentials", "RequestTemplates": "requestTemplates",
                "RequestParameters": "requestParameters", "PassthroughBehavior": "passthroughBehavior"}  # fmt: skip


def _method(item: Item) -> Mapping[str, Json]:
    apart = ("Integration", "MethodResponses")
    properties = {name: value for name, value in item.properties.items() if name not in apart}
    properties.setdefault("AuthorizationType", "NONE")
    return properties


def _integration(item: Item, _name: str) -> Iterator[Follow]:
    place = {
        "restApiId": item.properties.get("RestApiId"),
        "resourceId": item.properties.get("ResourceId"),
        "httpMethod": item.properties.get("HttpMethod"),
    }
    for each in item.properties.get("MethodResponses") or ():
        yield "PutMethodResponse", {**place, "statusCode": str(each.get("StatusCode"))}
    written = item.properties.get("Integration")
    if isinstance(written, dict):
        members = {new: written[old] for old, new in _INTEGRATION.items() if old in written}
        yield "PutIntegration", {**place, **members}


_ENDPOINT = "https://{api}.execute-api.{region}.{domain}"

KINDS: Mapping[str, Kind] = {
    "AWS::ApiGateway::Deployment": Called(
        "{api}",
        {"DeploymentId": "{api}"},
        service="apigateway",
        operation="CreateDeployment",
        silent=("DeploymentCanarySettings", "StageDescription"),
        made={"id": "{api}"},
    ),
    "AWS::ApiGateway::Method": Called(
        "{unnamed}", service="apigateway", operation="PutMethod", adapt=_method, after=_integration
    ),
    "AWS::ApiGateway::Resource": Called(
        "{api}",
        {"ResourceId": "{api}"},
        service="apigateway",
        operation="CreateResource",
        made={"id": "{api}"},
    ),
    "AWS::ApiGateway::RestApi": Called(
        "{api}",
        {"RestApiId": "{api}", "RootResourceId": "{apiroot}"},
        Name("Name", 255),
        "apigateway",
        "CreateRestApi",
        silent=("FailOnWarnings", "Mode"),
        made={"id": "{api}", "rootResourceId": "{apiroot}"},
        documents=(("Policy",),),
    ),
    "AWS::ApiGateway::Stage": Called(
        "{StageName}",
        service="apigateway",
        operation="CreateStage",
        silent=("MethodSettings", "AccessLogSetting"),
    ),
    "AWS::ApiGatewayV2::Api": Called(
        "{api}",
        {"ApiEndpoint": _ENDPOINT, "ApiId": "{api}"},
        Name("Name", 255),
        "apigatewayv2",
        "CreateApi",
        made={"ApiId": "{api}"},
    ),
    "AWS::ApiGatewayV2::Stage": Called(
        "{StageName}",
        service="apigatewayv2",
        operation="CreateStage",
        silent=("AccessLogSettings", "DefaultRouteSettings"),
    ),
}
