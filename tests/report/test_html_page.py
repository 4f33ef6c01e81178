"""The HTML page in a browser: driven by keys and clicks, looked over for names, roles, contrast and what is cut off.

Skipped without Chromium. What is looked for in every view stands in `tests/cases/report/page/checks.js`.
"""

import json
from pathlib import Path

import pytest
from tests.report import browser

from turnstile.cli.bare import run_definition
from turnstile.cli.manner import Kind, Manner
from turnstile.report import html
from turnstile.report.report import Report
from turnstile.scenario.run import run_files

CHECKS = (Path(__file__).parent.parent / "cases" / "report" / "page" / "checks.js").read_text("utf-8")
SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
SHOWN = ("cross-account-lambda", "disturbed", "hub-and-spoke")
VIEWS = ("graph", "table", "events", "timeline", "permissions", "accounts")

pytestmark = [
    pytest.mark.skipif(browser.PROGRAM is None, reason="needs Chromium: no chromium, chromium-browser, google-chrome"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A browser that the tests of this file share."""
    with browser.started(tmp_path_factory.mktemp("profile")) as address:
        yield address


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The address of a page of cases that pass and that are refused, in many accounts."""
    return written(tmp_path_factory.mktemp("page"), run_files([SCENARIOS / f"{name}.scenario.yaml" for name in SHOWN]))


def written(folder, report):
    """The address of a page of a report."""
    path = folder / "report.html"
    path.write_text(html.render(report), "utf-8")
    return path.as_uri()


async def text(tab, selector):
    """The text of the first such element."""
    return await tab.run(f"return document.querySelector({selector!r}).textContent;")


FOCUSED = """
const one = document.activeElement, style = getComputedStyle(one);
return [one.id || one.className || one.tagName, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
"""


async def test_the_page_works_under_its_own_policy(chromium, page):
    """Opened from a file it shows a case without asking for anything or complaining."""
    async with browser.opened(chromium, f"{page}#case=0.1&tab=graph") as tab:
        assert await text(tab, "main [data-state=AskProduction] .outcome") == "✕ failed"
        assert {one.partition("#")[0] for one in tab.requests} == {page}
        assert tab.complaints == []


async def test_foreign_scripts_and_addresses_are_kept_out(chromium, page):
    """The policy of the page lets no other script run and nothing be fetched or sent."""
    async with browser.opened(chromium, page) as tab:
        found = await tab.run(
            "const script = document.createElement('script'); script.textContent = 'window.broken = true';"
            " document.body.append(script); const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';"
            " let fetched = true; try { await fetch('http://127.0.0.1:9/x'); } catch { fetched = false; }"
            " return [window.broken === true, fetched];"
        )
        assert found == [False, False]
        assert len([one for one in tab.complaints if "Content Security Policy" in one]) >= 2


async def test_tabs_follow_the_arrows(chromium, page):
    """Arrow keys move through the tabs and round, and only the chosen one is in the tab order."""
    async with browser.opened(chromium, f"{page}#case=1.0") as tab:
        chosen = "[role=tablist][aria-label=views] [aria-selected=true]"
        await tab.run(f"document.querySelector({chosen!r}).focus();")
        names = [await text(tab, chosen)]
        for _ in range(6):
            await tab.press("ArrowRight")
            names.append(await text(tab, chosen))
        assert [name.split(" ")[0] for name in names] == [*map(str.capitalize, VIEWS), "Graph"]
        await tab.press("End")
        assert await text(tab, chosen) == "Accounts"


async def test_lists_and_pictures_follow_the_arrows(chromium, page):
    """States of the graph, lines of lists and visits of the timeline are chosen by keys, and the panel shows them."""
    async with browser.opened(chromium, f"{page}#case=1.0") as tab:
        await tab.run("document.querySelector('.picture [data-state][tabindex=\"0\"]').focus();")
        await tab.press("Home", "ArrowDown")
        assert await tab.run("return document.querySelector('.step h2').firstChild.textContent;") == "Load"
        assert await tab.run("return document.querySelector('[aria-pressed=true]').dataset.state;") == "Load"
        for view, event in (("events", "2"), ("table", "Load")):
            await tab.go(f"#case=1.0&tab={view}")
            await tab.run("document.querySelector('.list').focus();")
            await tab.press("ArrowDown", "ArrowDown")
            assert (
                await tab.run("return document.querySelector('.list [aria-selected=true]').firstChild.textContent;")
                == event
            )
        await tab.go("#case=1.0&tab=timeline")
        await tab.run("document.querySelector('.timeline').focus();")
        await tab.press("End")
        assert await tab.run("return document.querySelector('.step h2').firstChild.textContent;") == "Approve"


async def test_the_focus_goes_through_everything_and_is_seen(chromium, page):
    """Tab leads from the skip link through the header into the page; what has the focus has a thick outline."""
    async with browser.opened(chromium, f"{page}#case=0.1&tab=permissions") as tab:
        order, seen = [], []
        while "BODY" not in order:
            await tab.press("Tab")
            name, outlined = await tab.run(FOCUSED)
            order.append(name)
            seen.append(outlined or name == "BODY")
        assert order[:4] == ["skip", "home", "theme", "print"]
        wanted = ["views-permissions", "views-pane", "verdict", "find-call", "list"]
        at = order.index("views-permissions")
        assert order[at : at + len(wanted)] == wanted
        assert [name for name, outlined in zip(order, seen, strict=True) if not outlined] == []
        await tab.press("Tab", modifiers=8)
        assert (await tab.run(FOCUSED))[0] == order[-2]
        assert len(order) > len(wanted) + 5


async def test_who_was_refused_stands_above_all_views(chromium, page):
    """Who asked, why it was refused and what to change are told at once, and a click leads to the call."""
    async with browser.opened(chromium, f"{page}#case=0.2") as tab:
        told = await text(tab, ".refused")
        assert "development/" in told.partition("may not")[0]
        assert "sts:AssumeRole" in told
        assert "Why: the trust policy of the target role" in told
        assert "Fix: " in told
        await tab.click(".refused > p:last-child button")
        assert (await text(tab, "[role=tab][aria-selected=true]")).startswith("Permissions")
        assert "trust-policy" in await text(tab, ".step h2")
        assert "Nearest: statement" in await text(tab, ".step")


async def test_the_chooser_of_executions(chromium, page):
    """Executions are searched, chosen by arrow keys, and left by Escape, which gives the focus back."""
    async with browser.opened(chromium, f"{page}#case=2.7") as tab:
        await tab.click("#run")
        assert (await tab.run(FOCUSED))[0] == "find-run"
        await tab.write("200000000003")
        assert await text(tab, "#executions [role=status]") == "2 executions"
        await tab.run("document.querySelector('#executions .list').focus();")
        await tab.press("End")
        assert "Spokes: " in await text(tab, "#run")
        assert "200000000003" in await text(tab, ".step [role=tabpanel]")
        await tab.press("Escape")
        assert (await tab.run(FOCUSED))[0] == "run"
        assert await tab.run("return document.querySelector('#executions').hidden;")


async def test_cases_are_searched(chromium, page):
    """A word leaves the cases that have it; a click opens one, and the address leads back to it."""
    async with browser.opened(chromium, page) as tab:
        await tab.run("document.querySelector('#find-case').focus();")
        await tab.write("halves")
        assert await tab.run("return document.querySelectorAll('main tbody tr').length;") == 1
        await tab.click("main tbody .link")
        assert await tab.run("return document.querySelector('h1').firstChild.textContent;") == "both halves are missing"
        assert "case=0.3" in await tab.run("return location.hash;")


async def test_coverage_leads_to_the_state_in_its_graph(chromium, page):
    """What was never reached is listed by file and kind, marked in the definition, and leads into a case."""
    async with browser.opened(chromium, f"{page}#all=1&tab=coverage") as tab:
        assert (await text(tab, "[role=tab][aria-selected=true]")).startswith("Coverage (")
        first = await tab.run("return document.querySelector('.covered[role=option]').textContent;")
        assert first.startswith("statesNoPriceQuote")
        assert await text(tab, ".step [data-state=NoPrice] .outcome") == "○ never"
        assert (await text(tab, ".step [data-state=AskProduction] .outcome")).startswith("✓")
        await tab.run(
            "const one = document.querySelector('#covered-file'); one.value = '1';"
            " one.dispatchEvent(new Event('change'));"
        )
        await tab.drawn()
        assert "NoPrice" not in await text(tab, "main")
        await tab.go("#all=1&tab=coverage&again=1")
        await tab.click(".step .link")
        assert await tab.run("return document.querySelector('.step h2').firstChild.textContent;") == "NoPrice"


WIDE, NARROW = (1400, 900), (800, 600)
LOOKS = [
    pytest.param(False, WIDE, ("0.3",), id="light-wide"),
    pytest.param(True, NARROW, ("2.7",), id="dark-narrow"),
    *(
        pytest.param(dark, size, ("0.3", "1.0", "2.1", "2.7"), id=f"all-{dark}-{size[0]}", marks=pytest.mark.slow)
        for dark in (False, True)
        for size in (WIDE, NARROW)
    ),
]


@pytest.mark.parametrize(("dark", "size", "cases"), LOOKS)
async def test_everything_has_a_name_and_can_be_read(chromium, page, dark, size, cases):
    """Names, roles, headings, ids, a contrast of 4.5 and no overflow, in every view, both themes and two sizes."""
    places = ["#all=1", "#all=1&tab=coverage", *(f"#case={case}&tab={view}" for case in cases for view in VIEWS)]
    wrong = {}
    async with browser.opened(chromium, page, size, dark=dark) as tab:
        for place in places:
            await tab.go(place)
            wrong[place] = await tab.run(CHECKS)
        assert tab.complaints == []
    assert {place: found for place, found in wrong.items() if found} == {}


TURNED = r"\u202eabc\u202d \u2067rtl\u2069"
NAMES = """
const found = document.querySelectorAll("main [data-state], .list strong");
return [...found].map((one) => one.dataset.state || one.textContent);
"""
LONG = "a state of a name as long as AWS allows, which is eighty characters, no more 456"
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u202eabc\u202d \u2067rtl\u2069",
    LONG,
    "日本" * 20,
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The address of a page of states with hostile names, data and errors."""
    folder = tmp_path_factory.mktemp("hostile")
    states = {
        name: {"Type": "Pass", "Comment": name, "Result": {name: name}, "Next": following}
        for name, following in zip(HOSTILE, (*HOSTILE[1:], "end"), strict=True)
    }
    states["end"] = {"Type": "Fail", "Error": HOSTILE[1], "Cause": HOSTILE[0]}
    path = folder / "hostile.asl.json"
    path.write_text(json.dumps({"StartAt": HOSTILE[0], "States": states}), "utf-8")
    manner = Manner(None, Kind.STANDARD, None, redrive=False)
    return written(folder, Report((run_definition(path, {"note": HOSTILE[1]}, manner, seed=0),)))


@pytest.mark.parametrize("size", [(1400, 900), (800, 600)], ids=["wide", "narrow"])
async def test_hostile_names_are_text(chromium, hostile, size):
    """Markup, marks that turn writing round and names of 80 letters are shown as they are, and break nothing."""
    assert max(map(len, HOSTILE)) == 80
    async with browser.opened(chromium, hostile, size) as tab:
        for view in ("graph", "table", "events", "timeline"):
            await tab.go(f"#case=0.0&tab={view}")
            assert await tab.run(CHECKS) == {}
            found = await tab.run(NAMES)
            names = HOSTILE if view == "graph" else [*HOSTILE[:2], TURNED, *HOSTILE[3:]]
            assert view in ("events", "timeline") or set(names) <= set(found)
        assert await tab.run("return document.querySelectorAll('img').length;") == 0
        assert not tab.events("Page.javascriptDialogOpening")
        assert tab.complaints == []


BROKEN = """
const rest = document.createElement("div");
rest.innerHTML = "<button></button><p id=twice></p><p id=twice></p><h4>deep</h4><div role=option>alone</div>";
const faint = document.createElement("p"), far = document.createElement("div");
faint.textContent = "faint"; faint.style.color = "#aaa";
far.textContent = "far"; far.style.width = "3000px";
document.querySelector("main").append(rest, faint, far);
document.querySelector(".picture .name").style.fill = "#8fc79f";
"""


async def test_the_checks_find_what_is_wrong(chromium, page):
    """A view with a nameless button, ids twice, a lost option, a heading too deep, faint text or overflow is found."""
    async with browser.opened(chromium, f"{page}#case=1.0&tab=graph") as tab:
        assert await tab.run(CHECKS) == {}
        await tab.run(BROKEN)
        found = await tab.run(CHECKS)
        assert set(found) == {"nameless", "roles", "twice", "headings", "poor", "wide"}
        assert found["poor"] == ["faint", "in a picture: Check"]
