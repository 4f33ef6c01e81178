"""Steps as data of a page: the rows of each visit whose data was watched, by execution and event of entry.

A visit is a list of references to shared texts, a label and what stands beside it in turns. A page has the visits of
the first executions only, and of a long value the beginning, so that it opens however much was kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.steps import followed
from turnstile.report.steps_rows import Rows

if TYPE_CHECKING:
    from turnstile.report.html_payload import Shared
    from turnstile.report.report import Case

LONGEST = 4_000
"""Characters of a value that are shown."""
MOST = 2_000
"""Visits of a case that a page shows data of."""


def stages(case: Case, shared: Shared) -> dict[str, dict[int, list[int]]]:
    """The rows of visits by the ARN of their execution and the event of their entry."""
    found: dict[str, dict[int, list[int]]] = {}
    room = MOST
    for one in followed(case):
        rows = Rows(one.run, case.runs[0].started, LONGEST)
        kept = [step for step in one.steps if step.kept is not None][:room]
        room -= len(kept)
        told = {step.visit.entered: [shared.ref(text) for row in rows.of(step) for text in row[:2]] for step in kept}
        found[one.run.arn] = told
    return found
