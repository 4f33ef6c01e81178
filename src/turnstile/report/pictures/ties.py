"""Who asked what of whom, as lines between roles, machines, functions and other resources, each once.

Knows calls and what became of them; where anything is drawn is `accounts`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.gate.chain import deciding
from turnstile.world.caller import Root, ServicePrincipal, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from turnstile.gate.trail import Entry
    from turnstile.report.course import Home

ALLOWED, REFUSED, UNUSED = "allowed", "refused", "unused"
ORDER = (REFUSED, ALLOWED, UNUSED)
"""What is looked at first."""
_ALIKE = 4
"""Lines drawn of those that only differ in things which nobody declared."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A line from one thing to another, by ARN; `label` says what was asked, and of a refused one by which link."""

    source: str
    target: str
    state: str
    label: str


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
            found[key] = Tie(source, target, REFUSED, f"✕ {asked}: {link}")
        elif key not in found:
            found[key] = Tie(source, target, ALLOWED, f"✓ {asked}")
    used = {(tie.source, tie.target) for tie in found.values()}
    trusted = {(one, role.arn) for home in homes for role in home.dwellers for one in role.trusts}
    known = {dweller.arn for home in homes for dweller in home.dwellers}
    unused = sorted(pair for pair in trusted if pair not in used and pair[0] in known)
    return (*found.values(), *(Tie(*pair, UNUSED, "trusted, not used") for pair in unused))


def condensed(homes: Sequence[Home], lines: Iterable[Tie]) -> tuple[Tie, ...]:
    """The lines that a picture has room for: those that were refused first, of many alike the first ones.

    Alike are lines with one label between two accounts, to or from things that nobody declared: executions of the
    children of a distributed Map, the objects of a bucket.
    """
    known = {dweller.arn for home in homes for dweller in home.dwellers}
    groups: dict[tuple[str, ...], list[Tie]] = {}
    for tie in sorted(lines, key=lambda one: ORDER.index(one.state)):
        sides = tuple(one if one in known else "/".join(_sort_of(one)) for one in (tie.source, tie.target))
        groups.setdefault((*sides, tie.label), []).append(tie)
    return tuple(one for group in groups.values() for one in _few(group))


def _few(group: Sequence[Tie]) -> Sequence[Tie]:
    if len(group) <= _ALIKE:
        return group
    *first, last = group[:_ALIKE]
    return (*first, replace(last, label=f"{last.label}, {len(group) - _ALIKE} more like it"))


def _sort_of(arn: str) -> tuple[str, str]:
    """Service and account of an ARN."""
    fields = arn.split(":", 5)
    return (fields[2], fields[4]) if len(fields) > 5 else ("principal", "")  # noqa: PLR2004 - account is field 4


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
