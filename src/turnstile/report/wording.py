"""What a report says about links, statements and their parts: one sentence each.

Lower-case start, no full stop, the user's text in backticks. Knows the values of `gate` and `iam`, prints
nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.gate.link import Link
from turnstile.iam.decision import Layer, Part, Verdict
from turnstile.iam.policy import Effect
from turnstile.iam.services import has_policy
from turnstile.world.caller import ServicePrincipal, Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.gate.call import Call
    from turnstile.gate.link import Broken
    from turnstile.iam.decision import Mismatch
    from turnstile.iam.policy import Statement
    from turnstile.iam.request import Request

_MOST_VALUES = 4

_MEANINGS = {
    Link.MALFORMED: "the request itself, which the service refuses before it asks any policy",
    Link.EXPIRED: "the session itself, whose time is over",
    Link.PASSING: "the border between two accounts, which no role is passed across",
    Link.PARTITION: "the border between two partitions",
    Link.REGION: "the border between two Regions",
    Link.CALLBACK: "the border between two accounts, which no task token crosses",
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

_FOR_SERVICES = {
    ("lambda.amazonaws.com", Link.SOURCE_CONDITION): "the conditions that tie the execution role to its function",
}
"""What a link is where a service takes a role for itself and it is not Step Functions."""

_SILENCE = (
    (Part.ACTION, "no statement allows it"),
    (Part.PRINCIPAL, "no statement admits the caller"),
    (Part.RESOURCE, "no statement allows it on this resource"),
)
_UNMET = {
    Link.EXTERNAL_ID: "it does not match",
    Link.TRUST_CONDITION: "it does not match",
    Link.SOURCE_CONDITION: "one of them does not match",
}
_VERBS = {Part.ACTION: "lists", Part.RESOURCE: "lists", Part.PRINCIPAL: "names"}
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
    if isinstance(call.caller, ServicePrincipal):
        return _FOR_SERVICES.get((call.caller.name, link), _MEANINGS[link].replace("target role", "execution role"))
    return _MEANINGS[link]


def statement(one: Statement) -> str:
    """How a statement is called: by its Sid, else by its number from 1."""
    return f"`{one.sid}`" if one.sid else str(one.index + 1)


def owner(broken: Broken, call: Call) -> str:
    """Whose policies a broken link is about."""
    match broken.layer:
        case Layer.RCP:
            return f"account `{broken.decision.request.resource_account}`"
        case Layer.SCP:
            return f"account `{call.caller.account}`"
        case _:
            return _named(owner_arn(broken, call))


def owner_arn(broken: Broken, call: Call) -> str:
    """The role, user or resource that has the policies of the link's layer, or would have them."""
    match broken.layer:
        case Layer.TRUST:
            return broken.decision.request.resource
        case Layer.RESOURCE:
            return _HELD.sub(r"\1", broken.decision.request.resource)
        case _:
            return call.caller.role_arn if isinstance(call.caller, Session) else call.caller.arn


_HELD = re.compile(r"(arn:[^:]+:(?:s3:::[^/]+|dynamodb:[^:]*:[^:]*:table/[^/]+))/.*")
"""Objects and indexes have no policy of their own: theirs is that of the bucket or the table."""


def _named(arn: str) -> str:
    """A role by its name and account, so that its path is not taken for one; what else there is by its ARN."""
    start, is_role, name = arn.partition(":role/")
    path, _, last = name.rpartition("/")
    beside = f" (path `/{path}/`)" if path else ""
    return f"role `{last}`{beside} in account `{start.rpartition(':')[2]}`" if is_role else f"`{arn}`"


def verdict(broken: Broken) -> str:
    """Why the layer refused, in one sentence."""
    nearest = broken.nearest
    if nearest is not None and nearest.matched and nearest.statement.effect is Effect.DENY:
        return "a statement denies it"
    if (broken.layer, Verdict.ALLOW_ACCOUNT) in broken.decision.verdicts:
        return "it admits the account as a whole, so that a policy of the caller has to allow it"
    if broken.layer is Layer.RESOURCE and broken.decision.policies.resource is None:
        return _policyless(broken.decision.request)
    parts = {mismatch.part for mismatch in nearest.mismatches} if nearest else {Part.ACTION}
    for part, sentence in _SILENCE:
        if part in parts:
            return sentence
    return _UNMET.get(broken.link, "a condition does not match")


def _policyless(request: Request) -> str:
    """A resource has no policy, or cannot have one."""
    if has_policy(request.action, request.resource):
        return "it has none, so that only its own account can call"
    role = f"a role of account `{request.resource_account}`"
    return f"it has no resource policy and cannot have one: use `Credentials` with {role}"


def wants(one: Mismatch, inside: Statement) -> str:
    """What a part of a statement asks for."""
    match one.part:
        case Part.CONDITION:
            return _condition(one)
        case Part.PRINCIPAL:
            negated = inside.principals is not None and inside.principals.negated
        case Part.ACTION:
            negated = inside.not_actions
        case Part.RESOURCE:
            negated = inside.not_resources
    name = f"Not{one.part.value}" if negated else one.part.value
    return f"{name} {'leaves out' if negated else _VERBS[one.part]} {values(one.wanted)}"


def _condition(one: Mismatch) -> str:
    if one.condition is None:
        return f"Condition wants {values(one.wanted)}"
    how = _HOW.get(one.condition.operator.rpartition(":")[2].removesuffix("IfExists"), "wants")
    return f"Condition {one.condition.operator} {one.condition.key} {how} {values(one.wanted)}"


def has(one: Mismatch, request: Request) -> str:
    """What the call has instead."""
    match one.part:
        case Part.ACTION:
            return f"the call needs `{request.action}`"
        case Part.RESOURCE:
            return f"the call is on `{request.resource}`"
        case Part.PRINCIPAL:
            return f"the caller is `{_principal(request)}`"
        case Part.CONDITION if one.found is None:
            return f"the call has no `{one.condition.key}`" if one.condition else "the call has none"
        case Part.CONDITION:
            return f"the call sends {values((one.found,) if isinstance(one.found, str) else one.found or ())}"


def _principal(request: Request) -> str:
    """The name a Principal element would have to hold: the role rather than one session of it."""
    role = request.context.get("aws:PrincipalArn")
    return role if isinstance(role, str) else request.principal


def values(found: Sequence[str]) -> str:
    """Values in words, the first few of many."""
    if not found:
        return "nothing"
    words = [f"`{value}`" for value in found[:_MOST_VALUES]]
    if len(found) > _MOST_VALUES:
        return f"{', '.join(words)} and {len(found) - _MOST_VALUES} more"
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
