"""Scenario files opened by tests."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.pytest_plugin import OpenScenario

pytest_plugins = ("pytester",)

FILE = "../cases/plugin/orders.scenario.yaml"


@pytest.fixture
def orders(turnstile_scenario):
    """The scenario of orders."""
    return turnstile_scenario(FILE)


def test_a_case_is_run_and_judged(orders):
    """`run` tells, `check` asserts with the explanation."""
    assert orders.run("an order is sent").passed
    assert [one.code for one in orders.run("nobody may send, and it is a surprise").findings] == ["status"]
    assert orders.check("nobody may send").status == "FAILED"
    with pytest.raises(AssertionError, match=r"surprise: FAILED\n\n      status: (.|\n)*refused by  caller-policy"):
        orders.check("nobody may send, and it is a surprise")


def test_the_world_of_a_case_has_its_changes(orders):
    """Each case begins in a world of its own, which stays for the test."""
    assert orders.execute("Orders", {"id": 1}).status == "SUCCEEDED"
    assert orders.execute("Orders", {"id": 1}, case="nobody may send").status == "FAILED"
    assert orders.world("nobody may send") is orders.world("nobody may send")
    assert orders.world("an order is sent") is not orders.world("nobody may send")


def test_the_world_of_the_file_needs_no_case(pytester, turnstile_scenario):
    """Without a name it is what the file declares, though every case changes something."""
    text = (Path(__file__).parent / FILE).read_text()
    cases = text.index("  - name: an order is sent")
    path = pytester.path / "changed.scenario.yaml"
    path.write_text(text[:cases] + text[text.index("  - name: nobody may send\n") :])
    changed = turnstile_scenario(path)
    assert changed.execute("Orders", {"id": 1}).status == "SUCCEEDED"
    assert changed.world() is changed.world()
    assert changed.execute("Orders", {"id": 1}, case="nobody may send").status == "FAILED"


def test_a_file_for_many_tests(turnstile_scenario_factory, pytestconfig):
    """The factory of the session opens from the root folder."""
    path = (Path(__file__).parent / FILE).resolve().relative_to(pytestconfig.rootpath)
    with turnstile_scenario_factory(path) as orders:
        assert orders.check("an order is sent").passed


async def test_in_a_loop(orders):
    """Opened outside, used inside of a test's loop."""
    execution = await orders.world().emulator.execute_async("Orders", {"id": 1})
    assert execution.status == "SUCCEEDED"
    assert orders.run("an order is sent").passed


def test_a_case_that_is_not_there(orders):
    """The message lists those that are."""
    with pytest.raises(LookupError, match="has no case `order`; there are: `an order is sent`, "):
        orders.check("order")


def test_a_faulty_file(turnstile_scenario, tmp_path):
    """Every fault is raised, and no thread is left."""
    path = tmp_path / "faulty.scenario.json"
    path.write_text(json.dumps({"version": 1, "name": "x", "cases": [], "acounts": {}}))
    before = threading.active_count()
    with pytest.raises(Rejected, match="acounts"):
        turnstile_scenario(path)
    assert threading.active_count() == before


def test_a_world_that_a_service_refuses_to_make(tmp_path):
    """The refusal comes with its place in the file."""
    bucket = {"service": "s3", "operation": "CreateBucket", "parameters": {"Bucket": "no"}}
    trusted = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {
        "version": 1,
        "name": "x",
        "accounts": {
            "dev": {
                "id": "111122223333",
                "region": "us-east-1",
                "roles": {"Exec": {"trust": {"Version": "2012-10-17", "Statement": [trusted]}}},
                "resources": [bucket],
            }
        },
        "state_machines": {
            "M": {
                "account": "dev",
                "role": "Exec",
                "definition": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
            }
        },
        "cases": [{"name": "one", "expect": {"status": "SUCCEEDED"}}],
    }
    path = tmp_path / "refused.scenario.json"
    path.write_text(json.dumps(document))
    with OpenScenario(path) as scenario, pytest.raises(Rejected, match=r"`s3:CreateBucket` was refused"):
        scenario.execute("M", {})
