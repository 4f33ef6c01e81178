"""What a report tells of the world a case ran in: its executions and its accounts, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam.policy import Effect
from turnstile.report.course import Dweller, Home, Run
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.source import Origin
    from turnstile.states.execution import Execution
    from turnstile.world.declaration import AccountDeclaration, Declarations
    from turnstile.world.role import Role
    from turnstile.world.stages import Stages


def runs(executions: Iterable[Execution], stages: Stages | None = None) -> tuple[Run, ...]:
    """The executions of a world: those that were started, then the children of distributed Maps."""
    return tuple(_run(execution, stages) for execution in executions)


def _run(execution: Execution, stages: Stages | None) -> Run:
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
        None if stages is None else stages.of(execution.arn),
        machine.definition.origin.written.where(),
    )


def homes(declarations: Declarations) -> tuple[Home, ...]:
    """The accounts of a world as declared."""
    return tuple(
        Home(account.id, account.name, account.region, tuple(_dwellers(account, declarations)))
        for account in declarations.accounts
    )


def sites(refused: Iterable[Entry], declarations: Declarations) -> dict[tuple[str, str], Origin]:
    """Where the states are written whose calls were refused, by ARN of the execution and name of the state."""
    machines = {machine.arn: machine.definition for machine in declarations.machines}
    found: dict[tuple[str, str], Origin] = {}
    for site in (entry.call.site for entry in refused):
        if site is None or (site.execution, site.state) in found:
            continue
        definition = machines.get(_machine(site.execution))
        place = _place(definition.document, site.state) if definition is not None else None
        if definition is not None and place is not None:
            found[site.execution, site.state] = definition.origin.at(*place)
    return found


def declared(refused: Iterable[Entry], declarations: Declarations) -> dict[str, Origin]:
    """Where the roles, users and functions are declared that were refused, or that calls were refused on, by ARN."""
    met = {name for entry in refused for name in _parties(entry)}
    found: dict[str, Origin] = {}
    for account in declarations.accounts if met else ():
        found |= {one.arn: one.origin for one in account.roles if one.arn in met}
        found |= {one.arn: one.origin for one in account.users if one.arn in met}
        found |= {one.arn: one.origin for one in account.functions if one.arn in met}
    return found


def _parties(entry: Entry) -> Iterator[str]:
    caller = entry.call.caller
    yield caller.role_arn if isinstance(caller, Session) else caller.arn
    yield from (decision.request.resource for decision in entry.ruling.decisions)


def _machine(execution: str) -> str:
    """The ARN of the machine that an execution is of (`execution:NAME:ID`, `express:NAME:ID:UUID`)."""
    parts = execution.split(":")
    return ":".join((*parts[:5], "stateMachine", *parts[6:7]))


def _place(document: Json, name: str) -> tuple[str | int, ...] | None:
    """Where a state stands in a definition, in the outermost scope or inside of a Parallel or Map."""
    states = document.get("States", {})
    if name in states:
        return "States", name
    for outer, state in states.items():
        for inner, part in _scopes(state):
            found = _place(part, name)
            if found is not None:
                return "States", outer, *inner, *found
    return None


def _scopes(state: Json) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    for index, branch in enumerate(state.get("Branches", ())):
        yield ("Branches", index), branch
    for key in ("ItemProcessor", "Iterator"):
        if key in state:
            yield (key,), state[key]


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
