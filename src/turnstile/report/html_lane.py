"""The role lane: which session an execution had at which time, for the timeline.

The slot of assumed roles writes leases; calls say which Tasks worked under the execution role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.trail import LeaseStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import LeaseEntry


def lane(leases: Sequence[LeaseEntry], started: float, until: float) -> list[Json]:
    """One row for each time that a Task waited for the slot, and each that it held it, in seconds since the start."""
    rows: list[Json] = []
    open_: dict[tuple[str, str, int, str], dict[str, Json]] = {}
    for one in leases:
        key = (one.site.execution, one.site.state, one.site.attempt, one.role_arn)
        at = one.time - started
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
            "until": until - started,
        }
        open_[key] = row
        rows.append(row)
    return rows
