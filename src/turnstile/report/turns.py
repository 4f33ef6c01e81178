"""How long Tasks waited for the role slot of their execution. Reads the leases of a trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.gate.trail import LeaseStep
from turnstile.report.place import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.document import Json
    from turnstile.gate.call import Site
    from turnstile.gate.trail import LeaseEntry


@dataclass(frozen=True, slots=True)
class Turn:
    """A Task that waited for its turn to assume a role, so many seconds; None where its turn never came."""

    site: Site
    role_arn: str
    seconds: float | None


def turns(leases: Iterable[LeaseEntry]) -> Iterator[Turn]:
    """Each Task that had to wait, in the order in which the waiting ended; who waits for ever stands last."""
    waiting: dict[tuple[Site, str], LeaseEntry] = {}
    for lease in leases:
        key = lease.site, lease.role_arn
        if lease.step is LeaseStep.WAITS:
            waiting[key] = lease
        elif lease.step is LeaseStep.TAKES and key in waiting:
            yield Turn(*key, lease.time - waiting.pop(key).time)
    yield from (Turn(*key, None) for key in waiting)


def turn_told(turn: Turn) -> str:
    """A turn in words; not escaped."""
    if turn.seconds is None:
        return f"state `{turn.site.state}` never had its turn to assume `{turn.role_arn}`"
    return f"state `{turn.site.state}` waited {duration(turn.seconds)} for its turn to assume `{turn.role_arn}`"


def as_json(leases: Iterable[LeaseEntry]) -> list[Json]:
    """The same for a report in JSON."""
    return [
        {
            "execution": turn.site.execution,
            "state": turn.site.state,
            "attempt": turn.site.attempt,
            "role": turn.role_arn,
            "seconds": turn.seconds,
        }
        for turn in turns(leases)
    ]
