"""What happens during a run, as values: when, and what. `during` reads them, `acting` does them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.source import Origin
    from turnstile.world.declaration import Declarations


@dataclass(frozen=True, slots=True)
class At:
    """So many seconds after the start."""

    seconds: float


@dataclass(frozen=True, slots=True)
class InState:
    """The n-th time that events of one of these types are recorded in a state."""

    state: str
    suffixes: tuple[str, ...]
    nth: int


@dataclass(frozen=True, slots=True)
class After:
    """The n-th call of an operation is over."""

    service: str
    operation: str
    nth: int


Trigger: TypeAlias = At | InState | After


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A call."""

    service: str
    operation: str
    parameters: Mapping[str, Json]


@dataclass(frozen=True, slots=True, eq=False)
class Send:
    """A call with a task token: of a state's latest attempt, or of the next message in a queue, in that member."""

    operation: str
    parameters: Mapping[str, Json]
    state: str = ""
    queue: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A worker that polls an activity and sends back what it says."""

    activity_arn: str
    worker: str | None
    operation: str
    parameters: Mapping[str, Json]


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """StopExecution."""

    parameters: Mapping[str, Json]


Act: TypeAlias = Ask | Send | Work | Stop


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """The declarations of the world before and after; what differs is changed in the running world."""

    before: Declarations
    after: Declarations


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Changes first, then calls in order. `caller` is an ARN, empty for the root user of the machine's account."""

    trigger: Trigger
    change: Change | None
    acts: tuple[Act, ...]
    caller: str
    expect_error: str
    origin: Origin
