"""The world's roles and instance profiles, shown to moto where its own services look them up.

Decisions never read moto's IAM; but Batch, EC2 and CodePipeline in moto refuse what names a role or an instance profile
that moto does not know. So before such a call those of the account are written to moto, once each, by ordinary calls.
Works with a remote moto as well. Which services look: their use of `iam_backends` in moto's code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.document import compact
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Backend, Output
    from turnstile.world.role import Role
    from turnstile.world.world import Account, World

_LOOKING = frozenset(
    {
        ("batch", "CreateComputeEnvironment"),
        ("batch", "UpdateComputeEnvironment"),
        ("codepipeline", "CreatePipeline"),
        ("codepipeline", "UpdatePipeline"),
        ("ec2", "AssociateIamInstanceProfile"),
        ("ec2", "ReplaceIamInstanceProfileAssociation"),
        ("ec2", "RunInstances"),
    }
)


class Mirrored:
    """A moto that knows the roles and instance profiles of the world."""

    def __init__(self, world: World, behind: Backend) -> None:
        self._world = world
        self._behind = behind
        self._there: set[str] = set()

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        if (call.service, call.operation) in _LOOKING and owner in self._world.accounts:
            await self._mirror(self._world.accounts[owner])
        return await self._behind.perform(call, owner)

    async def _mirror(self, account: Account) -> None:
        for role in account.roles.values():
            await self._write(account, role.arn, _role_calls(role))
        for profile in account.instance_profiles.values():
            inside = account.roles.get(profile.role)
            name = {"InstanceProfileName": profile.name}
            path = _path(profile.arn, "instance-profile", profile.name)
            calls: list[tuple[str, Mapping[str, Json]]] = [("CreateInstanceProfile", {**name, "Path": path})]
            if inside is not None:
                calls.append(("AddRoleToInstanceProfile", {**name, "RoleName": inside.name}))
            await self._write(account, f"{profile.arn} {profile.role}", iter(calls))

    async def _write(self, account: Account, key: str, calls: Iterator[tuple[str, Mapping[str, Json]]]) -> None:
        """What is there already stays: moto is told of names and paths, not of rights."""
        if key in self._there:
            return
        self._there.add(key)
        for operation, parameters in calls:
            try:
                await self._behind.perform(Call(account.root, "iam", operation, parameters, account.region), account.id)
            except ServiceError as error:
                if error.code not in ("EntityAlreadyExists", "LimitExceeded"):
                    raise


def _role_calls(role: Role) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """A role with its trust policy, which CodePipeline reads; moto takes none without a Version."""
    trust = compact({"Version": "2012-10-17", **role.trust.document})
    path = _path(role.arn, "role", role.name)
    yield "CreateRole", {"RoleName": role.name, "Path": path, "AssumeRolePolicyDocument": trust}


def _path(arn: str, kind: str, name: str) -> str:
    return arn.partition(f":{kind}")[2].removesuffix(name) or "/"
