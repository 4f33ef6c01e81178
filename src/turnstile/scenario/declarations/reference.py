"""Names of declared things, and the ARNs, ids and Regions they stand for.

Two forms: `${kind/name}` inside any text, and bare names (`dev/InvokeRole`) where only a role can stand. Forms and
escapes are told in `file`. This file reads declarations as written and nothing else of the world.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.scenario.models.account_entries import AccountEntry
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.declarations.imports import Imports
    from turnstile.scenario.models.file import WorldEntry
    from turnstile.source import Origin

_REFERENCE = re.compile(r"(\$?)\$\{([^{}:]+)\}")
_IAM_CHARACTERS = frozenset("*?$")
"""`${*}`, `${?}` and `${$}` are characters in a policy (IAM User Guide, "Policy elements: variables and tags")."""
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")

_NOBODY = AccountEntry(id="000000000000")
"""Stands in for an account that is not declared, which is a fault of its own."""


class Names:
    """Everything that is declared, by name.

    `texts` maps the inside of a `${...}` to its value, `roles` maps `account/Role` to an ARN. What a case takes away
    (`before` has it) keeps its name: the ARN stays what it was, there is only nothing behind it.
    """

    def __init__(self, world: WorldEntry, before: Names | None = None, imports: Imports | None = None) -> None:
        self.accounts: dict[str, str] = dict(before.accounts) if before else {}
        self.roles: dict[str, str] = dict(before.roles) if before else {}
        self.users: dict[str, str] = dict(before.users) if before else {}
        self.machines: dict[str, str] = dict(before.machines) if before else {}
        self.texts: dict[str, str] = dict(before.texts) if before else {}
        self.accounts |= {name: entry.id for name, entry in world.accounts.items()}
        self._given = imports.texts() if imports is not None else {}
        if imports is not None:
            self._imported(imports)
        for name, account in world.accounts.items():
            self._declare(name, account)
        for name, machine in world.state_machines.items():
            owner = world.accounts.get(machine.account, _NOBODY)
            own = _arn(owner, "states", f"stateMachine:{name}")
            self.machines[name] = self._given.get(f"{machine.account}/state_machine/{name}", own)
        self.texts |= {f"state_machine/{name}": arn for name, arn in self.machines.items()}
        self.texts |= {"organization/id": world.organization.id} if world.organization else {}

    def _imported(self, imports: Imports) -> None:
        """What files of other tools bring; what the scenario says itself comes after it."""
        self.texts |= imports.texts()
        self.roles |= imports.short("roles")
        self.users |= imports.short("users")
        self.machines |= imports.machines()

    def _declare(self, name: str, account: AccountEntry) -> None:
        self.texts |= {f"{name}/id": account.id, f"{name}/region": account.region}
        for role, entry in account.roles.items():
            arn = self.roles[f"{name}/{role}"] = _arn(account, "iam", _at_path("role", entry.path, role))
            self.texts[f"{name}/role/{role}"] = arn
        for user, person in account.users.items():
            arn = self.users[f"{name}/{user}"] = _arn(account, "iam", _at_path("user", person.path, user))
            self.texts[f"{name}/user/{user}"] = arn
        for group, several in account.groups.items():
            self.texts[f"{name}/group/{group}"] = _arn(account, "iam", _at_path("group", several.path, group))
        for policy in account.policies:
            own = _arn(account, "iam", f"policy/{policy}")
            self.texts[f"{name}/policy/{policy}"] = self._given.get(f"{name}/policy/{policy}", own)
        for function in account.functions:
            own = _arn(account, "lambda", f"function:{function}")
            self.texts[f"{name}/function/{function}"] = self._given.get(f"{name}/function/{function}", own)

    def role(self, text: str, account: str, origin: Origin, faults: list[Fault]) -> str:
        """The ARN of a role written as `Role` of the account, `account/Role`, `${account/role/Role}` or ARN."""
        written = substitute(text, self.texts, origin, faults)
        arn = written if written.startswith("arn:") else self.roles.get(_qualified(written, account), "")
        if arn not in self.roles.values() and "${" not in written:
            qualified = written if written.startswith("arn:") else _qualified(written, account)
            known = self.roles.values() if written.startswith("arn:") else self.roles
            message = f"the role `{text}` is not declared"
            faults.append(origin.fault("unknown-role", message, hint(qualified, known, "roles")))
        return arn

    def caller(self, text: str, origin: Origin, faults: list[Fault]) -> str:
        """Who may stand in `who`: a role, a user, the root user of an account, or the name of a service principal."""
        if _SERVICE.fullmatch(text):
            return text
        return self.starter(text, origin, faults)

    def starter(self, text: str, origin: Origin, faults: list[Fault]) -> str:
        """Who may start an execution: a role, `account/user/Name`, `account/root`, or the ARN of one of them."""
        roots, written = dict(self._roots()), substitute(text, self.texts, origin, faults)
        if written in roots.values() or written in self.users.values():
            return str(written)
        if written in roots:
            return roots[written]
        account, _, user = text.partition("/user/")
        if not user:
            return self.role(text, "", origin, faults)
        if f"{account}/{user}" not in self.users:
            known = [name.replace("/", "/user/", 1) for name in self.users]
            faults.append(
                origin.fault("unknown-user", f"the user `{text}` is not declared", hint(text, known, "users"))
            )
        return self.users.get(f"{account}/{user}", "")

    def _roots(self) -> Iterator[tuple[str, str]]:
        for name, account in self.accounts.items():
            region = self.texts[f"{name}/region"]
            yield f"{name}/root", str(Arn(_partition(region), "iam", "", account, "root"))


def _at_path(kind: str, path: str, name: str) -> str:
    return "/".join((kind, *filter(None, path.split("/")), name))


def _qualified(text: str, account: str) -> str:
    return text if "/" in text or not account else f"{account}/{text}"


def _partition(region: str) -> str:
    try:
        return arns.partition_of(region).name
    except ValueError:
        return "aws"  # the Region is a fault of its own


def _arn(account: AccountEntry, service: str, resource: str) -> str:
    region = "" if service == "iam" else account.region
    return str(Arn(_partition(account.region), service, region, account.id, resource))


def substitute(document: Json, texts: Mapping[str, str], origin: Origin, faults: list[Fault]) -> Json:
    """The document with each `${...}` replaced, in keys as well; parts without any are shared, not copied."""
    return _Substitution(texts, origin, faults).of(document)


@dataclass(slots=True)
class _Substitution:
    texts: Mapping[str, str]
    origin: Origin
    faults: list[Fault] = field(default_factory=list)

    def of(self, value: Json) -> Json:
        match value:
            case str():
                return self._text(value) if "${" in value else value
            case dict():
                return self._mapping(value)
            case list():
                parts = [self.at(index).of(part) for index, part in enumerate(value)]
                return value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
            case _:
                return value

    def at(self, name: str | int) -> _Substitution:
        return _Substitution(self.texts, self.origin.at(name), self.faults)

    def _mapping(self, members: dict[str, Json]) -> Json:
        changed = {self.at(name).of(name): self.at(name).of(member) for name, member in members.items()}
        if len(changed) != len(members):
            self.faults.append(
                self.origin.fault(
                    "duplicate-key", "two keys are the same once their names are resolved", "remove one of the two"
                )
            )
        same = all(name in changed and changed[name] is member for name, member in members.items())
        return members if same else changed

    def _text(self, text: str) -> str:
        return _REFERENCE.sub(self._replace, text)

    def _replace(self, match: re.Match[str]) -> str:
        escaped, name = match.groups()
        if escaped:
            return match[0][1:]
        if name in _IAM_CHARACTERS:
            return match[0]
        if name not in self.texts:
            self._unknown(name)
        return self.texts.get(name, match[0])

    def _unknown(self, name: str) -> None:
        remedy = f"{hint(name, self.texts, 'names')}; the literal text is `$${{{name}}}`"
        self.faults.append(self.origin.fault("unknown-reference", f"`${{{name}}}` stands for nothing declared", remedy))
