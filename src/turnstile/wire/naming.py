"""Which service a request is for: by the name it is signed under, and where services share one, by what it asks.

Names are botocore's (`data/signing_names.json`, renewed by `scripts/signing_names.py`). What is not signed names its
service by its target or action, or not at all.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from turnstile.faults import Unsupported
from turnstile.wire.models import protocols, service_model, services
from turnstile.wire.routes import Found, find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.wire.message import Message
    from turnstile.wire.signature import Signature

_RPC = re.compile(r"/service/([^/]+)/operation/([^/]+)")
_ALIASES = {"s3express": "s3", "s3-object-lambda": "s3"}
_UNSIGNED_TARGETS = {
    "AWSCognitoIdentityProviderService": "cognito-idp",
    "AWSCognitoIdentityService": "cognito-identity",
}
_UNSIGNED_ACTIONS = {"AssumeRoleWithSAML": "sts", "AssumeRoleWithWebIdentity": "sts"}
_UNSIGNED_PATHS = {
    "/federation/credentials": "sso",
    "/assignment/accounts": "sso",
    "/assignment/roles": "sso",
    "/logout": "sso",
    "/token": "sso-oidc",
    "/client/register": "sso-oidc",
    "/device_authorization": "sso-oidc",
}
_VIRTUAL = re.compile(r"(?P<bucket>.+)\.(?:s3[.-][a-z0-9.-]*|localhost)(?::\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a message is for; `labels` are those of a REST path, `form` the fields of the query protocols."""

    service: str
    operation: str
    protocol: str
    message: Message
    labels: Mapping[str, str]
    form: Mapping[str, str]


def aim(message: Message, signature: Signature | None) -> Aim:
    """The service, operation and protocol of a message.

    Raises:
        Unsupported: no service of botocore has it.
    """
    form = _form(message)
    candidates = _candidates(message, signature, form)
    best: Aim | None = None
    found: Found | None = None
    for name in candidates:
        reached = _reached(name, message, form)
        if reached is None:
            continue
        each, route = reached
        if best is None or (route and found and route.route.rank > found.route.rank):
            best, found = each, route
        if found is None or found.route.literal:
            break
    if best is None:
        named = " or ".join(f"`{name}`" for name in candidates) or "no known service"
        raise Unsupported(f"`{message.method} {message.path}` of {named}: botocore knows no such operation")
    return best


def _candidates(message: Message, signature: Signature | None, form: Mapping[str, str]) -> tuple[str, ...]:
    if signature is not None:
        signed = _ALIASES.get(signature.service, signature.service)
        return tuple(_names().get(signed) or ([signed] if signed in services() else ()))
    target = message.headers.get("x-amz-target", "").rpartition(".")[0]
    named = _UNSIGNED_TARGETS.get(target) or _UNSIGNED_ACTIONS.get(form.get("Action", ""))
    named = named or _UNSIGNED_PATHS.get(message.path)
    return (named,) if named else () if target or form else ("s3",)


@cache
def _names() -> Mapping[str, list[str]]:
    table = json.loads((Path(__file__).parent / "data/signing_names.json").read_text())
    known = set(services())
    return {name: [each for each in named if each in known] for name, named in table.items()}


def _form(message: Message) -> Mapping[str, str]:
    """The fields of a request of the query protocols; none if it is none."""
    if message.media_type() == "application/x-www-form-urlencoded":
        fields = dict(parse_qsl(message.body.decode(errors="replace"), keep_blank_values=True))
        return fields if "Action" in fields else {}
    asked = dict(message.asked())
    return asked if "Action" in asked and "x-amz-target" not in message.headers else {}


def _reached(name: str, message: Message, form: Mapping[str, str]) -> tuple[Aim, Found | None] | None:
    """The aim of a message if it is for that service."""
    model = service_model(name)
    spoken = protocols(model)
    rpc = _by_name(message, form)
    if rpc is not None:
        protocol, prefix, operation = rpc
        protocol = "ec2" if protocol == "query" and "ec2" in spoken else protocol
        expected = model.metadata.get("apiVersion" if protocol in ("query", "ec2") else "targetPrefix", "")
        if protocol not in spoken or operation not in model.operation_names or (prefix and prefix != expected):
            return None
        return Aim(name, operation, protocol, message, {}, form), None
    protocol = next((each for each in spoken if each.startswith("rest-")), "")
    addressed = _path_style(message) if name == "s3" else message
    found = find(name, addressed) if protocol else None
    return (Aim(name, found.route.operation, protocol, addressed, found.labels, form), found) if found else None


def _by_name(message: Message, form: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Protocol, prefix (target or version) and operation, if the message names its operation."""
    if (target := message.headers.get("x-amz-target")) is not None:
        prefix, _, operation = target.rpartition(".")
        return "json", prefix, operation
    if message.headers.get("smithy-protocol") == "rpc-v2-cbor" and (rpc := _RPC.search(message.path)):
        return "smithy-rpc-v2-cbor", rpc[1], rpc[2]
    return ("query", form.get("Version", ""), form["Action"]) if form else None


def _path_style(message: Message) -> Message:
    """A request to a bucket by its host, as the same request by path."""
    found = _VIRTUAL.fullmatch(message.headers.get("host", ""))
    return replace(message, path=f"/{found['bucket']}{message.path}") if found else message
