"""What an API says when it says no: outcomes of the emulated world."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.gate.trail import Entry


class ServiceError(Exception):
    """An error answer of a service: `code` as on the wire, HTTP `status`, and the message."""

    def __init__(self, code: str, message: str, status: int = 400, *, request_id: str = "") -> None:
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id
        super().__init__(f"{code}: {message}")


class Unanswered(ServiceError):  # noqa: N818 - named for what happened
    """No answer that can be read came back, so there is neither a status nor a request id; the client says so."""

    def __init__(self, message: str) -> None:
        super().__init__("SdkClientException", message, 0)


class AccessDenied(ServiceError):  # noqa: N818 - the name every AWS service gives it
    """The gate refused a call; `entry` holds the decision."""

    def __init__(self, code: str, message: str, status: int, entry: Entry, request_id: str = "") -> None:
        super().__init__(code, message, status, request_id=request_id)
        self.entry = entry
