"""Values that look secret, masked before they are printed.

A value is secret by the key it stands under, never by how it looks. An ARN is no secret wherever it stands,
so that `taskCredentials.roleArn` of an event stays readable. Knows JSON and nothing of AWS's shapes.
"""

from __future__ import annotations

import json
import re

from turnstile.document import Json, compact

MASK = "********"

_SECRET = re.compile(
    r"passw(or)?d|passphrase|secret|credential|authorization|api_?key|private_?key|access_?key|token$|^pwd$",
)
_NAMES = ("id", "arn", "name")
"""A key that ends so tells which secret is meant, not what it is."""

_MEMBER = re.compile(
    r"""(?P<key>[\w.-]+)(?P<gap>["']\s*:\s*|\s*:\s+)(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^\s\[\]{},"'#][^\[\]{},]*)"""
)


def is_secret(key: str) -> bool:
    """The key names something that should not be printed."""
    plain = re.sub(r"[-. $]", "_", key.lower()).strip("_")
    return _SECRET.search(plain) is not None and not plain.endswith(_NAMES)


def masked(value: Json) -> Json:
    """The document with every secret value masked; documents inside texts are looked into as well."""
    match value:
        case dict():
            return {key: _hidden(child) if is_secret(str(key)) else masked(child) for key, child in value.items()}
        case list() | tuple():
            return [masked(child) for child in value]
        case str():
            return _masked_text(value)
        case _:
            return value


def masked_line(line: str) -> str:
    """A line of a user's JSON or YAML file, with the values masked that stand beside a secret key."""
    return _MEMBER.sub(_masked_member, line)


def _masked_member(found: re.Match[str]) -> str:
    if not is_secret(found["key"]) or found["value"].lstrip("\"'").startswith("arn:"):
        return found[0]
    return f"{found['key']}{found['gap']}{MASK}"


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
    if text[:1] not in ("{", "["):
        return text
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return text
    hidden = masked(inner)
    return text if hidden == inner else compact(hidden)
