"""Reading the templates, assemblies, plans and details that accounts name, and what they tell each other.

Parameters may hold `${...}` of what other templates declare, whose names may depend on parameters again. So the files
are read until the names they give no longer change; at first a name that is not known yet is guessed from the way ARNs
are made. This file knows no resource type.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.brought import stack_name, together
from turnstile.importers.kinds import Draft, Stack
from turnstile.scenario.declarations.guesses import Guesses
from turnstile.scenario.declarations.imports import Imports, imports
from turnstile.scenario.declarations.reference import Names, substitute
from turnstile.scenario.declarations.region import region_remedy
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.importers.brought import Brought
    from turnstile.importers.cdk import Synthesized
    from turnstile.importers.stacks import StackTemplate
    from turnstile.scenario.composition.library import Library
    from turnstile.scenario.composition.overlay import Written
    from turnstile.scenario.models.account_entries import AccountEntry, AssemblyEntry, PlanEntry, TemplateEntry
    from turnstile.scenario.models.file import WorldEntry
    from turnstile.source import Origin

KEYS = ("templates", "cdk", "terraform", "authorization_details")
"""The keys of an account that name files of other tools."""
_ROUNDS = 6


def read_imports(
    world: WorldEntry, written: Written, library: Library, before: Names | None = None
) -> tuple[Imports, list[Fault]]:
    """What the files of all accounts bring, and what is wrong with them."""
    if not any(getattr(account, key) for account in world.accounts.values() for key in KEYS):
        return Imports(), []
    found, faults, told = Imports(), [], None
    for _ in range(_ROUNDS):
        texts = Guesses(world, Names(world, before, found).texts)
        reading = _Round(world, written, library, texts)
        found, faults = reading.imports(), reading.faults
        if not texts.asked or texts.asked == told:
            break
        told = texts.asked
    return found, faults


@dataclass
class _Round:
    """All files read once, with the names that are known so far."""

    world: WorldEntry
    written: Written
    library: Library
    texts: Guesses
    faults: list[Fault] = field(default_factory=list)

    def imports(self) -> Imports:
        brought: list[tuple[str, Brought]] = []
        stacks: list[tuple[str, StackTemplate]] = []
        for name, entry in self.world.accounts.items():
            if region_remedy(entry.region) is None:
                stacks += [(name, stack) for stack in self._stacks(name, entry)]
                brought += [(name, found) for found in self._others(name, entry)]
        self._distinct(stacks)
        if stacks:
            from turnstile.importers.stacked import bring  # noqa: PLC0415 - loads botocore

            found, faults = bring([stack for _, stack in stacks])
            self.faults += faults
            brought = [(name, each) for (name, _), each in zip(stacks, found, strict=True)] + brought
            self._missing([each.draft for each in found], [each.draft for _, each in brought])
        drafts = {name: self._draft(name, [each for owner, each in brought if owner == name]) for name, _ in brought}
        return imports(drafts, brought)

    def _missing(self, stacks: list[Draft], everything: list[Draft]) -> None:
        """Note identities that stacks name in accounts of the world that have none of the name.

        An account that makes identities by calls is left alone, for nobody knows their names before.
        """
        from turnstile.importers.resources.missing import missing  # noqa: PLC0415 - loads botocore

        accounts = self.world.accounts.values()
        owners = {entry.id for entry in accounts if not any(each.service == "iam" for each in entry.resources)}
        others = (arn for each in everything for arn in (*each.roles, *each.users, *each.policies))
        self.faults += missing(stacks, owners, {*self.texts.data.values(), *others})

    def _draft(self, name: str, found: list[Brought]) -> Draft:
        entry = self.world.accounts[name]
        draft = Draft(Stack(name, entry.id, entry.region, name))
        known = len(draft.faults)
        for each in found:
            known += len(each.draft.faults)
        together(draft, found)
        self.faults += draft.faults[known:]
        return draft

    def _distinct(self, stacks: list[tuple[str, StackTemplate]]) -> None:
        seen: set[tuple[str, str, str]] = set()
        for _, each in stacks:
            key = (each.stack.account, each.stack.region, each.stack.name)
            if key in seen:
                message = f"two stacks of account {each.stack.account} are called `{each.stack.name}`"
                self.faults.append(each.at.fault("duplicate-stack", message, "give each a name with `stack:`"))
            seen.add(key)

    def _stacks(self, account: str, entry: AccountEntry) -> Iterator[StackTemplate]:
        for index, template in enumerate(entry.templates):
            place = ("accounts", account, "templates", index)
            path = self._path(template.path, (*place, "path"))
            if path is not None:
                found = self._stack(
                    account, template, path, template.stack or stack_name(path.name), template.region, place
                )
                if found is not None:
                    yield found
        for index, assembly in enumerate(entry.cdk):
            yield from self._assembly(account, assembly, ("accounts", account, "cdk", index))

    def _stack(
        self,
        account: str,
        entry: TemplateEntry | AssemblyEntry,
        path: Path,
        name: str,
        region: str | None,
        place: tuple[str | int, ...],
        code: Mapping[str, Path] | None = None,
    ) -> StackTemplate | None:
        from turnstile.importers.stacked import stack_template  # noqa: PLC0415 - loads botocore

        owner = self.world.accounts[account]
        if region is not None and (remedy := region_remedy(region)) is not None:
            self._fault((*place, "region"), "unknown-region", f"`{region}` is not a Region", remedy)
            return None
        stack = Stack(name, owner.id, region or owner.region, account)
        origin = self.written.origin(*place)
        given = {key: self.library.beside(text, origin.at("code", key)) for key, text in entry.code.items()}
        try:
            return stack_template(
                path,
                stack,
                name=name,
                parameters=self._known(entry.parameters, (*place, "parameters")),
                code={**(code or {}), **given},
                values=self._known(entry.values, (*place, "values")),
                at=origin.at("parameters") if entry.parameters else origin,
                lenient=code is not None,
            )
        except Rejected as rejected:
            self.faults += rejected.faults
            return None

    def _assembly(self, account: str, entry: AssemblyEntry, place: tuple[str | int, ...]) -> Iterator[StackTemplate]:
        from turnstile.importers.cdk import read_assembly  # noqa: PLC0415 - only where there is one

        owner = self.world.accounts[account]
        path = self.library.beside(entry.path, self.written.origin(*place, "path"))
        try:
            found = read_assembly(path, os.path.normpath(path))
        except Rejected as rejected:
            self.faults += rejected.faults
            return
        if entry.stacks is None:
            wanted = [each for each in found if each.account == owner.id]
        else:
            wanted = [each for each in found if each.name in entry.stacks]
        self._absent(entry, found, wanted, owner.id, place)
        for each in wanted:
            stack = self._stack(account, entry, each.template, each.name, each.region or None, place, each.code)
            if stack is not None:
                yield stack

    def _absent(
        self,
        entry: AssemblyEntry,
        found: tuple[Synthesized, ...],
        wanted: list[Synthesized],
        account: str,
        place: tuple[str | int, ...],
    ) -> None:
        names = [each.name for each in found]
        for index, name in enumerate(entry.stacks or []):
            if name not in names:
                remedy = hint(name, names, "stacks")
                self._fault((*place, "stacks", index), "unknown-stack", f"the assembly has no stack `{name}`", remedy)
        for each in wanted:
            if each.account not in ("", account):
                message = f"the stack `{each.name}` is of account {each.account}, not of {account}"
                self._fault(place, "other-account", message, "name it under the account it is of")
        if entry.stacks is None and not wanted:
            message = f"the assembly has no stack of account {account}"
            self._fault(place, "no-stack", message, f"name some with `stacks:`: {', '.join(names)}")

    def _others(self, account: str, entry: AccountEntry) -> Iterator[Brought]:
        for index, plan in enumerate(entry.terraform):
            found = self._plan(account, plan, ("accounts", account, "terraform", index))
            if found is not None:
                yield found
        if entry.authorization_details:
            details = self._details(account, entry)
            if details is not None:
                yield details

    def _plan(self, account: str, entry: PlanEntry, place: tuple[str | int, ...]) -> Brought | None:
        from turnstile.importers.terraform import Plan, bring_plan  # noqa: PLC0415 - loads botocore

        owner = self.world.accounts[account]
        path = self._path(entry.path, (*place, "path"))
        if path is None:
            return None
        stack = Stack(stack_name(path.name), owner.id, entry.region or owner.region, account)
        origin = self.written.origin(*place, "code")
        code = {key: self.library.beside(text, origin.at(key)) for key, text in entry.code.items()}
        values = self._known(entry.values, (*place, "values"))
        try:
            found, faults = bring_plan(Plan(path, os.path.normpath(path), stack, values, code))
        except Rejected as rejected:
            self.faults += rejected.faults
            return None
        self.faults += faults
        return found

    def _details(self, account: str, entry: AccountEntry) -> Brought | None:
        from turnstile.importers.authorization_details import read_details  # noqa: PLC0415 - only where there are any
        from turnstile.importers.brought import Brought  # noqa: PLC0415 - as above

        place = ("accounts", account, "authorization_details")
        paths = [self._path(text, (*place, index)) for index, text in enumerate(entry.authorization_details)]
        if None in paths:
            return None
        known = [path for path in paths if path is not None]
        try:
            draft = read_details(known, [os.path.normpath(path) for path in known], entry.region)
        except Rejected as rejected:
            self.faults += rejected.faults
            return None
        if draft.stack.account not in ("", entry.id):
            message = f"these are the details of account {draft.stack.account}, not of {entry.id}"
            self._fault(place, "other-account", message, f"give them to an account with the id {draft.stack.account}")
        return Brought("details", draft)

    def _path(self, text: str, place: tuple[str | int, ...]) -> Path | None:
        try:
            return self.library.path(text, self.written.origin(*place))
        except Rejected as rejected:
            self.faults += rejected.faults
            return None

    def _fault(self, place: tuple[str | int, ...], code: str, message: str, remedy: str) -> None:
        self.faults.append(self.written.origin(*place).fault(code, message, remedy))

    def _known(self, values: Mapping[str, Json], place: tuple[str | int, ...]) -> dict[str, Json]:
        """Values with their references replaced; one that stays unknown to the end is a fault."""
        origin: Origin = self.written.origin(*place)
        before = set(self.texts.unknown)
        self.texts.unknown.clear()
        found: dict[str, Json] = substitute(values, self.texts, origin, self.faults)
        for name in sorted(self.texts.unknown):
            remedy = hint(name, self.texts.data, "names")
            self.faults.append(origin.fault("unknown-reference", f"`${{{name}}}` stands for nothing declared", remedy))
        self.texts.unknown |= before
        return found
