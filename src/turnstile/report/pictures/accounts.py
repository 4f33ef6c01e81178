"""Accounts as a picture: what each has, who may become whom, and who called what.

The account that asks first stands on the left, all others on the right. Solid green lines were allowed, dashed red ones
refused and labelled with the link of the chain that refused; dotted ones stand in a trust policy and were never used.
Roles, functions and machines come from the declarations, other resources from the calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.gate.chain import deciding
from turnstile.report.pictures.figure import shortened
from turnstile.report.pictures.svg import arrows, attribute, framed, text
from turnstile.world.caller import Root, ServicePrincipal, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from turnstile.gate.trail import Entry
    from turnstile.report.course import Home

_WIDTH, _TALL, _STEP = 236.0, 42.0, 56.0
_HEAD, _PAD, _BETWEEN, _TOP = 58.0, 18.0, 22.0, 16.0
_SIDE, _APART = 90.0, 260.0
_COLUMN = _WIDTH + 2 * _PAD
_LETTER, _LINE = 6.6, 14.0
_ALLOWED, _REFUSED, _UNUSED = "allowed", "refused", "unused"


@dataclass(frozen=True, slots=True)
class Tie:
    """A line from one thing to another, by ARN; `label` says what was asked, and of a refused one by which link."""

    source: str
    target: str
    state: str
    label: str


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


def ties(homes: Sequence[Home], entries: Iterable[Entry]) -> tuple[Tie, ...]:
    """The lines of the picture, each once: an ask that was refused stays refused."""
    found: dict[tuple[str, str, str], Tie] = {}
    for entry in entries:
        source, target, asked = _source(entry), _target(entry), _asked(entry)
        if not source or source == target:
            continue
        key = (source, target, asked)
        first = deciding(entry)
        if not entry.ruling.allowed:
            link = first.link.value if first else "refused"
            found[key] = Tie(source, target, _REFUSED, f"✕ {asked}: {link}")
        elif key not in found:
            found[key] = Tie(source, target, _ALLOWED, f"✓ {asked}")
    used = {(tie.source, tie.target) for tie in found.values()}
    trusted = {(one, role.arn) for home in homes for role in home.dwellers for one in role.trusts}
    known = {dweller.arn for home in homes for dweller in home.dwellers}
    unused = sorted(pair for pair in trusted if pair not in used and pair[0] in known)
    return (*found.values(), *(Tie(*pair, _UNUSED, "trusted, not used") for pair in unused))


def _asked(entry: Entry) -> str:
    decisions = entry.ruling.decisions
    return decisions[0].request.action if decisions else f"{entry.call.service}:{entry.call.operation}"


def _source(entry: Entry) -> str:
    match entry.call.caller:
        case Session(role_arn=role):
            return role
        case ServicePrincipal(source_arn=source):
            return source
        case Root():
            return ""
        case caller:
            return caller.arn


def _target(entry: Entry) -> str:
    decisions = entry.ruling.decisions
    return entry.resource if entry.resource.startswith("arn:") or not decisions else decisions[0].request.resource


def drawing(homes: Sequence[Home], lines: Sequence[Tie], title: str) -> str:
    """The `svg` element, for a page or a file that has the style of pictures."""
    blocks = _blocks(homes, lines)
    side = _SIDE + max((len(tie.label) for tie in lines), default=0) * _LETTER
    _place(blocks, lines, side)
    spots = {
        arn: _Spot(block.x + _PAD, block.y + _HEAD + row * _STEP, block.left)
        for block in blocks.values()
        for row, arn in enumerate(block.things)
    }
    width = 2 * side + _COLUMN + (_APART + _COLUMN if len(blocks) > 1 else 0)
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


def _place(blocks: Mapping[str, _Block], lines: Sequence[Tie], side: float) -> None:
    """The account that asks first on the left, the others below each other on the right."""
    first = _account_of(lines[0].source) if lines else next(iter(blocks), "")
    down = {True: _TOP, False: _TOP}
    for account, block in blocks.items():
        block.left = account == first
        block.x = side if block.left else side + _COLUMN + _APART
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
        f'<text class="name" x="{middle}" y="{spot.y + 32}">{text(shortened(name, 28))}</text></g>'
    )


def _drawn(lines: Sequence[Tie], spots: Mapping[str, _Spot]) -> Iterator[str]:
    written: list[tuple[float, float, float]] = []
    used: dict[str, int] = {}
    for tie in lines:
        source, target = spots[tie.source], spots[tie.target]
        number = used[tie.source] = used.get(tie.source, -1) + 1
        across = source.left != target.left
        curve, x, y, anchor = (_across if across else _beside)(source, target, number)
        wide = len(tie.label) * _LETTER
        low = x - wide if anchor == "end" else x
        y = _free(low, low + wide, y, written)
        written.append((low, low + wide, y))
        told = f"{tie.source} → {tie.target}: {tie.label}"
        yield (
            f'<g class="trust {tie.state}"><title>{text(told)}</title><path d="{curve}" marker-end="url(#arrow)"/>'
            f'<text class="label {anchor}" x="{x:.1f}" y="{y:.1f}">{text(tie.label)}</text></g>'
        )


def _free(low: float, high: float, y: float, written: Sequence[tuple[float, float, float]]) -> float:
    """The nearest line from there downwards on which no label stands."""
    while any(low < right and left < high and abs(y - at) < _LINE for left, right, at in written):
        y += 2.0
    return y


def _across(source: _Spot, target: _Spot, number: int) -> tuple[str, float, float, str]:
    """A curve to the other side of the picture; its label stands where it arrives, for there lines part."""
    x1, x2 = (source.x + _WIDTH, target.x) if source.left else (source.x, target.x + _WIDTH)
    y1, y2 = source.y + _TALL / 2 + 4 * (number % 4) - 6, target.y + _TALL / 2
    bend = (x2 - x1) / 2
    curve = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return curve, x2 - 14 if source.left else x2 + 14, y2 - 7, "end" if source.left else "start"


def _beside(source: _Spot, target: _Spot, number: int) -> tuple[str, float, float, str]:
    """A curve on the outer side, and where its label stands."""
    out = -1 if source.left else 1
    x = source.x + (0 if source.left else _WIDTH)
    y1, y2 = source.y + _TALL / 2 + 5, target.y + _TALL / 2 - 5
    reach = x + out * (34 + 9 * number + abs(y2 - y1) / 12)
    curve = f"M{x} {y1}C{reach:.1f} {y1} {reach:.1f} {y2} {x} {y2}"
    return curve, x + (reach - x) * 0.75 + out * 5, (y1 + y2) / 2 + 4, "end" if source.left else "start"
