"""Who calls: the credentials behind a signature, or the refusal that AWS gives instead.

The time of a signature is not compared with the world's clock, for clients sign with real time; the end of a session
is a time of the world. Codes by protocol: IAM, EC2 and S3 API References, "Common errors"; which of them a service of
the other protocols answers is *inferred* from its family.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.wire.signature import Signature, is_sound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.wire.message import Message
    from turnstile.wire.naming import Aim
    from turnstile.world.credentials import Credentials

_INVALID = "The security token included in the request is invalid"
_CALCULATED = "The request signature we calculated does not match the signature you provided."
_MISMATCH = (
    f"{_CALCULATED} Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)
_EXPIRED = "The security token included in the request is expired"
_MISSING = "Missing Authentication Token"
_REFUSALS = {
    "s3": {
        "unknown": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
        "token": ("InvalidToken", "The provided token is malformed or otherwise invalid.", 400),
        "signature": (
            "SignatureDoesNotMatch",
            f"{_CALCULATED} Check your key and signing method.",
            403,
        ),
        "expired": ("ExpiredToken", "The provided token has expired.", 400),
        "missing": ("AccessDenied", "Access Denied", 403),
    },
    "ec2": {
        "unknown": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
        "token": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
        "signature": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
        "expired": ("RequestExpired", "Request has expired.", 400),
        "missing": ("MissingAuthenticationToken", _MISSING, 403),
    },
    "xml": {
        "unknown": ("InvalidClientTokenId", f"{_INVALID}.", 403),
        "token": ("InvalidClientTokenId", f"{_INVALID}.", 403),
        "signature": ("SignatureDoesNotMatch", _MISMATCH, 403),
        "expired": ("ExpiredToken", _EXPIRED, 403),
        "missing": ("MissingAuthenticationToken", _MISSING, 403),
    },
    "json": {
        "unknown": ("UnrecognizedClientException", f"{_INVALID}.", 400),
        "token": ("UnrecognizedClientException", f"{_INVALID}.", 400),
        "signature": ("InvalidSignatureException", _MISMATCH, 400),
        "expired": ("ExpiredTokenException", _EXPIRED, 400),
        "missing": ("MissingAuthenticationTokenException", _MISSING, 400),
    },
}
_FAMILIES = {"query": "xml", "ec2": "ec2", "rest-xml": "xml"}
_FORBIDDEN = 403


def authenticate(
    message: Message, aim: Aim, signature: Signature | None, keyring: Mapping[str, Credentials], now: float
) -> Credentials:
    """The active credentials that a message was signed with; `now` in seconds since 1970 on the world's clock.

    Raises:
        ServiceError: nobody signed it, the key is unknown or over, or the signature is not of its secret.
    """
    if signature is None:
        raise _refusal(aim, "missing")
    credentials = keyring.get(signature.access_key)
    if credentials is None or not credentials.active:
        raise _refusal(aim, "unknown")
    if not hmac.compare_digest(credentials.token.encode(), signature.token.encode()):
        raise _refusal(aim, "token")
    if not is_sound(message, signature, credentials):
        raise _refusal(aim, "signature")
    if credentials.expires is not None and credentials.expires <= now:
        raise _refusal(aim, "expired")
    return credentials


def _refusal(aim: Aim, kind: str) -> ServiceError:
    family = "s3" if aim.service == "s3" else _FAMILIES.get(aim.protocol, "json")
    code, text, status = _REFUSALS[family][kind]
    return ServiceError(code, text, _FORBIDDEN if aim.protocol == "rest-json" else status)
