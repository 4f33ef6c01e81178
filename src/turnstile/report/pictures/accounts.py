"""Accounts as a picture: what each has, who may become whom, and who called what.

One column for each account. Solid green lines were allowed, dashed red ones refused and labelled with the link of the
chain that refused; dotted ones stand in a trust policy and were never used. Roles, functions and machines come from the
declarations, other resources from the calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.gate.chain import deciding
from turnstile.report.pictures.figure import shortened
from turnstile.report.pictures.svg import arrows, attribute, framed, text
from turnstile.world.caller import Root, ServicePrincipal, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from turnstile.gate.trail import Entry
    from turnstile.report.course import Home

_WIDTH, _TALL, _STEP = 236.0, 42.0, 58.0
_HEAD, _COLUMN, _TOP, _LEFT = 52.0, 236.0 + 2 * 18, 16.0, 60.0
_APART = 190.0
_SIGNS = {"role": "role", "function": "function", "state machine": "state machine", "service": "service"}
_ALLOWED, _REFUSED, _UNUSED = "allowed", "refused", "unused"


@dataclass(frozen=True, slots=True)
class Tie:
    """A line from one thing to another, by ARN; `label` says what was asked, and of a refused one by which link."""

    source: str
    target: str
    state: str
    label: str


@dataclass(slots=True)
class _Column:
    """An account with its things from top to bottom: kind and name by ARN."""

    title: str
    things: dict[str, tuple[str, str]] = field(default_factory=dict)


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
    columns = _columns(homes, lines)
    at = _places(columns)
    width = _LEFT * 2 + len(columns) * _COLUMN + max(len(columns) - 1, 0) * _APART
    height = _TOP * 2 + max((_HEAD + len(one.things) * _STEP for one in columns.values()), default=0.0) + 30
    inner = arrows() + "".join(_account(index, one) for index, one in enumerate(columns.values()))
    inner += "".join(_things(columns, at)) + "".join(_ties(lines, at))
    return framed(width, height, title, inner, ' class="picture accounts"')


def _columns(homes: Sequence[Home], lines: Sequence[Tie]) -> dict[str, _Column]:
    columns = {home.id: _Column(f"{home.name} · {home.id} · {home.region}") for home in homes}
    for home in homes:
        for one in home.dwellers:
            columns[home.id].things[one.arn] = (one.kind, one.name)
    for tie in lines:
        for arn in (tie.source, tie.target):
            account = _account_of(arn, columns)
            things = columns.setdefault(account, _Column(account or "elsewhere")).things
            things.setdefault(arn, _kind(arn))
    return columns


def _account_of(arn: str, columns: Mapping[str, _Column]) -> str:
    fields = arn.split(":", 5)
    account = fields[4] if len(fields) > 5 else ""  # noqa: PLR2004 - account is field 4, the resource field 5
    return account if account or len(columns) != 1 else next(iter(columns))


def _kind(arn: str) -> tuple[str, str]:
    fields = arn.split(":", 5)
    return (fields[2], fields[5]) if len(fields) > 5 else ("principal", arn)  # noqa: PLR2004 - as above


def _places(columns: Mapping[str, _Column]) -> dict[str, tuple[float, float, int]]:
    """The left upper corner of each thing, and its column."""
    return {
        arn: (_LEFT + index * (_COLUMN + _APART) + 18, _TOP + _HEAD + row * _STEP, index)
        for index, column in enumerate(columns.values())
        for row, arn in enumerate(column.things)
    }


def _account(index: int, column: _Column) -> str:
    x = _LEFT + index * (_COLUMN + _APART)
    height = _HEAD + len(column.things) * _STEP
    return (
        f'<g><rect class="account" x="{x}" y="{_TOP}" width="{_COLUMN}" height="{height}" rx="10"/>'
        f'<text class="name" x="{x + _COLUMN / 2}" y="{_TOP + 27}">{text(shortened(column.title, 36))}</text></g>'
    )


def _things(columns: Mapping[str, _Column], at: Mapping[str, tuple[float, float, int]]) -> Iterable[str]:
    for column in columns.values():
        for arn, (kind, name) in column.things.items():
            x, y, _ = at[arn]
            yield (
                f'<g data-arn="{attribute(arn)}"><title>{text(arn)}</title>'
                f'<rect class="dweller" x="{x}" y="{y}" width="{_WIDTH}" height="{_TALL}" rx="6"/>'
                f'<text class="kind" x="{x + _WIDTH / 2}" y="{y + 15}">{text(_SIGNS.get(kind, kind))}</text>'
                f'<text class="name" x="{x + _WIDTH / 2}" y="{y + 32}">{text(shortened(name, 28))}</text></g>'
            )


def _ties(lines: Sequence[Tie], at: Mapping[str, tuple[float, float, int]]) -> Iterable[str]:
    taken: dict[tuple[float, float], int] = {}
    for tie in lines:
        (x1, y1, from_), (x2, y2, to) = at[tie.source], at[tie.target]
        side = to > from_
        start = (x1 + (_WIDTH if side else 0), y1 + _TALL / 2)
        end = (x2 + (0 if side else _WIDTH), y2 + _TALL / 2)
        if from_ == to:
            start, end = (x1, y1 + _TALL / 2 - 6), (x2, y2 + _TALL / 2 + 6)
        number = taken[start] = taken.get(start, 0) + 1
        reach = 26 + 7 * number + abs(y2 - y1) / 14 if from_ == to else (end[0] - start[0]) / 2
        bend = (start[0] - reach, end[0] - reach) if from_ == to else (start[0] + reach, end[0] - reach)
        curve = f"M{start[0]} {start[1]}C{bend[0]:.1f} {start[1]} {bend[1]:.1f} {end[1]} {end[0]} {end[1]}"
        middle = ((start[0] + 3 * bend[0] + 3 * bend[1] + end[0]) / 8, (start[1] + end[1]) / 2)
        yield (
            f'<g class="trust {tie.state}"><title>{text(f"{tie.source} → {tie.target}: {tie.label}")}</title>'
            f'<path d="{curve}" marker-end="url(#arrow)"/>'
            f'<text class="label" x="{middle[0]:.1f}" y="{middle[1] + 4 + 0:.1f}">{text(tie.label)}</text></g>'
        )
