"""Did a case end as its file says? One `Finding` for each expectation that does not hold.

Each given key is compared by itself, by the row of its name in a table. This file runs nothing: it reads an outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.report import Finding
from turnstile.scenario.comparing.difference import shown
from turnstile.scenario.comparing.patience import matches_wildcards
from turnstile.scenario.expectations import expected_events as events
from turnstile.scenario.expectations import expected_output as outputs
from turnstile.scenario.expectations.expected_calls import findings as call_findings
from turnstile.scenario.expectations.expected_calls import who
from turnstile.scenario.expectations.outcome import Outcome
from turnstile.world.answers import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.link import Link
    from turnstile.gate.trail import Entry
    from turnstile.scenario.expectations.comparison import Comparison
    from turnstile.scenario.expectations.expectation import Denied, Expectation

_LONGEST_TOLD = 80
"""Characters of values in a message; a finding carries both values whole."""


def findings(expectation: Expectation, outcome: Outcome) -> tuple[Finding, ...]:
    """What is not as expected, in the order of the format's keys."""
    found = [
        finding
        for key, compare in _COMPARISONS.items()
        if key in expectation.given
        for finding in compare(expectation, key, outcome)
    ]
    return (*found, *call_findings(expectation, outcome), *_denials(expectation, outcome))


__all__ = ["Outcome", "call_facts", "findings", "links"]


def _exact(attribute: str) -> Comparison:
    def compare(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
        wanted, found = expectation.given[key], getattr(outcome, attribute)
        if wanted != found:
            told = f"{_quoted(found)}, not {_quoted(wanted)}"
            message = f"the {attribute} is {told if len(told) <= _LONGEST_TOLD else 'not the expected one'}"
            yield Finding(key, message, wanted, found, expectation.origin.at(key).where())

    return compare


def _status(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
    wanted = expectation.given[key]
    if wanted != outcome.status:
        why = f": {outcome.error}" if outcome.error else ""
        state = outcome.last_state()
        where = f" in `{state}`" if why and state else ""
        message = f"the status is `{outcome.status}`, not `{wanted}`{why}{where}"
        yield Finding(key, message, wanted, outcome.status, expectation.origin.at(key).where())


def _cause_like(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
    wanted = expectation.given[key]
    if outcome.cause is None or not matches_wildcards(wanted, outcome.cause):
        told = "there is no cause" if outcome.cause is None else f"{shown(outcome.cause)} is not like {shown(wanted)}"
        message = f"the cause is not like the expected one: {told}"
        yield Finding(key, message, wanted, outcome.cause, expectation.origin.at(key).where())


def _quoted(text: str | None) -> str:
    return "null" if text is None else f"`{text}`"


_COMPARISONS: Mapping[str, Comparison] = {
    "status": _status,
    **outputs.COMPARISONS,
    "error": _exact("error"),
    "cause": _exact("cause"),
    "cause_like": _cause_like,
    **events.COMPARISONS,
}


def _denials(expectation: Expectation, outcome: Outcome) -> Iterator[Finding]:
    """Each kind must occur (as often as it says), each refused call must be of a listed kind.

    Kinds may overlap: each is held against all refused calls, whatever the others take, so their order means nothing.
    """
    if expectation.denied is None:
        return
    for index, kind in enumerate(expectation.denied):
        times = sum(_is(kind, entry) for entry in outcome.refused)
        if not times or (kind.times is not None and times != kind.times):
            yield _missing(expectation, index, kind, times)
    listed = expectation.denied
    unlisted = [call_facts(entry) for entry in outcome.refused if not any(_is(kind, entry) for kind in listed)]
    for index, facts in enumerate(unlisted):
        if facts not in unlisted[:index]:
            often = unlisted.count(facts)
            message = f"a call was refused{_times(often)} that `denied` does not list: {_told(facts)}"
            wanted = [dict(kind.written) for kind in listed]
            yield Finding("denied", message, wanted, facts, expectation.origin.at("denied").where())


def _missing(expectation: Expectation, index: int, kind: Denied, times: int) -> Finding:
    wanted = dict(kind.written)
    often = f"was refused{_times(times) or ' once'}, not{_times(kind.times) or ' once'}"
    message = f"the call that `denied` lists {often if times else 'was never refused'}: {_told(wanted)}"
    return Finding("denied", message, wanted, times, expectation.origin.at("denied", index).where())


def _is(kind: Denied, entry: Entry) -> bool:
    return (
        kind.who in (None, who(entry))
        and kind.links in (None, frozenset(links(entry)))
        and any(
            (kind.action is None or matches(kind.action, action))
            and (kind.resource is None or matches(kind.resource, resource))
            for action, resource in _refused_requests(entry)
        )
    )


def links(entry: Entry) -> tuple[Link, ...]:
    """Every link of the chain that refused a call, policies before barriers, each once."""
    found = [broken.link for broken in entry.ruling.broken] + [barrier.link for barrier in entry.ruling.barriers]
    return tuple(dict.fromkeys(found))


def call_facts(entry: Entry) -> dict[str, Json]:
    """A refused call in the words of `denied`."""
    action, resource = _refused_requests(entry)[0]
    return {
        "who": who(entry),
        "action": action,
        "resource": resource,
        "link": [link.value for link in links(entry)],
    }


def _refused_requests(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Each action and resource that was refused, by policies before barriers."""
    refused = [decision.request for decision in entry.ruling.decisions if not decision.allowed]
    found = [(request.action, request.resource) for request in refused]
    return (*found, *((barrier.action, barrier.resource) for barrier in entry.ruling.barriers))


def _times(count: int | None) -> str:
    return "" if count == 1 else f" {count} times"


def _told(facts: Mapping[str, Json]) -> str:
    return ", ".join(f"{key} `{_listed(value)}`" for key, value in facts.items())


def _listed(value: Json) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
