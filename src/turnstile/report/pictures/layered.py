"""A layered layout of a directed graph: sizes and edges in, positions and routes out. Knows nothing of states.

The steps are those of Sugiyama, Tagawa and Toda (1981): edges that close a cycle are turned round, nodes are put into
layers by longest path, long edges get a place in every layer they cross, barycentres reduce crossings, and each layer
is set as close to its neighbours as the gaps allow (pool adjacent violators). A label has a place of its own in a
layer between two of nodes, so it covers nothing. The same graph always gives the same picture.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.report.pictures.ranking import closing, ranks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from turnstile.report.pictures.ranking import Edge, Point

_GAP = 28.0
_NARROW = 18.0
_RANK = 17.0
_SWEEPS = 8
_SETTLING = 10
_PORTS = 0.34
_LOOP = 24.0


@dataclass(frozen=True, slots=True)
class Route:
    """The points an edge goes through, from source to target, and the middle of its label."""

    points: tuple[Point, ...]
    label: Point


@dataclass(frozen=True, slots=True)
class Layout:
    """Middles of nodes and routes of edges in the order they were given; all of it from (0, 0) to (width, height)."""

    width: float
    height: float
    nodes: tuple[Point, ...]
    routes: tuple[Route, ...]


def lay_out(sizes: Sequence[Point], edges: Sequence[Edge], start: int = 0) -> Layout:
    """Place nodes of these sizes from top to bottom, beginning at `start`."""
    if not sizes:
        return Layout(0.0, 0.0, (), ())
    turned = closing(len(sizes), edges, start)
    ranks = ranks_of(len(sizes), edges, turned)
    grid = _Grid(sizes, [2 * rank for rank in ranks])
    chains = [grid.thread(edge, backwards=index in turned) for index, edge in enumerate(edges)]
    grid.uncross()
    grid.settle()
    return grid.finish(edges, chains, turned)


@dataclass(slots=True, eq=False)
class _Grid:
    """Nodes and the places of edges, each in a layer: real nodes first, in even layers."""

    sizes: Sequence[Point]
    ranks: list[int]
    widths: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    up: list[list[int]] = field(default_factory=list)
    down: list[list[int]] = field(default_factory=list)
    layers: list[list[int]] = field(default_factory=list)
    x: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.widths = [width for width, _ in self.sizes]
        self.heights = [height for _, height in self.sizes]
        self.up = [[] for _ in self.sizes]
        self.down = [[] for _ in self.sizes]
        self.layers = [[] for _ in range(max(self.ranks) + 1)]
        for node, rank in enumerate(self.ranks):
            self.layers[rank].append(node)

    def thread(self, edge: Edge, *, backwards: bool) -> list[int]:
        """Give an edge a place in every layer between its ends; the places from top to bottom."""
        if edge.source == edge.target:
            return []
        top, bottom = (edge.target, edge.source) if backwards else (edge.source, edge.target)
        between = range(self.ranks[top] + 1, self.ranks[bottom])
        middle = between[0] if not backwards else between[-1]
        chain, last = [], top
        for rank in between:
            place = self._place(rank, edge.label if rank == middle else (0.0, 0.0))
            self._link(last, place)
            chain.append(place)
            last = place
        self._link(last, bottom)
        return chain

    def _place(self, rank: int, size: Point) -> int:
        self.ranks.append(rank)
        self.widths.append(size[0])
        self.heights.append(size[1])
        self.up.append([])
        self.down.append([])
        place = len(self.ranks) - 1
        self.layers[rank].append(place)
        return place

    def _link(self, above: int, below: int) -> None:
        self.down[above].append(below)
        self.up[below].append(above)

    def uncross(self) -> None:
        """Order each layer so that few edges cross; the best order seen is kept."""
        best, fewest = [list(layer) for layer in self.layers], self._crossings()
        for sweep in range(_SWEEPS):
            if not fewest:
                break
            downwards = sweep % 2 == 0
            order = range(1, len(self.layers)) if downwards else range(len(self.layers) - 2, -1, -1)
            near = self.up if downwards else self.down
            for rank in order:
                self._sort(rank, rank - 1 if downwards else rank + 1, near)
            if (crossings := self._crossings()) < fewest:
                best, fewest = [list(layer) for layer in self.layers], crossings
        self.layers = best

    def _sort(self, rank: int, beside: int, near: list[list[int]]) -> None:
        at = {node: index for index, node in enumerate(self.layers[beside])}
        layer = self.layers[rank]
        weight = {
            node: sum(at[one] for one in near[node]) / len(near[node]) if near[node] else float(index)
            for index, node in enumerate(layer)
        }
        layer.sort(key=weight.__getitem__)

    def _crossings(self) -> int:
        total = 0
        for upper, lower in zip(self.layers, self.layers[1:], strict=False):
            at = {node: index for index, node in enumerate(lower)}
            seen: list[int] = []
            for node in upper:
                ends = sorted(at[one] for one in self.down[node])
                total += sum(len(seen) - bisect_right(seen, end) for end in ends)
                for end in ends:
                    insort(seen, end)
        return total

    def settle(self) -> None:
        """Set each layer as close below and above its neighbours as the gaps between nodes allow."""
        self.x = [0.0] * len(self.ranks)
        for layer in self.layers:
            at = 0.0
            for node in layer:
                self.x[node] = at + self.widths[node] / 2
                at += self.widths[node] + self._gap(node)
        count = len(self.layers)
        for turn in range(_SETTLING):
            for rank in range(count) if turn % 2 == 0 else range(count - 1, -1, -1):
                self._set(self.layers[rank], self.up if turn % 2 == 0 else self.down)
        for layer in self.layers:
            self._set(layer, None)

    def _set(self, layer: list[int], near: list[list[int]] | None) -> None:
        """The places nearest to those wanted, in order and with gaps: weighted isotonic regression."""
        offsets, at = [], 0.0
        for before, node in zip([None, *layer], layer, strict=False):
            if before is not None:
                gap = max(self._gap(before), self._gap(node))
                at += (self.widths[before] + self.widths[node]) / 2 + gap
            offsets.append(at)
        wanted = [self._wanted(node, near) for node in layer]
        weights = [self._weight(node) for node in layer]
        pools: list[tuple[float, float, int]] = []
        for want, offset, weight in zip(wanted, offsets, weights, strict=True):
            value, mass, size = want - offset, weight, 1
            while pools and pools[-1][0] > value:
                other, other_mass, other_size = pools.pop()
                value = (value * mass + other * other_mass) / (mass + other_mass)
                mass, size = mass + other_mass, size + other_size
            pools.append((value, mass, size))
        index = 0
        for value, _, size in pools:
            for _ in range(size):
                self.x[layer[index]] = value + offsets[index]
                index += 1

    def _wanted(self, node: int, near: list[list[int]] | None) -> float:
        around = near[node] if near is not None else [*self.up[node], *self.down[node]]
        return sum(self.x[one] for one in around) / len(around) if around else self.x[node]

    def _weight(self, node: int) -> float:
        """Long edges are straightened before nodes are centred."""
        return 1.0 if node < len(self.sizes) else 2.0

    def _gap(self, node: int) -> float:
        return _GAP if node < len(self.sizes) or self.widths[node] else _NARROW

    def finish(self, edges: Sequence[Edge], chains: Sequence[list[int]], turned: set[int]) -> Layout:
        """Read the layout off the grid, moved into the corner."""
        y, tops, height = self._rows()
        loops = [edge.label[0] for edge in edges if edge.source == edge.target]
        left = min(self.x[node] - self.widths[node] / 2 for node in range(len(self.x)))
        self.x = [at - left for at in self.x]
        width = max(self.x[node] + self.widths[node] / 2 for node in range(len(self.x)))
        routes = [
            self._route(edge, chain, (y, tops), backwards=index in turned)
            for index, (edge, chain) in enumerate(zip(edges, chains, strict=True))
        ]
        room = max(loops, default=0.0) + _LOOP * 2 if loops else 0.0
        nodes = tuple((self.x[node], y[self.ranks[node]]) for node in range(len(self.sizes)))
        return Layout(width + room, height, nodes, tuple(routes))

    def _rows(self) -> tuple[list[float], list[float], float]:
        """The middle of each layer, its height, and the height of all."""
        tops = [max((self.heights[node] for node in layer), default=0.0) for layer in self.layers]
        middles, at = [], 0.0
        for tall in tops:
            middles.append(at + tall / 2)
            at += tall + _RANK
        return middles, tops, at - _RANK

    def _route(
        self, edge: Edge, chain: list[int], rows: tuple[Sequence[float], Sequence[float]], *, backwards: bool
    ) -> Route:
        y, tops = rows
        if edge.source == edge.target:
            return self._loop(edge, y)
        top, bottom = (edge.target, edge.source) if backwards else (edge.source, edge.target)
        inner = [point for place in chain for point in self._through(place, y, tops)]
        label = chain[-1] if backwards else chain[0]
        first = (self._port(top, inner[0][0]), y[self.ranks[top]] + self.heights[top] / 2)
        last = (self._port(bottom, inner[-1][0]), y[self.ranks[bottom]] - self.heights[bottom] / 2)
        points = _straight([first, *inner, last])
        at = (self.x[label], y[self.ranks[label]])
        return Route(tuple(reversed(points) if backwards else points), at)

    def _through(self, place: int, y: Sequence[float], tops: Sequence[float]) -> list[Point]:
        """Where an edge goes through a layer: straight down beside nodes, so that no bend touches them."""
        rank, x = self.ranks[place], self.x[place]
        if rank % 2:
            return [(x, y[rank])]
        beyond = tops[rank] / 2 + _RANK
        return [(x, y[rank] - beyond), (x, y[rank] + beyond)]

    def _port(self, node: int, towards: float) -> float:
        """Where an edge meets a node: on the side it comes from, so that several do not fall together."""
        reach = self.widths[node] * _PORTS
        return self.x[node] + min(max(towards - self.x[node], -reach), reach)

    def _loop(self, edge: Edge, y: Sequence[float]) -> Route:
        x, middle = self.x[edge.source] + self.widths[edge.source] / 2, y[self.ranks[edge.source]]
        rise = self.heights[edge.source] / 4
        out = x + _LOOP
        points = ((x, middle + rise), (out, middle + rise), (out, middle - rise), (x, middle - rise))
        return Route(points, (out + edge.label[0] / 2 + 4, middle))


def _straight(points: Iterable[Point]) -> list[Point]:
    """The points without those that lie on the line between their neighbours."""
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _on_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _on_line(a: Point, b: Point, c: Point) -> bool:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) < 1.0
