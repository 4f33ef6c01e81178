"""Coverage of a case against `coverage` of its expectation. What covers what is the report's business."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.report.report import Finding

if TYPE_CHECKING:
    from turnstile.report.report import Case
    from turnstile.scenario.expectations.expectation import Expectation


def covered(expectation: Expectation, case: Case) -> Case:
    """The case, with a finding for each kind of coverage that is less than it has to be."""
    wanted = expectation.given.get("coverage")
    if wanted is None:
        return case
    from turnstile.report.coverage import below  # noqa: PLC0415 - for cases with thresholds

    findings = tuple(
        Finding(
            "coverage",
            f"{percent:g} % {'of all' if kind == 'total' else f'of the {kind}'} is covered, not {least:g} %",
            least,
            percent,
            expectation.at("coverage").at(kind).where(),
        )
        for kind, percent, least in below(case.coverage, wanted)
    )
    return replace(case, findings=(*case.findings, *findings))
