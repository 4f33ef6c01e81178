"""What a case starts from, as values: accounts with their roles, functions and resources, and state machines.

Everything here is resolved and parsed; roles and functions are the world's own values, shared by all cases that do not
change them. `declare` makes declarations, `stage` builds a world of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.world.settings import DEFAULT_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.faults import Unsupported
    from turnstile.source import Origin
    from turnstile.world.answers import Script
    from turnstile.world.function import Function
    from turnstile.world.job_plan import JobRule
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.organization import Organization
    from turnstile.world.role import Role
    from turnstile.world.settings import Settings
    from turnstile.world.user import Group, User


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A call that makes something an account owns.

    `made` holds the ids that the service is to make up just so, by their place in the answer (`KeyMetadata.KeyId`).
    `region` is that of the account where it is left empty. `policies` are the places of policies in the parameters, by
    the JSON text they are sent as.
    """

    service: str
    operation: str
    parameters: Mapping[str, Json]
    origin: Origin
    made: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    policies: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class AccountDeclaration:
    """An account and what it owns; `name` is the one the scenario gives it, `alias` the one IAM shows.

    `finishing` are the calls that need its state machines, such as aliases of them. `stubs` are declared answers of
    services by `service:Operation`, `jobs` the plans of jobs by the call that starts them. `secrets` are values that no
    report may show, wherever they turn up.
    """

    id: str
    name: str
    region: str
    roles: tuple[Role, ...]
    functions: tuple[Function, ...]
    resources: tuple[Resource, ...]
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    alias: str = ""
    finishing: tuple[Resource, ...] = ()
    stubs: Mapping[str, Script] = field(default_factory=dict)
    jobs: Mapping[str, tuple[JobRule, ...]] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class MachineDeclaration:
    """A state machine; `account` is an account id, `text` the JSON of the definition, `type` STANDARD or EXPRESS.

    `logging` and `tracing` are configurations as CreateStateMachine takes them, None for none. `results` are declared
    results of its Tasks by state.
    """

    name: str
    arn: str
    account: str
    region: str
    role_arn: str
    type: str
    text: str
    definition: StateMachine
    origin: Origin
    logging: Json = None
    tracing: Json = None
    tags: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, Script] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Declarations:
    """A whole world, not yet built; `aws_policies` are those of AWS that somebody in it has.

    `unsupported` is what its definitions need that is not emulated.
    """

    accounts: tuple[AccountDeclaration, ...]
    machines: tuple[MachineDeclaration, ...]
    organization: Organization | None = None
    aws_policies: tuple[ManagedPolicy, ...] = ()
    settings: Settings = DEFAULT_SETTINGS
    unsupported: tuple[Unsupported, ...] = ()
