"""HTTP messages as values: what a client sent and what it gets. Knows no AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it was sent: `path` and `query` still percent-encoded, the names of `headers` in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    def asked(self) -> tuple[tuple[str, str], ...]:
        """The decoded parameters of the query, in order."""
        return tuple(parse_qsl(self.query, keep_blank_values=True))

    def media_type(self) -> str:
        """The type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Reply:
    """A response; a Content-Length stands in `headers` only where the body does not show it (HEAD)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
