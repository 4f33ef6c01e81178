"""The calls of a case for the Permissions tab: in order, polls that follow each other as one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.chain import deciding
from turnstile.iam.decision import Layer
from turnstile.report import wording
from turnstile.report.excerpt import written
from turnstile.report.explanation import explanation
from turnstile.report.html_payload import seconds
from turnstile.report.json import explained
from turnstile.report.masking import masked_line
from turnstile.world.caller import ServicePrincipal, Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import Collapse, Entry
    from turnstile.iam.decision import Granting
    from turnstile.report.report import Case

_WHY = ("links", "answer")
"""What a row does not say itself; the same for all calls that are refused for one reason."""
_STARTS = ("StartExecution", "StartSyncExecution")


def ran(case: Case) -> tuple[Entry, ...]:
    """The calls since the execution was asked for: what made its world comes before. All where it never was."""
    calls = case.calls or case.refused
    begun = next((index for index, entry in enumerate(calls) if entry.call.operation in _STARTS), 0)
    return calls[begun:]


def calls(case: Case, started: float, refused: Mapping[int, dict[str, Json]]) -> list[Json]:
    """Each call with who made it, the verdict, and the statements that granted it or came nearest."""
    rows: list[dict[str, Json]] = []
    statements = _Statements()
    for entry in ran(case):
        if rows and (last := _continued(rows[-1], entry, started)):
            rows[-1] = last
        else:
            told = refused.get(entry.sequence)
            rows.append(_row(entry, started, statements, told))
    return [*rows]


def _continued(row: dict[str, Json], entry: Entry, started: float) -> dict[str, Json] | None:
    """The row with one more poll, None where the call is not one more of the same."""
    site = entry.call.site
    if not (site and site.poll and row["poll"] and row["allowed"] == entry.ruling.allowed):
        return None
    same = (row["execution"], row["state"], row["attempt"], row["operation"])
    if same != (site.execution, site.state, site.attempt, _named(entry)):
        return None
    return {**row, "times": row["times"] + 1, "until": seconds(entry.time - started)}


def _named(entry: Entry) -> str:
    return f"{entry.call.service}:{entry.call.operation}"


def _row(entry: Entry, started: float, statements: _Statements, refused: dict[str, Json] | None) -> dict[str, Json]:
    call, site, ruling = entry.call, entry.call.site, entry.ruling
    caller = call.caller
    told = {
        "sequence": entry.sequence,
        "at": seconds(entry.time - started),
        "until": seconds(entry.time - started),
        "times": 1,
        "operation": _named(entry),
        "needs": [[one.request.action, one.request.resource] for one in ruling.decisions],
        "resource": entry.resource,
        "principal": caller.arn,
        "role": caller.role_arn if isinstance(caller, Session) else "",
        "for": caller.source_arn if isinstance(caller, ServicePrincipal) else "",
        "execution": site.execution if site else "",
        "state": site.state if site else "",
        "attempt": site.attempt if site else 1,
        "poll": site.poll if site else 0,
        "allowed": ruling.allowed,
        "judged": ruling.judged,
        "assumed": entry.approximate,
        "region": call.region,
    }
    if ruling.allowed:
        return {**told, "link": "", "granted": statements.granting(entry), "why": None}
    first = deciding(entry)
    whole = explained(explanation(entry)) if refused is None else refused
    why = {name: whole[name] for name in _WHY}
    return {**told, "link": first.link.value if first else "", "granted": [], "why": why}


class _Statements:
    """What is told of each statement that granted something, once: few statements grant many calls."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, int, Layer], tuple[Granting, Json]] = {}

    def granting(self, entry: Entry) -> list[Json]:
        """The statements that let a call through."""
        return [self._one(one) for decision in entry.ruling.decisions for one in decision.granting]

    def _one(self, one: Granting) -> Json:
        key = (id(one.policy), id(one.statement), one.layer)
        if key not in self._told:
            self._told[key] = (one, _granting(one))  # held, so that its ids stay its own
        return self._told[key][1]


def _granting(one: Granting) -> Json:
    excerpt = written(one.policy.origin.within(one.statement.pointer))
    layer = "trust policy" if one.layer is Layer.TRUST else one.layer.value
    return {
        "layer": layer,
        "policy": one.policy.name,
        "statement": wording.statement(one.statement),
        "place": str(excerpt.where),
        "source": masked_line(excerpt.line) or "",
    }


def polls_left_out(collapses: Sequence[Collapse], started: float) -> list[Json]:
    """Polls that were not made, since nothing could change their answer."""
    return [
        {
            "execution": one.site.execution,
            "state": one.site.state,
            "attempt": one.site.attempt,
            "times": one.times,
            "since": seconds(one.since - started),
            "until": None if one.until is None else seconds(one.until - started),
        }
        for one in collapses
    ]


def polls(entries: Iterable[Entry], started: float) -> list[Json]:
    """How often each attempt of a Task looked after its job, and how often that was refused."""
    found: dict[tuple[str, str, int], dict[str, Json]] = {}
    for entry in entries:
        site = entry.call.site
        if site is None or not site.poll or (entry.call.service == "sts" and entry.ruling.allowed):
            continue  # a session that a poll took comes before the poll
        fresh = {"execution": site.execution, "state": site.state, "attempt": site.attempt, "times": 0, "refused": 0}
        row = found.setdefault(
            (site.execution, site.state, site.attempt), {**fresh, "since": seconds(entry.time - started)}
        )
        row["times"] += 1
        row["refused"] += int(not entry.ruling.allowed)
        row["until"] = seconds(entry.time - started)
    return list(found.values())
