"""Values that look secret, masked before they are printed.

A value is secret by the key it stands under, because it is a web token (RFC 7519 looks like nothing else), or because
the user said so (`NoEcho` parameters). An ARN is no secret wherever it stands, so that `taskCredentials.roleArn` of an
event stays readable. Knows JSON and, but for the encrypted parameters of Systems Manager, nothing of AWS's shapes.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.document import Json, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "********"

_SECRET = re.compile(
    r"passw(or)?d|passphrase|secret|credential|authorization|api_?key|private_?key|access_?key|saml_?assertion|token$|^pwd$",
)
_NAMES = ("id", "arn", "name")
"""A key that ends so tells which secret is meant, not what it is."""

_MEMBER = re.compile(
    r"""(?P<key>[\w.-]+)(?P<gap>["']\s*:\s*|\s*:\s+)(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^\s\[\]{},"'#][^\[\]{},]*)"""
)


_TOKEN = re.compile(r"\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*")
"""A JSON Web Token: a header and a payload that are JSON objects in Base64, and a signature."""

_VARIABLE = re.compile(r"\b(?P<key>[A-Z][A-Z0-9_]*)=(?P<value>[^\s\"'\\,;&]+)")
"""A variable of an environment as shells write it."""

_SHORTEST = 6
"""Characters of a told secret that is looked for inside of texts; a shorter one would hide words by chance."""

_told: ContextVar[frozenset[str]] = ContextVar("secrets", default=frozenset())


@contextmanager
def hiding(secrets: Iterable[str]) -> Iterator[None]:
    """Mask these values too, wherever they stand in what is rendered meanwhile."""
    before = _told.set(frozenset(secrets))
    try:
        yield
    finally:
        _told.reset(before)


def hide(text: str, secrets: frozenset[str], instead: str = MASK) -> str:
    """The text without the secrets."""
    if text and text in secrets:
        return instead
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST and secret in text:
            text = text.replace(secret, instead)
    return text


def readable(text: str) -> str:
    """Any text of a report, without web tokens and without what the user said is secret."""
    if "eyJ" in text:
        text = _TOKEN.sub(MASK, text)
    if "=" in text:
        text = _VARIABLE.sub(_masked_variable, text)
    told = _told.get()
    return hide(text, told) if told else text


def everywhere(value: Json) -> Json:
    """A rendered document in which no text shows a web token or a told secret; the document itself where none does."""
    match value:
        case str():
            return readable(value)
        case dict():
            return {readable(key): everywhere(child) for key, child in value.items()}
        case list():
            return [everywhere(child) for child in value]
    return value


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """The key names something that should not be printed."""
    plain = re.sub(r"[-. $]", "_", key.lower()).strip("_")
    return _SECRET.search(plain) is not None and not plain.endswith(_NAMES)


def masked(value: Json) -> Json:
    """The document with every secret value masked; documents inside texts are looked into as well."""
    match value:
        case dict():
            encrypted = value.get("Type") == "SecureString"
            return {
                readable(key): _hidden(child)
                if is_secret(str(key)) or (encrypted and key == "Value")
                else masked(child)
                for key, child in value.items()
            }
        case list() | tuple():
            return [masked(child) for child in value]
        case str():
            return _masked_text(value)
        case _:
            return value


def masked_line(line: str) -> str:
    """A line of a user's JSON or YAML file, with the values masked that stand beside a secret key."""
    return readable(_MEMBER.sub(_masked_member, line))


def _masked_member(found: re.Match[str]) -> str:
    if not is_secret(found["key"]) or found["value"].lstrip("\"'").startswith("arn:"):
        return found[0]
    return f"{found['key']}{found['gap']}{MASK}"


def _masked_variable(found: re.Match[str]) -> str:
    return f"{found['key']}={MASK}" if is_secret(found["key"]) else found[0]


def _hidden(value: Json) -> Json:
    match value:
        case dict():
            return {key: _hidden(child) for key, child in value.items()}
        case list() | tuple():
            return [_hidden(child) for child in value]
        case None | bool():
            return value
        case str() if not value or value.startswith("arn:"):
            return value
        case _:
            return MASK


def _masked_text(text: str) -> str:
    """JSON text inside a document, as events and causes carry it; unchanged where nothing in it is secret."""
    text = readable(text)
    if text[:1] not in ("{", "["):
        return text
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return text
    hidden = masked(inner)
    return text if hidden == inner else compact(hidden)
