"""Readers of the forms of a report, as those who take them would read: they refuse what is not well-formed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

CASES = Path(__file__).parent.parent / "cases" / "report"


class Forms:
    """Readers of forms: each raises AssertionError, or the parser's own error, for text that is not well-formed."""

    SARIF = json.loads((CASES / "sarif-facts.json").read_text())
    JUNIT = json.loads((CASES / "junit-facts.json").read_text())

    def sarif(self, text):
        """The document, held against the facts of SARIF."""
        log = json.loads(text)
        self._object(log, "sarifLog")
        for run in log["runs"]:
            names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
            assert all(names[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
        return log

    def _object(self, value, kind):
        facts = self.SARIF[kind]
        assert set(facts["must"]) <= set(value) <= set(facts["may"]), (kind, sorted(value))
        for name, member in value.items():
            self._value(member, facts["may"][name])

    def _value(self, value, kind):
        if isinstance(kind, list):
            assert value in kind
        elif kind.endswith("[]"):
            assert isinstance(value, list)
            assert len({json.dumps(each, sort_keys=True) for each in value}) == len(value), kind
            for each in value:
                self._value(each, kind[:-2])
        elif kind.endswith("{}"):
            for each in value.values():
                self._value(each, kind[:-2])
        elif kind in self.SARIF:
            self._object(value, kind)
        else:
            assert _PLAIN[kind](value), (kind, value)

    def junit(self, text):
        """The root element, held against the facts of the schema, with counts that are true."""
        root = ET.fromstring(text.encode())
        self._element(root)
        for name in ("tests", "failures", "errors"):
            assert int(root.get(name)) == sum(int(suite.get(name)) for suite in root)
        for suite in root:
            cases = suite.findall("testcase")
            told = [int(suite.get(name)) for name in ("tests", "failures", "errors")]
            assert told == [
                len(cases),
                *(sum(one.find(kind) is not None for one in cases) for kind in ("failure", "error")),
            ]
        return root

    def _element(self, element):
        facts = self.JUNIT[element.tag]
        assert set(facts["must"]) <= set(element.keys()) <= {*facts["must"], *facts["may"]}, element.tag
        assert re.fullmatch(r"\d+\.\d{3}", element.get("time", "0.000"))
        assert facts.get("text") or not (element.text or "").strip(), element.tag
        for child in element:
            assert child.tag in facts["children"]
            assert not child.tail.strip()
            self._element(child)

    def github(self, text):
        """Level, properties and message of each command, as a runner reads them."""
        found = []
        for line in text.splitlines():
            command = re.fullmatch(r"::(error|warning|notice) ([^:\r\n]*)::([^\r\n]*)", line)
            assert command, line
            properties = dict(each.split("=", 1) for each in command[2].split(","))
            assert set(properties) <= {"file", "line", "col", "endColumn", "title"}
            found.append((command[1], {name: _back(value) for name, value in properties.items()}, _back(command[3])))
        return found

    def log(self, text):
        """The lines of a log: none moves a cursor, turns the reading direction, or commands who keeps it."""
        for line in text.removesuffix("\n").split("\n"):
            assert not re.search(
                r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ud800-\udfff]", line
            )
            assert not line.lstrip().startswith("::"), line
            assert not re.search(r"##(vso|teamcity)?\[", line), line
        return text

    def markdown(self, text):
        """The lines outside of code: no raw HTML, link or image; fences and code spans are closed."""
        plain, fence = [], ""
        for line in text.splitlines():
            mark = re.match(r" *(`{3,})[^`]*$", line)  # a fence has no backtick behind it (GFM 4.5)
            if fence:
                fence = "" if mark and line.strip() == fence else fence
            elif mark:
                fence = mark[1]
            else:
                plain.append(_without_spans(line))
        assert not fence
        for line in plain:
            assert not re.search(r"(?<!\\)[<`]|(?<!\\)!?\[[^\]]*\]\(|[@#]\w|://|www\.", line), line
        return plain


_PLAIN = {
    "text": lambda value: isinstance(value, str),
    "uri": lambda value: (
        isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*", value) is not None
    ),
    "address": lambda value: isinstance(value, str) and re.match(r"https://[a-z.-]+/[^\s<>\"]*\Z", value) is not None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: type(value) is int,
    "index": lambda value: type(value) is int and value >= 0,
    "positive": lambda value: type(value) is int and value >= 1,
}


def _back(text):
    for code, one in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, one)
    return text


def _without_spans(line):
    """A line without its code spans: a run of backticks ends at the next one as long."""
    shown, at = "", 0
    while at < len(line):
        run = re.match(r"`+", line[at:])
        if line[at] == "\\":
            shown, at = shown + line[at : at + 2], at + 2
        elif run is None:
            shown, at = shown + line[at], at + 1
        else:
            end = next((one.end() for one in re.finditer(r"`+", line[at + run.end() :]) if one[0] == run[0]), None)
            assert end is not None, line
            at += run.end() + end
    return shown
