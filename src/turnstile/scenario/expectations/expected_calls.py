"""The calls that were let through, against `calls` of an expectation: each kind as often as it says.

Other calls may be made as well: polls, sessions and calls of handlers are nobody's expectation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.report import Finding
from turnstile.world.answers import matches
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.scenario.expectations.expectation import Calls, Expectation
    from turnstile.scenario.expectations.outcome import Outcome

_SHOWN = 3


def findings(expectation: Expectation, outcome: Outcome) -> Iterator[Finding]:
    """One finding for each kind that does not occur as often as it says."""
    for index, kind in enumerate(expectation.calls):
        found = [entry for entry in outcome.calls if _is(kind, entry)]
        if len(found) < kind.at_least or (kind.at_most is not None and len(found) > kind.at_most):
            where = expectation.origin.at("calls", index).where()
            message = f"{_counted(len(found))}, not {_wanted(kind)}: {_told(kind)}{_nearest(kind, found, outcome)}"
            yield Finding("calls", message, dict(kind.written), len(found), where)


def who(entry: Entry) -> str:
    """The ARN of who made a call: the role of a session, else the caller itself."""
    caller = entry.call.caller
    return caller.role_arn if isinstance(caller, Session) else caller.arn


def permissions_of(entry: Entry) -> tuple[tuple[str, str], ...]:
    """The actions and resources that a call was for; its operation where it needs no permission."""
    asked = [(decision.request.action, decision.request.resource) for decision in entry.ruling.decisions]
    return tuple(asked) or ((f"{entry.call.service}:{entry.call.operation}", entry.resource),)


def facts(entry: Entry) -> dict[str, Json]:
    """A call in the words of `calls`."""
    action, resource = permissions_of(entry)[0]
    told: dict[str, Json] = {"who": who(entry), "action": action, "resource": resource}
    return told | ({"state": entry.call.site.state} if entry.call.site is not None else {})


def _is(kind: Calls, entry: Entry) -> bool:
    state = entry.call.site.state if entry.call.site is not None else None
    return (
        kind.who in (None, who(entry))
        and kind.state in (None, state)
        and any(
            _alike(kind.action, action) and _alike(kind.resource, resource)
            for action, resource in permissions_of(entry)
        )
    )


def _alike(pattern: str | None, text: str) -> bool:
    return pattern is None or matches(pattern, text)


def _counted(count: int) -> str:
    return f"the call was made {'once' if count == 1 else f'{count} times'}" if count else "the call was never made"


def _wanted(kind: Calls) -> str:
    low, high = kind.at_least, kind.at_most
    if low == high:
        return _times(low)
    if high is None:
        return "once or more" if low == 1 else f"{low} times or more"
    return f"at most {_times(high)}" if not low else f"{low} to {_times(high)}"


def _times(count: int) -> str:
    return "never" if not count else "once" if count == 1 else f"{count} times"


def _told(kind: Calls) -> str:
    shown = {key: value for key, value in kind.written.items() if key not in ("times", "at_least", "at_most")}
    return ", ".join(f"{key} `{value}`" for key, value in shown.items())


def _nearest(kind: Calls, found: Sequence[Entry], outcome: Outcome) -> str:
    """Calls of the same action that were made otherwise, where none was made as wanted."""
    if found or kind.action is None:
        return ""
    same = [
        facts(entry) for entry in outcome.calls if any(_alike(kind.action, one) for one, _ in permissions_of(entry))
    ]
    told = [f"`{one['who']}` on `{one['resource']}`" for one in same]
    distinct = list(dict.fromkeys(told))
    return f"; there is {', '.join(distinct[:_SHOWN])}" if distinct else ""
