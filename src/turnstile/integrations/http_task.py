"""`http:invoke`: a request to any HTTPS endpoint with the credentials of an EventBridge connection.

What is asked for is checked here; the connection, its secret and the request itself are `backends.http_endpoints`'s.
Facts: reference/integrations.json (http), limits.md. Headers that a Task may not set are documented, the sentence about
them is reported; the name of the error for a machine that may not call an endpoint is *inferred*, its text reported.
A Task that names a target role is not supported (*inferred*): its credentials are the execution role's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.errors import StatesError, runtime
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.integrations.apigateway import METHODS, shown, status_text
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import missing, refused, unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Work

_FORBIDDEN = re.compile(
    r"a-im|accept-charset|accept-datetime|accept-encoding|authorization|cache-control|connection|content-encoding|"
    r"content-md5|date|expect|forwarded|from|host|http2-settings|if-match|if-modified-since|if-none-match|if-range|"
    r"if-unmodified-since|max-forwards|origin|pragma|proxy-authorization|referer|server|te|trailer|transfer-encoding|"
    r"upgrade|via|warning|x-forwarded-.*|x-amz-.*|x-amzn-.*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s/?#]")
_ENCODINGS = ("NONE", "URL_ENCODED")
_ARRAYS = ("INDICES", "REPEAT", "COMMAS", "BRACKETS")


def check(parameters: Json) -> None:
    """Refuse parameters that Step Functions does not start with.

    Raises:
        StatesError: `States.Runtime`.
    """
    if not isinstance(parameters, dict):
        return
    for name in ("ApiEndpoint", "Method"):
        if parameters.get(name) is None:
            raise missing(parameters, name)
    if connection(parameters) is None:
        raise missing(parameters, "Authentication.ConnectionArn")
    for name, fits in _FIELDS.items():
        if parameters.get(name) is not None and not fits(parameters[name]):
            raise unusable(parameters, name)
    names = [name.lower() for name in parameters.get("Headers") or () if _FORBIDDEN.fullmatch(name)]
    if names:
        raise refused(parameters, f"The 'Headers' field contains unsupported values: [{', '.join(names)}]")


def connection(parameters: Mapping[str, Json]) -> str | None:
    """The ARN of the connection, in either place where it may stand."""
    for place in ("Authentication", "InvocationConfig"):
        given = parameters.get(place)
        arn = given.get("ConnectionArn") if isinstance(given, dict) else None
        if isinstance(arn, str):
            return arn
    return None


def _address(value: Json) -> bool:
    """HTTPS, and HTTP besides, for endpoints on the user's own machine."""
    return isinstance(value, str) and _ADDRESS.match(value) is not None


def _texts(value: Json) -> bool:
    """By name a text, a number, or a list of them."""
    return isinstance(value, dict) and all(
        all(isinstance(each, str | int | float) for each in (given if isinstance(given, list) else [given]))
        for given in value.values()
    )


def _transform(value: Json) -> bool:
    if not isinstance(value, dict) or value.get("RequestBodyEncoding", "NONE") not in _ENCODINGS:
        return False
    options = value.get("RequestEncodingOptions", {})
    return isinstance(options, dict) and options.get("ArrayFormat", "INDICES") in _ARRAYS


_FIELDS: Mapping[str, Callable[[Json], bool]] = {
    "ApiEndpoint": _address,
    "Method": lambda value: value in METHODS,
    "Headers": _texts,
    "QueryParameters": _texts,
    "Transform": _transform,
}


class HttpTask:
    """A request to an endpoint."""

    async def start(self, work: Work) -> Json:
        """Send it.

        Raises:
            StatesError: `States.Http.StatusCode.<status>` with the body as cause; `States.Http.Socket` where no
                response came; `Events.ConnectionResource.*` for trouble with the connection.
        """
        members = {name: value for name, value in work.members.items() if value is not None}
        asked: dict[str, Json] = {
            name: members[name]
            for name in ("ApiEndpoint", "Method", "Headers", "QueryParameters", "RequestBody", "Transform")
            if name in members
        }
        asked |= {"ConnectionArn": connection(members), "MachineArn": work.origin.machine_arn}
        try:
            answer = await work.ask("http", "InvokeHTTPEndpoint", asked)
        except AccessDenied:
            raise StatesError(errors.PERMISSIONS, _not_authorized(members["ApiEndpoint"])) from None
        except ServiceError as error:
            raise runtime(error.message) if error.code == errors.RUNTIME else _failure(error) from None
        work.notice({**answer.output["Exchange"], "response": _response(members["ApiEndpoint"], answer.output)})
        return shown("States.Http.StatusCode", answer.output)


def _response(endpoint: str, output: Output) -> Json:
    """A response as TestState shows it."""
    listed = ", ".join(f"{name}: {text}" for name, values in output["Headers"].items() for text in values)
    return {
        "protocol": endpoint.partition(":")[0],
        "statusCode": str(output["StatusCode"]),
        "statusMessage": status_text(output["StatusCode"]),
        "headers": f"[{listed}]",
        "body": output["Body"],
    }


def _failure(error: ServiceError) -> StatesError:
    return StatesError(error.code, error.message)


def _not_authorized(endpoint: str) -> str:
    action = "states:InvokeHTTPEndpoint"
    return (
        f"AWS Step Functions is not authorized to perform {action} on API Endpoint {endpoint}. "
        f"Ensure that the StateMachine role contains the {action} permission for the given API Endpoint"
    )


OFFERS: Offers = {("http", "invoke"): Offer(HttpTask(), check=check)}
