"""The smallest policy changes that would let a refused request pass.

One remedy per Deny that hit and per group of policies that lacks an allow; all of them together make the decision an
allow. Every remedy is tried against the evaluator before it is offered. What no policy can open (a foreign partition,
a service without resource policies) is said as `Change.ASSUME_ROLE`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from turnstile import arn
from turnstile.iam import spelling
from turnstile.iam.judgement import facts, judge
from turnstile.iam.layers import groups
from turnstile.iam.narrowing import sparing
from turnstile.iam.nearest import hits, nearest_allow, silent
from turnstile.iam.opening import admitting, allowing
from turnstile.iam.plain import trace
from turnstile.iam.policy import Effect, Kind, Policy, Statement
from turnstile.iam.services import has_policy, service_of
from turnstile.iam.trace import Layer
from turnstile.source import unwritten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.iam.judgement import Facts
    from turnstile.iam.layers import Groups
    from turnstile.iam.request import Policies
    from turnstile.iam.trace import Explained, Judged


class Change(Enum):
    """What a remedy does to a policy."""

    ADD = "add-statement"
    CHANGE = "change-statement"
    REMOVE = "remove-statement"
    ASSUME_ROLE = "assume-role"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change to one policy of a layer.

    `policy` is None where a new policy is needed. `statement_pointer` is the statement in that policy that is changed
    or removed, or the place of the new one. `text` is JSON to paste: a statement or whole new policy to add, the
    changed elements of a statement, the statement to remove; for `assume-role` it is a sentence. `statement` is the
    statement as it will be, `group` and `position` tell `apply` where the policy stands in its layer.
    """

    layer: Layer
    policy: Policy | None
    kind: Change
    statement_pointer: str
    text: str
    statement: Statement | None = None
    group: int = 0
    position: int | None = None


def remedies(decision: Explained) -> tuple[Remedy, ...]:
    """The changes that together allow the request, in the order of `Decision.refusing`; empty for an allowed one."""
    known = facts(decision.request, decision.policies)
    permissive = _without_denies(decision.policies)
    unmet = trace(decision.request, permissive).refusing
    found: list[Remedy] = []
    for layer in decision.refusing:
        found += [_narrow(judged, known, decision.policies) for judged in hits(decision, layer)]
        if layer in unmet:
            found += _open(layer, decision, known, permissive)
    return tuple(dict.fromkeys(found))


def apply(policies: Policies, remedy: Remedy) -> Policies:
    """The policies with one remedy applied; remedies of one decision can be applied one after the other.

    A policy that is attached at several places of the layer changes at all of them.
    """
    if remedy.kind is Change.ASSUME_ROLE:
        return policies
    grouped = groups(remedy.layer, policies) or ((),)
    if remedy.position is None:
        longer = (*grouped[remedy.group], _new_policy(remedy))
        return _regrouped(policies, remedy.layer, (*grouped[: remedy.group], longer, *grouped[remedy.group + 1 :]))
    old = grouped[remedy.group][remedy.position]
    new = _changed(old, remedy)
    replaced = tuple(tuple(new if policy is old else policy for policy in group) for group in grouped)
    return _regrouped(policies, remedy.layer, replaced)


def _narrow(judged: Judged, known: Facts, policies: Policies) -> Remedy:
    """The first narrower form of a Deny that spares the request, else its removal."""
    group, position = _place(judged.policy, groups(judged.layer, policies))
    old = judged.statement
    for statement in sparing(judged, known):
        if not judge(judged.layer, judged.policy, statement, known).matched:
            text = _difference(old, statement, judged.policy.kind)
            return Remedy(judged.layer, judged.policy, Change.CHANGE, old.pointer, text, statement, group, position)
    text = _pretty(spelling.document(old, judged.policy.kind))
    return Remedy(judged.layer, judged.policy, Change.REMOVE, old.pointer, text, None, group, position)


def _open(layer: Layer, decision: Explained, known: Facts, permissive: Policies) -> Iterator[Remedy]:
    """A remedy for each group of the layer that holds no allow."""
    if sentence := _out_of_reach(layer, known, decision.policies):
        yield Remedy(layer, None, Change.ASSUME_ROLE, "", sentence)
        return
    for number, group in (silent(decision, layer) or {0: ()}).items():
        yield _admit(layer, decision, group, permissive) or _add(layer, known, decision.policies, number)


def _admit(layer: Layer, decision: Explained, group: tuple[Policy, ...], permissive: Policies) -> Remedy | None:
    """The nearest Allow with its conditions widened, if then nothing is missing that was not missing before."""
    judged = nearest_allow(decision, layer, group)
    statement = admitting(judged) if judged and _writable(judged.policy) else None
    if judged is None or statement is None:
        return None
    policy, old = judged.policy, judged.statement
    text = _difference(old, statement, policy.kind)
    at = _place(policy, groups(layer, decision.policies))
    remedy = Remedy(layer, policy, Change.CHANGE, old.pointer, text, statement, *at)
    before = trace(decision.request, permissive).refusing
    after = trace(decision.request, apply(permissive, remedy)).refusing
    matched = judge(layer, policy, statement, facts(decision.request, decision.policies)).matched
    return remedy if matched and set(after) <= set(before) else None


def _add(layer: Layer, known: Facts, policies: Policies, number: int) -> Remedy:
    """A new statement in the first policy of the group that its owner can change, else in a new policy.

    A permissions boundary cannot be joined by a second one, so it changes even where AWS owns it.
    """
    grouped = groups(layer, policies)
    group = grouped[number] if grouped else ()
    policy = next((policy for policy in group if _writable(policy) or layer is Layer.BOUNDARY), None)
    if policy is None:
        statement = allowing(layer, known, 0, variables=True)
        text = _pretty(spelling.policy((statement,), _KINDS[layer], variables=True))
        return Remedy(layer, None, Change.ADD, statement.pointer, text, statement, number)
    statement = allowing(layer, known, len(policy.statements), variables=policy.variables)
    text = _pretty(spelling.document(statement, policy.kind))
    at = _place(policy, grouped)
    return Remedy(layer, policy, Change.ADD, statement.pointer, text, statement, *at)


def _out_of_reach(layer: Layer, known: Facts, policies: Policies) -> str:
    """Why no policy of the resource's side can help, empty where one can."""
    if layer not in (Layer.RESOURCE, Layer.TRUST):
        return ""
    account = known.request.resource_account
    if known.caller.foreign:
        there = arn.parse(known.request.resource).partition
        here = known.caller.partition
        return f"no policy reaches from partition `{here}` into `{there}`: call with an identity of that partition"
    action, resource = known.request.action, known.request.resource
    if policies.resource is None and not has_policy(action, resource):
        kind = f"`{service_of(action)}`" if service_of(action) != "glue" else "`glue` beside the catalog"
        return f"resources of {kind} have no policy of their own: assume a role in account `{account}`"
    return ""


_KINDS = {
    Layer.IDENTITY: Kind.IDENTITY,
    Layer.RESOURCE: Kind.RESOURCE,
    Layer.TRUST: Kind.TRUST,
    Layer.BOUNDARY: Kind.BOUNDARY,
    Layer.SESSION: Kind.SESSION,
    Layer.SCP: Kind.SCP,
    Layer.RCP: Kind.RCP,
}


def _writable(policy: Policy) -> bool:
    """AWS managed policies belong to the account `aws` and cannot be changed."""
    return policy.arn is None or "::aws:" not in policy.arn


def _place(policy: Policy, grouped: Groups) -> tuple[int, int]:
    return next(
        (number, position)
        for number, group in enumerate(grouped)
        for position, other in enumerate(group)
        if other is policy
    )


def _new_policy(remedy: Remedy) -> Policy:
    assert remedy.statement is not None
    name, kind = f"new {remedy.layer.value}", _KINDS[remedy.layer]
    document = spelling.policy((remedy.statement,), kind, variables=True)
    return Policy(kind, name, (remedy.statement,), unwritten(f"<{name}>"), document=document)


def _changed(policy: Policy, remedy: Remedy) -> Policy:
    if remedy.kind is Change.ADD:
        statements: tuple[Statement | None, ...] = (*policy.statements, remedy.statement)
    else:
        place = remedy.statement_pointer
        statements = tuple(remedy.statement if old.pointer == place else old for old in policy.statements)
    kept = tuple(statement for statement in statements if statement is not None)
    document = spelling.policy(kept, policy.kind, variables=policy.variables)
    return replace(policy, statements=kept, document=document)


def _without_denies(policies: Policies) -> Policies:
    """The same policies without their Deny statements, to see what is only missing."""
    for layer in Layer:
        grouped = tuple(
            tuple(
                replace(policy, statements=tuple(s for s in policy.statements if s.effect is Effect.ALLOW))
                for policy in group
            )
            for group in groups(layer, policies)
        )
        policies = _regrouped(policies, layer, grouped)
    return policies


def _regrouped(policies: Policies, layer: Layer, grouped: Groups) -> Policies:
    """The inverse of `layers.groups`."""
    match layer:
        case Layer.SCP:
            return replace(policies, scps=grouped)
        case Layer.RCP:
            return replace(policies, rcps=grouped)
        case Layer.RESOURCE | Layer.TRUST:
            return replace(policies, resource=grouped[0][0] if grouped else None)
        case Layer.IDENTITY:
            return replace(policies, identity=grouped[0])
        case Layer.BOUNDARY:
            return replace(policies, boundaries=tuple(boundary for (boundary,) in grouped))
        case Layer.SESSION:
            return replace(policies, sessions=grouped[0] if grouped else ())


def _difference(old: Statement, new: Statement, kind: Kind) -> str:
    """The elements that change; the whole statement where one of them goes."""
    before, after = spelling.document(old, kind), spelling.document(new, kind)
    if before.keys() - after.keys():
        return _pretty(after)
    return _pretty({name: value for name, value in after.items() if before.get(name) != value})


def _pretty(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
