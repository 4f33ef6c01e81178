"""The role lane: which session an execution had at which time, for the timeline.

The slot of assumed roles writes leases. In a world without it (`role_slot: per-task`) the calls of a Task say which
role it had; the page ends such a row with the attempt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.trail import LeaseStep
from turnstile.report.html_payload import seconds
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import Entry, LeaseEntry


def lane(leases: Sequence[LeaseEntry], started: float, until: float) -> list[Json]:
    """One row for each time that a Task waited for the slot, and each that it held it, in seconds since the start."""
    rows: list[Json] = []
    open_: dict[tuple[str, str, int, str], dict[str, Json]] = {}
    for one in leases:
        key = (one.site.execution, one.site.state, one.site.attempt, one.role_arn)
        at = seconds(one.time - started)
        if (row := open_.pop(key, None)) is not None:
            row["until"] = at
        if one.step is LeaseStep.GIVES_BACK:
            continue
        row = {
            "execution": one.site.execution,
            "state": one.site.state,
            "attempt": one.site.attempt,
            "role": one.role_arn,
            "waits": one.step is LeaseStep.WAITS,
            "since": at,
            "until": seconds(until - started),
        }
        open_[key] = row
        rows.append(row)
    return rows


def sessions(calls: Iterable[Entry], started: float) -> list[Json]:
    """The same from calls alone: the roles that Tasks had beside the execution's; `until` is None."""
    rows: dict[tuple[str, str, int, str], Json] = {}
    for entry in calls:
        caller, site = entry.call.caller, entry.call.site
        if site is None or not isinstance(caller, Session) or not caller.chained:
            continue
        key = (site.execution, site.state, site.attempt, caller.role_arn)
        told = dict(zip(("execution", "state", "attempt", "role"), key, strict=True))
        rows.setdefault(key, {**told, "waits": False, "since": seconds(entry.time - started), "until": None})
    return list(rows.values())
