"""Alerts as SARIF 2.1.0, for code scanning.

Rules are our codes, with what they mean and what to do; results stand at the policy text, key or case that they are
about. Paths are relative to the working directory (`uriBaseId` SRCROOT), columns count UTF-16 units, no time and no
machine is told, so that the same findings give the same bytes.

Spec: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, sections named below.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import quote

from turnstile.report.alerts import alerts
from turnstile.report.codes import HOME, code, page
from turnstile.report.json_text import json_text
from turnstile.report.layout import safe
from turnstile.report.masking import everywhere, hiding, masked_line
from turnstile.report.place import relative

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.document import Json
    from turnstile.report.alerts import Alert
    from turnstile.report.excerpt import Excerpt
    from turnstile.report.report import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"
_ROOT = "SRCROOT"
_FINGERPRINT = "turnstile/v1"


def render(report: Report) -> str:
    """The report as SARIF text that ends with a line break; exit codes 0, 1 and 3 are runs that worked."""
    with hiding(report.secrets):
        return document(alerts(report), exit_code=report.exit_code, seed=report.seed)


def document(found: Sequence[Alert], *, exit_code: int, seed: int | None = None) -> str:
    """Alerts as SARIF text that ends with a line break."""
    rules = sorted({alert.code for alert in found})
    run = {
        "tool": {"driver": _driver(rules)},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the folder that turnstile was started in"}}},
        "invocations": [{"executionSuccessful": True, "exitCode": exit_code}],
        "columnKind": "utf16CodeUnits",
        "results": list(_results(found, rules)),
    }
    if seed is not None:
        run["properties"] = {"seed": seed}
    log = everywhere({"$schema": SCHEMA, "version": VERSION, "runs": [run]})
    return json_text(log)


def _driver(rules: Sequence[str]) -> Json:
    return {
        "name": "Turnstile",
        "semanticVersion": version("asl-turnstile"),
        "informationUri": HOME,
        "rules": [_rule(name) for name in rules],
    }


def _rule(name: str) -> Json:
    """Section 3.49; a code without a page would be a bug, and a test holds all codes to have one."""
    known = code(name)
    if known is None:
        return {"id": name, "helpUri": page(name)}
    parts = (known.meaning, f"**Example:** {known.example}", f"**What to do:** {known.remedy}")
    return {
        "id": name,
        "shortDescription": {"text": _literal(known.title)},
        "fullDescription": {"text": _literal(known.meaning)},
        "help": {"text": _literal(f"{known.meaning} {known.remedy}"), "markdown": _literal("\n\n".join(parts))},
        "helpUri": page(name),
        "properties": {"tags": [known.kind]},
    }


def _results(found: Sequence[Alert], rules: Sequence[str]) -> Iterator[Json]:
    seen: dict[str, int] = {}
    for alert in found:
        print_ = _fingerprint(alert)
        seen[print_] = seen.get(print_, 0) + 1
        yield _result(alert, rules.index(alert.code), f"{print_}:{seen[print_]}")


def _result(alert: Alert, rule: int, fingerprint: str) -> Json:
    """Section 3.27."""
    text = f"{alert.message}\nhelp: {alert.help}" if alert.help else alert.message
    result = {
        "ruleId": alert.code,
        "ruleIndex": rule,
        "level": alert.level,
        "message": {"text": _literal(text)},
        "locations": [{"physicalLocation": _place(alert.place)}],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
        "occurrenceCount": alert.times,
    }
    if alert.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _place(one.place), "message": {"text": _literal(one.text)}}
            for number, one in enumerate(alert.related, 1)
        ]
    return result


def _literal(text: str) -> str:
    """Braces are doubled, since one alone begins a placeholder; brackets would begin a link (3.11.5, 3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("[", "\\[").replace("]", "\\]")


def _fingerprint(alert: Alert) -> str:
    """Of what the alert is about, not of where it stands, so that it outlives lines that move."""
    return hashlib.sha256("\0".join(map(safe, alert.identity)).encode()).hexdigest()[:32]


def _place(place: Excerpt) -> Json:
    """Section 3.29."""
    found: dict[str, Json] = {"artifactLocation": {"uri": uri(place.where.file), "uriBaseId": _ROOT}}
    if place.where.line:
        found["region"] = _region(place)
    return found


def _region(place: Excerpt) -> Json:
    """Section 3.30: columns from 1, the end behind the last character."""
    line = place.where.line
    if not place.line:
        return {"startLine": line, "startColumn": max(place.where.column, 1)}
    start, end = place.start, place.start + place.length
    return {
        "startLine": line,
        "startColumn": 1 + _units(place.line[:start]),
        "endColumn": 1 + max(_units(place.line[:end]), _units(place.line[:start]) + 1),
        "snippet": {"text": safe(masked_line(place.line))},
    }


def _units(text: str) -> int:
    """UTF-16 code units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def uri(name: str) -> str:
    """A file as a relative URI reference (RFC 3986)."""
    return quote(relative(name), errors="replace")
