"""Secrets inside of free text: web tokens, keys, signed addresses, and what stands beside a name that looks secret.

Each row is a way people and services write secrets down; what surrounds a secret stays as it is, so that JSON inside
of text stays JSON. Texts without any hint cost next to nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.report.secret_keys import is_secret, is_secret_text

if TYPE_CHECKING:
    from collections.abc import Callable

MASK = "********"

_HINTS = (
    "pass", "secret", "key", "token", "credential", "authorization", "saml", "connection", "webhook", "pwd",
    "plaintext", "pin", "cookie", "jwt", "bearer", "basic", "sig", "otp", "eyj", "-----begin", "@",
)  # fmt: skip
"""Without any of these there is nothing to look for: all that the ways below and the words of `secret_keys` ask for."""
_KEY = r"(?P<key>[A-Za-z_][\w.-]*)"

_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*")
"""A JSON Web Token: a header and a payload that are JSON objects in Base64, and a signature (RFC 7519)."""

_BLOCK = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
"""A private key as text (RFC 7468)."""

_SCHEME = re.compile(r"\b(?P<scheme>Bearer|Basic)(?P<gap> +)(?=[^\s\"',;]*\d)[\w+/=.~-]{8,}", re.IGNORECASE)
"""What stands in an Authorization header (RFC 7235); words of a sentence have no digits."""

_LOGIN = re.compile(r"(?P<before>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s/:@\"']*:)[^\s/@\"']+(?=@)", re.IGNORECASE)
"""A password in an address (RFC 3986, section 3.2.1)."""

_MEMBER = re.compile(
    rf"(?P<quote>\\{{0,15}}[\"']){_KEY}(?P=quote)(?P<gap>\s*:\s*)"
    r"(?:(?P<open>\\{0,15}[\"'])(?P<text>[^\n]*?)(?<!\\)(?P=open)|(?P<bare>[\d.eE+-]+))"
)
"""A member of JSON, or of a dictionary as Python prints it, at any depth of escaping."""

_SET = re.compile(
    rf"(?:(?<![\w.-])|(?<=\A--)|(?<=[\s\"'\[,]--)){_KEY}(?P<gap>=)(?P<quote>\\{{0,15}}[\"']?)(?P<text>[^\s\"'\\,;&<>{{}}\[\]()|]+)"
)
"""A variable, an option, a parameter of an address, a pair as Java prints it."""

_QUOTED = re.compile(rf"(?<![\w.-]){_KEY}=(?P<quote>\\{{0,15}}[\"'])(?P<text>[^\"'\\]+)(?P=quote)")
"""A value with blanks in it."""

_SAID = re.compile(
    rf"(?<![\w.:/-]){_KEY}(?P<gap>:\s+)(?P<text>(?=[^\s\"'`,;]*[\d!#$%^&*+=~])[^\s\"'`,;&<>{{}}\[\]()|]+)"
)
"""A name, a colon, and something that is no word."""

_OPTION = re.compile(rf"(?P<before>(?<![\w-])--{_KEY} +)(?P<text>[^\s\"'-][^\s\"']*)")
_ELEMENT = re.compile(rf"<{_KEY}>(?P<text>[^<>]+)</(?P=key)>")


def without_secrets(text: str) -> str:
    """The text with a mask in place of each secret."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    for pattern, instead in _WAYS:
        text = pattern.sub(instead, text)
    return text


def _beside(found: re.Match[str]) -> str:
    """What was found, with the value masked if its key is secret; an ARN tells which secret is meant."""
    value = found["text"]
    known = is_secret if value is not None and value.isdecimal() else is_secret_text
    if value is None or value.startswith("arn:") or not value.strip("*") or not known(found["key"]):
        return found[0]
    start = found.start("text") - found.start()
    return found[0][:start] + MASK + found[0][start + len(value) :]


def _member(found: re.Match[str]) -> str:
    if found["bare"] is None:
        return _beside(found)
    if not is_secret(found["key"]):
        return found[0]
    head = found[0][: found.start("bare") - found.start()]
    return f"{head}{found['quote']}{MASK}{found['quote']}"


_WAYS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_TOKEN, MASK),
    (_BLOCK, rf"\g<1>{MASK}\g<2>"),
    (_SCHEME, rf"\g<scheme>\g<gap>{MASK}"),
    (_LOGIN, rf"\g<before>{MASK}"),
    (_MEMBER, _member),
    (_QUOTED, _beside),
    (_SET, _beside),
    (_SAID, _beside),
    (_OPTION, _beside),
    (_ELEMENT, _beside),
)
