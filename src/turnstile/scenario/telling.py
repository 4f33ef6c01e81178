"""What a report tells of the world a case ran in: its executions and its accounts, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam.policy import Effect
from turnstile.report.course import Dweller, Home, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.states.execution import Execution
    from turnstile.world.declaration import AccountDeclaration, Declarations
    from turnstile.world.role import Role


def runs(executions: Iterable[Execution]) -> tuple[Run, ...]:
    """The executions of a world, in the order they were started."""
    return tuple(_run(execution) for execution in executions)


def _run(execution: Execution) -> Run:
    machine = execution.machine
    return Run(
        execution.arn,
        execution.name,
        machine.arn,
        machine.role_arn,
        execution.status.value,
        machine.definition.document,
        execution.started,
        execution.stopped,
        execution.input,
        execution.output,
        execution.error,
        execution.cause,
        execution.events,
    )


def homes(declarations: Declarations) -> tuple[Home, ...]:
    """The accounts of a world as declared."""
    return tuple(
        Home(account.id, account.name, account.region, tuple(_dwellers(account, declarations)))
        for account in declarations.accounts
    )


def _dwellers(account: AccountDeclaration, declarations: Declarations) -> Iterator[Dweller]:
    for machine in declarations.machines:
        if machine.account == account.id:
            yield Dweller("state machine", machine.arn, machine.name, machine.role_arn)
    for role in account.roles:
        yield Dweller("role", role.arn, role.name, trusts=tuple(_trusted(role)))
    for function in account.functions:
        yield Dweller("function", function.arn, function.arn.rpartition(":")[2])


def _trusted(role: Role) -> Iterator[str]:
    for statement in role.trust.statements:
        if statement.effect is Effect.ALLOW and statement.principals and not statement.principals.negated:
            yield from dict.fromkeys(value for _, value in statement.principals.entries)
