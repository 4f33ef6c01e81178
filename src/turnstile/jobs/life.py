"""The life of one job, from its start to its end, as the service would tell it at any moment.

A life is of the thing that is described: a run, a cluster, an application. What starts something new with it (a
cluster that is terminated) begins another life of the same thing. Times are given by whoever asks. The states on the
way are *inferred*: the first one at the instant of the start, that of a job at work from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnstile.jobs.portrait import portrait, put, without
from turnstile.world.job_plan import Ending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.jobs.job import Job
    from turnstile.jobs.portrait import Place
    from turnstile.world.job_plan import JobPlan

_ON_THE_WAY: tuple[str, ...] = ("RUNNING", "PROGRESSING", "InProgress", "active")
"""Which of a row's states is that of a job at work, if it has one of them."""


@dataclass(slots=True, eq=False)
class Life:
    """One job; times in seconds since 1970.

    `detail` is what the service told of it when it began, `asked` how often it was described, `stopped` when it was
    cancelled. `answer` is all that the describing API answered then, into which the detail goes, and `ending` the
    parameters of the call that cancels it.
    """

    row: Job
    plan: JobPlan
    began: float
    detail: Json
    answer: Json
    ending: Mapping[str, Json] = field(default_factory=dict)
    asked: int = 0
    stopped: float | None = None
    ended: float | None = field(default=None)

    def due(self) -> float | None:
        """When it will end if nobody interferes; None if that is not known beforehand."""
        if self.ended is not None:
            return self.ended
        if self.plan.ending is Ending.NEVER or self.plan.polls is not None:
            return None
        return self.began + self.plan.takes

    def over(self, now: float) -> bool:
        """Whether it has ended."""
        due = self.due()
        return due is not None and due <= now

    def ask(self, now: float) -> Json:
        """Describe it, which counts; the description at that moment."""
        self.asked += 1
        if self.plan.polls is not None and self.asked >= self.plan.polls and self.ended is None:
            self.ended = now
        return self.told(now)

    def stop(self, now: float) -> bool:
        """Cancel it; False if it had ended before."""
        if self.over(now):
            return False
        self.stopped = self.ended = now
        return True

    def gone(self, now: float) -> bool:
        """Whether it was something that is taken away, and is."""
        return bool(self.row.gone) and self.over(now) and self.plan.ending is not Ending.FAILED

    def state(self, now: float) -> str:
        """The service's word for where it stands."""
        if not self.over(now):
            return self._on_the_way(now)
        if self.stopped is not None:
            return self.row.stopped or self.row.failed[0]
        if self.plan.state:
            return self.plan.state
        states = self.row.failed if self.plan.ending is Ending.FAILED else self.row.succeeded
        return (states or self.row.succeeded or self.row.running)[0]

    def told(self, now: float) -> Json:
        """What the service tells of it at that moment."""
        places = portrait(self.row.resource)
        detail = self._begun(without(self.detail, places.ended))
        for place, value in ((places.over if self.over(now) else places.running) or {}).items():
            detail = put(detail, place, value)
        if self.row.client != "kubernetes" or self.over(now):
            detail = put(
                detail, tuple(step for step in self.row.status if isinstance(step, str | int)), self.state(now)
            )
        if self.over(now):
            detail = self._ended(detail)
        return {**detail, **self.plan.detail} if isinstance(detail, dict) else detail

    def _on_the_way(self, now: float) -> str:
        if now <= self.began:
            return self.row.running[0]
        return next((state for state in self.row.running if state in _ON_THE_WAY), self.row.running[0])

    def _begun(self, detail: Json) -> Json:
        place = portrait(self.row.resource).began
        return put(detail, place, self._time(self.began)) if place else detail

    def _ended(self, detail: Json) -> Json:
        places, due = portrait(self.row.resource), self.due()
        if places.ended and due is not None:
            detail = put(detail, places.ended, self._time(due))
        failed = self.plan.ending is Ending.FAILED or self.stopped is not None
        if places.reason and self.plan.reason:
            detail = put(detail, places.reason, self.plan.reason)
        return self._exited(detail, places.exit_code, failed=failed) if places.exit_code else detail

    def _exited(self, detail: Json, place: Place, *, failed: bool) -> Json:
        """With an exit code: the declared one, else 0, or 1 of what failed; MediaConvert has error codes only."""
        code = self.plan.exit_code
        if code is None:
            code = 1 if failed else 0
        if place == ("ErrorCode",) and not failed:
            return detail
        if self.row.client != "ecs":
            return put(detail, place, code)
        containers = detail.get("containers") or [{}]
        for number in range(len(containers)):
            detail = put(detail, ("containers", number, "exitCode"), code if number == 0 or code == 0 else 0)
        return detail

    def _time(self, seconds: float) -> Json:
        if portrait(self.row.resource).milliseconds:
            return round(seconds * 1000)
        moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
        return moment.replace("+00:00", "Z").replace(".000Z", "Z")
