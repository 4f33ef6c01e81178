"""APIs of API Gateway as whoever sends them a request sees them: REST APIs and HTTP APIs, kept in moto.

A request finds its API in any account by the host, then its stage, its route and the integration behind it. A method
with IAM authorization, or an API with a policy, is judged: the service makes `execute-api:Invoke` of the request and
sends it through the gate (`Authorized`), as the caller of a signed request, as `states.amazonaws.com` for
RESOURCE_POLICY, as nobody otherwise. A refusal is a response with status 403. What is deployed is the API as it is now.

Facts: reference/recorded-behaviour.md and services.apigetway_task_service for resources that are not there; API Gateway
Developer Guide. That IAM_ROLE reaches no API of another account is documented, its response *inferred*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from turnstile.arn import PARTITIONS, partition_of
from turnstile.backends.api_integrations import Integrations
from turnstile.backends.api_request import ApiRequest, ApiResponse, failed, own_headers
from turnstile.backends.api_routes import DEFAULT, Route, take
from turnstile.document import compact
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.world.caller import FederatedIdentity, ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.api_routes import Taken
    from turnstile.document import Json
    from turnstile.gate.call import Backend, Output
    from turnstile.gate.gate import Gate
    from turnstile.world.caller import Caller
    from turnstile.world.world import World

_SUFFIXES = "|".join(sorted({re.escape(partition.dns_suffix) for partition in PARTITIONS}))
_HOST = re.compile(rf"(?:https://)?(?P<api>[a-z0-9]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.(?:{_SUFFIXES})/?")
_NOBODY = FederatedIdentity("", "anonymous", "", "")
_MISSING_TOKEN = failed(403, "Missing Authentication Token")
_FORBIDDEN = failed(403, "Forbidden")
_NOT_FOUND = failed(404, "Not Found")
_OPEN = (None, "", "NONE")


@dataclass(frozen=True, slots=True)
class _Api:
    """An API that was found: `kind` is EDGE, REGIONAL, PRIVATE or HTTP; `said` is what the service keeps of it."""

    id: str
    account: str
    region: str
    kind: str
    said: Mapping[str, Json]


class Apis:
    """The APIs of a world; `behind` keeps them."""

    def __init__(self, world: World, behind: Backend, gate: Gate) -> None:
        self._world = world
        self._behind = behind
        self._gate = gate
        self._integrations = Integrations(world, gate)

    async def perform(self, call: Call, owner: str) -> Output:
        """Send a request (`Send`), or do nothing more about one that was allowed (`Invoke`).

        Raises:
            ServiceError: `UnknownHostException`, the endpoint is no host.
            Unsupported: the API asks for what is not emulated.
        """
        if call.operation == "Invoke":
            return {}
        found = _HOST.fullmatch(str(call.parameters["ApiEndpoint"]))
        if found is None:
            raise Unsupported(
                f"the API endpoint `{call.parameters['ApiEndpoint']}` (write `<id>.execute-api.<region>.amazonaws.com`)"
            )
        api = await self._find(found["api"], found["region"])
        if api is None:
            return self._arrived(_FORBIDDEN, self._request(call, found[0], found["api"], owner), "REGIONAL")
        request = self._request(call, found[0], api.id, api.account)
        send = self._send_http if api.kind == "HTTP" else self._send_rest
        return self._arrived(await send(api, request, call), request, api.kind)

    def _request(self, call: Call, host: str, api: str, account: str) -> ApiRequest:
        asked = call.parameters
        host = host.removeprefix("https://").rstrip("/")
        body = asked.get("Body")
        headers = {**asked.get("Headers", {}), "Host": [host]}
        if body is not None and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = ["application/json"]
        return ApiRequest(
            host=host,
            api=api,
            account=account,
            stage=str(asked.get("Stage") or DEFAULT),
            method=str(asked["Method"]),
            path="/" + unquote(str(asked.get("Path") or "")).strip("/"),
            headers=headers,
            query=asked.get("QueryParameters", {}),
            body=body,
            request_id=self._world.uuid(),
            at=self._world.clock.now(),
        )

    def _arrived(self, response: ApiResponse, request: ApiRequest, kind: str) -> Output:
        ids = (self._world.uuid(), self._world.uuid(), self._world.uuid())
        headers = own_headers(request, response, kind, ids)
        return {"StatusCode": response.status, "Headers": headers, "Body": response.body}

    async def _find(self, api: str, region: str) -> _Api | None:
        for account in list(self._world.accounts):
            said = await self._read(account, region, "apigateway", "GetRestApi", restApiId=api)
            if said is not None:
                kind = next(iter((said.get("endpointConfiguration") or {}).get("types") or ()), "EDGE")
                return _Api(api, account, region, kind, said)
            said = await self._read(account, region, "apigatewayv2", "GetApi", ApiId=api)
            if said is not None and said.get("ProtocolType") == "HTTP":
                return _Api(api, account, region, "HTTP", said)
        return None

    async def _read(self, account: str, region: str, service: str, operation: str, **members: Json) -> Json:
        """What the service says of something that is there, None where it is not; in nobody's trail."""
        call = Call(self._world.accounts[account].root, service, operation, members, region)
        try:
            return await self._behind.perform(call, account)
        except ServiceError:
            return None

    async def _send_rest(self, api: _Api, request: ApiRequest, call: Call) -> ApiResponse:
        stage = await self._read(
            api.account, api.region, "apigateway", "GetStage", restApiId=api.id, stageName=request.stage
        )
        if stage is None:
            return _FORBIDDEN
        resources = await self._read(
            api.account, api.region, "apigateway", "GetResources", restApiId=api.id, embed=["methods"], limit=500
        )
        routes = [
            Route(method, resource["path"], {"id": resource["id"], **said})
            for resource in (resources or {}).get("items", ())
            for method, said in (resource.get("resourceMethods") or {}).items()
        ]
        taken = take(routes, request.method, request.path)
        if taken is None:
            return _MISSING_TOKEN
        refused = await self._judge(api, request, taken, call, taken.route.said.get("authorizationType"))
        if refused is not None:
            return refused
        return await self._integrations.rest(request, taken, api.region, stage.get("variables") or {})

    async def _send_http(self, api: _Api, request: ApiRequest, call: Call) -> ApiResponse:
        asked = {"ApiId": api.id}
        stages = await self._read(api.account, api.region, "apigatewayv2", "GetStages", **asked)
        stage = _of((stages or {}).get("Items", ()), "StageName", request.stage)
        if stage is None:
            return _NOT_FOUND
        routes = await self._read(api.account, api.region, "apigatewayv2", "GetRoutes", **asked)
        taken = take(map(_route, (routes or {}).get("Items", ())), request.method, request.path)
        if taken is None:
            return _NOT_FOUND
        refused = await self._judge(api, request, taken, call, taken.route.said.get("AuthorizationType"))
        if refused is not None:
            return refused
        found = await self._read(api.account, api.region, "apigatewayv2", "GetIntegrations", **asked)
        target = str(taken.route.said.get("Target", "")).removeprefix("integrations/")
        integration = _of((found or {}).get("Items", ()), "IntegrationId", target)
        return await self._integrations.http(
            request, taken, api.region, stage.get("StageVariables") or {}, integration or {}
        )

    async def _judge(
        self, api: _Api, request: ApiRequest, taken: Taken, call: Call, authorization: Json
    ) -> ApiResponse | None:
        """None for a request that may go on, else the response.

        Raises:
            Unsupported: the method asks for another authorization, or for an API key.
        """
        if authorization not in (*_OPEN, "AWS_IAM"):
            raise Unsupported(f"the authorization `{authorization}` of API `{api.id}`")
        if taken.route.said.get("apiKeyRequired") or taken.route.said.get("ApiKeyRequired"):
            raise Unsupported(f"API keys, which `{taken.route.path}` of API `{api.id}` asks for")
        signed = call.parameters.get("AuthType", "NO_AUTH")
        if authorization == "AWS_IAM" and signed == "NO_AUTH":
            return _FORBIDDEN if api.kind == "HTTP" else _MISSING_TOKEN
        if authorization in _OPEN and not api.said.get("policy"):
            return None
        caller = _caller(call, signed) if authorization == "AWS_IAM" else _NOBODY
        return await self._authorized(api, request, call, caller)

    async def _authorized(self, api: _Api, request: ApiRequest, call: Call, caller: Caller) -> ApiResponse | None:
        path = f"{request.stage}/{request.method}{request.path}"
        arn = f"arn:{partition_of(api.region).name}:execute-api:{api.region}:{api.account}:{api.id}/{path}"
        if call.parameters.get("AuthType") == "IAM_ROLE" and caller.account not in ("", api.account):
            return _denied(caller, arn, "")
        asked = replace(call, caller=caller, operation="Invoke", parameters={"Arn": arn}, region=api.region)
        try:
            await self._gate.call(asked)
        except AccessDenied as denied:
            return _denied(caller, arn, " with an explicit deny" if "explicit deny" in denied.message else "")
        return None


def _denied(caller: Caller, arn: str, how: str) -> ApiResponse:
    """The response that tells of a refusal; of the API's account it shows four digits only (reported)."""
    parts = arn.split(":")
    parts[4] = "*" * 8 + parts[4][-4:]
    user = "anonymous" if caller is _NOBODY else caller.arn
    text = f"User: {user} is not authorized to perform: execute-api:Invoke on resource: {':'.join(parts)}{how}"
    return ApiResponse(403, compact({"Message": text}))


def _caller(call: Call, signed: str) -> Caller:
    if signed != "RESOURCE_POLICY":
        return call.caller
    machine = str(call.parameters["MachineArn"])
    return ServicePrincipal("states.amazonaws.com", machine, machine.split(":")[4])


def _of(items: Json, name: str, value: str) -> Json:
    return next((item for item in items if item.get(name) == value), None)


def _route(said: Mapping[str, Json]) -> Route:
    key = str(said["RouteKey"])
    if key == DEFAULT:
        return Route("ANY", DEFAULT, said)
    method, _, path = key.partition(" ")
    return Route(method, path, said)
