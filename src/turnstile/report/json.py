"""A report as JSON, version 1: everything the text says, and the history of each case.

Keys stand in a fixed order. Two runs with one seed differ only in the fields named `wall_seconds`. Secret
values are masked, paths are relative to the working directory. Later versions may add fields; they never
change one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report import aftermath, steps_json, turns
from turnstile.report.coverage import as_json, by_file, coverage
from turnstile.report.explanation import explain, visible
from turnstile.report.json_text import json_text
from turnstile.report.masking import everywhere, hiding, masked, masked_line
from turnstile.report.place import instant, shown, shown_file

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.faults import Fault, Where
    from turnstile.gate.trail import Disturbance
    from turnstile.report.excerpt import Excerpt
    from turnstile.report.explanation import Advice, Explanation, Failed, Nearest, Occasion, Refusal
    from turnstile.report.report import Case, File, Finding, Report

VERSION = 1


def render(report: Report) -> str:
    """The report as indented JSON text that ends with a line break."""
    with hiding(report.secrets):
        files = everywhere([_file(file) for file in report.files])
        covered = everywhere(as_json(coverage(report), by_file(report)))
    document = {"version": VERSION, "seed": report.seed, "passed": report.passed, "files": files, "coverage": covered}
    return json_text(document)


def _file(file: File) -> Json:
    return {
        "path": shown_file(file.path),
        "name": file.name,
        "cases": [_case(case) for case in file.cases],
        "faults": [_fault(fault) for fault in file.faults],
    }


def _case(case: Case) -> Json:
    watched = steps_json.as_json(case)
    stages = {} if watched is None else {"stages": watched}
    return {**facts(case), "history": masked(list(case.history)), **stages}


def facts(case: Case) -> dict[str, Json]:
    """Everything of a case but its history."""
    return {
        "name": case.name,
        "where": _where(case.where),
        "passed": case.passed,
        "status": case.status,
        "permissions_judged": case.judged,
        "deterministic": not case.undetermined,
        "undetermined_functions": list(case.undetermined),
        "virtual_seconds": case.virtual,
        "wall_seconds": round(case.wall, 6),
        "output": masked(case.output),
        "error": case.error,
        "cause": masked(case.cause),
        "findings": [_finding(finding) for finding in case.findings],
        "refused": [_refused(case, explanation) for explanation in explain(case)],
        **aftermath.as_json(case),
        "role_slot_waits": turns.as_json(case.leases),
        "faults_on_order": [_disturbance(disturbance) for disturbance in case.disturbances],
    }


def _disturbance(disturbance: Disturbance) -> Json:
    call, site = disturbance.call, disturbance.call.site
    return {
        "call": f"{call.service}:{call.operation}",
        "principal": call.caller.arn,
        "state": site.state if site else None,
        "attempt": site.attempt if site else None,
        "poll": (site.poll or None) if site else None,
        "told": disturbance.told,
        "time": instant(disturbance.time),
        "where": _where(disturbance.origin.where()),
    }


def _finding(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "message": finding.message,
        "expected": masked(finding.expected),
        "found": masked(finding.found),
        "help": finding.help or None,
        "where": _where(finding.where),
    }


def _fault(fault: Fault) -> Json:
    return {"code": fault.code, "message": fault.message, "help": fault.help, "where": _where(fault.where)}


def _where(where: Where) -> Json:
    place = shown(where)
    return {"file": place.file, "line": place.line, "column": place.column, "pointer": place.pointer}


def _refused(case: Case, explanation: Explanation) -> Json:
    aws = visible(case, explanation)
    origin = case.sites.get((explanation.execution, explanation.state))
    return {
        "aws_shows": {"error": aws.error, "cause": masked(aws.cause)} if aws else None,
        **explained(explanation),
        "state_where": _where(origin.where()) if origin is not None else None,
    }


def explained(explanation: Explanation) -> dict[str, Json]:
    """A call with what refused it, and every statement that was looked at."""
    return {
        "action": explanation.action,
        "resource": explanation.resource,
        "principal": explanation.principal,
        "role": explanation.role or None,
        "acting_for": explanation.acting_for or None,
        "execution": explanation.execution or None,
        "state": explanation.state or None,
        "occasions": [_occasion(occasion) for occasion in explanation.occasions],
        "answer": explanation.answer or None,
        "links": [_refusal(refusal) for refusal in explanation.refusals],
        "statements": [{"layer": layer, **statement(one)} for layer, one in explanation.statements],
    }


def _occasion(occasion: Occasion) -> Json:
    return {
        "sequence": occasion.sequence,
        "attempt": occasion.attempt,
        "poll": occasion.poll,
        "virtual_seconds": occasion.after,
        "time": instant(occasion.time),
    }


def _refusal(refusal: Refusal) -> Json:
    return {
        "link": refusal.link,
        "meaning": refusal.meaning,
        "action": refusal.action,
        "resource": refusal.resource,
        "answered": refusal.shown,
        "sentence": refusal.sentence,
        "nearest": statement(refusal.nearest) if refusal.nearest else None,
        "remedies": [_advice(advice) for advice in refusal.advice],
        "help": refusal.help or None,
    }


def statement(nearest: Nearest) -> dict[str, Json]:
    """A statement with its place and the parts of it that failed."""
    return {
        "policy": nearest.policy,
        "statement": nearest.statement,
        "effect": nearest.effect,
        "excerpt": _excerpt(nearest.excerpt),
        "failed": [_failed(failed) for failed in nearest.failed],
    }


def _failed(failed: Failed) -> Json:
    return {
        "part": failed.part,
        "wanted": list(failed.wanted),
        "found": None if failed.found is None else list(failed.found),
        "sentence": f"{failed.wants}, {failed.has}",
        "wants": failed.wants,
        "has": failed.has,
        "excerpt": _excerpt(failed.excerpt),
    }


def _advice(advice: Advice) -> Json:
    excerpt = _excerpt(advice.excerpt) if advice.excerpt else None
    return {
        "kind": advice.kind,
        "place": advice.place,
        "new_policy": excerpt is None,
        "text": advice.text,
        "excerpt": excerpt,
        "declared": _excerpt(advice.declared) if advice.declared else None,
    }


def _excerpt(excerpt: Excerpt) -> Json:
    return {**_where(excerpt.where), "source": masked_line(excerpt.line) or None}
