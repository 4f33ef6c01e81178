"""Very long runs in the HTML page: everything can be reached, nothing freezes, and the file stays small.

Durations are those of a real browser on this machine; the bounds are wide, since tests run side by side.
"""

import json
import time
from pathlib import Path

import pytest
from tests.report import browser
from tests.report.pages import data, payload

from turnstile.faults import Where
from turnstile.report import html
from turnstile.report.report import Case, File, Report
from turnstile.scenario.run import run_files

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
in_a_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="needs Chromium")

EVENTS, CHILDREN, KEPT = 100_000, 5_000, 4_000
ORDERS = Path(__file__).parent.parent / "cases" / "report" / "many-orders.scenario.yaml"


def _event(number, kind, details, told):
    return {"timestamp": number / 20, "type": kind, "id": number, "previousEventId": number - 1, details: told}


def _history():
    """A loop of Tasks: each turn has an input of its own."""
    yield _event(1, "ExecutionStarted", "executionStartedEventDetails", {"input": "{}"})
    kinds = (
        ("TaskStateEntered", "stateEnteredEventDetails", "input"),
        ("TaskScheduled", "taskScheduledEventDetails", "parameters"),
        ("TaskStarted", "taskStartedEventDetails", ""),
        ("TaskSucceeded", "taskSucceededEventDetails", "output"),
        ("TaskStateExited", "stateExitedEventDetails", "output"),
    )
    for number in range(2, EVENTS):
        turn, step = divmod(number - 2, len(kinds))
        kind, details, member = kinds[step]
        passed = json.dumps({"turn": turn + (step > 2), "note": "what is handed on from each turn to the next one"})
        of_state = details in ("stateEnteredEventDetails", "stateExitedEventDetails")
        told = {"name": f"Step {turn % 40}"} if of_state else {"resourceType": "lambda", "resource": "invoke"}
        yield _event(number, kind, details, told | ({member: passed} if member else {}))
    yield _event(EVENTS, "ExecutionSucceeded", "executionSucceededEventDetails", {"output": "{}"})


@pytest.fixture(scope="module")
def long_page():
    """The page of a history of 100,000 events, and the seconds it took to write it."""
    where = Where("long.scenario.yaml", 1, 1, "")
    case = Case("long", "SUCCEEDED", 5e3, 0.0, {}, None, None, (), (), tuple(_history()), judged=True, where=where)
    begun = time.process_time()
    page = html.render(Report((File("long.scenario.yaml", "long", (case,)),)))
    return page, time.process_time() - begun


@pytest.fixture(scope="module")
def orders_page():
    """The page of a distributed Map with thousands of children, every fiftieth of which fails."""
    return html.render(run_files([ORDERS]))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A browser that the tests of this file share."""
    with browser.started(tmp_path_factory.mktemp("profile")) as address:
        yield address


def test_a_hundred_thousand_events_are_written_soon(long_page):
    """The page takes seconds to write and has less than 16 MB, and every event is in it."""
    page, took = long_page
    assert took < 15
    assert len(page.encode()) < 16_000_000
    events = data(page)["files"][0]["cases"][0]["runs"][0]["events"]
    assert [events[at]["id"] for at in (0, 50_000, -1)] == [1, 50_001, EVENTS]
    assert json.loads(events[50_001]["details"]["input"])["turn"] == 10_000


def test_thousands_of_children_are_all_there(orders_page):
    """Every execution, every call, and every event that was kept is in the page, in less than 10 MB."""
    assert len(orders_page.encode()) < 10_000_000
    case = data(orders_page)["files"][0]["cases"][0]
    assert len(case["runs"]) == CHILDREN + 1
    assert sum(run["status"] == "FAILED" for run in case["runs"]) == CHILDREN // 50
    assert sum(call["operation"] == "lambda:Invoke" for call in case["calls"]) == CHILDREN - CHILDREN // 50
    kept = [run for run in case["runs"] if run["events"]]
    assert len(kept) == 1 + KEPT + (CHILDREN - KEPT) // 50
    assert {run["dropped"] for run in case["runs"] if not run["events"]} == {len(kept[5]["events"])}
    assert len(payload(orders_page)["shared"]) < 8 * CHILDREN


MEASURED = """
const begun = performance.now();
{work}
await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
return performance.now() - begun;
"""
TO_THE_END = """
const list = document.querySelector(".list");
list.focus();
list.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
"""
SEARCH = """
const field = document.querySelector("#find-event");
field.value = '"turn": 12345,';
field.dispatchEvent(new Event("input"));
"""
FAR_IN_TIME = """
document.querySelector("#views-timeline").click();
const line = document.querySelector(".timeline");
line.scrollTop = 300000;
line.scrollLeft = 20000;
"""
CHOSEN = "return document.querySelector('.list [aria-selected=true]').firstChild.textContent;"


async def took(tab, work):
    """Milliseconds until a change is drawn."""
    return await tab.run(MEASURED.replace("{work}", work))


async def text(tab, selector):
    """The text of the first such element."""
    return await tab.run(f"return document.querySelector({selector!r}).textContent;")


async def count(tab, selector):
    """How many such elements are in the document."""
    return await tab.run(f"return document.querySelectorAll({selector!r}).length;")


@in_a_browser
async def test_a_hundred_thousand_events_do_not_freeze(chromium, tmp_path, long_page):
    """The page opens, goes through the list, searches and draws the timeline without a long break anywhere."""
    path = tmp_path / "long.html"
    path.write_text(long_page[0], "utf-8")
    begun = time.monotonic()
    async with browser.opened(chromium, f"{path.as_uri()}#case=0.0&tab=events") as tab:
        opened = time.monotonic() - begun
        places = [f"document.querySelector('.list').scrollTop = {at * 29_000};" for at in range(1, 100, 7)]
        scrolled = sorted([await took(tab, place) for place in places])
        times = {"end": await took(tab, TO_THE_END)}
        assert await tab.run(CHOSEN) == str(EVENTS)
        assert await count(tab, ".list .line") < 80
        times["search"] = await took(tab, SEARCH)
        assert await count(tab, ".list .line") == 4
        for view in ("table", "timeline", "graph"):
            times[view] = await took(tab, f"document.querySelector('#views-{view}').click();")
        times["far in time"] = await took(tab, FAR_IN_TIME)
        assert await count(tab, ".timeline svg *") < 3000
    assert opened < 20
    assert scrolled[len(scrolled) // 2] < 300
    assert {name: one for name, one in times.items() if one > 3000} == {}


@in_a_browser
async def test_every_child_is_reached(chromium, tmp_path, orders_page):
    """The chooser finds one child among thousands, and the list of calls goes to the last one."""
    path = tmp_path / "orders.html"
    path.write_text(orders_page, "utf-8")
    async with browser.opened(chromium, f"{path.as_uri()}#case=0.0") as tab:
        await tab.click("#run")
        assert await text(tab, "#executions [role=status]") == f"{CHILDREN + 1} executions"
        await tab.write('"order 4321"')
        assert await text(tab, "#executions [role=status]") == "1 execution"
        await tab.click("#executions .line")
        assert "order 4321" in await text(tab, ".step [role=tabpanel]")
        assert "only the number of events was kept, 9" in await text(tab, ".step")
        await tab.click("#views-permissions")
        begun = time.monotonic()
        await tab.run("document.querySelector('.list[aria-label^=calls]').focus();")
        await tab.press("End")
        assert time.monotonic() - begun < 3
        last = max(call["sequence"] for call in data(orders_page)["files"][0]["cases"][0]["calls"])
        assert (await text(tab, ".list[aria-label^=calls] [aria-selected=true]")).startswith(str(last))
        await tab.click("#views-accounts")
        assert await count(tab, ".accounts .trust") < 40
