"""Coverage of a case against `coverage` of its expectation. What covers what is `report.coverage`'s business."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.report.report import Case, File, Finding, Report

if TYPE_CHECKING:
    from turnstile.scenario.expectation import Expectation


def covered(expectation: Expectation, case: Case) -> Case:
    """The case, with a finding for each kind of coverage that is less than it has to be."""
    wanted = expectation.given.get("coverage")
    if wanted is None:
        return case
    from turnstile.report.coverage import coverage  # noqa: PLC0415 - for cases with thresholds

    found = coverage(Report((File("", "", (case,)),)))
    low = [(kind, least, percent) for kind, least in wanted.items() if (percent := found.percent(kind)) < least]
    findings = tuple(
        Finding(
            "coverage",
            f"{percent:g} % of the {kind} are covered, not {least:g} %",
            least,
            percent,
            expectation.at("coverage").at(kind).where(),
        )
        for kind, least, percent in low
    )
    return replace(case, findings=(*case.findings, *findings))
