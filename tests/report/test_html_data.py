"""The Data tab of a step in a browser: what the state's data was after each stage. Skipped without Chromium."""

from __future__ import annotations

import json

import pytest
from tests.report import browser

from turnstile.cli.bare import run_definition
from turnstile.cli.manner import Kind, Manner
from turnstile.report import html
from turnstile.report.report import Report

pytestmark = [
    pytest.mark.skipif(browser.PROGRAM is None, reason="needs Chromium: no chromium, chromium-browser, google-chrome"),
    pytest.mark.timeout(180),
]
STATES = {
    "Shape": {"Type": "Pass", "Parameters": {"b.$": "$.a", "apiKey.$": "$.password"}, "ResultPath": "$.c", "Next": "W"},
    "W": {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 1, "Next": "End"}]},
    "End": {"Type": "Succeed"},
}
SHOWN = """
const list = document.querySelector("dl.stages");
return [...list.querySelectorAll("dt")].map((one) => [one.textContent, one.nextElementSibling.textContent]);
"""
TABS = "return [...document.querySelectorAll('[role=tab]')].map((one) => one.textContent);"
CHOSEN = "return [...document.querySelectorAll('[role=tab][aria-selected=true]')].map((one) => one.textContent);"


@pytest.fixture
def page(request, tmp_path):
    """The address of a page of one run, watched or not."""
    folder, watched = tmp_path, request.param
    path = folder / "small.asl.json"
    path.write_text(json.dumps({"StartAt": "Shape", "States": STATES}))
    manner = Manner(None, Kind.STANDARD, None, redrive=False, watched=watched)
    report = Report((run_definition(path, {"a": 1, "password": "hunter22"}, manner, seed=0),))
    (folder / "report.html").write_text(html.render(report), "utf-8")
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A browser that the tests of this file share."""
    with browser.started(tmp_path_factory.mktemp("profile")) as address:
        yield address


@pytest.mark.parametrize("page", [True], indirect=True)
async def test_the_stages_of_a_step(chromium, page):
    """The tab shows each stage by AWS's name, and no secret; the next step that is chosen shows its own."""
    async with browser.opened(chromium, f"{page}#case=0.0&tab=graph") as tab:
        await tab.click("main [data-state=Shape]")
        await tab.click("#step-data")
        told = dict(await tab.run(SHOWN))
        assert json.loads(told["afterParameters"]) == {"b": 1, "apiKey": "********"}
        assert json.loads(told["input"]) == {"a": 1, "password": "********"}
        assert "Data" in await tab.run(CHOSEN)
        await tab.click("main [data-state=W]")
        await tab.click("#step-data")
        assert "goes to End" in dict(await tab.run(SHOWN))["choice"]
        assert "hunter22" not in await tab.run("return document.documentElement.innerHTML;")
        assert tab.complaints == []


@pytest.mark.parametrize("page", [False], indirect=True)
async def test_without_stages_there_is_no_such_tab(chromium, page):
    """A run whose data was not kept has the other tabs of a step alone."""
    async with browser.opened(chromium, f"{page}#case=0.0&tab=graph") as tab:
        await tab.click("main [data-state=Shape]")
        told = await tab.run(TABS)
        assert ("Definition" in told, "Data" in told) == (True, False)
