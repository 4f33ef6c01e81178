"""Alerts as annotations of GitHub, and the summary of a step.

An annotation is a workflow command on a line of its own; what it carries is escaped as the runner takes it back:
percent signs and line breaks everywhere, colons and commas in properties too. GitHub shows ten errors and ten warnings
of a step, so that more are counted in one notice.

Documented: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.alerts import ERROR, WARNING, alerts
from turnstile.report.codes import codes
from turnstile.report.layout import safe
from turnstile.report.markup import prose, span
from turnstile.report.masking import hiding
from turnstile.report.place import duration, relative, shown_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from turnstile.report.alerts import Alert
    from turnstile.report.report import Case, File, Report

MOST = 10
"""Annotations of one level that GitHub shows for a step."""

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}
_FOLLOWS = frozenset(one.name for one in codes().values() if one.kind == "expectation")
_LARGEST = 900_000
"""Bytes of a summary; GitHub drops one of more than 1 MiB whole."""


def render(report: Report) -> str:
    """The annotations of a report, a line each."""
    with hiding(report.secrets):
        return commands(alerts(report))


def commands(found: Sequence[Alert]) -> str:
    """Alerts as annotations, a line each, and how many more there are."""
    lines = [_annotation(alert) for level in (ERROR, WARNING) for alert in _first(found, level)]
    more = [f"{count} more {level}{'s' * (count > 1)}" for level in (ERROR, WARNING) if (count := _left(found, level))]
    if more:
        lines.append(f"::notice title=Turnstile::{' and '.join(more)}, which the report has")
    return "".join(f"{line}\n" for line in lines)


def _of(found: Sequence[Alert], level: str) -> list[Alert]:
    """Those of a level: refusals and faults first, since what else is not as expected often follows from them."""
    return sorted((alert for alert in found if alert.level == level), key=lambda alert: alert.code in _FOLLOWS)


def _first(found: Sequence[Alert], level: str) -> Sequence[Alert]:
    return _of(found, level)[:MOST]


def _left(found: Sequence[Alert], level: str) -> int:
    return max(len(_of(found, level)) - MOST, 0)


def _annotation(alert: Alert) -> str:
    where = alert.place.where
    properties = {"file": safe(relative(where.file))}
    if where.line:
        properties |= {"line": str(where.line), "col": str(_column(alert))}
        if alert.place.line:
            properties["endColumn"] = str(_column(alert) + alert.place.length)
    properties["title"] = alert.code
    text = f"{alert.message}\nhelp: {alert.help}" if alert.help else alert.message
    told = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in properties.items())
    return f"::{alert.level} {told}::{_escaped(text, _DATA)}"


def _column(alert: Alert) -> int:
    return alert.place.start + 1 if alert.place.line else max(alert.place.where.column, 1)


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(one, one) for one in text)


def summary(report: Report) -> str:
    """The summary of a step in Markdown: each case of each file, and below it what to look at."""
    with hiding(report.secrets):
        lines = ["## Turnstile", "", *(line for file in report.files for line in _file(file)), *_alerts(alerts(report))]
        text = "\n".join(lines) + "\n"
    return text if len(text.encode()) <= _LARGEST else _shortened(text)


def _shortened(text: str) -> str:
    """Cut at a line."""
    kept = text.encode()[:_LARGEST].decode(errors="ignore").rpartition("\n")[0]
    return f"{kept}\n\nThe report has more than a summary can hold.\n"


def _file(file: File) -> Iterator[str]:
    yield f"### {span(shown_file(file.path))}"
    yield ""
    if file.cases:
        yield "| | case | status | virtual time |"
        yield "| --- | --- | --- | --- |"
        yield from (_row(case) for case in file.cases)
        yield ""
    if file.faults:
        yield f"{len(file.faults)} fault{'s' * (len(file.faults) > 1)} in its files"
        yield ""


def _row(case: Case) -> str:
    mark = "ok" if case.passed else "**not as expected**" if case.supported else "**not supported**"
    return f"| {mark} | {span(case.name, cell=True)} | {case.status} | {duration(case.virtual)} |"


def _alerts(found: Sequence[Alert]) -> Iterator[str]:
    for alert in found[: 2 * MOST]:
        yield f"- **{alert.level}** {span(alert.code)} at {span(str(alert.place.where))}"
        yield ""
        yield f"  {prose(alert.message)}"
        yield ""
        if alert.help:
            yield f"  **help:** {prose(alert.help)}"
            yield ""
    if len(found) > 2 * MOST:
        yield f"{len(found) - 2 * MOST} more, which the report has"


def append(file: Path, report: Report) -> None:
    """Add the summary to the file that GitHub names in `GITHUB_STEP_SUMMARY`.

    Raises:
        OSError: it cannot be written.
    """
    with file.open("a", encoding="utf-8", errors="backslashreplace") as out:
        out.write(summary(report))
