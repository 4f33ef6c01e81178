"""Why a call was refused, in a form that a person and a program can read.

Pure: a case goes in, frozen values come out; both renderers print these and nothing else. What AWS shows is
`Visible`; everything beside it is what only Turnstile knows, and the two are never mixed. Links stand in the
order of the chain (`gate.chain`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from turnstile.gate.chain import deciding, hidden, place
from turnstile.gate.link import Barrier, Broken, Link
from turnstile.iam.decision import Layer
from turnstile.iam.message import message
from turnstile.iam.remedy import remedies
from turnstile.report import wording
from turnstile.report.excerpt import Excerpt, written
from turnstile.world.caller import ServicePrincipal, Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.iam.decision import Decision, Judged
    from turnstile.iam.remedy import Remedy
    from turnstile.report.report import Case
    from turnstile.source import Origin

Declared: TypeAlias = "Mapping[str, Origin]"
_NOTHING_DECLARED: Declared = {}
_ABOVE = frozenset({Layer.SCP, Layer.RCP})
"""Attached to the account itself, to one of the units it is in, or to the root."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time the call was made: trail number, seconds since 1970, seconds since the execution's start."""

    sequence: int
    time: float
    after: float
    attempt: int
    poll: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A part of a statement that did not match; `found` is None where the call has no such key."""

    part: str
    wanted: tuple[str, ...]
    found: tuple[str, ...] | None
    wants: str
    has: str
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Nearest:
    """The statement that came nearest to letting the call pass, or the one that denies it outright."""

    policy: str
    statement: str
    effect: str
    excerpt: Excerpt
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The smallest policy text that would open a link, and where it goes.

    `kind` is the value of `iam.remedy.Change`; where a new policy is needed, `place` is who gets it, `excerpt` None,
    and `declared` where that one is declared, if that is known.
    """

    kind: str
    place: str
    text: str
    excerpt: Excerpt | None
    declared: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One link that did not hold; `shown` marks the one that the service's answer comes from."""

    link: str
    meaning: str
    action: str
    resource: str
    sentence: str
    shown: bool
    nearest: Nearest | None = None
    advice: tuple[Advice, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A refused call: which, by whom, where and when, and every link that refused it.

    `principal` is the session ARN, root ARN or service principal, `role` the ARN of the session's role,
    `acting_for` the resource a service principal acts for. `answer` is the API's own text, which Step
    Functions may hide. `statements` is every statement that was looked at, with the layer it belongs to.
    """

    action: str
    resource: str
    principal: str
    role: str
    acting_for: str
    execution: str
    state: str
    occasions: tuple[Occasion, ...]
    refusals: tuple[Refusal, ...]
    answer: str
    statements: tuple[tuple[str, Nearest], ...] = ()


@dataclass(frozen=True, slots=True)
class Visible:
    """What AWS shows of a failure: in the history, or as the answer of the API that refused."""

    error: str
    cause: str


def visible(case: Case, explanation: Explanation) -> Visible | None:
    """What AWS shows of a refused call: the failure of its state, else that of the case; None if nothing.

    Items of a Map fail in the same state at the same time: the failure that names the resource is the call's own.
    """
    failures = _failures(case, explanation.state, explanation.occasions[0].time)
    if failures:
        return next((one for one in failures if explanation.resource in one.cause), failures[0])
    return Visible(case.error, case.cause or "") if case.error else None


def _failures(case: Case, state: str, since: float) -> list[Visible]:
    events = {event["id"]: event for event in case.history}
    return [
        Visible(details["error"], details.get("cause") or "")
        for event in case.history
        if event["timestamp"] >= since and "error" in (details := _details(event)) and _state(event, events) == state
    ]


def _details(event: Json) -> Mapping[str, Json]:
    return next((value for name, value in event.items() if name.endswith("EventDetails")), {})


def _state(event: Json, events: Mapping[int, Json]) -> str:
    """The state an event happened in: that of the nearest event before it that entered one."""
    while event is not None and "stateEnteredEventDetails" not in event:
        event = events.get(event["previousEventId"])
    return str(event["stateEnteredEventDetails"]["name"]) if event else ""


def explain(case: Case) -> tuple[Explanation, ...]:
    """Each refused call once: the same refusal met again, as by a retry, is one more occasion of it."""
    found: dict[Explanation, list[Occasion]] = {}
    for entry in case.refused:
        started = case.history[0]["timestamp"] if case.history else case.refused[0].time
        found.setdefault(explanation(entry, case.declared), []).append(_occasion(entry, started))
    return tuple(replace(one, occasions=tuple(occasions)) for one, occasions in found.items())


def _occasion(entry: Entry, started: float) -> Occasion:
    site = entry.call.site
    attempt, poll = (site.attempt, site.poll) if site else (1, 0)
    return Occasion(entry.sequence, entry.time, max(entry.time - started, 0.0), attempt, poll)


def explanation(entry: Entry, declared: Declared = _NOTHING_DECLARED) -> Explanation:
    """Everything about a call but its occasions; one that was let through has no refusals and no answer.

    `declared` are the places of roles, users and functions by their ARNs.
    """
    caller, site, ruling = entry.call.caller, entry.call.site, entry.ruling
    denied = next((decision for decision in ruling.decisions if not decision.allowed), None)
    refused = denied.request if denied else ruling.barriers[0] if ruling.barriers else ruling.decisions[0].request
    return Explanation(
        action=refused.action,
        resource=refused.resource,
        principal=caller.arn,
        role=caller.role_arn if isinstance(caller, Session) else "",
        acting_for=caller.source_arn if isinstance(caller, ServicePrincipal) else "",
        execution=site.execution if site else "",
        state=site.state if site else "",
        occasions=(),
        refusals=_refusals(entry, declared),
        answer=_answer(entry, denied),
        statements=tuple(
            (judged.layer.value, looked_at(judged, decision))
            for decision in ruling.decisions
            for judged in decision.judged
        ),
    )


def _answer(entry: Entry, denied: Decision | None) -> str:
    """The API's own text: at a border that of the service, else that of the policies; empty where none is known."""
    first = deciding(entry)
    if isinstance(first, Barrier) and first.error:
        return first.error[2]
    layer = first.layer if isinstance(first, Broken) and hidden(entry.call) else None
    return message(denied, layer=layer, policy_arns=entry.ruling.policy_arns) if denied else ""


def _refusals(entry: Entry, declared: Declared) -> tuple[Refusal, ...]:
    """Every broken link and barrier in the order of the chain."""
    ruling = entry.ruling
    first = deciding(entry)
    found = [(one.link, _broken(entry, one, declared, shown=one is first)) for one in ruling.broken]
    found += [(barrier.link, _barrier(entry, barrier, shown=barrier is first)) for barrier in ruling.barriers]
    return tuple(refusal for _, refusal in sorted(found, key=lambda pair: place(entry.call, pair[0])))


def _barrier(entry: Entry, barrier: Barrier, *, shown: bool) -> Refusal:
    meaning = wording.meaning(barrier.link, entry.call)
    return Refusal(
        barrier.link.value,
        meaning,
        barrier.action,
        barrier.resource,
        barrier.message,
        shown,
        help=barrier.help,
    )


def _broken(entry: Entry, broken: Broken, declared: Declared, *, shown: bool) -> Refusal:
    request = broken.decision.request
    return Refusal(
        broken.link.value,
        wording.meaning(broken.link, entry.call),
        request.action,
        request.resource,
        wording.verdict(broken),
        shown,
        looked_at(broken.nearest, broken.decision) if broken.nearest else None,
        *_remedy(entry, broken, declared),
    )


def looked_at(judged: Judged, decision: Decision) -> Nearest:
    """A statement with the parts of it that failed, none for one that applies."""
    policy, statement = judged.policy, judged.statement
    failed = tuple(
        Failed(
            mismatch.part.value,
            mismatch.wanted,
            (mismatch.found,) if isinstance(mismatch.found, str) else mismatch.found,
            wording.wants(mismatch, statement),
            wording.has(mismatch, decision.request),
            written(policy.origin.within(mismatch.pointer)),
        )
        for mismatch in judged.mismatches
    )
    place = statement.pointer if failed else f"{statement.pointer}/Effect"
    excerpt = written(policy.origin.within(place))
    return Nearest(policy.name, wording.statement(statement), statement.effect.value, excerpt, failed)


def _remedy(entry: Entry, broken: Broken, declared: Declared) -> tuple[tuple[Advice, ...], str]:
    """The remedies, and a word of help where none would be of use."""
    border = next((one for one in entry.ruling.barriers if one.link is Link.PARTITION), None)
    if border is not None:
        return (), f"no policy helps as long as this is broken: {border.message}"
    return _advice(entry, broken, declared), ""


def _advice(entry: Entry, broken: Broken, declared: Declared) -> tuple[Advice, ...]:
    """The remedies of this link's layer."""
    found = (one for one in remedies(broken.decision) if one.layer is broken.layer)
    return tuple(_placed(entry, broken, declared, one) for one in found)


def _placed(entry: Entry, broken: Broken, declared: Declared, remedy: Remedy) -> Advice:
    owner = wording.owner(broken, entry.call)
    if remedy.policy is None:
        origin = None if broken.layer in _ABOVE else declared.get(wording.owner_arn(broken, entry.call))
        return Advice(remedy.kind.value, owner, remedy.text, None, written(origin) if origin else None)
    origin = remedy.policy.origin.within(remedy.statement_pointer or "")
    place = f"`{remedy.policy.name}`"
    if broken.layer is not Layer.TRUST:
        place += f" above {owner}" if broken.layer in _ABOVE else f" of {owner}"
    return Advice(remedy.kind.value, place, remedy.text, written(origin))
