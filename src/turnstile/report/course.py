"""What a page shows beyond findings: executions with their definitions, and the accounts they met in.

Values of documents and names only, so that a case can go from one process to another. `scenario.run` fills them in;
where they are missing, a page says less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.faults import Where
    from turnstile.states.history import History
    from turnstile.world.stages import Recorded


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One execution; `document` is its definition as written, which stands at `written`.

    Times are seconds since 1970; `stopped` is None if it runs on. `stages` is what its data was after each stage, None
    where nobody asked for it.
    """

    arn: str
    name: str
    machine: str
    role: str
    status: str
    document: Json
    started: float
    stopped: float | None
    input: Json
    output: Json
    error: str | None
    cause: str | None
    events: History
    stages: Recorded | None = None
    written: Where | None = None


@dataclass(frozen=True, slots=True)
class Dweller:
    """A role, function or state machine of an account; `role` is the one it runs as.

    `trusts` are the principals in the Allow statements of a role's trust policy.
    """

    kind: str
    arn: str
    name: str
    role: str = ""
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """An account as declared."""

    id: str
    name: str
    region: str
    dwellers: tuple[Dweller, ...]
