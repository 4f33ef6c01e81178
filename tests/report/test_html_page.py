"""The HTML page in a browser: driven by its keys, looked over for names, contrast and freezing. Skipped without Chromium."""

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

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [pytest.mark.skipif(BROWSER is None, reason="needs Chromium"), pytest.mark.timeout(180)]

DRIVER = """
const told = {};
const press = (key, on = document.activeElement) => on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const go = async (hash) => { location.hash = hash; await pause(50); };

function nameless() {
  const wanted = all("button, input, select, summary, a[href], [role=button], [role=tab], [role=listbox], [role=tabpanel], svg, [tabindex='0']");
  return wanted.filter((each) => each.checkVisibility()).filter((each) => {
    const by = (each.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join("");
    const label = each.id && document.querySelector(`label[for="${CSS.escape(each.id)}"]`);
    const text = each.matches("input, select, svg, [role=listbox], [role=tabpanel]") ? "" : each.textContent;
    return each.id !== "main" && !(each.getAttribute("aria-label") || by || label?.textContent || text).trim();
  }).map((each) => each.outerHTML.slice(0, 90));
}
const twice = () => { const ids = all("[id]").map((each) => each.id); return ids.filter((id, at) => ids.indexOf(id) !== at && id !== "arrow"); };

const channels = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
function light(color) {
  const [r, g, b] = channels(color).slice(0, 3).map((part) => part / 255).map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(each) {
  for (let at = each; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (channels(color)[3] !== 0) return color;
  }
  return "rgb(255, 255, 255)";
}
function poor() {
  const found = [];
  for (const each of all("body *:not(svg *, script, style, option, template, noscript)")) {
    if (!each.checkVisibility() || ![...each.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    const [high, low] = [light(getComputedStyle(each).color), light(ground(each))].sort((a, b) => b - a);
    if ((high + 0.05) / (low + 0.05) < 4.5) found.push(each.textContent.slice(0, 40));
  }
  return found;
}
(async () => {
  try { await drive(); } catch (error) { told.error = String(error.stack || error); }
  const out = document.createElement("pre");
  out.id = "told";
  out.textContent = JSON.stringify(told);
  document.body.append(out);
})();
"""


def browse(folder, page, script="", *, policy=False, hash_=""):
    """What the browser has made of the page: the whole document, and what the script told."""
    if script:
        page = page if policy else re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
        page = page.replace("</body>", f"<script>{DRIVER}async function drive() {{ {script} }}</script></body>")
    path = folder / "report.html"
    path.write_text(page, "utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    options = ["--window-size=1400,1000", "--virtual-time-budget=20000", "--dump-dom", f"{path.as_uri()}{hash_}"]
    done = subprocess.run([*command, *options], capture_output=True, timeout=150, check=True)  # noqa: S603 - as found
    seen = done.stdout.decode("utf-8")
    told = re.search(r'<pre id="told">(.*?)</pre>', seen, re.DOTALL)
    return seen, json.loads(unescape(told[1])) if told else None


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
        """
        await go("#case=1.0");
        const tab = () => one('[role=tablist][aria-label=views] [aria-selected=true]').textContent;
        told.tabs = [tab()];
        one('[role=tablist][aria-label=views] [aria-selected=true]').focus();
        for (let at = 0; at < 6; at += 1) { press("ArrowRight"); told.tabs.push(tab()); }
        told.order = all('[role=tablist][aria-label=views] [role=tab]').filter((each) => each.tabIndex === 0).length;
        one('.picture [data-state][tabindex="0"]').focus();
        press("Home"); press("ArrowDown");
        told.state = one(".step h2").firstChild.textContent;
        told.pressed = one('.picture [aria-pressed=true]').dataset.state;
        await go("#case=1.0&tab=events"); one(".list").focus();
        press("ArrowDown"); press("ArrowDown");
        told.line = one('.list [aria-selected=true]').textContent;
        told.active = document.getElementById(one(".list").getAttribute("aria-activedescendant")) === one('.list [aria-selected=true]');
        await go("#case=1.0&tab=timeline"); one('.timeline [tabindex="0"]').focus(); press("End");
        told.last = one(".step h2").firstChild.textContent;
        await go("#all=1"); one("#find-case").value = "halves"; one("#find-case").dispatchEvent(new Event("input"));
        told.found = all("tbody tr").length;
        one("tbody .link").click(); await pause(50);
        told.opened = one("h1").firstChild.textContent;
        """,
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
        f"""
        one("#theme").value = "{theme}"; one("#theme").dispatchEvent(new Event("change"));
        for (const hash of ["#all=1", ...["graph", "table", "events", "timeline", "permissions", "accounts"].flatMap((tab) => ["#case=0.3&tab=" + tab, "#case=1.0&tab=" + tab])]) {{
          await go(hash);
          all("details").forEach((each) => {{ each.open = true; }});
          told[hash] = {{ nameless: nameless(), twice: twice(), poor: poor(), heading: all("h1").length }};
        }}
        """,
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
    case = Case("long", "SUCCEEDED", 1e4, 0.0, {}, None, None, (), (), tuple(history), True, where)
    _, told = browse(
        tmp_path,
        html.render(Report((File("long.scenario.yaml", "long", (case,)),))),
        """
        const begun = performance.now();
        await go("#case=0.0&tab=events");
        one(".list").focus(); press("End"); await pause(50);
        told.last = one(".list [aria-selected=true]").firstChild.textContent;
        press("PageUp"); press("ArrowUp"); await pause(50);
        told.lines = all(".list .line").length;
        told.took = performance.now() - begun;
        """,
    )
    assert told.get("error") is None
    assert told["last"] == "100000"
    assert told["lines"] < 80
