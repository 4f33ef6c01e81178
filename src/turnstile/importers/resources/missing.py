"""Identities that declarations name and no account of the world has: in trust policies, for machines and functions.

Names in accounts that the world does not have are left alone, for nothing is known of those. IAM refuses a trust policy
that names somebody who does not exist; a function or machine without its role cannot be created; a Task that takes a
role that is not there fails when it runs.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from turnstile.iam.reading import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.importers.kinds import Draft
    from turnstile.source import Origin
    from turnstile.world.declaration import MachineDeclaration
    from turnstile.world.role import Role
    from turnstile.world.user import Group, User

_IDENTITY = re.compile(r"arn:[a-z-]+:iam::(\d{12}):(role|user|policy)/[^*?$]+")


def missing(drafts: Iterable[Draft], owners: Collection[str], known: Collection[str]) -> tuple[Fault, ...]:
    """A fault for each identity or managed policy that is named and does not exist, at its line.

    `owners` are the ids of accounts of which everything is known, `known` the ARNs that exist besides those of the
    drafts.
    """
    drafts = tuple(drafts)
    there = {*known, *chain.from_iterable((*each.roles, *each.users, *each.policies) for each in drafts)}
    named = chain.from_iterable(map(_named, drafts))
    return tuple(_fault(arn, origin, there) for arn, origin in named if arn not in there and _of(arn, owners))


def _of(arn: str, owners: Collection[str]) -> bool:
    match = _IDENTITY.fullmatch(arn)
    return match is not None and match[1] in owners and ":role/aws-service-role/" not in arn


def _fault(arn: str, origin: Origin, known: Collection[str]) -> Fault:
    kind = arn.split(":", 5)[5].partition("/")[0]
    word = "managed policy" if kind == "policy" else kind
    alike = [each for each in known if f":{kind}/" in each]
    remedy = nearest(arn, alike) if alike else "declare it, or correct the ARN"
    return origin.fault(f"unknown-{kind}", f"there is no {word} `{arn}`", remedy)


def _named(draft: Draft) -> Iterator[tuple[str, Origin]]:
    """Every identity and policy that a draft names, with the place where it does."""
    for role in draft.roles.values():
        for statement in role.trust.statements:
            if statement.principals is not None:
                origin = role.trust.origin.within(statement.principals.pointer)
                yield from ((value, origin) for _, value in statement.principals.entries)
    limited: tuple[Role | User, ...] = (*draft.roles.values(), *draft.users.values())
    identities: tuple[Role | User | Group, ...] = (*limited, *draft.groups.values())
    for identity in identities:
        yield from ((arn, identity.origin) for arn in identity.managed)
    yield from ((identity.boundary, identity.origin) for identity in limited)
    yield from ((function.role, function.origin) for function in draft.functions.values())
    yield from chain.from_iterable(map(_of_machine, draft.machines.values()))


def _of_machine(machine: MachineDeclaration) -> Iterator[tuple[str, Origin]]:
    yield machine.role_arn, machine.origin
    yield from _credentials(machine.definition)


def _credentials(definition: StateMachine) -> Iterator[tuple[str, Origin]]:
    """The roles that Tasks take, where they are written out."""
    pending: list[tuple[Json, Origin]] = [(definition.document, definition.origin)]
    while pending:
        value, origin = pending.pop()
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, member in members:
            if name == "Credentials" and isinstance(member, dict) and isinstance(member.get("RoleArn"), str):
                yield member["RoleArn"], origin.at("Credentials", "RoleArn")
            else:
                pending.append((member, origin.at(name)))
