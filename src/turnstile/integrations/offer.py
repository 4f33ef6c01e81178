"""What Step Functions offers of one API: what starts it, by which patterns, and what is refused or added before.

The file of a service family gives its `OFFERS`, by service and API of the resource; `integrations.catalog` knows
which file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from turnstile.integrations.resource import Pattern

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.integrations.work import Integration, Job, Models

    Check: TypeAlias = Callable[[Json], None]
    Fit: TypeAlias = Callable[[Json, Models], None]
    Shape: TypeAlias = Callable[[Json], Json]

_NO_JOBS: Mapping[Pattern, Job] = {}


def _unchecked(_parameters: Json) -> None:
    return


def _fitting(_parameters: Json, _models: Models) -> None:
    return


def _as_given(parameters: Json) -> Json:
    return parameters


@dataclass(frozen=True, slots=True)
class Offer:
    """One API. `called_back`: `.waitForTaskToken` is offered besides request-response; `jobs` are its other patterns.

    `check` and `fit`, which asks the service's model, raise StatesError for parameters that the Task cannot be started
    with; `shaped` adds to those of a job what
    Step Functions shows in TaskScheduled.
    """

    task: Integration
    called_back: bool = False
    jobs: Mapping[Pattern, Job] = field(default_factory=lambda: _NO_JOBS)
    check: Check = _unchecked
    fit: Fit = _fitting
    shaped: Shape = _as_given

    def has(self, pattern: Pattern) -> bool:
        """Whether a Task may wait by that pattern."""
        if pattern is Pattern.CALLBACK:
            return self.called_back
        return pattern is Pattern.REQUEST_RESPONSE or pattern in self.jobs


Offers: TypeAlias = Mapping[tuple[str, str], Offer]
"""By service and API of the resource."""
