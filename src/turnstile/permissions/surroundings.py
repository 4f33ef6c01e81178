"""Where a state machine is, and what is declared around it, as far as that is known without running anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.world.settings import DEFAULT_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.world.declaration import AccountDeclaration, Declarations, MachineDeclaration
    from turnstile.world.settings import Settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The place of a machine and what is around it.

    `machine` is its ARN, None for a definition by itself. `roles` holds the ARNs of all roles by the id of the account,
    for the accounts that are declared; `types` the types of state machines by ARN, `buckets` the Regions of buckets by
    partition and name.
    """

    machine: arns.Arn | None = None
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    buckets: Mapping[tuple[str, str], str] = field(default_factory=dict)
    settings: Settings = DEFAULT_SETTINGS


NOWHERE = Surroundings()


def around(machine: MachineDeclaration, declarations: Declarations) -> Surroundings:
    """What declarations say about the surroundings of one of their machines."""
    return Surroundings(
        arns.parse(machine.arn),
        {account.id: frozenset(role.arn for role in account.roles) for account in declarations.accounts},
        {each.arn: each.type for each in declarations.machines},
        dict(bucket for account in declarations.accounts for bucket in _buckets(account)),
        declarations.settings,
    )


def _buckets(account: AccountDeclaration) -> Iterator[tuple[tuple[str, str], str]]:
    for resource in account.resources:
        if (resource.service, resource.operation) == ("s3", "CreateBucket"):
            region = resource.region or account.region
            given = (resource.parameters.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
            yield (arns.partition_of(region).name, str(resource.parameters.get("Bucket", ""))), given or region
