"""A request to an API of API Gateway, and its response, as values; what the two generations of APIs tell a function.

Event shapes: API Gateway Developer Guide, "Input format of a Lambda function for proxy integration" and "Create AWS
Lambda proxy integrations for HTTP APIs". Pure.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from turnstile.document import Json, compact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.api_routes import Taken

Lists = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request as it reaches the API; `path` begins with a slash, `body` is None for none, `at` seconds since 1970."""

    host: str
    api: str
    account: str
    stage: str
    method: str
    path: str
    headers: Mapping[str, list[str]]
    query: Mapping[str, list[str]]
    body: str | None
    request_id: str
    at: float


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What an integration answers, before the API adds its own headers."""

    status: int
    body: str = ""
    headers: Mapping[str, list[str]] = field(default_factory=dict)


def failed(status: int, text: str) -> ApiResponse:
    """The API's own answer where it does not come to an integration."""
    return ApiResponse(status, compact({"message": text}))


BROKEN = failed(500, "Internal server error")
MALFORMED = failed(502, "Internal server error")
"""Of a REST API whose function answers in another shape than a proxy integration has."""


def rest_event(request: ApiRequest, taken: Taken, variables: Json) -> Json:
    """Version 1.0 of the event, that of REST APIs."""
    moment = datetime.fromtimestamp(request.at, UTC)
    return {
        "resource": taken.route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last(request.headers) or None,
        "multiValueHeaders": dict(request.headers) or None,
        "queryStringParameters": _last(request.query) or None,
        "multiValueQueryStringParameters": dict(request.query) or None,
        "pathParameters": dict(taken.values) or None,
        "stageVariables": variables or None,
        "requestContext": {
            "accountId": request.account,
            "apiId": request.api,
            "domainName": request.host,
            "httpMethod": request.method,
            "path": f"/{request.stage}{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": request.request_id,
            "requestTime": moment.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": round(request.at * 1000),
            "resourceId": taken.route.said.get("id"),
            "resourcePath": taken.route.path,
            "stage": request.stage,
        },
        "body": request.body,
        "isBase64Encoded": False,
    }


def http_event(request: ApiRequest, taken: Taken, variables: Json) -> Json:
    """Version 2.0 of the event, that of HTTP APIs."""
    moment = datetime.fromtimestamp(request.at, UTC)
    query = [(name, text) for name, texts in request.query.items() for text in texts]
    path = request.path if request.stage == "$default" else f"/{request.stage}{request.path}"
    event: dict[str, Json] = {
        "version": "2.0",
        "routeKey": taken.route.said.get("RouteKey", "$default"),
        "rawPath": path,
        "rawQueryString": urlencode(query),
        "headers": {name.lower(): ",".join(texts) for name, texts in request.headers.items()},
        "requestContext": {
            "accountId": request.account,
            "apiId": request.api,
            "domainName": request.host,
            "domainPrefix": request.api,
            "http": {"method": request.method, "path": path, "protocol": "HTTP/1.1"},
            "requestId": request.request_id,
            "routeKey": taken.route.said.get("RouteKey", "$default"),
            "stage": request.stage,
            "time": moment.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": round(request.at * 1000),
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = {name: ",".join(texts) for name, texts in request.query.items()}
    optional = {"pathParameters": dict(taken.values), "stageVariables": variables, "body": request.body}
    return {**event, **{name: value for name, value in optional.items() if value not in (None, {})}}


def proxied(payload: str, *, lenient: bool) -> ApiResponse | None:
    """The response that a function behind a proxy integration asks for; None where it has not that shape.

    `lenient`: version 2.0 takes any other document as the body of a response that is fine.
    """
    answer = json.loads(payload) if payload else None
    if not isinstance(answer, dict) or "statusCode" not in answer:
        if not lenient:
            return None
        body = answer if isinstance(answer, str) else payload
        return ApiResponse(200, body, {"Content-Type": ["application/json"]})
    try:
        return ApiResponse(int(answer["statusCode"]), _body(answer), _headers(answer))
    except (AttributeError, TypeError, ValueError):
        return None


def _body(answer: Mapping[str, Json]) -> str:
    body = answer.get("body")
    if body is None:
        return ""
    if not isinstance(body, str):
        raise TypeError
    return base64.b64decode(body).decode(errors="replace") if answer.get("isBase64Encoded") else body


def _headers(answer: Mapping[str, Json]) -> Lists:
    found = {name: [_word(value)] for name, value in (answer.get("headers") or {}).items()}
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        found[name] = [_word(value) for value in values]
    return found


def _word(value: Json) -> str:
    return value if isinstance(value, str) else compact(value)


def _last(lists: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: texts[-1] for name, texts in lists.items() if texts}


def own_headers(request: ApiRequest, response: ApiResponse, kind: str, ids: tuple[str, str, str]) -> Lists:
    """The headers of a response as it arrives; `kind` is the API's: EDGE, REGIONAL or HTTP (recorded for EDGE)."""
    first, second, third = ids
    said = {"Content-Type": ["application/json"], **response.headers}
    length = len(response.body.encode(errors="replace"))
    arrived: Lists = {
        "Connection": ["keep-alive"],
        "Content-Length": [str(length)],
        "Date": [formatdate(request.at, usegmt=True)],
    }
    if kind == "HTTP":
        return {**said, **arrived, "Apigw-Requestid": [first[:16]]}
    arrived |= {
        "x-amz-apigw-id": [first[:16]],
        "x-amzn-RequestId": [request.request_id],
        "X-Amzn-Trace-Id": [f"Root=1-{int(request.at):08x}-{second.replace('-', '')[:24]}"],
    }
    if kind == "EDGE":
        arrived |= {
            "Via": [f"1.1 {third.replace('-', '')}.cloudfront.net (CloudFront)"],
            "X-Amz-Cf-Id": [f"{third}{first}".replace("-", "")[:56]],
            "X-Amz-Cf-Pop": ["IAD89-P1"],
            "X-Cache": ["Miss from cloudfront" if response.status < _ERROR else "Error from cloudfront"],
        }
    return dict(sorted({**said, **arrived}.items(), key=lambda pair: pair[0].lower()))


_ERROR = 400
