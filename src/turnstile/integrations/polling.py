"""The loop in which a job is described until it is done; for every service alike, by its row (`turnstile.jobs`).

The first poll comes after the first interval, and so on as `cadence` says. An event that tells of the end spares the
next poll, and a Task that may not poll still ends by it (documented). A refused poll is repeated like any other.
Facts: sync-jobs.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.integrations.cadence import Cadence
from turnstile.jobs import job as jobs
from turnstile.jobs.job import Verdict

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.integrations.work import Started, Watch, Work
    from turnstile.jobs.job import Job


async def done(row: Job, started: Started, watch: Watch) -> tuple[Verdict, Json]:
    """Wait for the end of a job: how it ended, and the job as it was described last.

    Raises:
        ServiceError: a poll was refused for another reason than rights or rates.
    """
    query = jobs.parameters(row.describe, started.request, started.answer)
    first = row.first_poll or watch.first_poll
    cadence = Cadence(first, max(first, row.longest_poll or watch.longest_poll))
    watch.listen(started.job, row.rule)
    detail = jobs.follow(row.detail, started.answer, started.request, started.answer)
    while True:
        answer = await watch.pause(cadence)
        if answer is None:
            cadence.grow()
            try:
                answer = await _described(row, query, watch)
            except ServiceError as error:
                if row.gone and error.code == row.gone:
                    return Verdict.SUCCEEDED, detail or {}
                raise
        if answer is not None:
            detail = jobs.follow(row.detail, answer, started.request, started.answer)
            verdict = jobs.verdict(row, detail)
            if verdict is not Verdict.RUNNING:
                return verdict, detail


async def _described(row: Job, query: dict[str, Json], watch: Watch) -> Output | None:
    answer = await watch.poll(row.client, row.describe.operation, query)
    return None if answer is None else answer.output


async def cancelled(row: Job, work: Work, started: Started) -> bool:
    """Make the call that ends the job; False where its service has none.

    Raises:
        ServiceError: refused.
    """
    if row.cancel is None:
        return False
    query = jobs.parameters(row.cancel, started.request, started.answer)
    await work.ask(row.client, row.cancel.operation, query)
    return True
