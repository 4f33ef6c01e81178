"""What a scenario says of the jobs that an API of an account starts: how long they take and how they end.

A plan belongs to the start call, in the order of declaration: the first that matches the request and is not used up.
This file knows no service; where exit codes and reasons stand in a described job is `jobs.portrait`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from turnstile.world.answers import matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json


class Ending(StrEnum):
    """How a job ends; one that never does runs until it is stopped."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    NEVER = "NEVER"


@dataclass(frozen=True, slots=True)
class JobPlan:
    """The life of one job.

    It ends `takes` seconds after it began, or when it is described for the `polls`-th time if that is given. `state`
    is the service's own name of the state it ends in, empty for the usual one. `detail` is laid over what the service
    tells of the job. `answer` is what the start call answers, None for the service's own answer. `event` is how many
    seconds after the end EventBridge brings the news to Step Functions, None for an event that is lost.
    """

    ending: Ending = Ending.SUCCEEDED
    takes: float = 60.0
    polls: int | None = None
    state: str = ""
    exit_code: int | None = None
    reason: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)
    answer: Mapping[str, Json] | None = None
    event: float | None = 0.0


USUAL = JobPlan()
"""The life of a job that nobody declared: it runs for a minute and succeeds."""


@dataclass(frozen=True, slots=True)
class JobRule:
    """A plan for the requests that match `when`, for the first `times` of them; None for ever."""

    plan: JobPlan
    when: Json = field(default_factory=dict)
    times: int | None = None


@dataclass(slots=True, eq=False)
class JobPlans:
    """The rules for one API in one world; `given` counts what each has given, and is all the state there is."""

    rules: tuple[JobRule, ...]
    given: list[int] = field(default_factory=list)

    def next(self, request: Json) -> JobPlan:
        """The plan for a request, which is counted."""
        given = self.given = self.given or [0] * len(self.rules)
        for place, rule in enumerate(self.rules):
            if (rule.times is None or given[place] < rule.times) and matches(rule.when, request):
                given[place] += 1
                return rule.plan
        return USUAL
