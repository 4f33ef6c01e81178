"""Layers of a directed graph: which edges close a cycle, and the longest path to each node without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edge:
    """From node to node by index, with the size of its label (0 for none)."""

    source: int
    target: int
    label: Point = (0.0, 0.0)


def closing(count: int, edges: Sequence[Edge], start: int) -> set[int]:
    """The edges that close a cycle, on a walk in depth from the start."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    for index, edge in enumerate(edges):
        leaving[edge.source].append(index)
    seen, open_, closing = [False] * count, [False] * count, set()
    for root in (start, *range(count)):
        if seen[root]:
            continue
        seen[root] = open_[root] = True
        path = [(root, iter(leaving[root]))]
        while path:
            node, rest = path[-1]
            index = next(rest, -1)
            if index < 0:
                open_[node] = False
                path.pop()
                continue
            target = edges[index].target
            if open_[target]:
                closing.add(index)
            elif not seen[target]:
                seen[target] = open_[target] = True
                path.append((target, iter(leaving[target])))
    return closing


def ranks_of(count: int, edges: Sequence[Edge], turned: set[int]) -> list[int]:
    """The longest path to each node."""
    below: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for index, edge in enumerate(edges):
        if edge.source != edge.target:
            above, under = (edge.target, edge.source) if index in turned else (edge.source, edge.target)
            below[above].append(under)
            waiting[under] += 1
    ranks = [0] * count
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:
        for under in below[node]:
            ranks[under] = max(ranks[under], ranks[node] + 1)
            waiting[under] -= 1
            if not waiting[under]:
                ready.append(under)
    return ranks
