"""IAM: finding roles, users and groups by name, showing them, and giving lists in pages.

What every file of the IAM backend needs. Shapes: IAM API Reference, data types.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from turnstile.clock import DAWN
from turnstile.document import compact
from turnstile.gate.context import timestamp
from turnstile.gate.errors import ServiceError
from turnstile.world.role import Role
from turnstile.world.user import Group, User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.iam.policy import Policy
    from turnstile.world.world import Account, World

Entity: TypeAlias = "Role | User | Group"
Parameters: TypeAlias = "Mapping[str, Json]"
Operation: TypeAlias = "Callable[[World, Account, Parameters], Output]"

KINDS = ("Role", "User", "Group")
_PAGE = 100


def kept(account: Account, kind: str) -> dict[str, Entity]:
    """All of a kind, by ARN."""
    found: dict[str, Entity] = {"Role": account.roles, "User": account.users, "Group": account.groups}[kind]  # type: ignore[assignment] # dict is invariant
    return found


def named(account: Account, kind: str, name: str) -> Entity | None:
    """The one with a name; IAM tells names apart without regard to case."""
    folded = name.casefold()
    return next((each for each in kept(account, kind).values() if each.name.casefold() == folded), None)


def find(account: Account, kind: str, parameters: Parameters) -> Entity:
    """The one that the parameters name.

    Raises:
        ServiceError: NoSuchEntity.
    """
    name = str(parameters[f"{kind}Name"])
    found = named(account, kind, name)
    if found is None:
        raise ServiceError("NoSuchEntity", f"The {kind.lower()} with name {name} cannot be found.", 404)
    return found


def role(account: Account, parameters: Parameters) -> Role:
    """The role that the parameters name."""
    found = find(account, "Role", parameters)
    assert isinstance(found, Role)  # found among them
    return found


def user(account: Account, parameters: Parameters) -> User:
    """The user that the parameters name."""
    found = find(account, "User", parameters)
    assert isinstance(found, User)  # found among them
    return found


def replace(account: Account, entity: Entity, **changed: Json) -> Output:
    """Put a changed entity in the place of the old one; the empty output."""
    kept(account, type(entity).__name__)[entity.arn] = dataclasses.replace(entity, **changed)
    return {}


def unused(account: Account, kind: str, name: str) -> None:
    """Refuse a name that is taken.

    Raises:
        ServiceError: EntityAlreadyExists.
    """
    if named(account, kind, name) is not None:
        raise ServiceError("EntityAlreadyExists", f"{kind} with name {name} already exists.", 409)


def path_of(arn: str, kind: str, name: str) -> str:
    """The path in an ARN."""
    return arn.partition(f":{kind}")[2].removesuffix(name) or "/"


def date(made: float) -> str:
    """When something was made; what was declared was there from the beginning."""
    return timestamp(made or DAWN)


def tags_of(parameters: Parameters) -> dict[str, str]:
    """The tags in the parameters of a call.

    Raises:
        ServiceError: two keys are the same but for their case.
    """
    given = [(str(tag["Key"]), str(tag["Value"])) for tag in parameters.get("Tags") or ()]
    if len({key.casefold() for key, _ in given}) < len(given):
        text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise ServiceError("InvalidInput", text)
    return dict(given)


def tag_list(tags: Mapping[str, str]) -> list[Json]:
    """Tags as IAM shows them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def document(policy: Policy) -> str:
    """A policy as it was written, encoded for a URL as IAM sends it."""
    return quote(written(policy), safe="~")


def written(policy: Policy) -> str:
    """The text of a policy: the user's own where the whole text is the policy."""
    origin = policy.origin
    if origin.pointer == "" and origin.source.written and origin.source.notation == "json":
        try:
            if json.loads(origin.source.text) == policy.document:
                return origin.source.text
        except ValueError:
            return compact(policy.document)
    return compact(policy.document)


def shown(entity: Entity) -> dict[str, Json]:
    """An entity as its own operations show it."""
    kind = type(entity).__name__
    members: dict[str, Json] = {
        "Path": path_of(entity.arn, kind.lower(), entity.name),
        f"{kind}Name": entity.name,
        f"{kind}Id": entity.id,
        "Arn": entity.arn,
        "CreateDate": date(entity.made),
    }
    if isinstance(entity, Role):
        members["AssumeRolePolicyDocument"] = document(entity.trust)
        members["MaxSessionDuration"] = entity.max_session
        members |= {"Description": entity.description} if entity.description else {}
    return members


def in_full(entity: Entity) -> dict[str, Json]:
    """An entity with its boundary and tags, which lists leave out."""
    members = shown(entity)
    if not isinstance(entity, Group):
        members |= boundary_shown(entity.boundary)
        members |= {"Tags": tag_list(entity.tags)} if entity.tags else {}
    return members | ({"RoleLastUsed": {}} if isinstance(entity, Role) else {})


def boundary_shown(arn: str) -> dict[str, Json]:
    """The boundary of an entity, nothing for none."""
    boundary = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}
    return {"PermissionsBoundary": boundary} if arn else {}


def page(name: str, found: Iterable[Json], parameters: Parameters) -> Output:
    """A page of a list under its name; a marker is the place of the next element.

    Raises:
        ServiceError: the marker is none that was given out.
    """
    whole: Sequence[Json] = list(found)
    start, most = _marker(parameters.get("Marker", "0")), int(parameters.get("MaxItems", _PAGE))
    if start > len(whole):
        raise _no_marker()
    end = start + most
    rest: dict[str, Json] = {"Marker": str(end)} if end < len(whole) else {}
    return {name: whole[start:end], "IsTruncated": end < len(whole)} | rest


def _marker(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise _no_marker()
    return int(text)


def _no_marker() -> ServiceError:
    return ServiceError("ValidationError", "Invalid Marker.")


def under(path: str, prefix: Json) -> bool:
    """A path begins as asked for."""
    return prefix is None or path.startswith(str(prefix))
