"""What stands at the resource of a permission, read from the services behind the gate and kept until they are written.

A service that nobody has called yet has no resources, so it is not asked (and moto not loaded). Reads go straight to
the backend, in the owner's account: nobody's permissions are asked for them, and they stand in no trail.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.document import compact
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.gate.policies import NO_SIDE, Side, applicable
from turnstile.gate.requests.tagging import pairs
from turnstile.gate.resource_policies import POLICIES, TAGS
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import Origin, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.arn import Arn
    from turnstile.document import Json
    from turnstile.gate.call import Backend
    from turnstile.gate.permission import Permission
    from turnstile.gate.resource_policies import Read
    from turnstile.iam.policy import Policy
    from turnstile.iam.request import Policies
    from turnstile.world.world import World

_MAKES = re.compile(r"Policy|Permission|Tag|Set\w+Attributes|(Create|Delete|Restore|Import|Update)(?!Item)|PutRestApi")
"""Operations after which a resource may have another policy or other tags."""
_ASKED = POLICIES.keys() | TAGS.keys()
_EVERYWHERE = frozenset({"cloudformation", "resourcegroupstaggingapi"})
"""Services that make or tag the resources of others."""


@dataclass(slots=True, eq=False)
class Sides:
    """Policies and tags of the resources that a world's services keep; `backend` gives the backend of a service."""

    world: World
    backend: Callable[[str], Backend]
    _used: set[str] = field(default_factory=set)
    _read: dict[tuple[str, str], Json] = field(default_factory=dict)

    def copy(self, world: World, backend: Callable[[str], Backend]) -> Sides:
        """What is known so far, for a world that begins as this one is now."""
        return Sides(world, backend, set(self._used), dict(self._read))

    def performed(self, call: Call) -> None:
        """A service was called: what was read of it may have changed."""
        self._used.add(call.service)
        if call.service in _EVERYWHERE:
            self._used |= {read.service for read in POLICIES.values()}
            self._read.clear()
        elif _MAKES.search(call.operation):
            self._read = {key: value for key, value in self._read.items() if key[0].split(":")[0] != call.service}

    async def of(self, call: Call, permission: Permission) -> Side:
        """What stands at the resource of a permission.

        Raises:
            Unsupported: its policy is none that IAM would take.
        """
        if permission.unknown or permission.action.partition(":")[0] not in _ASKED:
            return NO_SIDE
        try:
            target = arns.parse(permission.resource)
        except ValueError:
            return NO_SIDE  # `*`: the call names no resource
        policy = await self._policy(permission, target)
        tags: Mapping[str, str] = {}
        if _asks_tags(applicable(call, permission, self.world, Side(policy))):
            tags = await self._tags(permission, target)
        return Side(policy, tags) if policy or tags else NO_SIDE

    async def _policy(self, permission: Permission, target: Arn) -> Policy | None:
        if target.service in POLICIES and permission.action.startswith(f"{target.service}:"):
            text = await self._answer(POLICIES[target.service], target, permission.account)
            if text and text != "{}":
                name = f"{_KINDS[target.service]} policy of {_name(target)}"
                return _parsed(str(text), name, self.world.known.written.get(_plain(str(text))))
        return None

    async def _tags(self, permission: Permission, target: Arn) -> Mapping[str, str]:
        if target.service not in TAGS:
            return {}
        return pairs(await self._answer(TAGS[target.service], target, permission.account))

    async def _answer(self, read: Read, target: Arn, owner: str) -> Json:
        """What a service says; None where it says that there is none."""
        parameters = read.parameters(target) if read.service in self._used else None
        if parameters is None:
            return None
        region = target.region or self._region(owner)
        key = f"{read.service}:{read.operation}", f"{owner} {region} {sorted(parameters.items())}"
        if key not in self._read:
            self._read[key] = await self._ask(read, parameters, region, owner)
        return self._read[key]

    async def _ask(self, read: Read, parameters: dict[str, Json], region: str, owner: str) -> Json:
        account = self.world.accounts.get(owner)
        if account is None:
            return None
        call = Call(account.root, read.service, read.operation, parameters, region)
        try:
            return read.find(await self.backend(read.service).perform(call, owner))
        except (ServiceError, Unsupported):
            return None

    def _region(self, owner: str) -> str:
        return self.world.accounts[owner].region if owner in self.world.accounts else "us-east-1"


_KINDS: Mapping[str, str] = {
    "codebuild": "resource",
    "dynamodb": "table",
    "ecr": "repository",
    "events": "bus",
    "execute-api": "API",
    "glue": "catalog",
    "kinesis": "stream",
    "kms": "key",
    "logs": "log",
    "s3": "bucket",
    "secretsmanager": "secret",
    "sns": "topic",
    "sqs": "queue",
}


def _name(target: Arn) -> str:
    """The resource as reports call it: buckets and APIs without what is in them, the rest without the kind."""
    if target.service == "s3":
        return target.resource.partition("/")[0]
    if target.service == "execute-api":
        return f"{target.account}/{target.resource.partition('/')[0]}"
    return f"{target.account}/{re.split('[:/]', target.resource)[-1]}"


def _plain(text: str) -> str:
    """The text as declarations write it, whatever white space the service gives it."""
    try:
        return compact(json.loads(text))
    except ValueError:
        return text


@lru_cache(maxsize=1024)
def _parsed(text: str, name: str, written: Origin | None) -> Policy:
    """The policy in a text, parsed once for all worlds; `written` is its place in a file, if it was declared."""
    origin = written or Origin(Source(f"<{name}>", text))
    try:
        return parse(json.loads(text), kind=Kind.RESOURCE, name=name, origin=origin)
    except ValueError:
        raise Unsupported(f"judging by the {name}: it is not JSON") from None
    except Rejected as rejected:
        raise Unsupported(f"judging by the {name}: {rejected.faults[0].message}") from None


def _asks_tags(policies: Policies) -> bool:
    """Some policy that applies speaks of the resource's tags."""
    groups = (policies.identity, policies.boundaries, policies.sessions, *policies.scps, *policies.rcps)
    resource = (policies.resource,) if policies.resource else ()
    return any(_speaks_of_tags(policy) for group in (*groups, resource) for policy in group)


@lru_cache(maxsize=4096)
def _speaks_of_tags(policy: Policy) -> bool:
    return any(
        "resourcetag/" in text.lower()
        for statement in policy.statements
        for condition in statement.conditions
        for text in (condition.key, *condition.values)
    ) or any("resourcetag/" in text.lower() for statement in policy.statements for text in statement.resources)
