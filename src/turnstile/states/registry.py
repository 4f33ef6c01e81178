"""What the Step Functions service keeps: machines, what was published of them, and executions, found by ARN.

A machine that is being deleted stays until its last execution has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.states.execution import Status
from turnstile.states.naming import EXECUTION, MAP_RUN, check_kind, is_version, no_machine, no_resource, split_qualifier
from turnstile.world.machine import Published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.states.execution import Execution
    from turnstile.states.map_run import MapRun, MapRuns
    from turnstile.world.machine import Alias, Machine, Version
    from turnstile.world.world import Account, World


@dataclass(frozen=True, slots=True)
class Target:
    """What an execution is started from; the ARNs are empty where no version or alias is concerned."""

    machine: Machine
    version_arn: str = ""
    alias_arn: str = ""


class Registry:
    """Looks things up by ARN and refuses what is not there."""

    def __init__(self, world: World, map_runs: MapRuns) -> None:
        self.world = world
        self.map_runs = map_runs
        self.executions: dict[str, Execution] = {}

    def machine(self, arn: str) -> Machine:
        """The state machine with that unqualified ARN.

        Raises:
            ServiceError: InvalidArn or StateMachineDoesNotExist.
        """
        plain, qualifier = split_qualifier(arn)
        found = None if qualifier else self.find(plain)
        if found is None:
            raise no_machine(arn)
        return found

    def living(self, arn: str) -> Machine:
        """The same, refused while it is being deleted; the text is *inferred*.

        Raises:
            ServiceError: InvalidArn, StateMachineDoesNotExist or StateMachineDeleting.
        """
        machine = self.machine(arn)
        if machine.deleting:
            raise ServiceError("StateMachineDeleting", f"State Machine is being deleted: '{machine.arn}'")
        return machine

    def find(self, arn: str) -> Machine | None:
        """The state machine with that unqualified ARN, if it exists."""
        machine = self.world.machine(arn)
        if machine is not None and machine.deleting and not self._busy(arn):
            self._forget(arn)
            return None
        return machine

    def machines(self, account: Account, region: str) -> Iterator[Machine]:
        """The state machines of an account in a Region, in order of creation."""
        for arn, machine in list(account.machines.items()):
            if machine.region == region and self.find(arn) is not None:
                yield machine

    def delete(self, machine: Machine) -> None:
        """Let a machine go, as soon as none of its executions runs."""
        account = self.world.accounts[machine.account]
        account.machines[machine.arn] = replace(machine, deleting=True)
        self.find(machine.arn)

    def published(self, machine_arn: str) -> Published:
        """The versions and aliases of a machine; changing it changes them."""
        account = self.world.owner(machine_arn)
        return account.published.setdefault(machine_arn, Published()) if account else Published()

    def version(self, arn: str) -> Version | None:
        """The version with that ARN, if it exists."""
        return self.published(split_qualifier(arn)[0]).versions.get(arn)

    def alias(self, arn: str) -> Alias | None:
        """The alias with that ARN, if it exists."""
        return self.published(split_qualifier(arn)[0]).aliases.get(arn)

    def target(self, arn: str) -> Target:
        """What an execution starts from: a machine, a version, or the version an alias draws.

        Raises:
            ServiceError: InvalidArn, StateMachineDoesNotExist or StateMachineDeleting.
        """
        plain, qualifier = split_qualifier(arn)
        alias = None if is_version(qualifier) else self.alias(arn)
        version_arn = arn if alias is None else self._drawn(alias)
        version = self.version(version_arn)
        if qualifier and version is None:
            raise no_machine(arn)
        current = self.living(plain)
        if version is None:
            return Target(current)
        return Target(version.machine, version.arn, alias.arn if alias else "")

    def _drawn(self, alias: Alias) -> str:
        weights = [route.weight for route in alias.routes]
        if len(weights) == 1:
            return alias.routes[0].version_arn
        return self.world.random.choices(alias.routes, weights)[0].version_arn

    def execution(self, arn: str) -> Execution:
        """The Standard execution with that ARN, a child of a Map Run or not.

        Raises:
            ServiceError: InvalidArn or ExecutionDoesNotExist.
        """
        check_kind(arn, EXECUTION)
        execution = self.executions.get(arn) or self.map_runs.children.get(arn)
        if execution is None:
            raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return execution

    def map_run(self, arn: str) -> MapRun:
        """The Map Run with that ARN.

        Raises:
            ServiceError: InvalidArn or ResourceNotFound.
        """
        check_kind(arn, MAP_RUN)
        run = self.map_runs.runs.get(arn)
        if run is None:
            raise no_resource()
        return run

    def _busy(self, machine_arn: str) -> bool:
        running = (each for each in self.executions.values() if each.status is Status.RUNNING)
        return any(each.machine.arn == machine_arn for each in running)

    def _forget(self, machine_arn: str) -> None:
        account = self.world.owner(machine_arn)
        if account is not None:
            for kept in (account.machines, account.published, account.tags):
                kept.pop(machine_arn, None)
