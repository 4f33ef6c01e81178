"""Assertions on executions and on what the gate let through; their messages are explanations.

`who` is a role, user or account name, `account/Role`, or an ARN; `action`, `resource` and `who` may have `*` and `?`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from turnstile.gate.chain import deciding
from turnstile.pytest_plugin.explaining import explained, explanations
from turnstile.report.layout import safe
from turnstile.scenario.expectations.expect import links
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from turnstile.gate.trail import Entry
    from turnstile.pytest_plugin.open_world import OpenWorld
    from turnstile.pytest_plugin.played import Played

    Subject: TypeAlias = Played | OpenWorld


_MOST = 10
"""Calls that are listed where none is like what was wanted."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a call has to be like; None for anything."""

    who: str | None
    action: str | None
    resource: str | None
    link: str | None = None

    def __str__(self) -> str:
        facts = {"who": self.who, "action": self.action, "resource": self.resource, "link": self.link}
        return ", ".join(f"{name} `{safe(value)}`" for name, value in facts.items() if value is not None)

    def is_made(self, entry: Entry, subject: Subject) -> bool:
        """Whether it is such a call, whatever became of it."""
        by = self.who is None or any(fnmatchcase(name, self.who) for name in _names(entry, subject))
        return by and any(
            (self.action is None or fnmatchcase(action.casefold(), self.action.casefold()))
            and (self.resource is None or fnmatchcase(resource, self.resource))
            for action, resource in _asked(entry)
        )

    def is_refused(self, entry: Entry, subject: Subject) -> bool:
        """Whether it is such a call, refused at that link."""
        at = self.link is None or any(link.value == self.link for link in links(entry))
        return not entry.ruling.allowed and at and self.is_made(entry, subject)


def assert_succeeded(execution: Played) -> None:
    """The execution has succeeded.

    Raises:
        AssertionError: it has not; the message says which call was refused, by what, and what would allow it.
    """
    __tracebackhide__ = True
    if execution.status != "SUCCEEDED":
        case = execution.case()
        raise AssertionError(safe(f"the execution {execution.arn} is {case.status}") + explained(case))


def assert_denied(
    subject: Subject,
    *,
    who: str | None = None,
    action: str | None = None,
    resource: str | None = None,
    link: str | None = None,
) -> None:
    """A call was refused: of that caller, for that action, on that resource, at that link of the chain.

    `subject` is a world, or an execution with the calls made while it ran. What is not given may be anything. Links are
    those of scenario files, such as `trust-policy`.

    Raises:
        AssertionError: none was; the message explains those that were refused, and lists calls that were let through.
    """
    __tracebackhide__ = True
    wanted = _Wanted(who, action, resource, link)
    if any(wanted.is_refused(entry, subject) for entry in subject.trail):
        return
    refused = [entry for entry in subject.trail if not entry.ruling.allowed]
    if not str(wanted):
        raise AssertionError("no call was refused")
    made = [entry for entry in subject.trail if entry.ruling.allowed and wanted.is_made(entry, subject)]
    message = f"no refused call has {wanted}" + "".join(f"\n  let through: {_line(entry)}" for entry in made)
    if not made and not refused:
        message += "\n  no call was refused" + _made(subject)
    raise AssertionError(message + explanations(refused, subject))


def assert_not_called(
    subject: Subject, *, who: str | None = None, action: str | None = None, resource: str | None = None
) -> None:
    """Nobody has made such a call, allowed or not; see `assert_denied`.

    Raises:
        AssertionError: somebody has; the message lists the calls and explains those that were refused.
    """
    __tracebackhide__ = True
    wanted = _Wanted(who, action, resource)
    found = [entry for entry in subject.trail if wanted.is_made(entry, subject)]
    if found:
        listed = "".join(f"\n  {_line(entry)}" for entry in found)
        told = f"with {wanted} was" if str(wanted) else "was"
        refused = [entry for entry in found if not entry.ruling.allowed]
        raise AssertionError(f"a call {told} made:{listed}" + explanations(refused, subject))


def _asked(entry: Entry) -> list[tuple[str, str]]:
    """The actions and resources that a call needed; of one that was not judged, its operation."""
    ruling = entry.ruling
    found = [(one.request.action, one.request.resource) for one in ruling.decisions]
    found += [(barrier.action, barrier.resource) for barrier in ruling.barriers]
    return found or [(f"{entry.call.service}:{entry.call.operation}", entry.resource)]


def _names(entry: Entry, subject: Subject) -> tuple[str, ...]:
    """What a caller may be called: its ARNs, the last part of them, and that behind its account's name."""
    caller = entry.call.caller
    arn = caller.role_arn if isinstance(caller, Session) else caller.arn
    name = arn.rpartition("/")[2].rpartition(":")[2]
    account = subject.world.accounts.get(caller.account)
    return (caller.arn, arn, name, f"{account.name if account else caller.account}/{name}")


def _made(subject: Subject) -> str:
    """The calls that there were, each kind once."""
    lines = list(dict.fromkeys(f"\n  made: {_line(entry)}" for entry in subject.trail))
    left = len(lines) - _MOST
    return "".join(lines[:_MOST]) + (f"\n  and {left} more" if left > 0 else "")


def _line(entry: Entry) -> str:
    action, resource = _asked(entry)[0]
    first = deciding(entry)
    ruling = f", refused by {first.link.value}" if first is not None else ""
    return safe(f"{action} on {resource} by {entry.call.caller.arn}{ruling}")
