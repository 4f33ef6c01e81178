"""A report as JUnit XML: a suite for each file, a test case for each case.

A case that did not end as expected is a failure with our explanation as its text, one that came to what is not emulated
an error; a file that cannot be read is a test case with its faults as an error. `time` is wall time, the virtual
duration and the seed are properties. Follows the schema that Jenkins publishes (jenkinsci/xunit-plugin, junit-10.xsd),
which GitLab and others read too; it has properties of suites, not of test cases. Characters that XML 1.0 cannot hold
(section 2.2) are escaped before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.document import compact
from turnstile.report.aftermath import orphan_told, polls_told, stuck_told, veil_told
from turnstile.report.explanation import explain
from turnstile.report.fault_text import faults
from turnstile.report.layout import Paint, safe
from turnstile.report.masking import hiding, masked
from turnstile.report.place import shown_file
from turnstile.report.text import below
from turnstile.report.turns import turn_told, turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from turnstile.faults import Fault
    from turnstile.report.report import Case, File, Finding, Report

_WIDTH = 100
_BARRED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def render(report: Report) -> str:
    """The report as XML text that ends with a line break."""
    with hiding(report.secrets):
        suites = [line for file in report.files for line in _suite(file, report.seed)]
    told = {
        "name": "turnstile",
        "tests": _sum(_tests, report.files),
        "failures": _sum(_failures, report.files),
        "errors": _sum(_errors, report.files),
        "time": _seconds(sum(map(_wall, report.files))),
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _open("testsuites", told), *suites, "</testsuites>"]
    return "\n".join(lines) + "\n"


def _sum(count: Callable[[File], int], files: Iterable[File]) -> str:
    return str(sum(count(file) for file in files))


def _tests(file: File) -> int:
    return len(file.cases) + bool(file.faults)


def _failures(file: File) -> int:
    return sum(case.supported and not case.passed for case in file.cases)


def _errors(file: File) -> int:
    return sum(not case.supported for case in file.cases) + bool(file.faults)


def _wall(file: File) -> float:
    return sum(case.wall for case in file.cases)


def _seconds(time: float) -> str:
    return f"{time:.3f}"


def _suite(file: File, seed: int) -> Iterator[str]:
    path = shown_file(file.path)
    told = {
        "name": file.name or path,
        "tests": str(_tests(file)),
        "failures": str(_failures(file)),
        "errors": str(_errors(file)),
        "skipped": "0",
        "time": _seconds(_wall(file)),
        "file": path,
    }
    yield "  " + _open("testsuite", told)
    yield from _properties(file, seed)
    if file.faults:
        yield from _faulty(file, path)
    for case in file.cases:
        yield from _case(case, path)
    yield "  </testsuite>"


def _properties(file: File, seed: int) -> Iterator[str]:
    """Of the suite: the seed, and of each case its virtual duration, for a case has no properties in the schema."""
    yield "    <properties>"
    yield f"      {_empty('property', {'name': 'seed', 'value': str(seed)})}"
    for case in file.cases:
        told = {"name": f"virtual_seconds: {case.name}", "value": f"{case.virtual:.3f}"}
        yield f"      {_empty('property', told)}"
    yield "    </properties>"


def _faulty(file: File, path: str) -> Iterator[str]:
    yield "    " + _open("testcase", {"name": "the file can be run", "classname": path, "time": _seconds(0)})
    codes = ", ".join(dict.fromkeys(fault.code for fault in file.faults))
    text = faults(file.faults, color=False, width=_WIDTH).rstrip()
    yield _element("error", {"type": codes, "message": _first(file.faults)}, text)
    yield "    </testcase>"


def _first(found: Sequence[Fault] | Sequence[Finding]) -> str:
    message = found[0].message
    return f"{message} (and {len(found) - 1} more)" if len(found) > 1 else message


def _case(case: Case, path: str) -> Iterator[str]:
    yield "    " + _open("testcase", {"name": case.name, "classname": path, "time": _seconds(case.wall)})
    yield from _outcome(case)
    yield from _out(case)
    yield "    </testcase>"


def _outcome(case: Case) -> Iterator[str]:
    """Nothing for a case that ended as expected."""
    if case.passed:
        return
    told = {"type": ", ".join(dict.fromkeys(one.code for one in case.findings)), "message": _first(case.findings)}
    text = "\n".join(below(case, Paint(on=False), _WIDTH, 0)).strip("\n")
    yield _element("failure" if case.supported else "error", told, text)


def _out(case: Case) -> Iterator[str]:
    """What happened on the way: status, each refused call, what was ordered, what waited and what is left."""
    judged = "" if case.judged else ", permissions not judged"
    lines = [f"status {case.status}, virtual {case.virtual:.3f} s{judged}"]
    for one in explain(case):
        links = ", ".join(refusal.link for refusal in one.refusals)
        state = f" in state `{one.state}`" if one.state else ""
        lines.append(f"refused: {one.principal}: {one.action} on {one.resource}{state}: {links}")
    lines += [f"on order: {one.call.service}:{one.call.operation}: {one.told}" for one in case.disturbances]
    lines += [f"role slot: {turn_told(one)}" for one in turns(case.leases)]
    lines += [f"stuck: {stuck_told(one)}" for one in case.stuck]
    lines += [f"orphan: {orphan_told(one)}" for one in case.orphans]
    lines += [polls_told(one) for one in case.collapses]
    lines += [f"missing key: {veil_told(one)}" for one in case.veiled]
    if case.output is not None:
        lines.append(f"output: {compact(masked(case.output))}")
    yield _element("system-out", {}, "\n".join(map(safe, lines)))


def _open(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}{''.join(f' {key}={_quoted(value)}' for key, value in attributes.items())}>"


def _empty(name: str, attributes: dict[str, str]) -> str:
    return _open(name, attributes)[:-1] + "/>"


def _element(name: str, attributes: dict[str, str], text: str) -> str:
    return f"      {_open(name, attributes)}{_text(text)}</{name}>"


def _quoted(value: str) -> str:
    return '"' + "".join(_MARKS.get(one, one) for one in _kept(safe(value))) + '"'


def _text(text: str) -> str:
    return "".join(_MARKS[one] if one in "&<>\r" else one for one in _kept(text))


def _kept(text: str) -> str:
    return _BARRED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
