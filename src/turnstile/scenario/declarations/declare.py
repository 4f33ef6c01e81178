"""From entries of the file to declarations: names resolved, policies and definitions parsed, every fault gathered.

A declaration that has a fault is left out, so that the rest can still be looked at. This file makes the world's values
but builds no world.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.document import compact
from turnstile.scenario.declarations.entries import Entries, some
from turnstile.scenario.declarations.functions import read_function
from turnstile.scenario.declarations.identities import Identities
from turnstile.scenario.declarations.jobs import read_jobs
from turnstile.scenario.declarations.joining import joined, joined_machines
from turnstile.scenario.declarations.organizing import organization
from turnstile.scenario.declarations.region import region_remedy
from turnstile.scenario.declarations.rehearsing import read_results
from turnstile.scenario.declarations.resource_policies import policies_in
from turnstile.scenario.declarations.stubs import read_stubs
from turnstile.scenario.declarations.variables import environment
from turnstile.spelling import hint
from turnstile.world.declaration import AccountDeclaration, Declarations, MachineDeclaration, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.scenario.models.account_entries import AccountEntry, ResourceEntry
    from turnstile.scenario.models.file import MachineEntry


class Declaring(Entries):
    """The world of a case being read; `faults` grows."""

    def declarations(self) -> Declarations:
        """Everything that could be read."""
        self._distinct("id", "duplicate-account-id", "account id", "an id")
        self._distinct("alias", "duplicate-alias", "alias", "an alias")
        identities = Identities(self)
        accounts = tuple(self._account(name, entry, identities) for name, entry in self.world.accounts.items())
        machines = joined_machines(self, tuple(self._machines()))
        aws = {arn: policy for draft in self.imports.drafts.values() for arn, policy in draft.aws_policies.items()}
        policies = tuple((identities.aws | aws).values())
        settings = self.world.settings.settings()
        return Declarations(accounts, machines, organization(self), policies, settings, tuple(self.unsupported))

    def _distinct(self, key: str, code: str, what: str, one: str) -> None:
        """No two accounts have the same; aliases are distinct in all of AWS, within a partition."""
        owners: dict[str, str] = {}
        for name, account in self.world.accounts.items():
            value = getattr(account, key)
            owner = owners.setdefault(value, name)
            if value is not None and owner != name:
                message = f"`{name}` has the {what} of `{owner}`, `{value}`"
                self.fault(("accounts", name, key), code, message, f"give each account {one} of its own")

    def _account(self, name: str, entry: AccountEntry, identities: Identities) -> AccountDeclaration:
        place = ("accounts", name)
        self.name("account", name, place)
        if (remedy := region_remedy(entry.region)) is not None:
            origin = self.written.origin(*place, "region")
            self.faults.append(origin.fault("unknown-region", f"`{entry.region}` is not a Region", remedy))
        elif (own := partition_of(entry.region).name) != (entry.partition or own):
            message = (
                f"the Region `{entry.region}` is in partition `{own}`, the account `{name}` in `{entry.partition}`"
            )
            remedy = f"write `partition: {own}`, or choose another Region"
            self.fault((*place, "partition"), "region-partition", message, remedy)
        functions = (read_function(self, name, function, value) for function, value in entry.functions.items())
        resources = tuple(self._resource(name, index, value) for index, value in enumerate(entry.resources))
        declared = AccountDeclaration(
            entry.id,
            name,
            entry.region,
            identities.roles(name, entry),
            some(functions),
            resources,
            identities.users(name, entry),
            identities.groups(name, entry),
            identities.policies(name, entry),
            alias=entry.alias or "",
            stubs=read_stubs(self, name, entry.stubs),
            jobs=read_jobs(self, name, entry.jobs),
        )
        return joined(self, declared, partial(environment, self))

    def _resource(self, account: str, index: int, entry: ResourceEntry) -> Resource:
        place = ("accounts", account, "resources", index)
        parameters = self.substituted(entry.parameters, (*place, "parameters"))
        self._known_operation(entry, place)
        origin = self.written.origin(*place)
        policies = policies_in(parameters, origin.at("parameters"))
        return Resource(entry.service, entry.operation, parameters, origin, policies=policies)

    def _known_operation(self, entry: ResourceEntry, place: tuple[str | int, ...]) -> None:
        """Tell a misspelt service or operation from one that is not emulated."""
        from turnstile.backends.moto_codec import service, services  # noqa: PLC0415 - loads botocore, for resources only

        known = services()
        if entry.service not in known:
            message = f"there is no service `{entry.service}`"
            self.fault((*place, "service"), "unknown-service", message, hint(entry.service, known, "services"))
            return
        operations = service(entry.service).model.operation_names
        if entry.operation not in operations:
            message = f"`{entry.service}` has no operation `{entry.operation}`"
            self.fault(
                (*place, "operation"), "unknown-operation", message, hint(entry.operation, operations, "operations")
            )

    def _machines(self) -> Iterator[MachineDeclaration]:
        for name, entry in self.world.state_machines.items():
            self.name("state machine", name, ("state_machines", name))
            machine = self._machine(name, entry)
            if machine is not None:
                yield machine

    def _machine(self, name: str, entry: MachineEntry) -> MachineDeclaration | None:
        place = ("state_machines", name)
        texts = dict(self.names.texts) | self.substituted(entry.substitutions, (*place, "substitutions"))
        origin = self.written.origin(*place)
        account = self.world.accounts.get(entry.account)
        if account is None:
            self._unknown_account(entry.account, (*place, "account"))
        role = ""
        if account is not None or "/" in entry.role:
            role = self.names.role(entry.role, entry.account, self.written.origin(*place, "role"), self.faults)
        read = self.attempt(lambda: self.resolved(entry.definition, texts, (*place, "definition")))
        definition = self.attempt(lambda: self.library.definition(*read)) if read else None
        if account is None or read is None or definition is None:
            return None
        arn, text = self.names.machines[name], compact(read[0])
        results = read_results(entry.stubs, definition, self.names, origin.at("stubs"), self.faults)
        facts = (account.id, account.region, role, entry.type, text, definition, origin)
        return MachineDeclaration(name, arn, *facts, results=results)

    def _unknown_account(self, name: str, place: tuple[str, ...]) -> None:
        message = f"the account `{name}` is not declared"
        remedy = hint(name, self.names.accounts, "accounts")
        self.faults.append(self.written.origin(*place).fault("unknown-account", message, remedy))
