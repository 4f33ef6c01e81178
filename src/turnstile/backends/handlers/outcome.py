"""What a handler is asked, and what an invocation came to: answers, and the payloads of timeouts and crashes.

Payloads are as the Lambda service words them; no recording here has one (*inferred*).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.backends.handlers.log import log
from turnstile.document import compact

if TYPE_CHECKING:
    from turnstile.backends.handlers.prepared import Report
    from turnstile.document import Json
    from turnstile.world.function import Function

_SIGNALS = {
    1: "hangup",
    2: "interrupt",
    4: "illegal instruction",
    6: "aborted",
    7: "bus error",
    8: "floating point exception",
    9: "killed",
    11: "segmentation fault",
    15: "terminated",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What a handler is asked: the ARN as it was invoked by, the payload, and the client context if one was sent."""

    arn: str
    payload: bytes
    client_context: Json = None
    logged: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: JSON text, whether it is an error's, virtual seconds (None: as declared), its log."""

    payload: str
    failed: bool = False
    seconds: float | None = None
    log: str = ""


class Failures:
    """Outcomes of invocations of one function that came to no answer."""

    def __init__(self, function: Function) -> None:
        self._function = function

    def log(self, written: str, request_id: str, said: str = "", seconds: float | None = None) -> str:
        """The log of an invocation as Lambda shows it; `seconds` are what it took, as declared if not given."""
        facts = self._function
        return log(written, request_id, facts.version, facts.takes if seconds is None else seconds, facts.memory, said)

    def unprepared(self, report: Report, request_id: str) -> Outcome:
        """The module could not be imported, or the process ended on the way."""
        if report.late:
            return self.timed_out(request_id, "")
        if report.end is not None:
            return self.crashed(report.end.status, request_id, report.end.output)
        return self.failed(named(report.error, request_id), request_id, "")

    def timed_out(self, request_id: str, written: str) -> Outcome:
        """The function took longer than its timeout."""
        seconds = self._function.timeout
        text = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
        payload = {"errorType": "Sandbox.Timedout", "errorMessage": text}
        said = f"Task timed out after {seconds:.2f} seconds"
        return Outcome(compact(payload), failed=True, seconds=seconds, log=self.log(written, request_id, said, seconds))

    def exhausted(self, request_id: str, written: str) -> Outcome:
        """The function took more memory than it has."""
        text = f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
        return self.failed({"errorType": "Runtime.OutOfMemory", "errorMessage": text}, request_id, written)

    def crashed(self, status: int | None, request_id: str, written: str) -> Outcome:
        """The process ended; a negative status is the number of a signal."""
        reason = "Runtime exited without providing a reason"
        if status:
            number = -status
            how = f"signal: {_SIGNALS.get(number, number)}" if status < 0 else f"exit status {status}"
            reason = f"Runtime exited with error: {how}"
        text = f"RequestId: {request_id} Error: {reason}"
        return self.failed({"errorType": "Runtime.ExitError", "errorMessage": text}, request_id, written)

    def failed(self, payload: Json, request_id: str, written: str) -> Outcome:
        """The payload of an error."""
        said = str(payload.get("errorMessage", "")) if "RequestId:" in str(payload.get("errorMessage", "")) else ""
        return Outcome(compact(payload), failed=True, log=self.log(written, request_id, said))


def named(error: Json, request_id: str) -> Json:
    """The payload of a failed import, with the id of the invocation where it belongs."""
    return {**error, "requestId": request_id} if "requestId" in error and error["requestId"] is None else error
