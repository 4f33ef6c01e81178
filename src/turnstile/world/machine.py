"""State machines as resources: a definition under a name, with the role that executes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.asl.definition import StateMachine


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A registered state machine; `type` is STANDARD or EXPRESS, `created` seconds since 1970."""

    arn: str
    name: str
    account: str
    region: str
    role_arn: str
    type: str
    definition: StateMachine
    text: str
    created: float
