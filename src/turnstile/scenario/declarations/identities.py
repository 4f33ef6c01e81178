"""Roles, users, groups and managed policies of an account, from entries of the file to the world's values.

A managed policy is named by its ARN, or by its name: that of a policy of the same account, else of one of AWS's. Where
something has a fault it is left out, so that the rest can still be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.iam.policy import Kind
from turnstile.iam.quota import inline_excess
from turnstile.scenario.declarations.entries import some
from turnstile.spelling import hint
from turnstile.world.managed import ManagedPolicy
from turnstile.world.role import Role
from turnstile.world.user import Group, User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.iam.policy import Policy
    from turnstile.scenario.declarations.entries import Entries
    from turnstile.scenario.models.account_entries import AccountEntry, GroupEntry, RoleEntry, UserEntry


@dataclass
class Identities:
    """The identities of the accounts of one world; `aws` grows by the policies of AWS that are named."""

    entries: Entries
    aws: dict[str, ManagedPolicy] = field(default_factory=dict)

    def roles(self, account: str, entry: AccountEntry) -> tuple[Role, ...]:
        """The roles of an account."""
        return some(self._role(account, name, role) for name, role in entry.roles.items())

    def users(self, account: str, entry: AccountEntry) -> tuple[User, ...]:
        """The users of an account."""
        return some(self._user(account, name, user) for name, user in entry.users.items())

    def groups(self, account: str, entry: AccountEntry) -> tuple[Group, ...]:
        """The groups of an account."""
        return some(self._group(account, name, group) for name, group in entry.groups.items())

    def policies(self, account: str, entry: AccountEntry) -> tuple[ManagedPolicy, ...]:
        """The customer managed policies of an account."""
        return some(self._managed(account, name, document) for name, document in entry.policies.items())

    def _role(self, account: str, name: str, entry: RoleEntry) -> Role | None:
        place = ("accounts", account, "roles", name)
        self._named("role", name, entry.path, place)
        title = f"trust policy of {account}/{name}"
        trust = self.entries.policy(entry.trust, Kind.TRUST, title, (*place, "trust"))
        policies = self._inline(entry, "role", place)
        attached, boundary = self._attached(entry, account, place), self._boundary(entry, account, place)
        names, origin = self.entries.names, self.entries.written.origin(*place)
        if trust is None or len(policies) < len(entry.policies):
            return None
        arn, owner = names.roles[f"{account}/{name}"], names.accounts[account]
        longest = entry.max_session
        return Role(arn, name, owner, trust, policies, origin, attached, boundary, entry.tags, max_session=longest)

    def _user(self, account: str, name: str, entry: UserEntry) -> User | None:
        place = ("accounts", account, "users", name)
        self._named("user", name, entry.path, place)
        policies = self._inline(entry, "user", place)
        attached, boundary = self._attached(entry, account, place), self._boundary(entry, account, place)
        groups = tuple(self._membership(entry, account, place))
        names, origin = self.entries.names, self.entries.written.origin(*place)
        if len(policies) < len(entry.policies):
            return None
        arn, owner = names.users[f"{account}/{name}"], names.accounts[account]
        return User(arn, name, owner, policies, origin, groups, attached, boundary, entry.tags)

    def _membership(self, entry: UserEntry, account: str, place: tuple[str, ...]) -> Iterator[str]:
        known = {*self.entries.world.accounts[account].groups, *self._imported(account, "groups")}
        for index, name in enumerate(entry.groups):
            if name in known:
                yield self.entries.names.texts[f"{account}/group/{name}"]
            else:
                message = f"the group `{name}` is not declared"
                self.entries.fault((*place, "groups", index), "unknown-group", message, hint(name, known, "groups"))

    def _group(self, account: str, name: str, entry: GroupEntry) -> Group | None:
        place = ("accounts", account, "groups", name)
        self._named("group", name, entry.path, place)
        policies = self._inline(entry, "group", place)
        attached = self._attached(entry, account, place)
        names, origin = self.entries.names, self.entries.written.origin(*place)
        if len(policies) < len(entry.policies):
            return None
        return Group(names.texts[f"{account}/group/{name}"], name, names.accounts[account], policies, origin, attached)

    def _managed(self, account: str, name: str, document: Json) -> ManagedPolicy | None:
        place = ("accounts", account, "policies", name)
        self.entries.name("policy", name, place)
        names = self.entries.names
        arn = names.texts[f"{account}/policy/{name}"]
        policy = self.entries.policy(document, Kind.IDENTITY, name, place, arn)
        if policy is None:
            return None
        return ManagedPolicy(arn, name, names.accounts[account], {"v1": policy}, "v1", policy.origin)

    def _inline(
        self, entry: RoleEntry | UserEntry | GroupEntry, kind: str, place: tuple[str, ...]
    ) -> tuple[Policy, ...]:
        """The inline policies, of which IAM limits the total."""
        policies = tuple(self.entries.policies(entry.policies, Kind.IDENTITY, place))
        if (excess := inline_excess(policies, kind)) > 0:
            message = f"the inline policies of a {kind} are {excess} characters too long together"
            remedy = "make one of them a managed policy under `policies` of the account, or shorten them"
            self.entries.fault((*place, "policies"), "policies-too-long", message, remedy)
        return policies

    def _named(self, kind: str, name: str, path: str, place: tuple[str, ...]) -> None:
        self.entries.name(kind, name, place)
        self.entries.path(path, place)

    def _attached(
        self, entry: RoleEntry | UserEntry | GroupEntry, account: str, place: tuple[str, ...]
    ) -> tuple[str, ...]:
        texts = enumerate(entry.managed_policies)
        return some(self._arn(text, account, (*place, "managed_policies", index)) for index, text in texts)

    def _boundary(self, entry: RoleEntry | UserEntry, account: str, place: tuple[str, ...]) -> str:
        return self._arn(entry.boundary, account, (*place, "boundary")) or "" if entry.boundary else ""

    def _arn(self, text: str, account: str, place: tuple[str | int, ...]) -> str | None:
        """The ARN of the policy that a text names; a policy of AWS is kept."""
        declared = {*self.entries.world.accounts[account].policies, *self._imported(account, "policies")}
        own = {name: f"{account}/policy/{name}" for name in sorted(declared)}
        texts = self.entries.names.texts
        written = str(self.entries.substituted(text, place))
        arn = texts[own[written]] if written in own else written
        if arn in (texts[name] for name in own.values()):
            return arn
        found = self._of_aws(written)
        if found is None:
            if "${" not in written:
                self._unknown(written, list(own), place)
            return None
        self.aws[found.arn] = found
        return found.arn

    def _imported(self, account: str, collection: str) -> set[str]:
        """The names that files give what an account has from them."""
        present = getattr(self.entries.imports.draft(account), collection)
        names = self.entries.imports.arns.get((account, collection), {})
        return {name for name, arn in names.items() if arn in present}

    def _of_aws(self, text: str) -> ManagedPolicy | None:
        if text.startswith("arn:") and ":iam::aws:policy/" not in text:
            return None
        from turnstile.backends.moto_policies import aws_policy  # noqa: PLC0415 - five megabytes

        return aws_policy(text, text.split(":")[1] if text.startswith("arn:") else "aws")

    def _unknown(self, text: str, own: list[str], place: tuple[str | int, ...]) -> None:
        from turnstile.backends.moto_policies import aws_policy_names  # noqa: PLC0415 - as above

        name = text.rpartition("/")[2] if text.startswith("arn:") else text
        remedy = hint(name, [*own, *aws_policy_names()], "managed policies")
        message = f"no managed policy of this account or of AWS is called `{text}`"
        self.entries.fault(place, "unknown-policy", message, remedy)
