"""From entries of the file to declarations: names resolved, policies and definitions parsed, every fault gathered.

A declaration that has a fault is left out, so that the rest can still be looked at. This file makes the world's values
but builds no world.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from turnstile.document import Json, compact
from turnstile.faults import Rejected
from turnstile.iam.policy import Kind
from turnstile.scenario.declaration import AccountDeclaration, Declarations, MachineDeclaration, Resource
from turnstile.scenario.reference import substitute
from turnstile.scenario.region import region_remedy
from turnstile.scenario.spelling import hint
from turnstile.world.function import Function, HandlerFile
from turnstile.world.role import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from turnstile.faults import Fault
    from turnstile.iam.policy import Policy
    from turnstile.scenario.file import AccountEntry, FunctionEntry, MachineEntry, ResourceEntry, RoleEntry, WorldEntry
    from turnstile.scenario.library import Library
    from turnstile.scenario.overlay import Written
    from turnstile.scenario.reference import Names
    from turnstile.source import Origin

Value = TypeVar("Value")

_NAMES = {
    "account": (re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*"), "letters, digits, `_` and `-`"),
    "role": (re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}"), "1 to 64 letters, digits and `_+=,.@-`"),
    "policy": (re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}"), "1 to 128 letters, digits and `_+=,.@-`"),
    "function": (re.compile(r"[A-Za-z0-9_-]{1,64}"), "1 to 64 letters, digits, `_` and `-`"),
    "state machine": (
        re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}"),
        '1 to 80 characters, no spaces and none of <>{}[]?*"#%\\^|~`$&,;:/',
    ),
}
"""What names may be made of: IAM and Lambda API References; Step Functions, CreateStateMachine."""
_ROLE_PATH = re.compile(r"/|/[\x21-\x7e]{1,510}/")


@dataclass
class Declaring:
    """The world of a case being read; `faults` grows."""

    world: WorldEntry
    written: Written
    names: Names
    library: Library
    faults: list[Fault] = field(default_factory=list)

    def declarations(self) -> Declarations:
        """Everything that could be read."""
        self._distinct_ids()
        accounts = tuple(self._account(name, entry) for name, entry in self.world.accounts.items())
        machines = tuple(self._machines())
        return Declarations(accounts, machines)

    def _distinct_ids(self) -> None:
        owners: dict[str, str] = {}
        for name, account in self.world.accounts.items():
            owner = owners.setdefault(account.id, name)
            if owner != name:
                message = f"`{name}` has the account id of `{owner}`, `{account.id}`"
                self.faults.append(self.written.origin("accounts", name, "id").fault("duplicate-account-id", message))

    def _account(self, name: str, entry: AccountEntry) -> AccountDeclaration:
        place = ("accounts", name)
        self._name("account", name, place)
        if (remedy := region_remedy(entry.region)) is not None:
            origin = self.written.origin(*place, "region")
            self.faults.append(origin.fault("unknown-region", f"`{entry.region}` is not a Region", remedy))
        roles = (self._role(name, role, value) for role, value in entry.roles.items())
        functions = (self._function(name, function, value) for function, value in entry.functions.items())
        resources = tuple(self._resource(name, index, value) for index, value in enumerate(entry.resources))
        return AccountDeclaration(entry.id, name, entry.region, _some(roles), _some(functions), resources)

    def _role(self, account: str, name: str, entry: RoleEntry) -> Role | None:
        place = ("accounts", account, "roles", name)
        self._name("role", name, place)
        if not _ROLE_PATH.fullmatch(entry.path):
            origin = self.written.origin(*place, "path")
            self.faults.append(origin.fault("role-path", f"`{entry.path}` is not a path: it begins and ends with `/`"))
        title = f"trust policy of {account}/{name}"
        trust = self._policy(entry.trust, Kind.TRUST, title, (*place, "trust"))
        policies = tuple(self._policies(entry, place))
        arn = self.names.roles[f"{account}/{name}"]
        if trust is None or len(policies) < len(entry.policies):
            return None
        return Role(arn, name, self.names.accounts[account], trust, policies, self.written.origin(*place))

    def _policies(self, entry: RoleEntry, place: tuple[str, ...]) -> Iterator[Policy]:
        for title, document in entry.policies.items():
            here = (*place, "policies", title)
            self._name("policy", title, here)
            policy = self._policy(document, Kind.IDENTITY, title, here)
            if policy is not None:
                yield policy

    def _policy(self, document: Json, kind: Kind, title: str, place: tuple[str, ...]) -> Policy | None:
        def read() -> Policy:
            text, origin = self._resolved(document, self.names.texts, place)
            return self.library.policy(text, kind, title, origin)

        return self._try(read)

    def _function(self, account: str, name: str, entry: FunctionEntry) -> Function | None:
        place = ("accounts", account, "functions", name)
        self._name("function", name, place)
        code = self._try(lambda: self._handler(entry.handler, self.written.origin(*place, "handler")))
        origin = self.written.origin(*place, "role")
        role = self.names.role(entry.role, account, origin, self.faults) if entry.role else ""
        environment = self._substituted(entry.environment, (*place, "environment"))
        if code is None:
            return None
        owner = self.world.accounts[account]
        return Function(
            self.names.texts[f"{account}/function/{name}"],
            name,
            owner.id,
            owner.region,
            code,
            self.written.origin(*place),
            role,
            entry.timeout,
            entry.memory,
            entry.takes,
            environment,
        )

    def _handler(self, text: str, origin: Origin) -> HandlerFile:
        path, _, handler = text.rpartition(":")
        if not path or not handler.isidentifier():
            message = f"`{text}` does not name a handler"
            fault = origin.fault("handler", message, "write `path/to/file.py:lambda_handler`")
            raise Rejected([fault])
        return HandlerFile(self.library.path(path, origin), handler)

    def _resource(self, account: str, index: int, entry: ResourceEntry) -> Resource:
        place = ("accounts", account, "resources", index)
        parameters = self._substituted(entry.parameters, (*place, "parameters"))
        return Resource(entry.service, entry.operation, parameters, self.written.origin(*place))

    def _machines(self) -> Iterator[MachineDeclaration]:
        for name, entry in self.world.state_machines.items():
            self._name("state machine", name, ("state_machines", name))
            machine = self._machine(name, entry)
            if machine is not None:
                yield machine

    def _machine(self, name: str, entry: MachineEntry) -> MachineDeclaration | None:
        place = ("state_machines", name)
        texts = dict(self.names.texts) | self._substituted(entry.substitutions, (*place, "substitutions"))
        origin = self.written.origin(*place)
        account = self.world.accounts.get(entry.account)
        if account is None:
            self._unknown_account(entry.account, (*place, "account"))
        role = ""
        if account is not None or "/" in entry.role:
            role = self.names.role(entry.role, entry.account, self.written.origin(*place, "role"), self.faults)
        read = self._try(lambda: self._resolved(entry.definition, texts, (*place, "definition")))
        definition = self._try(lambda: self.library.definition(*read)) if read else None
        if account is None or read is None or definition is None:
            return None
        arn, text = self.names.machines[name], compact(read[0])
        return MachineDeclaration(name, arn, account.id, account.region, role, entry.type, text, definition, origin)

    def _unknown_account(self, name: str, place: tuple[str, ...]) -> None:
        message = f"the account `{name}` is not declared"
        remedy = hint(name, self.names.accounts, "accounts")
        self.faults.append(self.written.origin(*place).fault("unknown-account", message, remedy))

    def _resolved(self, value: Json, texts: dict[str, str], place: tuple[str, ...]) -> tuple[Json, Origin]:
        document, origin = self.library.document(value, self.written.origin(*place))
        found: list[Fault] = []
        resolved = substitute(document, texts, origin, found)
        if found:
            raise Rejected(found)
        return resolved, origin

    def _substituted(self, document: Json, place: tuple[str | int, ...]) -> Json:
        return substitute(document, self.names.texts, self.written.origin(*place), self.faults)

    def _name(self, kind: str, name: str, place: tuple[str, ...]) -> None:
        pattern, allowed = _NAMES[kind]
        if not pattern.fullmatch(name):
            message = f"`{name}` cannot be the name of {'an' if kind[0] == 'a' else 'a'} {kind}"
            self.faults.append(self.written.origin(*place).fault("name", message, f"a name has {allowed}"))

    def _try(self, read: Callable[[], Value]) -> Value | None:
        try:
            return read()
        except Rejected as rejected:
            self.faults += rejected.faults
            return None


def _some(values: Iterator[Value | None]) -> tuple[Value, ...]:
    return tuple(value for value in values if value is not None)
