"""The life of one job, from its start to its end, as the service would tell it at any moment.

A life is of the thing that is described: a run, a cluster, an application. What starts something new with it (a
cluster that is terminated) begins another life of the same thing. Times are given by whoever asks. The states on the
way are *inferred*: the first one at the instant of the start, that of a job at work from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnstile.jobs.job import follow
from turnstile.jobs.place import laid_over, put, without
from turnstile.jobs.portrait import portrait
from turnstile.world.job_plan import Ending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.jobs.job import Job
    from turnstile.jobs.portrait import Portrait
    from turnstile.world.job_plan import JobPlan

_AT_WORK: tuple[str, ...] = ("RUNNING", "PROGRESSING", "InProgress", "active")
"""Which of a row's states is that of a job at work, if it has one of them."""


@dataclass(slots=True, eq=False)
class Life:
    """One job; times in seconds since 1970.

    `detail` is what the service told of it when it began, `asked` how often it was described, `stopped` when it was
    cancelled and `why` the reason given then. `answer` is all that the describing API answered at the start, into which
    the detail goes, and `ending` the parameters of the call that cancels it. `removed`: nothing is told of it any more.
    """

    row: Job
    plan: JobPlan
    began: float
    detail: Json
    answer: Json
    ending: Mapping[str, Json] = field(default_factory=dict)
    asked: int = 0
    stopped: float | None = None
    why: str = ""
    ended: float | None = None
    removed: bool = False

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
        last = self.plan.polls is not None and self.asked >= self.plan.polls
        if last and self.ended is None and self.plan.ending is not Ending.NEVER:
            self.ended = now
        return self.told(now)

    def stop(self, now: float, why: str = "") -> bool:
        """Cancel it; False if it had ended before."""
        if self.over(now):
            return False
        self.stopped = self.ended = now
        self.why = why
        return True

    def gone(self, now: float) -> bool:
        """Whether it was something that is taken away, and is."""
        return bool(self.row.gone) and self.over(now) and self.plan.ending is not Ending.FAILED

    def state(self, now: float) -> str:
        """The service's word for where it stands."""
        if not self.over(now):
            if now <= self.began:
                return self.row.running[0]
            return next((state for state in self.row.running if state in _AT_WORK), self.row.running[0])
        if self.stopped is not None:
            return self.row.stopped or self.row.failed[0]
        states = self.row.failed if self.plan.ending is Ending.FAILED else self.row.succeeded
        return self.plan.state or (states or self.row.succeeded or self.row.running)[0]

    def told(self, now: float) -> Json:
        """What the service tells of it at that moment."""
        places = portrait(self.row.resource)
        detail = self._timed(places, self.detail)
        if self.over(now):
            return self._after(places, detail, now)
        if self.row.client != "kubernetes":  # of a job that runs Kubernetes tells no condition
            detail = self._placed(places, detail, now)
        if places.started and now > self.began:
            detail = put(detail, places.started, self._time(places, self.began))
        return _with(detail, places.running)

    def _placed(self, places: Portrait, detail: Json, now: float) -> Json:
        """With its state, at the places where that stands."""
        state = self.state(now)
        detail = put(detail, tuple(step for step in self.row.status if isinstance(step, str | int)), state)
        return put(detail, places.again, state) if places.again else detail

    def _timed(self, places: Portrait, detail: Json) -> Json:
        """As it was when it began, whatever the backend made of it since."""
        for place in (*places.ended, places.took, places.started):
            detail = without(detail, place)
        return put(detail, places.began, self._time(places, self.began)) if places.began else detail

    def _after(self, places: Portrait, detail: Json, now: float) -> Json:
        detail = _with(self._placed(places, detail, now), places.over)
        detail = _with(detail, places.cut if self.stopped is not None else None)
        due = self.due() or now
        for place in places.ended:
            detail = put(detail, place, self._time(places, due))
        if places.started:
            detail = put(detail, places.started, self._time(places, self.began))
        if places.took:
            detail = put(detail, places.took, round(due - self.began))
        reason = self.why if self.stopped is not None else self.plan.reason
        if reason and places.reason:
            detail = put(detail, places.reason, reason)
        if self.stopped is None:
            detail = laid_over(detail, dict(self.plan.detail))
        return self._exited(places, detail, now)

    def _exited(self, places: Portrait, detail: Json, now: float) -> Json:
        """With an exit code: the declared one, else 0, or 1 of what failed."""
        failed = self.plan.ending is Ending.FAILED or self.stopped is not None
        code = self.plan.exit_code if self.plan.exit_code is not None else int(failed)
        if places.exits is not None:
            return places.exits(detail, code, self.state(now))
        if not places.exit_code or (places.only_failed and not failed):
            return detail
        declared = follow(places.exit_code, self.plan.detail, None, None)
        return put(detail, places.exit_code, code) if declared is None else detail

    def _time(self, places: Portrait, seconds: float) -> Json:
        if places.milliseconds:
            return round(seconds * 1000)
        moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
        return moment.replace("+00:00", "Z").replace(".000Z", "Z")


def _with(detail: Json, values: Mapping[tuple[str | int, ...], Json] | None) -> Json:
    for place, value in (values or {}).items():
        detail = put(detail, place, value)
    return detail
