"""The one line of a failed case, wherever pytest shows no more than a line."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import turnstile

pytest_plugins = ("pytester",)

ORDERS = (Path(__file__).parents[1] / "cases" / "plugin" / "orders.scenario.yaml").read_text()
CAUSE = (
    "the status is `FAILED`, not `SUCCEEDED`: SQS.AmazonSQSException in `Send`; "
    "`sqs:SendMessage` was refused by caller-policy"
)


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    """Everything that cases need is loaded: pytester unloads after each run what was not there before it."""
    turnstile.run_scenario(Path(__file__).parents[1] / "cases" / "plugin" / "orders.scenario.yaml")


@pytest.fixture
def orders(pytester, monkeypatch):
    """A folder with the scenario of orders, one of whose cases fails, and a terminal that is wide enough."""
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makeini(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
        "addopts = -p no:hypothesispytest -p no:cacheprovider\n"
    )
    (pytester.path / "orders.scenario.yaml").write_text(ORDERS)
    return pytester


@pytest.mark.parametrize("processes", ["-n0", pytest.param("-n1", marks=pytest.mark.slow)])
def test_one_line_is_one_line(orders, processes):
    """`--tb=line` tells file, line and cause, as of any other test, and the summary the cause."""
    result = orders.runpytest_subprocess("--tb=line", processes)
    result.stdout.fnmatch_lines(
        [f"orders.scenario.yaml:40: {CAUSE}", "*summary*", f"FAILED orders.scenario.yaml::*surprise - {CAUSE}"]
    )
    assert "AWS shows" not in result.stdout.str()


def test_junit_has_the_line_as_its_message(orders):
    """The explanation is the text of the failure, the cause its message."""
    orders.runpytest_inprocess("--junitxml=out.xml", "--color=no")
    failure = ET.parse(orders.path / "out.xml").find(".//failure")
    assert failure.get("message") == CAUSE
    assert "attach this policy to role `Exec`" in failure.text


def test_a_secret_is_masked_in_the_line_too(orders):
    """What the file says is secret stands in no message."""
    named = ORDERS.replace("input: { id: 1 }", "input: { password: hunter22 }", 1)
    wrong = named.replace("output: { id: 1 }", "output: { password: hunter23 }", 1)
    (orders.path / "orders.scenario.yaml").write_text(wrong)
    result = orders.runpytest_inprocess("--tb=line", "-k", "sent")
    result.assert_outcomes(failed=1, deselected=2)
    assert "hunter2" not in result.stdout.str()
