"""State machines as resources: a definition under a name, its published versions and the aliases that lead to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json

NO_LOGGING: Json = {"level": "OFF", "includeExecutionData": False}
"""The logging configuration of a machine that was given none."""


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """One revision of a registered state machine; `type` is STANDARD or EXPRESS, times are seconds since 1970.

    `revision` is the id of an update, empty for the machine as it was created; `logging` and `tracing` are the
    configurations as the API shows them.
    """

    arn: str
    name: str
    account: str
    region: str
    role_arn: str
    type: str
    definition: StateMachine
    text: str
    created: float
    logging: Json = field(default_factory=lambda: NO_LOGGING)
    tracing: Json = field(default_factory=lambda: {"enabled": False})
    revision: str = ""
    updated: float | None = None
    deleting: bool = False
    published_with: tuple[bool, str] = (False, "")
    """Whether it was created with a version, and how that was described."""


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A revision that was published under a number; it never changes."""

    arn: str
    number: int
    machine: Machine
    description: str
    created: float


@dataclass(frozen=True, slots=True)
class Route:
    """A version that an alias leads to, with its share of the executions in percent."""

    version_arn: str
    weight: int


@dataclass(frozen=True, slots=True, eq=False)
class Alias:
    """A name for one version of a machine, or for two between which executions are drawn."""

    arn: str
    name: str
    machine_arn: str
    description: str
    routes: tuple[Route, ...]
    created: float
    updated: float


@dataclass(slots=True, eq=False)
class Published:
    """What was published of one machine; `last` is the highest number ever given, so that none is given twice."""

    versions: dict[str, Version] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    last: int = 0
