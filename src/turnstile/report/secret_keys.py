"""Which keys of documents name a secret. Knows words, no values.

A task token is a secret: whoever has it can end the Task. Tokens that only tell pages or repeated requests apart are
not, nor is the id of an access key, which tells whose it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = (
    r"passw(or)?d|passphrase|secret|credential|authorization|api_?key|private_?key|access_?key|saml_?assertion|token$"
    r"|webhook_?url|connection_?string|^pwd$|_pwd$|^plaintext$"
)
_SECRET = re.compile(_WORDS)
_SHORT = re.compile(r"(^|_)(pass|passcode|pin|pwd|cookies?|jwt|bearer|signature|sig|tokens|otp)$")
"""Words that mean other things too: a secret only where a text stands under them."""

_TELLS = re.compile(
    r"(id|arn|name|policy|manager|metadata|used|changed|required|enabled|length|type|types|status|state|count|reuse|age"
    r"|list|scopes?|config|configuration|source|version|versions|provider|endpoint|expiry|expiration|expires|date|days"
    r"|algorithm|last_?rotated|_at|_on|_?in_?use|endpoint|(?<!webhook_)(?<!webhook)_?uri)$"
)
"""A key that ends so tells of a secret, not what it is: which one is meant, how old it is, what it has to be like."""

_OPAQUE = re.compile(
    r"^(next|client|client_?request|request|idempotency|pagination|continuation|next_?continuation)_?token$"
)
_STEP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """The key names something that should not be printed."""
    plain = _plain(key)
    return _SECRET.search(plain) is not None and not _tells(plain)


@lru_cache(maxsize=4096)
def is_secret_text(key: str) -> bool:
    """The key names something that should not be printed if it is a text."""
    return is_secret(key) or _SHORT.search(_plain(_STEP.sub("_", key))) is not None


def _plain(key: str) -> str:
    return re.sub(r"[-. $]", "_", key.lower()).strip("_")


def _tells(plain: str) -> bool:
    return _TELLS.search(plain) is not None or _OPAQUE.search(plain) is not None
