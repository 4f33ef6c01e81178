"""What a case starts from, as values: accounts with their roles, functions and resources, and state machines.

Everything here is resolved and parsed; roles and functions are the world's own values, shared by all cases that do not
change them. `declare` makes declarations, `stage` builds a world of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.faults import Unsupported
    from turnstile.source import Origin
    from turnstile.world.function import Function
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.organization import Organization
    from turnstile.world.role import Role
    from turnstile.world.user import Group, User


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A call that makes something an account owns."""

    service: str
    operation: str
    parameters: Mapping[str, Json]
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class AccountDeclaration:
    """An account and what it owns; `name` is the one the scenario gives it."""

    id: str
    name: str
    region: str
    roles: tuple[Role, ...]
    functions: tuple[Function, ...]
    resources: tuple[Resource, ...]
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MachineDeclaration:
    """A state machine; `account` is an account id, `text` the JSON of the definition, `type` STANDARD or EXPRESS."""

    name: str
    arn: str
    account: str
    region: str
    role_arn: str
    type: str
    text: str
    definition: StateMachine
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class Declarations:
    """A whole world, not yet built; `aws_policies` are those of AWS that somebody in it has.

    `unsupported` is what its definitions need that is not emulated.
    """

    accounts: tuple[AccountDeclaration, ...]
    machines: tuple[MachineDeclaration, ...]
    organization: Organization | None = None
    aws_policies: tuple[ManagedPolicy, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
