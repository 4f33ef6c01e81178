"""The log of one invocation as CloudWatch shows it: START, what was written, END and REPORT.

Durations are virtual and memory is the setting, so that a log is the same in every run. Layout: Lambda Developer Guide,
"Working with Lambda function logs".
"""

from __future__ import annotations

import base64

_TAIL = 4096
"""Bytes of a log that come with an answer."""


def log(written: str, request_id: str, version: str, seconds: float, memory: int, said: str = "") -> str:
    """The log of an invocation; `written` ends with what its process wrote, `said` is Lambda's own word on its end."""
    start = f"START RequestId: {request_id} Version: {version}\n"
    _, found, own = written.rpartition(start)
    body = own if found else ""
    if body and not body.endswith("\n"):
        body += "\n"
    told = f"{said}\n" if said else ""
    return f"{start}{body}{told}END RequestId: {request_id}\n{_report(request_id, seconds, memory)}"


def tail(text: str) -> str:
    """The end of a log, as `LogResult`."""
    return base64.b64encode(text.encode("utf-8", "replace")[-_TAIL:]).decode()


def _report(request_id: str, seconds: float, memory: int) -> str:
    spent = seconds * 1000
    parts = (
        f"REPORT RequestId: {request_id}",
        f"Duration: {spent:.2f} ms",
        f"Billed Duration: {max(1, round(spent))} ms",
        f"Memory Size: {memory} MB",
        f"Max Memory Used: {memory} MB",
    )
    return "\t".join(parts) + "\t\n"
