"""The HTML page as text: it is whole by itself, nothing of a user's text is markup, and its colours can be read."""

import hashlib
import json
import re
import time
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from tests.report.pages import data

from turnstile.cli.bare import run_definition
from turnstile.cli.manner import Kind, Manner
from turnstile.faults import Fault, Where
from turnstile.report import html
from turnstile.report.report import Case, File, Report
from turnstile.scenario.run import run_files

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&<!--\"'"


class Reader(HTMLParser):
    """Notes every element with its attributes, and the text of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.texts = []
        self._inside = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = (tag, dict(attrs)) if tag in ("script", "style") else self._inside

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._inside = None

    def handle_data(self, data):
        if self._inside:
            self.texts.append((*self._inside, data))


@pytest.fixture(scope="module")
def refused():
    """A report with calls that were refused, in two accounts."""
    return run_files([SCENARIOS / "cross-account-lambda.scenario.yaml"])


@pytest.fixture(scope="module")
def page(refused):
    """The page of it."""
    return html.render(refused)


def hostile(folder):
    """A run in which every text of the user's is hostile, and one is secret."""
    definition = {
        "StartAt": HOSTILE,
        "States": {
            HOSTILE: {
                "Type": "Pass",
                "Comment": HOSTILE,
                "Result": {"password": "geheim-1", HOSTILE: HOSTILE},
                "End": True,
            }
        },
    }
    path = folder / "hostile.asl.json"
    path.write_text(json.dumps(definition), "utf-8")
    file = run_definition(
        path, {"apiKey": "geheim-2", "note": HOSTILE}, Manner(None, Kind.STANDARD, None, redrive=False), seed=0
    )
    return Report((replace(file, name=HOSTILE, cases=tuple(replace(case, name=HOSTILE) for case in file.cases)),))


def test_the_page_needs_nothing_else(page):
    """No element loads anything, and the policy of the page would not let it."""
    read = Reader(page)
    loading = [
        (tag, name) for tag, attributes in read.elements for name in attributes if name in ("src", "srcset", "action")
    ]
    assert not loading
    assert all(
        value.startswith("#")
        for tag, attributes in read.elements
        if tag != "script" and (value := attributes.get("href"))
    )
    assert "http-equiv" in str(read.elements)
    assert not re.search(r"@import|url\(\s*['\"]?http", page)


def test_only_the_pages_own_scripts_and_styles_run(page):
    """The content security policy names the hash of each, and nothing inline stands in attributes."""
    read = Reader(page)
    policy = next(attributes["content"] for tag, attributes in read.elements if attributes.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag, attributes, text in read.texts:
        if attributes.get("type") != "application/json":
            digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
    names = {name for _, attributes in read.elements for name in attributes}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]


def test_nothing_of_a_users_text_is_markup(tmp_path):
    """Names and values that look like markup stand in the data and in pictures as text."""
    page = html.render(hostile(tmp_path))
    tags = [tag for tag, _ in Reader(page).elements]
    assert tags.count("script") == 2
    assert "img" not in tags
    case = data(page)["files"][0]["cases"][0]
    assert case["name"] == HOSTILE
    assert case["runs"][0]["outcomes"] == {HOSTILE: "succeeded"}


def test_scripts_make_no_markup_of_data():
    """No script of the page writes markup or runs text."""
    scripts = [one for one in files("turnstile.report.page").iterdir() if one.name.endswith(".js")]
    assert len(scripts) > 5
    for script in scripts:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script.read_text()
        )


def test_secrets_are_masked(tmp_path):
    """Values under keys that look secret are in no part of the page, nor those that the user named."""
    report = hostile(tmp_path)
    named = replace(report, files=tuple(replace(file, secrets=frozenset({"onerror=alert"})) for file in report.files))
    page = html.render(named)
    assert "geheim" not in page
    assert "onerror=alert" not in page


def test_calls_are_told_with_verdict_and_statement(page):
    """A refused call has its link, the nearest statement and a fix; one that was allowed what granted it."""
    cases = {case["name"]: case for case in data(page)["files"][0]["cases"]}
    refused = cases["production trusts the service, not the workflow's role"]["calls"][-1]
    assert (refused["allowed"], refused["link"]) == (False, "trust-policy")
    assert refused["why"]["links"][0]["nearest"]["excerpt"]["source"]
    assert refused["why"]["links"][0]["remedies"]
    granted = cases["production tells the price"]["calls"][-1]
    assert (granted["needs"][0][0], granted["state"]) == ("lambda:InvokeFunction", "AskProduction")
    assert granted["granted"][0]["place"].startswith("scenarios/") or ":" in granted["granted"][0]["place"]


def test_accounts_are_tied_by_what_was_asked(page):
    """A trust that refused is a dashed line with its link, one that let in a solid one."""
    cases = {case["name"]: case for case in data(page)["files"][0]["cases"]}
    states = {
        (tie["state"], tie["label"]) for tie in cases["production trusts the service, not the workflow's role"]["ties"]
    }
    assert ("refused", "✕ sts:AssumeRole: trust-policy") in states
    assert {tie["state"] for tie in cases["production tells the price"]["ties"]} == {"allowed"}


def test_the_lane_shows_who_waits_for_a_role():
    """Two branches with roles of two accounts take turns, and the second one waits meanwhile."""
    report = run_files([SCENARIOS / "two-target-roles.scenario.yaml"], select="they take turns")
    lane = data(html.render(report))["files"][0]["cases"][0]["lane"]
    assert [(row["state"], row["waits"], row["since"], row["until"]) for row in lane] == [
        ("BookLeft", False, 0, 30),
        ("BookRight", True, 0, 30),
        ("BookRight", False, 30, 60),
    ]


def test_without_a_slot_calls_tell_the_lane():
    """Where each Task has a role of its own, the lane shows both at once."""
    report = run_files([SCENARIOS / "two-target-roles.scenario.yaml"], select="one role for each Task")
    lane = data(html.render(report))["files"][0]["cases"][0]["lane"]
    assert [(row["state"], row["waits"], row["since"]) for row in lane] == [
        ("BookLeft", False, 0),
        ("BookRight", False, 0),
    ]


OUTCOMES = [
    ("hub-and-spoke", "one spoke refuses, nine answer", {"EachAccount": "succeeded", "Ask": "caught"}),
    ("hub-and-spoke", "as a distributed Map", {"EachAccount": "succeeded", "Ask": "succeeded"}),
    ("two-target-roles", "nobody uses the role of the other branch", {"BookLeft": "aborted", "BookRight": "failed"}),
    ("two-target-roles", "a Task that never ends", {"Both": "stuck", "BookLeft": "stuck"}),
    ("nightly-jobs", "without the right to poll", {"Clean": "timed out"}),
]


@pytest.mark.parametrize(("name", "case", "outcomes"), OUTCOMES)
def test_states_have_what_became_of_them(name, case, outcomes):
    """Of all visits the gravest, those in children of a distributed Map as well."""
    report = run_files([SCENARIOS / f"{name}.scenario.yaml"], select=case)
    found = data(html.render(report))["files"][0]["cases"][0]["runs"][0]["outcomes"]
    assert {state: found[state] for state in outcomes} == outcomes


def test_polls_are_one_row():
    """Polls that follow each other are counted, those that were left out as well; a new session is no poll."""
    report = run_files([SCENARIOS / "nightly-jobs.scenario.yaml"], select="without the right to poll")
    case = data(html.render(report))["files"][0]["cases"][0]
    assert [(row["times"], row["refused"]) for row in case["polls"]] == [(2, 2)]
    assert sum(row["times"] for row in case["polls_left_out"]) > 1000


def test_faulty_files_have_a_place_on_the_page():
    """A file that could not run is shown with its faults."""
    fault = Fault(Where("a.scenario.yaml", 3, 1, ""), "unknown-field", f"`{HOSTILE}` is unknown", "")
    page = html.render(Report((File("a.scenario.yaml", "a", faults=(fault,)),)))
    assert data(page)["files"][0]["faults"][0]["code"] == "unknown-field"
    assert [tag for tag, _ in Reader(page).elements].count("script") == 2


def test_two_runs_give_one_page(refused, page):
    """But for wall times, the page of a seed is the same byte for byte."""
    again = html.render(run_files([SCENARIOS / "cross-account-lambda.scenario.yaml"]))
    wall = re.compile(r'"wall_seconds":[\d.e-]+')
    assert wall.sub("", again) == wall.sub("", page)


def long_case(count):
    """A case with so many events."""
    states = count // 2
    history = [
        {
            "timestamp": 0.0,
            "type": "ExecutionStarted",
            "id": 1,
            "previousEventId": 0,
            "executionStartedEventDetails": {"input": "{}"},
        }
    ]
    for index in range(states):
        for kind, details in (
            ("PassStateEntered", "stateEnteredEventDetails"),
            ("PassStateExited", "stateExitedEventDetails"),
        ):
            number = len(history) + 1
            told = {"name": f"S{index % 50}", "output" if kind.endswith("Exited") else "input": '{"n":1}'}
            history.append(
                {"timestamp": index / 10, "type": kind, "id": number, "previousEventId": number - 1, details: told}
            )
    where = Where("long.scenario.yaml", 1, 1, "")
    return Case("long", "SUCCEEDED", states / 10, 0.0, {}, None, None, (), (), tuple(history), judged=True, where=where)


@pytest.mark.slow
def test_a_hundred_thousand_events_are_written_soon():
    """A page with a very long history takes a few seconds and some megabytes."""
    begun = time.process_time()
    page = html.render(Report((File("long.scenario.yaml", "long", (long_case(100_000),)),)))
    assert time.process_time() - begun < 12
    assert len(page) < 30_000_000


def _variables(css, block):
    found = re.search(block + r"[^{]*\{(.*?)\}", css, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", found[1]))


def _light(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """The ratio of WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((_light(one), _light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TONES = ("good", "bad", "warn", "late", "quiet", "stuck")
TEXTS = [
    *((ink, ground) for ink in ("ink", "soft", "accent") for ground in ("ground", "panel")),
    *((tone, f"{tone}-ground") for tone in TONES),
    *((ink, f"{tone}-ground") for ink in ("ink", "soft") for tone in TONES),
    *((tone, ground) for tone in ("good", "bad", "warn") for ground in ("ground", "panel")),
]
SHAPES = [(edge, ground) for edge in ("soft", "focus", *TONES) for ground in ("ground", "panel")]


@pytest.mark.parametrize("theme", [":root, .picture.alone", r':root\[data-theme="dark"\]'], ids=["light", "dark"])
def test_colours_can_be_told_apart(theme):
    """Text has a contrast of 4.5 to what it stands on, lines and the focus of 3 (WCAG 2.2 AA, 1.4.3 and 1.4.11)."""
    colors = _variables((files("turnstile.report.page") / "picture.css").read_text("utf-8"), theme)
    poor = [
        (*pair, round(contrast(*map(colors.get, pair)), 2)) for pair in TEXTS if contrast(*map(colors.get, pair)) < 4.5
    ]
    poor += [(*pair, "shape") for pair in SHAPES if contrast(*map(colors.get, pair)) < 3]
    assert not poor


def test_both_ways_to_darkness_have_the_same_colours():
    """The dark theme of the system and the chosen one are one."""
    css = (files("turnstile.report.page") / "picture.css").read_text("utf-8")
    assert _variables(css, r":root:not\(\[data-theme=\"light\"\]\)") == _variables(css, r':root\[data-theme="dark"\]')
