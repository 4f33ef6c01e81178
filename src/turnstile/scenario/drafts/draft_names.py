"""How a drafted case is called, and what stands above it: what it shows, and what would make it go on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from turnstile.report.aftermath import stuck_told
from turnstile.report.explanation import explain
from turnstile.report.report import STUCK
from turnstile.scenario.drafts.draft_text import VERBATIM, flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.report.explanation import Explanation
    from turnstile.report.report import Case

RUNS = "it runs"
_OTHERWISE = {"TIMED_OUT": "it runs into its time limit", "NOT_CREATED": "it cannot be created"}
_STATES = 3
"""States that a name lists."""
_INPUT = re.compile(r" in the input '.*'$", re.DOTALL)
"""What AWS adds to a path that leads nowhere: the whole data of the state, with everything an SDK gives."""
_LIMIT = 300
"""Characters of a cause that are worth reading."""


def name(case: Case) -> str:
    """What the case shows."""
    refused = explain(case)
    match case.status:
        case "SUCCEEDED":
            return f"it goes on although {_refused(refused[0])}" if refused else RUNS
        case "FAILED" if refused and (not refused[-1].state or refused[-1].state == last_state(case)):
            return _refused(refused[-1])
        case "FAILED":
            return f"it fails in {last_state(case)} with {case.error or 'no error name'}"
        case "STUCK" if case.stuck:
            return f"{case.stuck[0].site.state} waits for what never comes"
    return _OTHERWISE.get(case.status, f"it ends as {case.status}")


def of_distrust(role: str, states: Sequence[str], case: Case) -> str:
    """That of a case in which nobody may take a role, by its name, any more."""
    more = f" and {len(states) - _STATES} more" if len(states) > _STATES else ""
    goes_on = ", and the workflow goes on" if case.status == "SUCCEEDED" else ""
    return f"{role} does not trust the workflow ({', '.join(states[:_STATES])}{more}){goes_on}"


def comments(case: Case) -> list[str]:
    """Lines above a case that is not what its workflow was written for; none above one that simply runs."""
    lines = [line for one in explain(case) for line in _missing(one)]
    if not lines and case.status == STUCK:
        lines = [f"{stuck_told(one)}." for one in case.stuck]
    if not lines and case.cause:
        lines = [f"{case.error}: {_cause(case.cause)}"]
    return lines


def _cause(text: str) -> str:
    """What went wrong, of a function its own message, on one line."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    told = str(document["errorMessage"]) if isinstance(document, dict) and "errorMessage" in document else text
    words = " ".join(_INPUT.sub("", told).split())
    return words if len(words) <= _LIMIT else f"{words[:_LIMIT]}…"


def answered(members: Mapping[str, Sequence[str]], joint: str) -> str:
    """Members of what functions return, by function."""
    told = [f"`{member}` of the function `{function}`" for function, names in members.items() for member in names]
    return f" {joint} ".join(filter(None, [", ".join(told[:-1]), told[-1]]))


def last_state(case: Case) -> str:
    """The state that was entered last; empty where none was."""
    entered = (event.get("stateEnteredEventDetails", {}).get("name", "") for event in reversed(case.history))
    return next((state for state in entered if state), "")


def _refused(one: Explanation) -> str:
    return f"{one.state or 'the start'} is refused {one.action}"


def _missing(one: Explanation) -> Iterator[str]:
    who = (one.role or one.acting_for or one.principal).rpartition(":")[2].removeprefix("role/")
    yield f"Missing: {who} may not call {one.action} on {one.resource}."
    for refusal in one.refusals:
        advice = refusal.advice[0] if refusal.advice else None
        if advice is None:
            yield f"Refused by {refusal.link}: {refusal.sentence}"
        else:
            yield f"Add to {advice.place} ({refusal.link}):"
            yield from _policy(advice.text)


def _policy(text: str) -> Iterator[str]:
    """The statements of a policy, a line each; what is no policy as it stands."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    statements = document.get("Statement", [document]) if isinstance(document, dict) else []
    for line in [flow(one) for one in statements] or text.splitlines():
        yield f"{VERBATIM}{line}"
