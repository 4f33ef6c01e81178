"""The HTML page in a browser: driven by its keys, looked over for names, contrast and freezing.

Skipped without Chromium. The scripts stand in `tests/cases/report/page`.
"""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from turnstile.faults import Where
from turnstile.report import html
from turnstile.report.report import Case, File, Report
from turnstile.scenario.run import run_files

SCRIPTS = Path(__file__).parent.parent / "cases" / "report" / "page"
SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [pytest.mark.skipif(BROWSER is None, reason="needs Chromium"), pytest.mark.timeout(180)]


def script(name):
    """A script of the tests."""
    return (SCRIPTS / f"{name}.js").read_text("utf-8")


def browse(folder, page, told="", *, policy=False, hash_=""):
    """What the browser has made of the page: the whole document, and what the script told."""
    if told:
        page = page if policy else re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
        page = page.replace("</body>", f"<script>{script('driver')}async function drive() {{ {told} }}</script></body>")
    path = folder / "report.html"
    path.write_text(page, "utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    options = ["--window-size=1400,1000", "--virtual-time-budget=20000", "--dump-dom", f"{path.as_uri()}{hash_}"]
    done = subprocess.run([*command, *options], capture_output=True, timeout=150, check=True)
    seen = done.stdout.decode("utf-8")
    found = re.search(r'<pre id="told">(.*?)</pre>', seen, re.DOTALL)
    return seen, json.loads(unescape(found[1])) if found else None


@pytest.fixture(scope="module")
def page():
    """Cases that pass and that are refused, in two accounts."""
    return html.render(
        run_files([SCENARIOS / "cross-account-lambda.scenario.yaml", SCENARIOS / "disturbed.scenario.yaml"])
    )


def test_the_page_works_under_its_own_policy(tmp_path, page):
    """Opened from a file, the scripts run, a case is shown, and foreign scripts are kept out."""
    seen, told = browse(tmp_path, page, "told.ran = true;", policy=True, hash_="#case=0.1&tab=graph")
    assert told is None
    assert 'data-state="AskProduction"' in seen.split("<template", 1)[0]
    assert "✕ failed" in seen.split("<template", 1)[0]


def test_everything_is_reached_by_keys(tmp_path, page):
    """Tabs follow the arrows, states and lines of lists as well, and the panel shows what is chosen."""
    _, told = browse(
        tmp_path,
        page,
        script("keys"),
    )
    assert told.get("error") is None
    assert [tab.split(" ")[0] for tab in told["tabs"]] == [
        "Graph", "Table", "Events", "Timeline", "Permissions", "Accounts", "Graph",
    ]  # fmt: skip
    assert told["order"] == 1
    assert told["state"] == told["pressed"] == "Load"
    assert told["line"].startswith("2+0 sTaskStateEntered")
    assert told["active"] is True
    assert told["last"] == "Approve"
    assert (told["found"], told["opened"]) == (1, "both halves are missing")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(tmp_path, page, theme):
    """Controls have names, ids are unique, text has a contrast of 4.5, in every view and both themes."""
    _, told = browse(
        tmp_path,
        page,
        f"const theme = '{theme}'; {script('names')}",
    )
    assert told.pop("error", None) is None
    assert len(told) == 13
    bad = {
        where: found
        for where, found in told.items()
        if found != {"nameless": [], "twice": [], "poor": [], "heading": 1}
    }
    assert not bad


def test_a_hundred_thousand_events_do_not_freeze(tmp_path):
    """Of a very long list only what is in sight is in the document, wherever one goes in it."""
    history = [
        {"timestamp": at / 10, "type": "TaskStarted", "id": at + 1, "previousEventId": at} for at in range(100_000)
    ]
    where = Where("long.scenario.yaml", 1, 1, "")
    case = Case("long", "SUCCEEDED", 1e4, 0.0, {}, None, None, (), (), tuple(history), judged=True, where=where)
    _, told = browse(
        tmp_path,
        html.render(Report((File("long.scenario.yaml", "long", (case,)),))),
        script("freeze"),
    )
    assert told.get("error") is None
    assert told["last"] == "100000"
    assert told["lines"] < 80
