"""Many lines of control: inline Map (W3), Parallel (W4), JSONata in a Map (W5), Distributed Map (W12)."""

from __future__ import annotations

from typing import Any

from benchmarks.chain import passes
from benchmarks.job import Job, throughput
from benchmarks.workload import scaled


def only(state: dict[str, Any], **machine: str) -> dict[str, Any]:
    """A machine of one state."""
    return {"StartAt": "Only", "States": {"Only": {**state, "End": True}}, **machine}


def mapped(items: int, steps: int = 3) -> Job:
    """An inline Map over items, so many Pass states for each."""
    document = list(range(items))
    state = {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **passes(steps)}}
    return Job(definition=only(state), document=document, output=document, transitions=1 + steps * items)


def parallel(branches: int, steps: int = 50) -> Job:
    """A Parallel of branches, so many Pass states in each."""
    state = {"Type": "Parallel", "Branches": [passes(steps, f"B{branch}S") for branch in range(branches)]}
    return Job(definition=only(state), document={}, output=[{}] * branches, transitions=1 + steps * branches)


def distributed(items: int) -> Job:
    """A Distributed Map over items, one child execution of one Pass for each."""
    document = [index % 10 for index in range(items)]
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **passes(1)}
    state = {"Type": "Map", "ItemProcessor": processor}
    return Job(definition=only(state), document=document, output=document, transitions=1 + items)


def jsonata(items: int) -> Job:
    """A Map in JSONata: each item assigns a variable, then uses it."""
    priced = {
        "Type": "Pass",
        "Assign": {"total": "{% $states.input.price * $states.input.count %}"},
        "Output": "{% $states.input %}",
        "Next": "Shown",
    }
    shown = {
        "Type": "Pass",
        "Output": {"id": "{% $states.input.id %}", "label": "{% $states.input.id & ': ' & $string($total) %}"},
        "End": True,
    }
    processor = {"StartAt": "Priced", "States": {"Priced": priced, "Shown": shown}}
    state = {"Type": "Map", "Items": "{% $states.input.lines %}", "ItemProcessor": processor}
    lines = [{"id": f"i{price}", "price": price, "count": 2} for price in range(items)]
    return Job(
        definition=only(state, QueryLanguage="JSONata"),
        document={"lines": lines},
        output=[{"id": f"i{price}", "label": f"i{price}: {price * 2}"} for price in range(items)],
        transitions=1 + 2 * items,
    )


WORKLOADS = (
    throughput("W3", "inline Map, 1,000 items x 3", 50_000, lambda scale: mapped(scaled(1_000, scale))),
    throughput("W4", "Parallel, 20 branches x 50", 80_000, lambda scale: parallel(20, scaled(50, scale))),
    throughput("W5", "JSONata Map of 500", 5_000, lambda scale: jsonata(scaled(500, scale))),
    throughput("W12", "Distributed Map, 10,000 items", 25_000, lambda scale: distributed(scaled(10_000, scale))),
)
