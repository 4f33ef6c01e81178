"""What there is to cover in policies, and which statements let calls through or denied them.

A granted action is exercised when a call went through that its statement granted; `s3:*` is by any action of S3. Of
several statements that would grant a call, the first is the one that did (`iam.decision.Granting`). Policies of AWS are
nobody's own to cover, and neither are the allows of boundaries and control policies, which grant nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.arn import parse as parse_arn
from turnstile.asl.definition import Task
from turnstile.faults import Rejected
from turnstile.iam.match import action_matches
from turnstile.iam.parse import parse
from turnstile.iam.policy import Effect, Kind
from turnstile.report.tally import DENIALS, PERMISSIONS, Item
from turnstile.report.turned import CHANGED, states
from turnstile.world.managed import as_boundary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.faults import Where
    from turnstile.gate.trail import Entry
    from turnstile.iam.policy import Policy, Statement
    from turnstile.source import Origin
    from turnstile.world.declaration import AccountDeclaration, Declarations, MachineDeclaration
    from turnstile.world.organization import Unit

_GRANTING = (Kind.IDENTITY, Kind.RESOURCE, Kind.TRUST)


def granted(declarations: Declarations, trail: Iterable[Entry]) -> dict[Item, int]:
    """How often each granted action, each Deny statement and each border of a Task was met."""
    used: dict[Where, Counter[str]] = {}
    denied: Counter[Where] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    for entry in trail:
        if entry.ruling.allowed:
            for where, action in _used(entry):
                used.setdefault(where, Counter())[action] += 1
            continue
        denied.update(_denied(entry))
        if entry.call.site is not None:
            refused[_machine(entry.call.site.execution), entry.call.site.state] += 1
    hits: dict[Item, int] = {}
    for owner, policy in _policies(declarations):
        for item, where, pattern in _items(owner, policy):
            hits[item] = _times(used.get(where, _NEVER), pattern) if pattern else denied[where]
    for machine in declarations.machines:
        for item in _borders(machine):
            hits[item] = refused[machine.arn, _state(item)]
    return hits


_NEVER: Mapping[str, int] = {}


def _times(used: Mapping[str, int], pattern: str) -> int:
    """How many calls a statement granted whose action a pattern of it covers; `!` marks the actions of NotAction."""
    return sum(times for action, times in used.items() if pattern.startswith("!") or action_matches(pattern, action))


def _used(entry: Entry) -> Iterator[tuple[Where, str]]:
    """The place of each statement that granted a permission of a call, and the action."""
    for decision in entry.ruling.decisions:
        for _, policy, statement in decision.granting:
            if policy.kind in _GRANTING:
                yield _where(policy, statement), decision.request.action


def _denied(entry: Entry) -> Iterator[Where]:
    """The place of each Deny statement that a call met."""
    for decision in entry.ruling.decisions:
        if not decision.allowed:
            for judged in decision.judged:
                if judged.statement.effect is Effect.DENY and judged.matched:
                    yield _where(judged.policy, judged.statement)


@lru_cache(maxsize=8192)
def _place(origin: Origin, pointer: str) -> Where:
    return origin.within(pointer).written.where()


def _where(policy: Policy, statement: Statement) -> Where:
    return _place(policy.origin, statement.pointer)


@lru_cache(maxsize=2048)
def _items(owner: str, policy: Policy) -> tuple[tuple[Item, Where, str], ...]:
    """Each item of a policy with the place of its statement and the pattern of the action, empty for a Deny."""
    found: list[tuple[Item, Where, str]] = []
    for statement in policy.statements:
        where = _where(policy, statement)
        if not where.line or where.pointer.startswith(CHANGED):
            continue
        told = f"{policy.name}, statement {statement.sid or statement.index + 1}"
        if statement.effect is Effect.DENY:
            found.append((Item(DENIALS, where, owner, f"{told} denies"), where, ""))
        elif policy.kind in _GRANTING:
            for pattern in _patterns(statement):
                item = Item(PERMISSIONS, where, owner, f"{told} grants {pattern.replace('!', 'all but ')}")
                found.append((item, where, pattern))
    return tuple(found)


def _patterns(statement: Statement) -> tuple[str, ...]:
    if statement.not_actions:
        return ("!" + ", ".join(statement.actions),)
    return tuple(dict.fromkeys(statement.actions))


def _policies(declarations: Declarations) -> Iterator[tuple[str, Policy]]:
    """Every policy that somebody declared, with whose it is."""
    for account in declarations.accounts:
        yield from _of_account(account)
    if declarations.organization is not None:
        yield from _of_unit(declarations.organization.root)


def _of_account(account: AccountDeclaration) -> Iterator[tuple[str, Policy]]:
    for role in account.roles:
        yield role.arn, role.trust
        yield from ((role.arn, policy) for policy in role.policies)
    for user in account.users:
        yield from ((user.arn, policy) for policy in user.policies)
    for group in account.groups:
        yield from ((group.arn, policy) for policy in group.policies)
    attached = {arn for role in account.roles for arn in role.managed}
    attached |= {arn for user in account.users for arn in user.managed}
    attached |= {arn for group in account.groups for arn in group.managed}
    for managed in account.policies:
        yield managed.arn, managed.policy if managed.arn in attached else as_boundary(managed.policy)
    for function in account.functions:
        if function.policy is not None:
            yield function.arn, function.policy
    for resource in (*account.resources, *account.finishing):
        for text, origin in resource.policies.items():
            policy = _resource_policy(text, origin)
            if policy is not None:
                yield account.id, policy


def _of_unit(unit: Unit) -> Iterator[tuple[str, Policy]]:
    for controls in (unit.controls, *unit.accounts.values()):
        yield from ((unit.id, policy) for policy in (*controls.scps, *controls.rcps))
    for inner in unit.units:
        yield from _of_unit(inner)


@lru_cache(maxsize=512)
def _resource_policy(text: str, origin: Origin) -> Policy | None:
    """The policy that a declared resource is given; None where it is none, of which staging tells."""
    try:
        return parse(json.loads(text), kind=Kind.RESOURCE, name="resource policy", origin=origin)
    except (Rejected, ValueError):
        return None


def _borders(machine: MachineDeclaration) -> Iterator[Item]:
    """An item for each Task that takes another role: that it was refused once."""
    if machine.definition.origin.written.pointer.startswith(CHANGED):
        return
    for state in states(machine.definition):
        if isinstance(state, Task) and state.credentials is not None:
            where = machine.definition.origin.within(f"{state.pointer}/Credentials").written.where()
            yield Item(DENIALS, where, machine.arn, f"{state.name}{_REFUSED}")


_REFUSED = " is refused across accounts"


def _state(item: Item) -> str:
    return item.name.removesuffix(_REFUSED)


@lru_cache(maxsize=1024)
def _machine(execution: str) -> str:
    """The ARN of the machine that an execution, or a child of its Map Run, belongs to."""
    arn = parse_arn(execution)
    name = arn.resource.split(":")[1].partition("/")[0]
    return str(Arn(arn.partition, arn.service, arn.region, arn.account, f"stateMachine:{name}"))
