"""Signatures of requests: what a request says of its signer, and whether the secret key made it.

Signature Version 4 in a header or in the query (presigned), and the old signature of S3's presigned URLs, which
botocore still makes for buckets of us-east-1. The signature is worked out again by botocore's own signers. Signatures
of the single chunks of a streamed body are not checked. Facts: IAM User Guide, "Create a signed AWS API request".
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from turnstile.wire.message import Message
    from turnstile.world.credentials import Credentials

_HEADER = re.compile(r"AWS4-HMAC-SHA256 +(.*)", re.DOTALL)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNNORMALIZED = frozenset(("s3", "s3express", "s3-object-lambda", "s3-outposts"))
"""Signing names whose paths are signed as they are."""
_SCOPE_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signer; `scheme` is `header`, `query` or `s3-query`, `token` empty for none."""

    scheme: str
    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    moment: str
    token: str
    value: str


def signature_of(message: Message) -> Signature | None:
    """The signature on a request; None if nobody signed it.

    Raises:
        ServiceError: IncompleteSignature, it lacks a part.
    """
    asked = dict(message.asked())
    if (header := message.headers.get("authorization")) is not None:
        return _in_header(message, header)
    if "X-Amz-Signature" in asked or "X-Amz-Credential" in asked:
        return _in_query(asked)
    if "AWSAccessKeyId" in asked and "Signature" in asked:
        token = asked.get("x-amz-security-token", "")
        expires = asked.get("Expires", "")
        return Signature(
            "s3-query", asked["AWSAccessKeyId"], "", "us-east-1", "s3", (), expires, token, asked["Signature"]
        )
    return None


def _in_header(message: Message, header: str) -> Signature:
    found = _HEADER.fullmatch(header.strip())
    if found is None:
        raise _incomplete("Unsupported AWS 'algorithm'")
    parts = dict(part.strip().partition("=")[::2] for part in found[1].split(","))
    headers = message.headers
    moment = headers.get("x-amz-date") or headers.get("date", "")
    return _signature("header", parts, moment, headers.get("x-amz-security-token", ""))


def _in_query(asked: dict[str, str]) -> Signature:
    names = ("Credential", "SignedHeaders", "Signature")
    parts = {name: asked.get(f"X-Amz-{name}", "") for name in names}
    return _signature("query", parts, asked.get("X-Amz-Date", ""), asked.get("X-Amz-Security-Token", ""))


def _signature(scheme: str, parts: dict[str, str], moment: str, token: str) -> Signature:
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not parts.get(name):
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    scope = parts["Credential"].rsplit("/", _SCOPE_FIELDS - 1)
    if len(scope) != _SCOPE_FIELDS or scope[-1] != "aws4_request" or not all(scope):
        raise _incomplete("Credential must have exactly 5 slash-delimited elements")
    if not moment:
        raise _incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    key, date, region, service, _ = scope
    signed = tuple(parts["SignedHeaders"].lower().split(";"))
    return Signature(scheme, key, date, region, service, signed, moment, token, parts["Signature"])


def _incomplete(text: str) -> ServiceError:
    return ServiceError("IncompleteSignature", text, 400)


def is_sound(message: Message, signature: Signature, credentials: Credentials) -> bool:
    """The secret key of the credentials made the signature, for this very message."""
    digest = message.headers.get("x-amz-content-sha256", "")
    if _DIGEST.fullmatch(digest) and sha256(message.body).hexdigest() != digest:
        return False
    if any(name not in message.headers for name in ("host", *signature.signed_headers)):
        return False
    keys = Keys(credentials.access_key, credentials.secret_key, credentials.token or None)
    work_out = _old if signature.scheme == "s3-query" else _worked_out
    try:
        expected = work_out(message, signature, keys)
    except ValueError:
        return False  # the host is none
    return hmac.compare_digest(expected.encode(), signature.value.encode())


def _worked_out(message: Message, signature: Signature, keys: Keys) -> str:
    signer = _signer(signature)(keys, signature.service, signature.region)
    request = AWSRequest(
        method=message.method, url=_url(message), data=message.body, headers=_signed(message, signature)
    )
    request.context["timestamp"] = signature.moment
    plain = signer.string_to_sign(request, signer.canonical_request(request))
    return str(signer.signature(plain, request))


def _signer(signature: Signature) -> Any:
    as_is = signature.service in _UNNORMALIZED
    if signature.scheme == "query":
        return auth.S3SigV4QueryAuth if as_is else auth.SigV4QueryAuth
    return auth.S3SigV4Auth if as_is else auth.SigV4Auth


def _url(message: Message) -> str:
    """The URL that was signed: the signature itself is no part of it."""
    query = "&".join(part for part in message.query.split("&") if not part.startswith("X-Amz-Signature="))
    return f"http://{message.headers.get('host', '')}{message.path}" + (f"?{query}" if query else "")


def _signed(message: Message, signature: Signature) -> dict[str, str]:
    names = (name for name in signature.signed_headers if name in message.headers)
    headers = {name: message.headers[name] for name in names}
    if signature.scheme == "header" and "x-amz-content-sha256" in message.headers:
        headers.setdefault("x-amz-content-sha256", message.headers["x-amz-content-sha256"])
    return headers


def _old(message: Message, signature: Signature, keys: Keys) -> str:
    """S3's signature before version 4: HMAC-SHA1 over method, times, some headers and the resource, by path."""
    signer = auth.HmacV1QueryAuth(keys)
    asked = message.asked()
    given = {name.lower(): value for name, value in (*asked, *message.headers.items())}
    amz = (f"{name}:{given[name].strip()}" for name in sorted(given) if name.startswith("x-amz-"))
    query = "&".join(f"{name}={value}" if value else name for name, value in asked if name in signer.QSAOfInterest)
    resource = signer.canonical_resource(urlsplit(f"http://-{message.path}?{query}"))
    standard = (message.method, given.get("content-md5", ""), given.get("content-type", ""), signature.moment)
    return str(signer.sign_string("\n".join((*standard, *amz, resource))))
