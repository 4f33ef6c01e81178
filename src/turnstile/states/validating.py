"""ValidateStateMachineDefinition: what is wrong with a definition, in AWS's words, without making a machine.

Recorded: sfn_api_validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.check import as_aws
from turnstile.asl.finding import ERROR
from turnstile.faults import Rejected
from turnstile.integrations.definition import findings
from turnstile.source import Source, read
from turnstile.states.unreadable import located_complaint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.asl.finding import Finding
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.integrations.work import Models

UNREADABLE = "INVALID_JSON_DESCRIPTION"
_MOST = 100


async def validate(call: Call, models: Models) -> Output:
    """ValidateStateMachineDefinition; warnings count only where they are asked for."""
    text = str(call.parameters["definition"])
    express = call.parameters.get("type") == "EXPRESS"
    found = list(_diagnostics(text, models, express=express))
    if call.parameters.get("severity", ERROR) == ERROR:
        found = [each for each in found if each["severity"] == ERROR]
    most = int(call.parameters.get("maxResults", 0)) or _MOST
    failed = any(each["severity"] == ERROR for each in found)
    return {"result": "FAIL" if failed else "OK", "diagnostics": found[:most], "truncated": len(found) > most}


def _diagnostics(text: str, models: Models, *, express: bool) -> Iterator[dict[str, Json]]:
    try:
        document = read(Source("definition.json", text)) if text.strip() else None
    except Rejected as rejected:
        yield _unreadable(located_complaint(text) or rejected.faults[0].message)
        return
    for finding in as_aws(findings(document, models, express=express)):
        yield _shown(finding)


def _unreadable(problem: str) -> dict[str, Json]:
    place = problem.partition("\n at ")[2]
    shown = {"code": UNREADABLE, "message": problem, "severity": ERROR}
    return shown | {"location": place} if place else shown


def _shown(finding: Finding) -> dict[str, Json]:
    shown = {"code": finding.code, "message": finding.message, "severity": finding.severity}
    return shown if finding.location is None else shown | {"location": finding.location}
