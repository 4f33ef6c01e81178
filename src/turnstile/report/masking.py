"""Values that look secret, masked before they are printed.

A value is secret by the key it stands under or by the name it is listed with, by its form (`secret_text`), or because
the user said so (`NoEcho` parameters). An ARN is no secret wherever it stands, so that `taskCredentials.roleArn` of an
event stays readable, and neither is a path or a placeholder. Knows JSON and, but for the encrypted parameters of
Systems Manager and pairs of name and value, nothing of AWS's shapes.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from turnstile.document import Json, compact
from turnstile.report.secret_keys import is_secret, is_secret_text
from turnstile.report.secret_text import MASK, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MEMBER = re.compile(
    r"""(?P<key>[\w.-]+)(?P<gap>["']\s*:\s*|\s*:\s+)(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^\s\[\]{},"'#][^\[\]{},]*)"""
)

_REFERENCE = re.compile(r"\$\$?(\.[\w.\[\]*-]+)?|\$\{[\w/:.-]+\}|\{%[^\"']*%\}")
"""A path, an expression without text of its own, a placeholder: where a value comes from, not what it is."""

_NAMING = frozenset({"name", "key", "parametername", "parameterkey", "variable"})
_NAMED = frozenset({"value", "values", "parametervalue", "stringvalue", "plaintextvalue"})
"""Members of the pairs in which AWS lists variables, headers and parameters."""

_SHORTEST = 6
"""Characters of a told secret that is looked for inside of texts; a shorter one would hide words by chance."""

_told: ContextVar[frozenset[str]] = ContextVar("secrets", default=frozenset())
_folders: ContextVar[tuple[str, ...]] = ContextVar("folders", default=())


@contextmanager
def hiding(secrets: Iterable[str]) -> Iterator[None]:
    """Mask these values too, wherever they stand in what is rendered meanwhile, and folders of this machine."""
    before = _told.set(frozenset(form for secret in secrets for form in _forms(secret)))
    folders = _folders.set(_machine())
    try:
        yield
    finally:
        _told.reset(before)
        _folders.reset(folders)


def _machine() -> tuple[str, ...]:
    """The folder one works in and one's home, the longer one first; what users write may begin paths with them."""
    places = {str(place) for place in (Path.cwd(), Path.home()) if len(place.parts) > 1}
    return tuple(sorted(places, key=len, reverse=True))


def _forms(secret: str) -> tuple[str, ...]:
    if secret.isalnum() and secret.isascii():
        return (secret,)
    once = {json.dumps(secret, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False)}
    twice = {json.dumps(form, ensure_ascii=ascii_)[1:-1] for form in once for ascii_ in (True, False)}
    return (secret, quote(secret, "", errors="replace"), *once, *twice)


def hide(text: str, secrets: frozenset[str], instead: str = MASK) -> str:
    """The text without the secrets."""
    if text and text in secrets:
        return instead
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST and secret in text:
            text = text.replace(secret, instead)
    return text


def readable(text: str) -> str:
    """Any text of a report, without what looks secret, what the user said is secret, and folders of this machine."""
    told, folders = _told.get(), _folders.get()
    for folder in folders:
        if folder in text:
            text = re.sub(rf"(?<![\w/.:-]){re.escape(folder)}(?=[/\\])", ".", text)
    return without_secrets(hide(text, told) if told else text)


def everywhere(value: Json) -> Json:
    """A rendered document in which no text shows a secret by its form, or one that was told."""
    match value:
        case str():
            return readable(value)
        case dict():
            return {readable(key): everywhere(child) for key, child in value.items()}
        case list():
            return [everywhere(child) for child in value]
    return value


def masked(value: Json) -> Json:
    """The document with every secret value masked; documents inside texts are looked into as well."""
    match value:
        case dict():
            pair = _secret_pair(value)
            return {readable(key): _member(key, child, hidden=key in pair) for key, child in value.items()}
        case list() | tuple():
            return [masked(child) for child in value]
        case str():
            return _masked_text(value)
        case int() | float() if str(value) in _told.get():
            return MASK
        case _:
            return value


def _member(key: str, child: Json, *, hidden: bool) -> Json:
    if hidden or is_secret(key):
        return _hidden(child)
    if isinstance(child, str | list) and is_secret_text(key):
        return _hidden_texts(child)
    return masked(child)


def _secret_pair(value: Mapping[str, Json]) -> tuple[str, ...]:
    """The keys of a pair's value whose name is secret, and of the value of an encrypted parameter."""
    if value.get("Type") == "SecureString":
        return ("Value",)
    if len(value) > _WIDEST:
        return ()
    name = next((value[key] for key in value if key.lower() in _NAMING), None)
    if not isinstance(name, str) or not is_secret_text(name):
        return ()
    return tuple(key for key in value if key.lower() in _NAMED)


_WIDEST = 8
"""Members of the widest pair; anything wider is no pair."""


def masked_line(line: str) -> str:
    """A line of a user's JSON or YAML file, with the values masked that stand beside a secret key."""
    return readable(_MEMBER.sub(_masked_member, line))


def _masked_member(found: re.Match[str]) -> str:
    value = found["value"].strip().strip("\"'")
    if not is_secret(found["key"]) or value.startswith("arn:") or _REFERENCE.fullmatch(value):
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
        case str() if not value or _REFERENCE.fullmatch(value) or (value.startswith("arn:") and " " not in value):
            return readable(value)
        case _:
            return MASK


def _hidden_texts(value: Json) -> Json:
    """Texts are hidden, numbers are not: `tokens` may be a count."""
    if isinstance(value, list):
        return [_hidden(child) if isinstance(child, str) else masked(child) for child in value]
    return _hidden(value)


def _masked_text(text: str) -> str:
    """JSON text inside a document, as events and causes carry it; unchanged where nothing in it is secret."""
    if text[:1] in ("{", "["):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return readable(text)
        hidden = masked(inner)
        return text if hidden == inner else compact(hidden)
    return readable(text)
