"""Activities as resources: a name that workers poll for work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """A registered activity; `created` in seconds since 1970."""

    arn: str
    name: str
    created: float
