"""One decision for reading: the verdict, what refused or granted, and where asked for every statement.

The explanation is the one of a refused call in a report; a request that was only asked is explained as a call of its
principal. `from_report` reads an explanation back from a JSON report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.broken import broken_links
from turnstile.gate.call import Call
from turnstile.gate.trail import Entry, Ruling
from turnstile.iam.principal import role_of
from turnstile.iam.services import ALWAYS_ALLOWED
from turnstile.iam.trace import Judged, Layer
from turnstile.report.diagnosis import links, row, statement_lines, statements
from turnstile.report.explanation import Explanation, Nearest, explanation, looked_at
from turnstile.report.json import explained, statement
from turnstile.report.json_text import json_text
from turnstile.report.layout import Paint, safe
from turnstile.world.caller import IamUser, Root, ServicePrincipal, Session

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.iam.decision import Decision
    from turnstile.iam.request import Request
    from turnstile.world.caller import Caller

VERSION = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decided request as shown: its explanation and the statements that grant, each with its layer.

    `reason` is empty where it is not known, as for a call of a report.
    """

    allowed: bool
    reason: str
    explanation: Explanation
    granting: tuple[tuple[str, Nearest], ...] = ()


def verdict(decision: Decision) -> Verdict:
    """The verdict of a decision."""
    granting = tuple(
        (layer.value, looked_at(Judged(layer, policy, one, ()), decision)) for layer, policy, one in decision.granting
    )
    return Verdict(decision.allowed, decision.reason.value, explanation(_entry(decision)), granting)


def text(shown: Verdict, *, color: bool, width: int, every: bool) -> str:
    """The verdict as text that ends with a line break; `every`: with every statement that was looked at."""
    paint, told = Paint(color), shown.explanation
    word = paint("good", "allowed") if shown.allowed else paint("bad", "denied")
    lines = [f"{word}  {safe(told.action)} on {safe(told.resource)}", ""]
    lines += row("caller", "strong", safe(told.principal), paint, width)
    if told.answer:
        lines += row("AWS says", "warn", safe(told.answer), paint, width)
    for layer, one in shown.granting:
        lines += row("granted by", "good", layer, paint, width)
        lines += statement_lines(one, paint, width)
    if shown.allowed and (right := _right(shown)):
        lines += row("granted by", "good", right, paint, width)
    lines += links(told, paint, width)
    if every:
        lines += ["", *statements(told, paint, width)]
    return "\n".join(lines) + "\n"


def _right(shown: Verdict) -> str:
    """What grants a call that no policy has to grant; empty for every other one."""
    told = shown.explanation
    if told.action.lower() in ALWAYS_ALLOWED:
        return "AWS, whatever policies say"
    rooted = told.principal.endswith(":root") and not any(layer == Layer.IDENTITY.value for layer, _ in shown.granting)
    return "the root user's right to everything in its account" if rooted else ""


def document(shown: Verdict) -> str:
    """The verdict as indented JSON that ends with a line break, always with every statement."""
    found = {
        "version": VERSION,
        "allowed": shown.allowed,
        "reason": shown.reason or None,
        **explained(shown.explanation),
        "granting": [{"layer": layer, **statement(one)} for layer, one in shown.granting],
    }
    return json_text(found)


def _entry(decision: Decision) -> Entry:
    """The request as a call that came to the gate."""
    request = decision.request
    service, _, operation = request.action.partition(":")
    call = Call(_caller(request), service, operation, {}, "")
    ruling = Ruling(decision.allowed, (decision,), (), broken_links(call, decision))
    return Entry(1, 0.0, call, ruling, request.resource)


def _caller(request: Request) -> Caller:
    name = request.principal
    if not name.startswith("arn:"):
        return ServicePrincipal(name, _key(request, "aws:sourcearn"), _key(request, "aws:sourceaccount"))
    parsed = arns.parse(name)
    kind, _, rest = parsed.resource.partition("/")
    if kind == "assumed-role":
        role = _key(request, "aws:principalarn") or role_of(name)
        return Session(name, role, "", parsed.account, rest.rpartition("/")[2], 0.0, 0.0, "")
    return Root(name, parsed.account) if kind == "root" else IamUser(name, "", parsed.account, rest)


def _key(request: Request, name: str) -> str:
    found = (value for key, value in request.context.items() if key.lower() == name)
    value = next(found, "")
    return value if isinstance(value, str) else ""


def reported(refused: Json) -> Verdict:
    """The verdict on one refused call of a JSON report (`refused` of a case)."""
    from turnstile.report.reread import reread  # noqa: PLC0415 - only where a report is given

    return Verdict(allowed=False, reason="", explanation=reread(refused))
