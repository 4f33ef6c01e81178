"""What a template declares once it is read, and what each resource type must say of itself.

An `Item` is one resource with everything resolved; a `Kind` knows what `Ref` and `Fn::GetAtt` of it give, and puts it
into a `Draft`, from which the declaration of its account is made. Nothing here runs or calls anything: names and ids
follow from stack, logical id and properties alone. This file knows no resource type.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from turnstile.arn import Arn, partition_of
from turnstile.world.declaration import AccountDeclaration

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault, Unsupported
    from turnstile.source import Origin
    from turnstile.world.answers import Script
    from turnstile.world.declaration import MachineDeclaration, Resource
    from turnstile.world.function import Function
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.role import Role
    from turnstile.world.user import Group, User

_SUFFIX = 12


@dataclass(frozen=True, slots=True)
class Stack:
    """The stack a template is created as; `account` is an id, `account_name` what the scenario calls it."""

    name: str
    account: str
    region: str
    account_name: str = ""

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, ..., from the Region."""
        return partition_of(self.region).name

    @property
    def url_suffix(self) -> str:
        """The domain of the partition, `amazonaws.com` for most."""
        return partition_of(self.region).dns_suffix

    @property
    def id(self) -> str:
        """The ARN; its last part is made from name, account and Region, so it is the same each time."""
        digest = self.digest("stack")
        form = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
        return self.arn("cloudformation", f"stack/{self.name}/{form}")

    def arn(self, service: str, resource: str, *, region: str | None = None, account: str | None = None) -> str:
        """An ARN in the stack's partition, and in its Region and account unless others (or none) are given."""
        place = self.region if region is None else region
        owner = self.account if account is None else account
        return str(Arn(self.partition, service, place, owner, resource))

    def digest(self, *words: str) -> str:
        """64 hexadecimal digits that follow from the stack and the words: what a service would draw at random."""
        return hashlib.sha256("\0".join((self.account, self.region, self.name, *words)).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A resource of a template: `properties` hold neither functions nor `AWS::NoValue` any more.

    `at("Policies", 0, "PolicyDocument")` is the origin of a property; it leads to the line where it was written,
    through `Fn::If`, SAM and files of definitions. `code` is the local file or folder of a function or layer, if it has
    one; `generated_by` is the logical id of the SAM resource it comes from, or empty. `answered` says that a
    function has declared answers instead of code.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Json]
    stack: Stack
    origin: Origin
    metadata: Json = None
    depends_on: tuple[str, ...] = ()
    code: Path | None = None
    generated_by: str = ""
    answered: bool = False

    def at(self, *names: str | int) -> Origin:
        """The origin of a property further down."""
        return self.origin.at("Properties", *names)

    def fault(self, code: str, message: str, remedy: str = "", *names: str | int) -> Fault:
        """A fault at a property, or at the resource where no names are given."""
        return (self.at(*names) if names else self.origin).fault(code, message, remedy)

    def generated_name(self, longest: int = 64) -> str:
        """The name of a resource that was given none: stack, logical id and twelve letters, as CloudFormation does.

        The ends of the first two are cut where the whole would be too long (*inferred*).
        """
        suffix = self.random(_SUFFIX)
        front = f"{self.stack.name}-{self.logical_id}"
        return f"{front[: longest - _SUFFIX - 1]}-{suffix}"

    def random(self, length: int, *words: str) -> str:
        """Up to 51 capital letters and digits that a service would draw; the same for the same item and words."""
        digest = bytes.fromhex(self.stack.digest(self.logical_id, *words))
        return b32encode(digest).decode().rstrip("=")[:length]


class Kind(Protocol):
    """One resource type. Without state; every method is a function of the item."""

    @property
    def attributes(self) -> Collection[str]:
        """The names `Fn::GetAtt` knows, for suggestions."""

    def reference(self, item: Item) -> Json:
        """What `Ref` gives."""

    def attribute(self, item: Item, name: str) -> Json:
        """What `Fn::GetAtt` gives; `name` may have dots.

        Raises:
            LookupError: the type has no such attribute.
        """

    def declare(self, item: Item, into: Draft) -> None:
        """Put the resource into the draft of its account; wrong properties become `into.faults`.

        Items come in the order of what they depend on.
        """


@dataclass(slots=True, eq=False)
class Draft:
    """What an account will own, while its templates are read; identities, functions and machines are filed by ARN.

    `finishing` are calls that need the machines. `aws_policies` are those of AWS that somebody has. `ignored` are notes
    on properties that are not honoured though they would matter, `unsupported` what is not emulated. `layers` are files
    and folders of layers by the ARN of their version. `stubs` are answers of services that nobody else has.
    `secrets` are values of `NoEcho` parameters, which no report may show.
    """

    stack: Stack
    roles: dict[str, Role] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    machines: dict[str, MachineDeclaration] = field(default_factory=dict)
    resources: list[Resource] = field(default_factory=list)
    finishing: list[Resource] = field(default_factory=list)
    aws_policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[Fault] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    layers: dict[str, Path] = field(default_factory=dict)
    stubs: dict[str, Script] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()

    def answer(self, operation: str, script: Script) -> None:
        """Declare answers of an operation such as `mwaa:GetEnvironment`, after those that are declared already."""
        self.stubs[operation] = _after(self.stubs.get(operation), script)

    def into(self, account: AccountDeclaration) -> AccountDeclaration:
        """The account with all this added to what it has; machines are declared beside accounts."""
        return replace(
            account,
            roles=(*account.roles, *self.roles.values()),
            users=(*account.users, *self.users.values()),
            groups=(*account.groups, *self.groups.values()),
            policies=(*account.policies, *self.policies.values()),
            functions=(*account.functions, *self.functions.values()),
            resources=(*account.resources, *self.resources),
            finishing=(*account.finishing, *self.finishing),
            secrets=account.secrets | self.secrets,
            stubs={**account.stubs, **{name: _after(account.stubs.get(name), self.stubs[name]) for name in self.stubs}},
        )

    def account(self) -> AccountDeclaration:
        """An account that has nothing but this."""
        name = self.stack.account_name or self.stack.account
        return self.into(AccountDeclaration(self.stack.account, name, self.stack.region, (), (), ()))


def _after(first: Script | None, then: Script) -> Script:
    return then if first is None else replace(first, rules=(*first.rules, *then.rules))
