"""The HTML page of fixed reports against the files in tests/golden: its data, and how it is built.

A change is looked at before it is taken over:

    GOLDEN=write python -m pytest tests/report/test_html_golden.py && git diff tests/golden
"""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.report.pages import payload

from turnstile.report import html
from turnstile.scenario.run import run_files

GOLDEN = Path(__file__).parent.parent / "golden"
SCENARIO = "coverage.scenario.yaml"
CASES = Path(__file__).parent.parent / "cases" / "report"
WIDE, ROWS = 150, 7
_WALL = re.compile(r'"wall_seconds":[\d.e-]+')


class Outline(HTMLParser):
    """The elements of a page, a line for each: its attributes and text, without styles, scripts and data."""

    def __init__(self, page):
        super().__init__()
        self.lines = []
        self._depth = 0
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = "".join(f' {name}="{value}"' for name, value in attrs if name != "content")
        self.lines.append(f"{'  ' * self._depth}<{tag}{told}>")
        self._silent = tag in ("script", "style")
        self._depth += tag != "meta"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self._silent = False
        self._depth -= tag != "meta"

    def handle_data(self, data):
        if data.strip() and not self._silent:
            self.lines.append("  " * self._depth + data.strip())


def agree(name, rendered):
    """The rendering is the one in the file; GOLDEN=write makes it so."""
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(rendered, "utf-8")
    assert rendered == file.read_text("utf-8")


def in_lines(page):
    """The data of a page as indented text, rows of tables in one line each."""
    document = payload(page)
    shared = document.pop("shared")
    rows = "".join(f"{number} {json.dumps(one, ensure_ascii=False)}\n" for number, one in enumerate(shared))
    return f"{laid_out(document)}\n{rows}"


def laid_out(value, depth=0):
    """JSON text in which objects and long lists have a line for each member, and rows one line each."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) <= WIDE or not isinstance(value, dict | list) or (isinstance(value, list) and depth > ROWS):
        return short
    if isinstance(value, dict):
        members = [f"{json.dumps(name)}: {laid_out(one, depth + 1)}" for name, one in value.items()]
    else:
        members = [laid_out(one, depth + 1) for one in value]
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    first, last = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{first}{inner}{f',{inner}'.join(members)}{outer}{last}"


@pytest.fixture
def ran(monkeypatch):
    """The page of a scenario that ran, with graph, accounts and coverage, without its wall times."""
    monkeypatch.chdir(CASES)
    return _WALL.sub('"wall_seconds":0.0', html.render(run_files([Path(SCENARIO)])))


def test_the_data_of_everything(everything):
    """Refusals by several links, faults, what is stuck and left, in the shape that the scripts of the page read."""
    agree("everything-html.txt", in_lines(html.render(everything)))


def test_the_data_of_a_run(ran):
    """Executions with visits and events, calls, accounts and coverage."""
    agree("page-data.txt", in_lines(ran))


def test_how_the_page_is_built(ran):
    """The elements that stand in the page before its scripts run, and the pictures that they copy."""
    agree("page-outline.txt", "\n".join(Outline(ran).lines) + "\n")
