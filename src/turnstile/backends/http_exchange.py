"""A request as TestState shows it: with all that went out, and without what the connection added.

Members: states-api.json (InspectionDataRequest); that headers are one text in brackets is reported. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.http_client import Sent
    from turnstile.document import Json


def exchange(sent: Sent, bare: Sent) -> dict[str, Json]:
    """`revealed` is the request with its secrets, `request` without them."""
    return {"revealed": _shown(sent), "request": _shown(bare)}


def _shown(sent: Sent) -> dict[str, Json]:
    query = "&".join(
        f"{quote_plus(name)}={quote_plus(text)}" for name, value in sent.query.items() for text in _all(value)
    )
    shown: dict[str, Json] = {
        "protocol": sent.url.partition(":")[0],
        "method": sent.method,
        "url": f"{sent.url}{'&' if '?' in sent.url else '?'}{query}" if query else sent.url,
        "headers": headers_text(sent.headers),
    }
    return shown if sent.body is None else {**shown, "body": sent.body}


def headers_text(headers: Mapping[str, Json]) -> str:
    """Headers as one text."""
    return f"[{', '.join(f'{name}: {text}' for name, value in headers.items() for text in _all(value))}]"


def _all(value: Json) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value])]
