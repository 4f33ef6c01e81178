"""How bytes and dates stand in documents, which can hold neither.

A time is ISO 8601 text in UTC. A blob or streaming body is its text if it is UTF-8, else Base64, marked as `Encoded` so
that it goes out again as the bytes it was; to everybody else it is plain text (*inferred* from what the AWS SDK
integrations of Step Functions show). Members of `BASE64` are never text: their Base64 stands in parameters.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from turnstile.document import octets

if TYPE_CHECKING:
    from turnstile.document import Json

BASE64 = frozenset(("CiphertextBlob", "Signature", "Mac", "EncryptedKeyMaterial", "ImportToken"))


class Encoded(str):
    """The Base64 of bytes that are no text."""

    __slots__ = ()


def text(content: bytes) -> str:
    """How bytes stand in a document."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return encoded(content)


def encoded(content: bytes) -> Encoded:
    """Bytes that must not be taken for text."""
    return Encoded(base64.b64encode(content).decode())


def content(value: str | bytes) -> bytes:
    """The bytes that stand in a document as text."""
    if isinstance(value, Encoded):
        return base64.b64decode(value)
    return octets(value) if isinstance(value, str) else bytes(value)


def from_base64(given: str | bytes) -> bytes:
    """What Base64 on the wire stands for.

    Raises:
        ValueError: it is none.
    """
    try:
        return base64.b64decode(given, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def instant(value: Any) -> str:
    """A timestamp of any wire format as ISO 8601, with as many decimals as it needs (like Java's `Instant`).

    Raises:
        ValueError: it is none.
    """
    moment = _moment(value).replace(tzinfo=None)
    needed = "seconds" if not moment.microsecond else "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return f"{moment.isoformat(timespec=needed)}Z"


def on_the_wire(value: Json, wanted: str) -> str | float:
    """A time of a document in one of the formats of models: `iso8601`, `rfc822`, or seconds since 1970."""
    moment = _moment(value)
    match wanted.lower():
        case "rfc822":
            return format_datetime(moment.replace(microsecond=0), usegmt=True)
        case "iso8601":
            return instant(value)
    seconds = round(moment.timestamp(), 6)
    return int(seconds) if seconds == int(seconds) else seconds


def _moment(value: Any) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str) and value[10:11] == "T":
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    from botocore.utils import parse_timestamp  # noqa: PLC0415 - loads TLS and HTTP, which `validate` never needs

    moment: datetime = parse_timestamp(value)
    return moment.astimezone(UTC)
