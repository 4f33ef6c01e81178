"""The identities of a live account, from what `aws iam get-account-authorization-details` prints.

Pages may lie in several files; together they are one account, whose id stands in the ARNs. Policy documents are objects
(as the AWS command line prints them) or percent-encoded JSON (as the API sends them). Each policy keeps file and line.
Format: IAM API Reference, GetAccountAuthorizationDetails. Nothing here judges a policy, or knows a world.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from turnstile import arn as arns
from turnstile.faults import Rejected
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.members import Members
from turnstile.source import Origin, open_source, read
from turnstile.world.managed import ManagedPolicy
from turnstile.world.role import Role
from turnstile.world.user import Group, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.iam.policy import Policy

_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_COMMAND = "write it with `aws iam get-account-authorization-details --output json`"
_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
_VERSION = re.compile(r"v([1-9][0-9]*)")


def read_details(paths: Sequence[Path], names: Sequence[str] | None = None, region: str = "") -> Draft:
    """The identities of one account, from its pages; `names` are what reports call the files.

    The account of the draft's stack is empty where the pages name nobody.

    Raises:
        Rejected: with every fault of the files.
    """
    shown = names or [str(path) for path in paths]
    reading = _Reading()
    for path, name in zip(paths, shown, strict=True):
        reading.file(path, name)
    return reading.details(region)


@dataclass
class _Reading:
    faults: list[Fault] = field(default_factory=list)
    accounts: dict[str, Origin] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    memberships: list[tuple[User, Members]] = field(default_factory=list)
    attachments: list[tuple[str, Origin]] = field(default_factory=list)
    ignored: list[Fault] = field(default_factory=list)
    partition: str = "aws"

    def file(self, path: Path, name: str) -> None:
        source = open_source(path, name)
        document = read(source)
        for page, origin in _pages(document, Origin(source)):
            self._page(Members(page, origin, self.faults))

    def details(self, region: str) -> Draft:
        if len(self.accounts) > 1:
            first, second = list(self.accounts)[:2]
            message = f"these are the details of two accounts, `{first}` and `{second}`"
            self.faults.append(self.accounts[second].fault("two-accounts", message, "give the pages of one account"))
        account = next(iter(self.accounts), "")
        users = {user.arn: user for user in map(self._with_groups, self.memberships)}
        for arn, origin in self.attachments:
            self._known_policy(arn, origin)
        if self.faults:
            raise Rejected(self.faults)
        stack = Stack("", account, region or _REGIONS.get(self.partition, _REGIONS["aws"]))
        own = {arn: policy for arn, policy in self.policies.items() if policy.account}
        aws = {arn: policy for arn, policy in self.policies.items() if not policy.account}
        draft = Draft(stack, self.roles, users, self.groups, own, aws_policies=aws)
        draft.ignored += self.ignored
        return draft

    def _page(self, page: Members) -> None:
        if not isinstance(page.value, dict) or not any(name in page.value for name in _LISTS):
            page.fault("no-details", "this does not hold the authorization details of an account", _COMMAND)
            return
        for each in page.each("Policies"):
            self._managed(each)
        for each in page.each("GroupDetailList"):
            self._group(each)
        for each in page.each("RoleDetailList"):
            self._role(each)
        for each in page.each("UserDetailList"):
            self._user(each)

    def _arn(self, entry: Members, known: Iterable[str]) -> arns.Arn | None:
        """The ARN of an entry, None where it has none or stands in the files already, on a page given twice."""
        text = entry.needed("Arn")
        if not text or text in known:
            return None
        try:
            arn = arns.parse(text)
        except ValueError:
            entry.fault("not-an-arn", f"`{text}` is not an ARN", "take the whole output of the command", "Arn")
            return None
        if arn.account != "aws":
            self.accounts.setdefault(arn.account, entry.origin.at("Arn"))
            self.partition = arn.partition
        return arn

    def _managed(self, entry: Members) -> None:
        arn = self._arn(entry, self.policies)
        if arn is None:
            return
        name, versions = entry.needed("PolicyName"), {}
        for each in entry.each("PolicyVersionList"):
            policy = self._policy(each, "Document", Kind.IDENTITY, name, str(arn))
            if policy is not None:
                versions[each.text("VersionId")] = policy
        default = entry.text("DefaultVersionId")
        if default not in versions:
            message = f"the version in force, `{default}`, of the policy `{name}` is missing"
            entry.fault("no-default-version", message, "take the whole output of the command")
            return
        numbers = [int(match[1]) for match in map(_VERSION.fullmatch, versions) if match]
        owner = "" if arn.account == "aws" else arn.account
        made = ManagedPolicy(str(arn), name, owner, versions, default, entry.origin, max(numbers, default=1))
        self.policies[str(arn)] = made

    def _group(self, entry: Members) -> None:
        arn = self._arn(entry, self.groups)
        if arn is not None:
            name = entry.needed("GroupName")
            inline = self._inline(entry, "GroupPolicyList")
            attached = self._attached(entry)
            self.groups[str(arn)] = Group(str(arn), name, arn.account, inline, entry.origin, attached)

    def _role(self, entry: Members) -> None:
        arn = self._arn(entry, self.roles)
        if arn is None:
            return
        name = entry.needed("RoleName")
        trust = self._policy(entry, "AssumeRolePolicyDocument", Kind.TRUST, f"trust policy of {name}")
        if trust is None:
            return
        inline, attached = self._inline(entry, "RolePolicyList"), self._attached(entry)
        boundary, tags = self._boundary(entry), _tags(entry)
        self.roles[str(arn)] = Role(str(arn), name, arn.account, trust, inline, entry.origin, attached, boundary, tags)
        for profile in entry.each("InstanceProfileList"):
            title = profile.text("InstanceProfileName")
            message = f"the instance profile `{title}` of the role `{name}` is left out: nothing runs as it here"
            self.ignored.append(profile.origin.fault("instance-profile", message))

    def _user(self, entry: Members) -> None:
        arn = self._arn(entry, self.users)
        if arn is None:
            return
        inline, attached = self._inline(entry, "UserPolicyList"), self._attached(entry)
        boundary, tags = self._boundary(entry), _tags(entry)
        user = User(str(arn), entry.needed("UserName"), arn.account, inline, entry.origin, (), attached, boundary, tags)
        self.users[user.arn] = user
        self.memberships.append((user, entry))

    def _with_groups(self, member: tuple[User, Members]) -> User:
        """The user with the ARNs of its groups, which may stand on another page."""
        user, entry = member
        known = {group.name: arn for arn, group in self.groups.items()}
        names = entry.texts("GroupList")
        for index, name in enumerate(names):
            if name not in known:
                message = f"the group `{name}` of the user `{user.name}` is not in the details"
                entry.fault("unknown-group", message, "give all pages", "GroupList", index)
        groups = tuple(known[name] for name in names if name in known)
        return User(
            user.arn,
            user.name,
            user.account,
            user.policies,
            user.origin,
            groups,
            user.managed,
            user.boundary,
            user.tags,
        )

    def _inline(self, entry: Members, key: str) -> tuple[Policy, ...]:
        found = (
            self._policy(each, "PolicyDocument", Kind.IDENTITY, each.needed("PolicyName")) for each in entry.each(key)
        )
        return tuple(policy for policy in found if policy is not None)

    def _attached(self, entry: Members) -> tuple[str, ...]:
        return tuple(self._named(each, "PolicyArn") for each in entry.each("AttachedManagedPolicies"))

    def _boundary(self, entry: Members) -> str:
        boundary = entry.mapping("PermissionsBoundary")
        return self._named(boundary, "PermissionsBoundaryArn") if boundary.value else ""

    def _named(self, entry: Members, key: str) -> str:
        arn = entry.needed(key)
        self.attachments.append((arn, entry.origin.at(key)))
        return arn

    def _known_policy(self, arn: str, origin: Origin) -> None:
        """A policy of AWS that is not in the pages is taken from the copy that every scenario has."""
        if not arn or arn in self.policies:
            return
        from turnstile.backends.moto_policies import aws_policy  # noqa: PLC0415 - five megabytes

        found = aws_policy(arn, arn.split(":")[1]) if ":iam::aws:policy/" in arn else None
        if found is None:
            message = f"the policy `{arn}` is not in the details"
            self.faults.append(origin.fault("unknown-policy", message, "give all pages, without `--filter`"))
        else:
            self.policies[arn] = found

    def _policy(self, entry: Members, key: str, kind: Kind, name: str, arn: str | None = None) -> Policy | None:
        origin = entry.origin.at(key)
        try:
            return parse(_decoded(entry.value.get(key)), kind=kind, name=name, origin=origin, arn=arn)
        except Rejected as rejected:
            self.faults += rejected.faults
        except ValueError:
            message = f"the document of `{name}` is neither an object nor percent-encoded JSON"
            entry.fault("not-a-document", message, _COMMAND, key)
        return None


def _pages(document: Json, origin: Origin) -> Iterable[tuple[Json, Origin]]:
    """A file holds one page, or a list of them."""
    if isinstance(document, list) and document:
        return [(page, origin.at(index)) for index, page in enumerate(document)]
    return [(document, origin)]


def _decoded(document: Json) -> Json:
    """A policy document; the API sends it percent-encoded (RFC 3986)."""
    return json.loads(unquote(document)) if isinstance(document, str) else document


def _tags(entry: Members) -> dict[str, str]:
    return {each.needed("Key"): each.text("Value") for each in entry.each("Tags")}
