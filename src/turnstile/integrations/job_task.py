"""A job of any service that a Task waits for: submit, follow and cancel as its rows say.

Two rows make one: how the start call is written and its answer shown (`optimized.Api`), and how the job is described,
recognized as ended and cancelled (`jobs.table`). A failed job fails the Task with `States.TaskFailed` and its
description as cause (reference/sync-jobs.json). Nothing here is special to a service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.asl import errors
from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations import polling
from turnstile.integrations.work import Started
from turnstile.jobs.identity import key, label
from turnstile.jobs.job import Verdict, follow, pick
from turnstile.jobs.place import put

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Output
    from turnstile.integrations.optimized import Api
    from turnstile.integrations.work import Watch, Work
    from turnstile.jobs.job import Job


def _fine(_shown: Mapping[str, Json]) -> None:
    return


@dataclass(frozen=True, slots=True)
class JobTask:
    """One `.sync` integration. `submitted` may refuse what the start call answered."""

    row: Job
    api: Api
    submitted: Callable[[Mapping[str, Json]], None] = _fine

    async def submit(self, work: Work) -> Started:
        """Make the start call.

        Raises:
            StatesError: see `Job.submit`.
        """
        request = self.api.request(work)
        answer = await self.api.ask(work, request)
        shown = self.api.shown(work, request, answer)
        self.submitted(shown)
        account = work.origin.account or arns.parse(work.origin.machine_arn).account
        known = label(self.row.client, account, key(self.row, request, answer.output))
        return Started(shown, request, answer.output, known)

    async def follow(self, work: Work, started: Started, watch: Watch) -> Json:
        """Wait for the end of the job; how it is described then.

        Raises:
            StatesError: it failed, or the service refused to describe it.
        """
        try:
            verdict, detail = await polling.done(self.row, started, watch)
        except ServiceError as error:
            raise self.api.family.failure(error, work.models.error_codes(self.api.client)) from None
        shown = self._shown(work, started, detail)
        if verdict is Verdict.FAILED:
            raise StatesError(errors.TASK_FAILED, compact(shown))
        return shown

    async def cancel(self, work: Work, started: Started) -> bool:
        """Make the call that ends the job; False where its service has none.

        Raises:
            ServiceError: refused.
        """
        return await polling.cancelled(self.row, work, started)

    def _shown(self, work: Work, started: Started, detail: Output) -> Json:
        """The described job as the Task shows it: names in PascalCase, under the member its row wraps it in."""
        place = tuple(step if isinstance(step, str | int) else 0 for step in self.row.detail)
        described = work.models.timed(self.row.client, self.row.describe.operation, put({}, place, detail))
        raised = tuple(step[:1].upper() + step[1:] if isinstance(step, str) else step for step in place)
        shown = follow(raised, described, None, None)
        added = {name: pick(source, started.request, started.answer) for name, source in self.row.added.items()}
        whole = {self.row.wrapped: shown} if self.row.wrapped else shown
        return {**added, **whole} if isinstance(whole, dict) else whole
