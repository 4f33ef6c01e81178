"""IAM: which policies a role, user or group has: inline ones, attached ones, and its permissions boundary.

Operation shapes and error texts: IAM API Reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.backends.iam_entities import KINDS, document, find, kept, page, path_of, replace, under
from turnstile.backends.iam_policies import attachable, boundary_of, check_inline, written_policy
from turnstile.gate.errors import ServiceError
from turnstile.world.user import Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.backends.iam_entities import Entity, Operation, Parameters
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.world.world import Account, World

_MOST_ATTACHED = 20
"""Ten by default, twenty at most: the higher one, so that no account that was raised is refused (IAM quotas)."""


def _attach(kind: str) -> Operation:
    def operation(world: World, account: Account, parameters: Parameters) -> Output:
        entity, arn = find(account, kind, parameters), attachable(world, str(parameters["PolicyArn"]), account).arn
        managed = tuple(dict.fromkeys((*entity.managed, arn)))
        if len(managed) > _MOST_ATTACHED:
            raise ServiceError("LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind}: {_MOST_ATTACHED}", 409)
        return replace(account, entity, managed=managed)

    return operation


def _detach(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, arn = find(account, kind, parameters), str(parameters["PolicyArn"])
        if arn not in entity.managed:
            raise ServiceError("NoSuchEntity", f"Policy {arn} was not found.", 404)
        return replace(account, entity, managed=tuple(each for each in entity.managed if each != arn))

    return operation


def _list_attached(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        found = attached(find(account, kind, parameters), parameters.get("PathPrefix"))
        return page("AttachedPolicies", found, parameters)

    return operation


def attached(entity: Entity, prefix: Json = None) -> list[dict[str, Json]]:
    """The managed policies of an entity as IAM shows them."""
    named = ((arn, arn.rpartition("/")[2]) for arn in entity.managed)
    return [
        {"PolicyName": name, "PolicyArn": arn} for arn, name in named if under(path_of(arn, "policy", name), prefix)
    ]


def _put_inline(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, name = find(account, kind, parameters), str(parameters["PolicyName"])
        policy = written_policy(str(parameters["PolicyDocument"]), name, f"{name} of {account.name}/{entity.name}")
        policies = (*(each for each in entity.policies if each.name != name), policy)
        check_inline(policies, kind.lower(), entity.name)
        return replace(account, entity, policies=policies)

    return operation


def _get_inline(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, name = find(account, kind, parameters), parameters["PolicyName"]
        policy = next((each for each in entity.policies if each.name == name), None)
        if policy is None:
            raise _no_policy(kind, name)
        return {f"{kind}Name": entity.name, "PolicyName": policy.name, "PolicyDocument": document(policy)}

    return operation


def _delete_inline(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity, name = find(account, kind, parameters), parameters["PolicyName"]
        left = tuple(each for each in entity.policies if each.name != name)
        if len(left) == len(entity.policies):
            raise _no_policy(kind, name)
        return replace(account, entity, policies=left)

    return operation


def _no_policy(kind: str, name: Json) -> ServiceError:
    return ServiceError("NoSuchEntity", f"The {kind.lower()} policy with name {name} cannot be found.", 404)


def _list_inline(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        names = sorted(policy.name for policy in find(account, kind, parameters).policies)
        return page("PolicyNames", names, parameters)

    return operation


def _put_boundary(kind: str) -> Operation:
    def operation(world: World, account: Account, parameters: Parameters) -> Output:
        return replace(account, find(account, kind, parameters), boundary=boundary_of(world, parameters))

    return operation


def _delete_boundary(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        entity = find(account, kind, parameters)
        if isinstance(entity, Group) or not entity.boundary:
            text = f"The {kind.lower()} {entity.name} does not have a permissions boundary."
            raise ServiceError("NoSuchEntity", text, 404)
        return replace(account, entity, boundary="")

    return operation


def _entities_of(world: World, account: Account, parameters: Parameters) -> Output:
    """Who has a managed policy, as permissions policy or boundary; one page holds them all."""
    arn = attachable(world, str(parameters["PolicyArn"]), account).arn
    wanted = parameters.get("EntityFilter")
    found: dict[str, Json] = {"IsTruncated": False}
    for kind in KINDS:
        users = _users_of(account, kind, arn, parameters) if wanted in (None, kind) else ()
        found[f"Policy{kind}s"] = [{f"{kind}Name": each.name, f"{kind}Id": each.id} for each in users]
    return found


def _users_of(account: Account, kind: str, arn: str, parameters: Parameters) -> Iterator[Entity]:
    usage = parameters.get("PolicyUsageFilter")
    for entity in kept(account, kind).values():
        as_policy = usage != "PermissionsBoundary" and arn in entity.managed
        bounds = usage != "PermissionsPolicy" and not isinstance(entity, Group) and entity.boundary == arn
        path = path_of(entity.arn, kind.lower(), entity.name)
        if (as_policy or bounds) and under(path, parameters.get("PathPrefix")):
            yield entity


ATTACHMENTS: Mapping[str, Operation] = {
    **{f"Attach{kind}Policy": _attach(kind) for kind in KINDS},
    **{f"Detach{kind}Policy": _detach(kind) for kind in KINDS},
    **{f"ListAttached{kind}Policies": _list_attached(kind) for kind in KINDS},
    **{f"Put{kind}Policy": _put_inline(kind) for kind in KINDS},
    **{f"Get{kind}Policy": _get_inline(kind) for kind in KINDS},
    **{f"Delete{kind}Policy": _delete_inline(kind) for kind in KINDS},
    **{f"List{kind}Policies": _list_inline(kind) for kind in KINDS},
    **{f"Put{kind}PermissionsBoundary": _put_boundary(kind) for kind in ("Role", "User")},
    **{f"Delete{kind}PermissionsBoundary": _delete_boundary(kind) for kind in ("Role", "User")},
    "ListEntitiesForPolicy": _entities_of,
}
"""By operation of `iam`."""
