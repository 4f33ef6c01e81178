"""What a scenario declares together with what files of other tools bring: one account, in which no ARN stands twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.iam.policy import Kind
from turnstile.importers.brought import COLLECTIONS, twice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from turnstile.importers.brought import Declared
    from turnstile.scenario.declarations.entries import Entries
    from turnstile.scenario.models.function_entries import FunctionFactsEntry
    from turnstile.world.declaration import AccountDeclaration, MachineDeclaration
    from turnstile.world.function import Function

    Environment = Callable[[FunctionFactsEntry, tuple[str, ...]], Mapping[str, str] | None]


def joined(entries: Entries, own: AccountDeclaration, environment: Environment) -> AccountDeclaration:
    """The account with what files bring; `environment` reads variables of functions."""
    draft = entries.imports.draft(own.name)
    for collection, kind in COLLECTIONS.items():
        if collection != "machines":
            _distinct(entries, getattr(own, collection), getattr(draft, collection), kind)
    entries.unsupported += draft.unsupported
    functions = {arn: _with_facts(entries, own.name, each, environment) for arn, each in draft.functions.items()}
    return replace(draft, functions=functions).into(own)


def joined_machines(entries: Entries, own: tuple[MachineDeclaration, ...]) -> tuple[MachineDeclaration, ...]:
    """The state machines of the file and those that files bring."""
    imported = {machine.arn: machine for machine in entries.imports.declared_machines()}
    _distinct(entries, own, imported, "state_machine")
    return (*own, *imported.values())


def _distinct(entries: Entries, own: Iterable[Declared], imported: Mapping[str, Declared], kind: str) -> None:
    entries.faults += [twice(each, kind, imported[each.arn]) for each in own if each.arn in imported]


def _with_facts(entries: Entries, account: str, function: Function, environment: Environment) -> Function:
    facts = entries.imports.facts.get((account, function.name))
    if facts is None:
        return function
    place = ("accounts", account, "functions", function.name)
    role, policy = "", None
    if facts.role:
        role = entries.names.role(facts.role, account, entries.written.origin(*place, "role"), entries.faults)
    if facts.policy is not None:
        title = f"policy of {account}/{function.name}"
        policy = entries.policy(facts.policy, Kind.RESOURCE, title, (*place, "policy"))
    return replace(
        function,
        role=role,
        timeout=facts.timeout,
        takes=facts.takes,
        memory=facts.memory,
        environment=environment(facts, place) or {},
        policy=policy,
    )
