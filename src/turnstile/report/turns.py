"""How long Tasks waited for the role slot of their execution, in words. Reads the leases of a trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.trail import LeaseStep
from turnstile.report.place import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.gate.trail import LeaseEntry
    from turnstile.report.report import Case


def turns(case: Case) -> Iterator[str]:
    """A sentence for each Task that had to wait for its turn, in order; not escaped."""
    waiting: dict[object, LeaseEntry] = {}
    for lease in case.leases:
        key = lease.site, lease.role_arn
        if lease.step is LeaseStep.WAITS:
            waiting[key] = lease
        elif lease.step is LeaseStep.TAKES and key in waiting:
            yield _waited(lease, f"waited {duration(lease.time - waiting.pop(key).time)} for its turn to assume")
    for lease in waiting.values():
        yield _waited(lease, "never had its turn to assume")


def _waited(lease: LeaseEntry, what: str) -> str:
    return f"state `{lease.site.state}` {what} `{lease.role_arn}`"
