"""Accounts as a picture: what each has, who may become whom, and who called what.

The account that asks others most stands on the left, all others on the right, those that refused on top. Solid green
lines were allowed, dashed red ones refused and labelled with the link of the chain that refused; dotted ones stand in a
trust policy and were never used. Roles, functions and machines come from the declarations, other
resources from the calls.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.report.pictures.figure import shortened
from turnstile.report.pictures.svg import arrows, attribute, framed, text
from turnstile.report.pictures.ties import ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from turnstile.report.course import Home
    from turnstile.report.pictures.ties import Tie

_WIDTH, _TALL, _STEP = 236.0, 42.0, 56.0
_HEAD, _PAD, _BETWEEN, _TOP = 58.0, 18.0, 22.0, 16.0
_MARGIN, _SIDE, _APART = 24.0, 110.0, 260.0
_COLUMN = _WIDTH + 2 * _PAD
_LETTER, _LINE = 6.6, 14.0


@dataclass(slots=True, eq=False)
class _Block:
    """An account with its things from top to bottom: kind and name by ARN."""

    title: str
    beneath: str
    things: dict[str, tuple[str, str]] = field(default_factory=dict)
    x: float = 0.0
    y: float = 0.0
    left: bool = False

    @property
    def height(self) -> float:
        """As tall as its things."""
        return _HEAD + len(self.things) * _STEP


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a thing is drawn: its left upper corner, and on which side of the picture."""

    x: float
    y: float
    left: bool


@dataclass(frozen=True, slots=True)
class _Route:
    """A curve, and the place of its label.

    One on an outer side has `out` (-1 left, 1 right), its top and its bottom.
    """

    curve: str
    x: float
    y: float
    anchor: str
    out: int = 0
    top: float = 0.0
    bottom: float = 0.0


def drawing(homes: Sequence[Home], lines: Sequence[Tie], title: str) -> str:
    """The `svg` element, for a page or a file that has the style of pictures."""
    blocks = _blocks(homes, lines)
    most = _most(blocks, lines)
    left, right = _room(lines, most)
    apart = max([_APART, *(len(tie.label) * _LETTER + 40 for tie in lines if not _inner(tie))])
    _place(blocks, lines, most, (left, left + _COLUMN + apart))
    spots = {
        arn: _Spot(block.x + _PAD, block.y + _HEAD + row * _STEP, block.left)
        for block in blocks.values()
        for row, arn in enumerate(block.things)
    }
    width = left + right + _COLUMN + (apart + _COLUMN if len(blocks) > 1 else 0)
    height = max((block.y + block.height for block in blocks.values()), default=0.0) + _TOP
    inner = arrows() + "".join(map(_account, blocks.values()))
    inner += "".join(_thing(arn, told, spots[arn]) for block in blocks.values() for arn, told in block.things.items())
    return framed(width, height, title, inner + "".join(_drawn(lines, spots)), ' class="picture accounts"')


def _blocks(homes: Sequence[Home], lines: Sequence[Tie]) -> dict[str, _Block]:
    blocks = {home.id: _Block(home.name, f"{home.id} · {home.region}") for home in homes}
    for home in homes:
        blocks[home.id].things.update({one.arn: (one.kind, one.name) for one in home.dwellers})
    for tie in lines:
        for arn in (tie.source, tie.target):
            account = _account_of(arn)
            elsewhere = _Block(account or "no account in the ARN", "" if not account else "not declared")
            blocks.setdefault(account, elsewhere).things.setdefault(arn, _kind(arn))
    return blocks


def _account_of(arn: str) -> str:
    fields = arn.split(":", 5)
    return fields[4] if len(fields) > 5 else ""  # noqa: PLR2004 - account is field 4, the resource field 5


def _kind(arn: str) -> tuple[str, str]:
    fields = arn.split(":", 5)
    return (fields[2], fields[5]) if len(fields) > 5 else ("principal", arn)  # noqa: PLR2004 - as above


def _inner(tie: Tie) -> bool:
    return _account_of(tie.source) == _account_of(tie.target)


def _most(blocks: Mapping[str, _Block], lines: Sequence[Tie]) -> str:
    """The account that asks others most."""
    asks = Counter(_account_of(tie.source) for tie in lines if not _inner(tie))
    first = _account_of(lines[0].source) if lines else next(iter(blocks), "")
    return next((account for account, _ in asks.most_common(1)), first)


def _room(lines: Sequence[Tie], most: str) -> tuple[float, float]:
    """How wide the labels are that stand on the left of the picture, and on the right."""
    sides = {True: _MARGIN, False: _MARGIN}
    for tie in lines:
        left = _account_of(tie.source) == most
        if left == (_account_of(tie.target) == most):
            sides[left] = max(sides[left], _SIDE + len(tie.label) * _LETTER)
    return sides[True], sides[False]


def _place(blocks: Mapping[str, _Block], lines: Sequence[Tie], most: str, at: tuple[float, float]) -> None:
    """One account on the left, the others below each other on the right, those that refused on top."""
    gravest: dict[str, int] = {}
    for tie in lines:
        for account in (_account_of(tie.source), _account_of(tie.target)):
            gravest[account] = min(gravest.get(account, len(ORDER)), ORDER.index(tie.state))
    down = {True: _TOP, False: _TOP}
    for account, block in sorted(blocks.items(), key=lambda pair: gravest.get(pair[0], len(ORDER))):
        block.left = account == most
        block.x = at[0] if block.left else at[1]
        block.y = down[block.left]
        down[block.left] += block.height + _BETWEEN


def _account(block: _Block) -> str:
    middle = block.x + _COLUMN / 2
    return (
        f'<g><rect class="account" x="{block.x}" y="{block.y}" width="{_COLUMN}" height="{block.height}" rx="10"/>'
        f'<text class="name" x="{middle}" y="{block.y + 24}">{text(shortened(block.title, 32))}</text>'
        f'<text class="kind" x="{middle}" y="{block.y + 42}">{text(block.beneath)}</text></g>'
    )


def _thing(arn: str, told: tuple[str, str], spot: _Spot) -> str:
    (kind, name), middle = told, spot.x + _WIDTH / 2
    return (
        f'<g data-arn="{attribute(arn)}"><title>{text(arn)}</title>'
        f'<rect class="dweller" x="{spot.x}" y="{spot.y}" width="{_WIDTH}" height="{_TALL}" rx="6"/>'
        f'<text class="kind" x="{middle}" y="{spot.y + 15}">{text(kind)}</text>'
        f'<text class="name" x="{middle}" y="{spot.y + 32}">{text(shortened(name, 25))}</text></g>'
    )


def _drawn(lines: Sequence[Tie], spots: Mapping[str, _Spot]) -> Iterator[str]:
    routes = list(_routes(lines, spots))
    written: list[tuple[float, float, float]] = []
    for tie, route in zip(lines, routes, strict=True):
        x, wide = _beyond(route, routes), len(tie.label) * _LETTER
        low = x - wide if route.anchor == "end" else x
        y = _free(low, low + wide, route.y, written)
        written.append((low, low + wide, y))
        told = f"{tie.source} → {tie.target}: {tie.label}"
        yield (
            f'<g class="trust {tie.state}"><title>{text(told)}</title>'
            f'<path d="{route.curve}" marker-end="url(#arrow)"/>'
            f'<text class="label {route.anchor}" x="{x:.1f}" y="{y:.1f}">{text(tie.label)}</text></g>'
        )


def _routes(lines: Sequence[Tie], spots: Mapping[str, _Spot]) -> Iterator[_Route]:
    used: dict[str, int] = {}
    for tie in lines:
        source, target = spots[tie.source], spots[tie.target]
        number = used[tie.source] = used.get(tie.source, -1) + 1
        yield (_across if source.left != target.left else _beside)(source, target, number)


def _beyond(route: _Route, routes: Iterable[_Route]) -> float:
    """Where a label begins: beyond every curve of its side that passes it."""
    if route.out == 0:
        return route.x
    near = (
        one.x * route.out
        for one in routes
        if one.out == route.out and one.top < route.y + _LINE and route.y - _LINE < one.bottom
    )
    return max(near) * route.out


def _free(low: float, high: float, y: float, written: Sequence[tuple[float, float, float]]) -> float:
    """The nearest line from there downwards on which no label stands."""
    while any(low < right and left < high and abs(y - at) < _LINE for left, right, at in written):
        y += 2.0
    return y


def _across(source: _Spot, target: _Spot, number: int) -> _Route:
    """A curve to the other side of the picture; its label stands where it arrives, for there lines part."""
    x1, x2 = (source.x + _WIDTH, target.x) if source.left else (source.x, target.x + _WIDTH)
    y1, y2 = source.y + _TALL / 2 + 4 * (number % 4) - 6, target.y + _TALL / 2
    bend = (x2 - x1) / 2
    curve = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    away = -7 if y1 >= y2 else 15  # on the side that the curve does not come from
    return _Route(curve, x2 - _PAD - 8 if source.left else x2 + _PAD + 8, y2 + away, "end" if source.left else "start")


def _beside(source: _Spot, target: _Spot, number: int) -> _Route:
    """A curve on the outer side, and where its label stands."""
    out = -1 if source.left else 1
    x = source.x + (0 if source.left else _WIDTH)
    y1, y2 = source.y + _TALL / 2 + 5, target.y + _TALL / 2 - 5
    reach = x + out * (34 + 9 * number + abs(y2 - y1) / 12)
    curve = f"M{x} {y1}C{reach:.1f} {y1} {reach:.1f} {y2} {x} {y2}"
    label = x + (reach - x) * 0.75 + out * 5
    return _Route(curve, label, (y1 + y2) / 2 + 4, "end" if source.left else "start", out, min(y1, y2), max(y1, y2))
