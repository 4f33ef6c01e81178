"""What stands behind a method of an API: Lambda functions, by proxy or not, and answers that the API makes itself.

A function is invoked through the gate by `apigateway.amazonaws.com` with the ARN of the method as `aws:SourceArn`, so
its policy is judged, or under the role of the integration, which API Gateway assumes first. Mapping templates are not
evaluated: what has no `$` and no `#` stands for itself, and without one the body is passed on; others are refused by
name. Facts: API Gateway Developer Guide, "Set up REST API integrations"; services.apigetway_task_service.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.backends.api_request import (
    BROKEN,
    MALFORMED,
    ApiResponse,
    http_event,
    proxied,
    rest_event,
)
from turnstile.document import compact
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.api_request import ApiRequest
    from turnstile.backends.api_routes import Taken
    from turnstile.document import Json
    from turnstile.gate.gate import Gate
    from turnstile.world.caller import Caller
    from turnstile.world.world import World

_SERVICE = "apigateway.amazonaws.com"
_FUNCTION = re.compile(r"(?:.*/functions/)?(?P<arn>arn:[\w-]+:lambda:[^/]+?)(?:/invocations)?")
_PASSED_ON = ("$input.json('$')", '$input.json("$")', "$input.body")
_FINE = 200


class Integrations:
    """Performs the integrations of a world's APIs."""

    def __init__(self, world: World, gate: Gate) -> None:
        self._world = world
        self._gate = gate

    async def rest(self, request: ApiRequest, taken: Taken, region: str, variables: Json) -> ApiResponse:
        """The response of a method of a REST API.

        Raises:
            Unsupported: its integration is of a kind that is not emulated.
        """
        integration = taken.route.said.get("methodIntegration") or {}
        match integration.get("type"):
            case None:
                return BROKEN  # a method without an integration
            case "MOCK":
                return _mocked(integration, request)
            case "AWS_PROXY":
                event = compact(rest_event(request, taken, variables))
                answer = await self._invoke(request, taken, region, integration, event)
                return _proxied(answer, MALFORMED, lenient=False)
            case "AWS":
                event = _mapped(integration.get("requestTemplates"), request.body) or "{}"
                answer = await self._invoke(request, taken, region, integration, event)
                return BROKEN if answer is None else _responded(integration, answer)
            case kind:
                raise Unsupported(f"the integration `{kind}` of API `{request.api}`")

    async def http(
        self, request: ApiRequest, taken: Taken, region: str, variables: Json, integration: Mapping[str, Json]
    ) -> ApiResponse:
        """The response of a route of an HTTP API.

        Raises:
            Unsupported: its integration is of a kind that is not emulated.
        """
        if not integration:
            return BROKEN
        if integration.get("IntegrationType") != "AWS_PROXY" or integration.get("IntegrationSubtype"):
            raise Unsupported(f"the integration `{integration.get('IntegrationType')}` of API `{request.api}`")
        lenient = integration.get("PayloadFormatVersion", "1.0") == "2.0"
        event = (http_event if lenient else rest_event)(request, taken, variables)
        said = {"uri": integration.get("IntegrationUri"), "credentials": integration.get("CredentialsArn")}
        return _proxied(await self._invoke(request, taken, region, said, compact(event)), BROKEN, lenient=lenient)

    async def _invoke(
        self, request: ApiRequest, taken: Taken, region: str, integration: Mapping[str, Json], event: str
    ) -> Mapping[str, Json] | None:
        """What the function answers, None where API Gateway may not invoke it or there is none.

        Raises:
            Unsupported: the integration is with another service than Lambda.
        """
        found = _FUNCTION.fullmatch(str(integration.get("uri") or ""))
        if found is None:
            raise Unsupported(f"the integration of API `{request.api}` with `{integration.get('uri')}`")
        source = f"{request.api}/{request.stage}/{request.method}{taken.route.path}"
        arn = f"arn:{partition_of(region).name}:execute-api:{region}:{request.account}:{source}"
        service = ServicePrincipal(_SERVICE, arn, request.account)
        asked = {"FunctionName": found["arn"], "Payload": event}
        try:
            caller = await self._caller(service, str(integration.get("credentials") or ""), region)
            answer = await self._gate.call(Call(caller, "lambda", "Invoke", asked, region))
        except ServiceError:
            return None
        output: Mapping[str, Json] = answer.output
        return output

    async def _caller(self, service: ServicePrincipal, role: str, region: str) -> Caller:
        """Who invokes: the service, or a session of the role that the integration names.

        Raises:
            ServiceError: API Gateway may not take the role.
        """
        if not role:
            return service
        parameters = {"RoleArn": role, "RoleSessionName": "BackplaneAssumeRoleSession"}
        answer = await self._gate.call(Call(service, "sts", "AssumeRole", parameters, region))
        return self._world.credentials[answer.output["Credentials"]["AccessKeyId"]].caller


def _proxied(answer: Mapping[str, Json] | None, malformed: ApiResponse, *, lenient: bool) -> ApiResponse:
    if answer is None:
        return BROKEN
    if answer.get("FunctionError"):
        return malformed
    return proxied(str(answer.get("Payload", "")), lenient=lenient) or malformed


def _responded(integration: Mapping[str, Json], answer: Mapping[str, Json]) -> ApiResponse:
    """The response of an integration that is no proxy: the first whose pattern fits an error, else the usual one."""
    payload = str(answer.get("Payload", ""))
    responses = (integration.get("integrationResponses") or {}).values()
    usual = next((each for each in responses if not each.get("selectionPattern")), None)
    chosen = usual
    if answer.get("FunctionError"):
        message = str(json.loads(payload).get("errorMessage", "")) if payload else ""
        fitting = (each for each in responses if each.get("selectionPattern"))
        chosen = next((each for each in fitting if _fits(each["selectionPattern"], message)), usual)
    if chosen is None:
        return BROKEN
    return ApiResponse(int(chosen["statusCode"]), _mapped(chosen.get("responseTemplates"), payload) or "")


def _fits(pattern: str, message: str) -> bool:
    try:
        return re.fullmatch(pattern, message, re.DOTALL) is not None
    except re.error:
        return False


def _mocked(integration: Mapping[str, Json], request: ApiRequest) -> ApiResponse:
    """The response for the status code that the request's template says."""
    try:
        wanted = str(json.loads(_mapped(integration.get("requestTemplates"), request.body) or "").get("statusCode"))
    except (AttributeError, ValueError):
        return BROKEN
    found = (integration.get("integrationResponses") or {}).get(wanted)
    if found is None:
        return BROKEN
    return ApiResponse(int(wanted or _FINE), _mapped(found.get("responseTemplates"), "") or "")


def _mapped(templates: Json, body: str | None) -> str | None:
    """A body after its template for JSON.

    Raises:
        Unsupported: the template is to be evaluated.
    """
    template = (templates or {}).get("application/json")
    if template is None or template.strip() in _PASSED_ON:
        return body
    if "$" in template or "#" in template:
        raise Unsupported("mapping templates of API Gateway")
    return str(template)
