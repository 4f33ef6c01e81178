"""Refusals with the links they may come from, narrowed by what is known besides, and how that is told.

Knows evidence and declarations, prints nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.definition import Map, Parallel, Task
from turnstile.gate.link import Link
from turnstile.importers.denial import Shape
from turnstile.importers.narrowed import narrowed
from turnstile.importers.suspects import Standing, caller_role, clause, suspects
from turnstile.report.layout import Paint, safe, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.asl.definition import Branch, StateMachine
    from turnstile.document import Json
    from turnstile.importers.denial import Denial
    from turnstile.importers.history import Evidence, Refused
    from turnstile.importers.suspects import Suspect
    from turnstile.world.declaration import Declarations

_MARKS = {
    Standing.POSSIBLE: ("hint", "?     "),
    Standing.NAMED: ("bad", "NAMED "),
    Standing.BROKEN: ("bad", "BROKEN"),
    Standing.HOLDS: ("good", "holds "),
}
_ENCODED = (
    "the reasons are encoded: `aws sts decode-authorization-message --encoded-message TEXT --query DecodedMessage`, "
    "by somebody who may `sts:DecodeAuthorizationMessage`, and read the answer once more here"
)
_NO_CLAUSE = "AWS says no more across organizations, and nothing of an assumption by a workflow; so each link may be it"
_SERVICES = {"aws-sdk:sfn": "states", "aws-sdk:eventbridge": "events", "aws-sdk:cloudwatchlogs": "logs"}


@dataclass(frozen=True, slots=True)
class Suspected:
    """A refusal, its links in the order of the chain, and the Tasks of the definition that may have made the call."""

    refused: Refused
    links: tuple[Suspect, ...]
    tasks: tuple[str, ...] = ()


def suspected(
    evidence: Evidence, declarations: Declarations | None, definition: StateMachine | None
) -> tuple[Suspected, ...]:
    """Each refusal with its links."""
    found = []
    for refused in evidence.refused:
        links = suspects(refused, evidence)
        if declarations is not None:
            links = narrowed(links, refused.denial, declarations)
        found.append(Suspected(refused, links, _tasks(refused, definition) if definition else ()))
    return tuple(found)


def _tasks(refused: Refused, definition: StateMachine) -> tuple[str, ...]:
    """The Tasks that can have made the call, with their places."""
    listed = list(_every(definition))
    chosen = [task for task in listed if task.name == refused.state] or [
        task for task in listed if _fits(task, refused.denial)
    ]
    return tuple(f"{task.name} ({definition.origin.within(task.pointer).where()})" for task in chosen)


def _every(scope: StateMachine | Branch) -> Iterator[Task]:
    for state in scope.states.values():
        match state:
            case Task():
                yield state
            case Parallel(branches=branches):
                for branch in branches:
                    yield from _every(branch)
            case Map(item_processor=processor):
                yield from _every(processor)


def _fits(task: Task, denial: Denial) -> bool:
    """A Task of the action's service; an assumption is of a Task that names a role."""
    if denial.shape is Shape.ASSUMPTION or denial.action.startswith("sts:AssumeRole"):
        return task.credentials is not None
    service = denial.action.partition(":")[0]
    named = task.resource.removeprefix("arn:aws:states:::").rpartition(":")[0]
    return service in (_SERVICES.get(named), *task.resource.split(":"))


def as_json(found: Sequence[Suspected], evidence: Evidence) -> Json:
    """Everything that is known, version 1."""
    return {
        "version": 1,
        "execution_role": evidence.role or None,
        "execution": evidence.machine or None,
        "partial": evidence.partial,
        "refused": [_one(each) for each in found],
    }


def _one(each: Suspected) -> dict[str, Json]:
    refused, denial = each.refused, each.refused.denial
    facts = {
        "caller": denial.caller,
        "role": denial.role,
        "session": denial.session,
        "account": denial.account,
        "action": denial.action,
        "resource": denial.resource,
        "resource_account": denial.owner,
        "region": refused.task.region or denial.region,
        "effect": denial.effect,
        "layer": denial.layer,
        "policy_arn": denial.policy_arn,
        "service": denial.service,
        "status": denial.status,
        "code": denial.code,
        "error": refused.error,
        "state": refused.state,
        "task_role": refused.task.role,
    }
    return {
        "about": denial.shape.value,
        **{name: value or None for name, value in facts.items()},
        "encoded": denial.encoded,
        "attempts": list(refused.attempts),
        "events": list(refused.events),
        "tasks": list(each.tasks),
        "links": [_link(link) for link in each.links],
    }


def _link(suspect: Suspect) -> dict[str, Json]:
    return {
        "link": suspect.link.value,
        "standing": suspect.standing.value,
        "what": suspect.what,
        "broken_if": suspect.looks,
        "check": suspect.check,
        "known": suspect.known or None,
    }


def text(found: Sequence[Suspected], evidence: Evidence, color: bool, width: int) -> str:  # noqa: FBT001 - as elsewhere
    """What people read; it ends with a line break."""
    paint = Paint(color)
    lines = [line for each in found for line in _told(each, evidence, paint, width)]
    if evidence.partial:
        lines += ["", paint("warn", "the history is not whole: there may be more"), ""]
    return "".join(f"{line}\n" for line in lines).rstrip("\n") + "\n"


def _told(each: Suspected, evidence: Evidence, paint: Paint, width: int) -> Iterator[str]:
    denial = each.refused.denial
    yield paint("strong", safe(denial.shape.value))
    for label, value in _facts(each, evidence):
        if value:
            first, *rest = wrapped(safe(value), width - 14)
            yield f"  {label:<10}  {first}"
            yield from (f"{'':14}{line}" for line in rest)
    if denial.encoded:
        yield from _paragraph(_ENCODED, paint("hint", "note"), width)
    elif not denial.layer and denial.shape in (Shape.CALL, Shape.ASSUMPTION) and not any(_conclusion(each.links)):
        yield from _paragraph(_NO_CLAUSE, paint("hint", "note"), width)
    yield ""
    yield "  links, in the order of the chain"
    for number, link in enumerate(each.links, 1):
        role, mark = _MARKS[link.standing]
        yield f"  {number:>2}  {paint(role, mark)}  {link.link.value}"
        yield from (f"{'':14}{line}" for line in _of_link(link, width - 14))
    yield ""


def _of_link(link: Suspect, width: int) -> Iterator[str]:
    """What there is to say of a link; of one that holds, not how it would break."""
    yield from wrapped(safe(link.what), width)
    if link.known:
        yield from wrapped(safe(f"known: {link.known}"), width)
    if link.standing is not Standing.HOLDS:
        yield from wrapped(safe(f"broken if: {link.looks}"), width)
        yield from _check(safe(link.check), width)


def _check(told: str, width: int) -> Iterator[str]:
    """How to look. A command stands on lines of its own, broken so that a shell takes them as one."""
    where, found, command = told.rpartition("aws ")
    if not found:
        yield from wrapped(f"check: {told}", width)
        return
    yield f"check: {where}".rstrip()
    lines = [""]
    for part in re.split(r" (?=--)", found + command):
        joined = f"{lines[-1]} {part}".lstrip()
        if not lines[-1] or len(joined) <= width - 4:
            lines[-1] = joined
        else:
            lines.append(part)
    *before, last = lines
    yield from (f"  {line} \\" for line in before)
    yield f"  {last}"


def _paragraph(told: str, word: str, width: int) -> Iterator[str]:
    first, *rest = wrapped(safe(told), width - 14)
    yield f"  {word}        {first}"
    yield from (f"{'':14}{line}" for line in rest)


def _facts(each: Suspected, evidence: Evidence) -> Iterator[tuple[str, str]]:
    refused, denial = each.refused, each.refused.denial
    listed = ", ".join(map(str, refused.attempts))
    yield "action", denial.action
    yield "resource", denial.resource
    session = f", session {denial.session}" if denial.session else ""
    yield "who", f"{caller_role(refused, evidence) or denial.caller}{session}"
    yield "account", denial.account and (f"{denial.account} -> {denial.owner}" if denial.owner else denial.account)
    yield "region", refused.task.region or denial.region
    yield "state", refused.state + (f", attempt {listed}" if listed else "")
    yield "tasks", "; ".join(each.tasks)
    yield "task role", refused.task.role
    yield "runs as", evidence.role
    yield "error", refused.error
    yield "AWS says", clause(denial)
    yield from _conclusion(each.links)


def _conclusion(links: Sequence[Suspect]) -> Iterator[tuple[str, str]]:
    """What the marks of the links come to, where they come to something."""
    guilty = [one.link.value for one in links if one.standing in (Standing.NAMED, Standing.BROKEN)]
    if guilty:
        yield "look at", ", ".join(guilty)
    elif any(one.standing is Standing.HOLDS and one.link not in (Link.PARTITION, Link.PASSING) for one in links):
        left = [one.link.value for one in links if one.standing is Standing.POSSIBLE]
        yield "left", ", ".join([*left, "or what is deployed is not what is declared"])
