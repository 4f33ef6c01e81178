"""What an EventBridge connection adds to a request: credentials and parameters, out of its secret.

The secret is read as the service keeps it (moto writes its members in snake case). A parameter of the connection goes
before one of the same name in the request; a body of text cannot take any (documented). Pure.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json


@dataclass(frozen=True, slots=True)
class Extra:
    """Parameters by name, for headers, query and body."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OAuth:
    """Where and how a token is asked for: client credentials."""

    endpoint: str
    method: str
    client: str
    secret: str
    extra: Extra


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a connection adds: `headers` are its credentials (basic, API key), or `oauth` gets them."""

    headers: Mapping[str, str]
    extra: Extra
    oauth: OAuth | None = None


def credentials(secret: Mapping[str, Json]) -> Credentials:
    """What stands in the secret of a connection."""
    extra = _extra(secret.get("invocation_http_parameters"))
    if "api_key_name" in secret:
        return Credentials({str(secret["api_key_name"]): str(secret.get("api_key_value", ""))}, extra)
    if "username" in secret:
        pair = f"{secret['username']}:{secret.get('password', '')}".encode()
        return Credentials({"Authorization": f"Basic {base64.b64encode(pair).decode()}"}, extra)
    client = secret.get("client_parameters") or {}
    oauth = OAuth(
        endpoint=str(secret.get("authorization_endpoint", "")),
        method=str(secret.get("http_method", "POST")),
        client=str(client.get("client_id", "")),
        secret=str(client.get("client_secret", "")),
        extra=_extra(secret.get("o_auth_http_parameters")),
    )
    return Credentials({}, extra, oauth)


def _extra(told: Json) -> Extra:
    told = told or {}
    return Extra(*(_pairs(told.get(f"{kind}_parameters")) for kind in ("header", "query_string", "body")))


def _pairs(told: Json) -> dict[str, str]:
    return {str(each["key"]): str(each["value"]) for each in told or ()}


def with_body(body: Json, extra: Mapping[str, str]) -> Json:
    """A body with the connection's parameters.

    Raises:
        ServiceError: `States.Runtime`, the body is none that can take them.
    """
    if not extra:
        return body
    if body is not None and not isinstance(body, dict):
        text = "The connection has body parameters, which a RequestBody that is not a JSON object cannot take"
        raise ServiceError("States.Runtime", text)
    return {**(body or {}), **extra}


def overlaid(given: Mapping[str, Json], extra: Mapping[str, str], *, folded: bool) -> dict[str, Json]:
    """Parameters with the connection's before them; `folded`: names are headers', which know no case."""
    names = {name.lower() for name in extra} if folded else set(extra)
    kept = {name: value for name, value in given.items() if (name.lower() if folded else name) not in names}
    return {**kept, **extra}
