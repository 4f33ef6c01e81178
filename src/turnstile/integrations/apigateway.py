"""`apigateway:invoke`: a request to an API, its response as the result.

A body is sent as its JSON, text too, and one that is `null` not at all (recorded: services.apigetway_task_service).
Members that are `null` are left out unless `AllowNullValues` says otherwise (documented). What the request meets at the
API is `backends.apis`'s. Facts: reference/integrations.json (apigateway). That a body with another method or an
unknown word is refused with the sentence for header values, a forbidden header with that of HTTP Tasks, is *inferred*.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import missing, refused, unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Output
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Work

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_WITH_BODY = ("PATCH", "POST", "PUT")
_AUTHORIZATIONS = ("NO_AUTH", "IAM_ROLE", "RESOURCE_POLICY")
_FORBIDDEN = re.compile(
    r"x-forwarded.*|x-amz.*|authorization|connection|content-md5|expect|host|max-forwards|proxy-authenticate|server|te|"
    r"transfer-encoding|trailer|upgrade|via|www-authenticate",
    re.IGNORECASE,
)
_GOOD, _BAD = 200, 300


def check(parameters: Json) -> None:
    """Refuse parameters that Step Functions does not start with; no object is the integration's own matter.

    Raises:
        StatesError: `States.Runtime`.
    """
    if not isinstance(parameters, dict):
        return
    for name in ("ApiEndpoint", "Method"):
        if parameters.get(name) is None:
            raise missing(parameters, name)
    for name, fits in _FIELDS.items():
        if parameters.get(name) is not None and not fits(parameters[name]):
            raise unusable(parameters, name)
    names = [name.lower() for name in parameters.get("Headers") or () if _FORBIDDEN.fullmatch(name)]
    if names:
        raise refused(parameters, f"The 'Headers' field contains unsupported values: [{', '.join(names)}]")
    if parameters.get("RequestBody") is not None and parameters["Method"] not in _WITH_BODY:
        raise unusable(parameters, "RequestBody")


def _lists(value: Json) -> bool:
    """Lists of texts by name: a bare text is refused (recorded)."""
    return isinstance(value, dict) and all(
        isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in value.values()
    )


def _text(value: Json) -> bool:
    return isinstance(value, str)


_FIELDS: Mapping[str, Callable[[Json], bool]] = {
    "ApiEndpoint": _text,
    "Method": lambda value: value in METHODS,
    "Headers": _lists,
    "Stage": _text,
    "Path": _text,
    "QueryParameters": _lists,
    "AllowNullValues": lambda value: isinstance(value, bool),
    "AuthType": lambda value: value in _AUTHORIZATIONS,
}


class ApiTask:
    """A request to an API."""

    async def start(self, work: Work) -> Json:
        """Send it.

        Raises:
            StatesError: `ApiGateway.<status>` with the body as cause, for a status that is no success;
                `ApiGateway.<name>` where no response came.
        """
        try:
            answer = await work.ask("execute-api", "Send", request(work))
        except ServiceError as error:
            raise StatesError(f"ApiGateway.{error.code}", error.message) from None
        return shown("ApiGateway", answer.output)


def request(work: Work) -> dict[str, Json]:
    """The members of the request, its body as text.

    Raises:
        StatesError: the parameters are no object.
    """
    members = {name: value for name, value in work.members.items() if value is not None}
    named = ("ApiEndpoint", "Method", "Stage", "Path")
    sent: dict[str, Json] = {name: members[name] for name in named if name in members}
    sent["Headers"] = members.get("Headers", {})
    sent["QueryParameters"] = members.get("QueryParameters", {})
    sent["AuthType"] = members.get("AuthType", "NO_AUTH")
    sent["MachineArn"] = work.origin.machine_arn
    nulls = members.get("AllowNullValues", False)
    body = work.members.get("RequestBody")
    if body is not None or (nulls and "RequestBody" in work.members):
        sent["Body"] = compact(body if nulls else _without_nulls(body))
    return sent


def _without_nulls(value: Json) -> Json:
    match value:
        case dict():
            return {name: _without_nulls(member) for name, member in value.items() if member is not None}
        case list():
            return [_without_nulls(member) for member in value]
        case _:
            return value


def shown(prefix: str, response: Output) -> Json:
    """A response as a Task shows it; `Body` is its text, `Headers` are lists of texts.

    Raises:
        StatesError: `<prefix>.<status>`, its status is no success.
    """
    status, body = response["StatusCode"], response["Body"]
    if not _GOOD <= status < _BAD:
        raise StatesError(f"{prefix}.{status}", body)
    return {
        "Headers": response["Headers"],
        "ResponseBody": parsed(body),
        "StatusCode": status,
        "StatusText": status_text(status),
    }


def status_text(status: int) -> str:
    """The words that HTTP has for a status, empty for a status that has none."""
    from http import HTTPStatus  # noqa: PLC0415 - for workflows that send requests

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def parsed(body: str) -> Json:
    """The document in a body, else its text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


OFFERS: Offers = {("apigateway", "invoke"): Offer(ApiTask(), called_back=True, check=check)}
