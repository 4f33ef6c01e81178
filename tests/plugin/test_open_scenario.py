"""Scenario files opened by tests."""

from __future__ import annotations

import json
import threading

import pytest

from turnstile.faults import Rejected
from turnstile.pytest_plugin import OpenScenario

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
    assert orders.world() is orders.world("an order is sent")
    assert orders.world() is not orders.world("nobody may send")


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
