"""States one after another: a chain of Pass (W1), a counter in a loop (W2), data shaped at every step (W6)."""

from __future__ import annotations

from typing import Any

from benchmarks.job import ACCOUNT, Job, throughput
from benchmarks.workload import scaled

SUM = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:Sum"
ORDER = {"id": "o-17", "customer": {"name": "Ada", "tier": 2}, "items": [{"price": 5}, {"price": 7}]}


def chained(states: list[dict[str, Any]], letter: str = "S") -> dict[str, Any]:
    """A machine of these states in this order. Names are unique in a definition, so branches differ in `letter`."""
    names = [f"{letter}{index}" for index in range(len(states))]
    onward: list[dict[str, Any]] = [{"Next": name} for name in names[1:]]
    ways = [*onward, {"End": True}]
    return {
        "StartAt": names[0],
        "States": {name: {**state, **way} for name, state, way in zip(names, states, ways, strict=True)},
    }


def passes(count: int, letter: str = "S") -> dict[str, Any]:
    """A machine of Pass states that change nothing."""
    return chained([{"Type": "Pass"}] * count, letter)


def pass_chain(scale: float) -> Job:
    """1,000 Pass states."""
    count = scaled(1_000, scale)
    return Job(definition=passes(count), document=ORDER, output=ORDER, transitions=count)


def counter(scale: float) -> Job:
    """A Pass that adds one, a Choice that goes back until 2,000 turns are done."""
    turns = scaled(2_000, scale)
    more = {"Variable": "$.count", "NumericLessThanPath": "$.limit", "Next": "Add"}
    states = {
        "Add": {
            "Type": "Pass",
            "Parameters": {"count.$": "States.MathAdd($.count, 1)", "limit.$": "$.limit"},
            "Next": "More",
        },
        "More": {"Type": "Choice", "Choices": [more], "Default": "Done"},
        "Done": {"Type": "Succeed"},
    }
    return Job(
        definition={"StartAt": "Add", "States": states},
        document={"count": 0, "limit": turns},
        output={"count": turns, "limit": turns},
        transitions=2 * turns + 1,
    )


def shaping(scale: float) -> Job:
    """500 Tasks that use every field of the JSONPath pipeline; the function answers in this process."""
    count = scaled(500, scale)
    state = {
        "Type": "Task",
        "Resource": SUM,
        "InputPath": "$.order",
        "Parameters": {
            "label.$": "States.Format('{}-{}', $.id, $.customer.name)",
            "first.$": "$.items[0].price",
            "lines.$": "States.ArrayLength($.items)",
            "tier.$": "States.MathAdd($.customer.tier, 1)",
            "fixed": {"currency": "EUR"},
        },
        "ResultSelector": {"total.$": "$.total", "head.$": "States.ArrayGetItem($.parts, 0)"},
        "ResultPath": "$.log.last",
        "OutputPath": "$",
    }
    return Job(
        definition=chained([state] * count),
        document={"order": ORDER, "log": {}},
        output={"order": ORDER, "log": {"last": {"total": 8, "head": 5}}},
        transitions=count,
        functions={"Sum": lambda event: {"total": event["first"] + event["tier"], "parts": [event["first"], 0]}},
    )


WORKLOADS = (
    throughput("W1", "chain of 1,000 Pass", 100_000, pass_chain),
    throughput("W2", "Choice and counter, 2,000 turns", 60_000, counter),
    throughput("W6", "JSONPath shaping, 500 Tasks", 12_000, shaping),
)
