"""A definition as boxes and lines with their places: what the drawings are made of. Units are pixels.

Text is measured by counting cells, since no font is at hand: a wide character counts as two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.report.layout import cells, safe
from turnstile.report.pictures.layered import lay_out
from turnstile.report.pictures.ranking import Edge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.report.pictures.layered import Layout
    from turnstile.report.pictures.ranking import Point
    from turnstile.report.pictures.transitions import Node, Scope, Transition

START, END = "start", "end"
"""Types of the two marks around a definition, which are no states."""

_NAME, _SMALL = 7.6, 6.3
_LONGEST, _LABEL = 30, 34
_PAD = 14.0
_LEAST = 132.0
"""Room for an outcome and how often, below the name."""
_TALL = 58.0
_HEAD = 64.0
_BETWEEN = 22.0
_MARK: Point = (22.0, 22.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A state and its middle; `title` is its name and `detail` its kind, shortened to fit. Marks have an empty name."""

    name: str
    type: str
    title: str
    detail: str
    x: float
    y: float
    width: float
    height: float
    inside: tuple[tuple[float, float, Figure], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A transition; `text` is its whole label, `label` what is written of it at `at`."""

    source: str
    target: str
    way: str
    text: str
    label: str
    points: tuple[Point, ...]
    at: Point


@dataclass(frozen=True, slots=True)
class Figure:
    """A scope with everything in it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def figure(scope: Scope, *, marks: bool = True) -> Figure:
    """Lay out a scope and all scopes inside of it; `marks` show where it starts and ends."""
    inner = [[figure(one, marks=False) for one in node.inside] for node in scope.nodes]
    sizes = [_size(node, figures) for node, figures in zip(scope.nodes, inner, strict=True)]
    at = {node.name: index for index, node in enumerate(scope.nodes)}
    edges = [Edge(at[one.source], at[one.target], _label_size(one)) for one in scope.transitions]
    ending = [index for index, node in enumerate(scope.nodes) if node.ends]
    marked = bool(marks and scope.nodes)
    if marked:
        start, end = len(sizes), len(sizes) + 1
        sizes += [_MARK, _MARK] if ending else [_MARK]
        edges += [Edge(start, at[scope.start])] if scope.start else []
        edges += [Edge(index, end) for index in ending]
    layout = lay_out(sizes, edges, start if marked else at.get(scope.start, 0))
    boxes = [_box(*each, sizes, layout) for each in zip(range(len(inner)), scope.nodes, inner, strict=True)]
    boxes += _marks(len(inner), layout)
    return Figure(layout.width, layout.height, tuple(boxes), _lines(scope, ending, layout))


def _size(node: Node, inner: Sequence[Figure]) -> Point:
    text = max(_length(_title(node)) * _NAME, _length(_detail(node)) * _SMALL) + 2 * _PAD
    width = max(text + (26 if node.type == "Choice" else 0), _LEAST)
    if not inner:
        return width, _TALL
    across = sum(one.width for one in inner) + _BETWEEN * (len(inner) + 1)
    return max(width, across), _HEAD + max(one.height for one in inner) + _BETWEEN


def _length(text: str) -> float:
    """In letters of usual width: capitals are wider."""
    return cells(text) + 0.3 * sum(map(str.isupper, text))


def _title(node: Node) -> str:
    return shortened(node.name, _LONGEST)


def _detail(node: Node) -> str:
    return shortened(f"{node.type} · {node.detail}" if node.detail else node.type, _LONGEST + 6)


def shortened(text: str, most: int) -> str:
    """At most so many cells, the rest as an ellipsis; line breaks become spaces."""
    text = safe(" ".join(text.split()))
    if cells(text) <= most:
        return text
    while cells(text) >= most:
        text = text[:-1]
    return f"{text}…"


def _label_size(one: Transition) -> Point:
    return (cells(shortened(one.label, _LABEL)) * _SMALL + 10, 16.0) if one.label else (0.0, 0.0)


def _box(index: int, node: Node, inner: Sequence[Figure], sizes: Sequence[Point], layout: Layout) -> Box:
    (x, y), (width, height) = layout.nodes[index], sizes[index]
    placed, taken = [], sum(one.width for one in inner) + _BETWEEN * (len(inner) - 1)
    left = (width - taken) / 2
    for one in inner:
        placed.append((left, _HEAD, one))
        left += one.width + _BETWEEN
    return Box(node.name, node.type, _title(node), _detail(node), x, y, width, height, tuple(placed))


def _marks(states: int, layout: Layout) -> list[Box]:
    kinds = zip((START, END), layout.nodes[states:], strict=False)
    return [Box("", kind, kind, "", x, y, *_MARK) for kind, (x, y) in kinds]


def _lines(scope: Scope, ending: Sequence[int], layout: Layout) -> tuple[Line, ...]:
    routes = iter(layout.routes)
    lines = [
        Line(one.source, one.target, one.way.value, one.label, shortened(one.label, _LABEL), route.points, route.label)
        for one, route in zip(scope.transitions, routes, strict=False)
    ]
    left = layout.routes[len(lines) :]
    ends = [scope.nodes[index].name for index in ending]
    pairs = [("", scope.start), *((name, "") for name in ends)] if scope.start else [(name, "") for name in ends]
    lines += [
        Line(source, target, "mark", "", "", route.points, route.label)
        for (source, target), route in zip(pairs, left, strict=False)
    ]
    return tuple(lines)
