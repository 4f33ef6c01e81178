"""What a report says about links, statements and their parts: one sentence each.

Lower-case start, no full stop, the user's text in backticks. Knows the values of `gate` and `iam`, prints
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.link import Link
from turnstile.iam.decision import Layer, Part, Verdict
from turnstile.iam.policy import Effect
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.gate.call import Call
    from turnstile.gate.link import Broken
    from turnstile.iam.decision import Mismatch
    from turnstile.iam.policy import Condition, Statement
    from turnstile.iam.request import Request

_MOST_VALUES = 4

_MEANINGS = {
    Link.PARTITION: "the border between two partitions",
    Link.REGION: "the border between two Regions",
    Link.ROLE_EXISTS: "the role that is to be assumed",
    Link.SERVICE_TRUST: "the trust policy that lets the service use the execution role",
    Link.SOURCE_CONDITION: "the conditions that tie the execution role to its state machine",
    Link.CALLER_POLICY: "the caller's own policies",
    Link.TRUST_POLICY: "the trust policy of the target role",
    Link.EXTERNAL_ID: "the external id condition in the trust policy of the target role",
    Link.TRUST_CONDITION: "a condition in the trust policy of the target role",
    Link.TARGET_POLICY: "the target role's own policies",
    Link.RESOURCE_POLICY: "the policy of the resource",
    Link.BOUNDARY: "the permissions boundary of the caller",
    Link.SESSION_POLICY: "the session policy of the caller",
    Link.SERVICE_CONTROL: "the service control policies above the caller's account",
    Link.RESOURCE_CONTROL: "the resource control policies above the resource's account",
}

_HOW: dict[str, str] = {
    "StringEquals": "wants",
    "StringEqualsIgnoreCase": "wants, in any case,",
    "StringNotEquals": "wants anything but",
    "StringNotEqualsIgnoreCase": "wants anything but",
    "StringLike": "wants a match of",
    "StringNotLike": "wants no match of",
    "ArnEquals": "wants a match of",
    "ArnLike": "wants a match of",
    "ArnNotEquals": "wants no match of",
    "ArnNotLike": "wants no match of",
}


def meaning(link: Link, call: Call) -> str:
    """What a link of the chain is."""
    if link is Link.CALLER_POLICY and call.site is not None:
        return "the execution role's own policies"
    return _MEANINGS[link]


def statement(one: Statement) -> str:
    """How a statement is called: by its Sid, else by its number from 1."""
    return f"`{one.sid}`" if one.sid else f"number {one.index + 1}"


def owner(broken: Broken, call: Call) -> str:
    """Whose policies a broken link is about."""
    request = broken.decision.request
    match broken.layer:
        case Layer.TRUST | Layer.RESOURCE:
            return f"`{request.resource}`"
        case Layer.RCP:
            return f"account `{request.resource_account}`"
        case Layer.SCP:
            return f"account `{call.caller.account}`"
        case _:
            return f"`{call.caller.role_arn}`" if isinstance(call.caller, Session) else f"`{call.caller.arn}`"


def verdict(broken: Broken) -> str:
    """Why the layer refused, in one sentence."""
    request, nearest = broken.decision.request, broken.nearest
    asked = f"`{request.action}` on `{request.resource}`"
    if nearest is not None and nearest.matched and nearest.statement.effect is Effect.DENY:
        return f"a statement denies {asked}"
    if (broken.layer, Verdict.ALLOW_ACCOUNT) in broken.decision.verdicts:
        return f"it admits the account as a whole, so another policy has to allow {asked}"
    parts = {mismatch.part for mismatch in nearest.mismatches} if nearest else {Part.ACTION}
    if Part.ACTION in parts:
        return f"no statement allows `{request.action}`"
    if Part.PRINCIPAL in parts:
        return f"no statement admits `{_principal(request)}`"
    if Part.RESOURCE in parts:
        return f"no statement allows {asked}"
    return f"a statement allows `{request.action}`, but under a condition that does not hold"


def mismatch(one: Mismatch, inside: Statement, request: Request) -> str:
    """What a part of a statement wants and what the call has instead."""
    match one.part:
        case Part.ACTION:
            verb = "leaves out" if inside.not_actions else "lists"
            name = "NotAction" if inside.not_actions else "Action"
            return f"{name} {verb} {values(one.wanted)}, the call needs `{request.action}`"
        case Part.RESOURCE:
            verb = "leaves out" if inside.not_resources else "lists"
            name = "NotResource" if inside.not_resources else "Resource"
            return f"{name} {verb} {values(one.wanted)}, the call is on `{request.resource}`"
        case Part.PRINCIPAL:
            negated = inside.principals is not None and inside.principals.negated
            name, verb = ("NotPrincipal", "leaves out") if negated else ("Principal", "names")
            return f"{name} {verb} {values(one.wanted)}, the caller is `{_principal(request)}`"
        case Part.CONDITION:
            return _condition(one)


def _principal(request: Request) -> str:
    """The name a Principal element would have to hold: the role rather than one session of it."""
    role = request.context.get("aws:PrincipalArn")
    return role if isinstance(role, str) else request.principal


def _condition(one: Mismatch) -> str:
    condition = one.condition
    if condition is None:
        return f"Condition wants {values(one.wanted)}"
    wants = f"Condition {condition.operator} {condition.key} {_how(condition)} {values(one.wanted)}"
    if one.found is None:
        return f"{wants}, the call has no `{condition.key}`"
    found = (one.found,) if isinstance(one.found, str) else one.found
    return f"{wants}, the call sends {values(found)}"


def _how(condition: Condition) -> str:
    """The verb for an operator; ForAllValues:, ForAnyValue: and IfExists do not change it."""
    return _HOW.get(condition.operator.rpartition(":")[2].removesuffix("IfExists"), "wants")


def values(found: Sequence[str]) -> str:
    """Values in words, the first few of many."""
    if not found:
        return "nothing"
    words = [f"`{value}`" for value in found[:_MOST_VALUES]]
    if len(found) > _MOST_VALUES:
        return f"{', '.join(words)} and {len(found) - _MOST_VALUES} more"
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
