"""A figure as SVG 1.1 (https://www.w3.org/TR/SVG11/): shapes with classes, all user text escaped.

States carry their name in `data-state`, transitions their ends in `data-from` and `data-to`, so that a page can colour
them by what became of them; a picture that stands alone brings its style along.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from turnstile.report.layout import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.report.pictures.figure import Box, Figure, Line
    from turnstile.report.pictures.ranking import Point

_MARGIN = 16
_BEND = 17.0
"""How far a bend reaches into a line straight down."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SIGNS = {
    "succeeded": "✓",
    "failed": "✕",
    "caught": "↷",
    "timed out": "◔",
    "aborted": "⊘",
    "stuck": "…",
    "running": "▸",
    "not reached": "○",
}
"""A sign before each outcome, since colour alone tells not everybody."""


def document(figure: Figure, title: str, outcomes: Mapping[str, str] | None = None) -> str:
    """A picture that stands alone, `outcomes` by state; ends with a line break."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing(figure, title, outcomes, style())}\n'


def style() -> str:
    """The colours and fonts of pictures, light and dark."""
    return (files("turnstile.report.page") / "picture.css").read_text("utf-8")


def drawing(figure: Figure, title: str, outcomes: Mapping[str, str] | None = None, css: str = "") -> str:
    """The `svg` element alone; without `css` for pages that have the style."""
    width, height = figure.width + 2 * _MARGIN, figure.height + 2 * _MARGIN
    inner = "".join(_figure(figure, _MARGIN, _MARGIN, outcomes or {}))
    standing = f"<style>{css}</style>" if css else ""
    plain = "" if outcomes else " plain"
    alone = f' class="picture alone{plain}"' if css else ' class="picture"'
    return framed(width, height, title, standing + arrows() + inner, alone)


def framed(width: float, height: float, title: str, inner: str, attributes: str) -> str:
    """An `svg` element of a size with a name for those who cannot see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}"'
        f' height="{_n(height)}" role="group" aria-label="{attribute(title)}"{attributes}>{inner}</svg>'
    )


def arrows() -> str:
    """The arrow head of lines."""
    return (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="9" markerHeight="9"'
        ' markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
        '<path d="M0 0 8 4 0 8z" class="head"/></marker></defs>'
    )


def text(value: str) -> str:
    """User's text between tags, without what XML cannot hold or what turns the reading direction."""
    return escape(_FORBIDDEN.sub("\ufffd", safe(value)), quote=False)


def attribute(value: str) -> str:
    """User's text between double quotes."""
    return escape(_FORBIDDEN.sub("\ufffd", value)).replace("\n", "&#10;")


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _figure(figure: Figure, x: float, y: float, outcomes: Mapping[str, str]) -> Iterator[str]:
    yield f'<g transform="translate({_n(x)} {_n(y)})">'
    for box in figure.boxes:
        yield from _box(box, outcomes)
    for line in figure.lines:
        yield _line(line)
    for line in figure.lines:  # above all lines, so that none runs through a label
        if line.label:
            label = _words(line.at[0], line.at[1] + 4, "label", line.label)
            yield f'<g class="line {line.way}"><title>{text(line.text)}</title>{label}</g>'
    yield "</g>"


def _box(box: Box, outcomes: Mapping[str, str]) -> Iterator[str]:
    left, top = box.x - box.width / 2, box.y - box.height / 2
    if not box.name:
        yield f'<circle class="mark {box.type}" cx="{_n(box.x)}" cy="{_n(box.y)}" r="{_n(box.width / 2)}"/>'
        return
    outcome = outcomes.get(box.name, "")
    classes = f"state {box.type.lower()}" if box.type.isalpha() else "state"
    marked = f' data-outcome="{attribute(outcome)}"' if outcome else ""
    told = f"{_SIGNS.get(outcome, '')} {outcome}".strip()
    name, place = attribute(box.name), f"translate({_n(left)} {_n(top)})"
    yield f'<g class="{attribute(classes)}" data-state="{name}"{marked} transform="{place}">'
    yield f"<title>{text(box.name)}</title>{_shape(box)}"
    yield _words(box.width / 2, 18, "kind", box.detail) + _words(box.width / 2, 35, "name", box.title)
    yield _words(box.width / 2, 50, "outcome", told)
    for x, y, inner in box.inside:
        size = f'width="{_n(inner.width + 16)}" height="{_n(inner.height + 12)}"'
        yield f'<rect class="branch" x="{_n(x - 8)}" y="{_n(y - 4)}" {size} rx="6"/>'
        yield from _figure(inner, x, y, outcomes)
    yield "</g>"


def _shape(box: Box) -> str:
    w, h = box.width, box.height
    if box.type == "Choice":
        corners = ((14.0, 0.0), (w - 14, 0.0), (w, h / 2), (w - 14, h), (14.0, h), (0.0, h / 2))
        return f'<polygon class="shape" points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in corners)}"/>'
    round_ = 20 if box.type in ("Succeed", "Fail") else 7
    return f'<rect class="shape" width="{_n(w)}" height="{_n(h)}" rx="{round_}"/>'


def _words(x: float, y: float, kind: str, words: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" class="{kind}">{text(words)}</text>'


def _line(line: Line) -> str:
    ends = f'data-from="{attribute(line.source)}" data-to="{attribute(line.target)}"'
    told = f"<title>{text(line.text)}</title>" if line.text else ""
    return f'<g class="line {line.way}" {ends}>{told}<path d="{path(line.points)}" marker-end="url(#arrow)"/></g>'


def _corner(here: Point, after: Point) -> list[Point]:
    """Where the bend at a point is over, and where the next one may begin: a line straight down stays straight."""
    if here[0] == after[0] and abs(after[1] - here[1]) > 2 * _BEND:
        step = _BEND if after[1] > here[1] else -_BEND
        return [(here[0], here[1] + step), (after[0], after[1] - step)]
    return [((here[0] + after[0]) / 2, (here[1] + after[1]) / 2)]


def path(points: Sequence[Point]) -> str:
    """A smooth path: through the first and the last point, round the corners between them."""
    start, *rest = points
    steps = [f"M{_n(start[0])} {_n(start[1])}"]
    if len(rest) == 1:
        (x1, y1), (x2, y2) = start, rest[0]
        bend = (y1 + y2) / 2
        steps.append(f"C{_n(x1)} {_n(bend)} {_n(x2)} {_n(bend)} {_n(x2)} {_n(y2)}")
    else:
        for here, after in pairwise(rest):
            end, *on = [after] if after is rest[-1] else _corner(here, after)
            steps.append(f"Q{_n(here[0])} {_n(here[1])} {_n(end[0])} {_n(end[1])}")
            steps += [f"V{_n(y)}" for _, y in on]
    return "".join(steps)
