"""IAM: managed policies and their versions, kept in the world; those of AWS are looked up when they are named.

Operation shapes and error texts: IAM API Reference.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.backends.iam_entities import KINDS, date, document, kept, page, path_of, tag_list, tags_of, under
from turnstile.faults import Rejected
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.quota import INLINE_TOTALS, inline_excess
from turnstile.source import Origin, Source
from turnstile.world.managed import ManagedPolicy
from turnstile.world.role import unique_id
from turnstile.world.user import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.backends.iam_entities import Entity, Operation, Parameters
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.iam.policy import Policy
    from turnstile.world.world import Account, World

_MOST_VERSIONS = 5


def attachable(world: World, arn: str, account: Account | None = None) -> ManagedPolicy:
    """A managed policy of AWS, which is kept then, or of an account, of that one alone if it is given.

    Raises:
        ServiceError: there is none.
    """
    found = world.managed(arn)
    if found is not None and account is not None and found.account not in ("", account.id):
        found = None
    if found is None and ":iam::aws:policy/" in arn:
        from turnstile.backends.moto_policies import aws_policy  # noqa: PLC0415 - five megabytes

        found = aws_policy(arn, arn.split(":")[1])
        if found is not None:
            world.aws_policies[found.arn] = found
    if found is None:
        raise ServiceError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
    return found


def boundary_of(world: World, parameters: Parameters) -> str:
    """The ARN of the boundary in the parameters of a call, empty for none.

    Raises:
        ServiceError: there is no such policy.
    """
    arn = parameters.get("PermissionsBoundary")
    return attachable(world, str(arn)).arn if arn is not None else ""


def check_inline(policies: Iterable[Policy], kind: str, name: str) -> None:
    """Refuse inline policies of a `role`, `user` or `group` that are too long together.

    Raises:
        ServiceError: LimitExceeded; the text is what users report.
    """
    if inline_excess(policies, kind) > 0:
        text = f"Maximum policy size of {INLINE_TOTALS[kind]} bytes exceeded for {kind} {name}"
        raise ServiceError("LimitExceeded", text, 409)


def written_policy(text: str, name: str, title: str, arn: str | None = None) -> Policy:
    """The identity policy in a text; `title` is what reports call the text.

    Raises:
        ServiceError: it is none.
    """
    try:
        document = json.loads(text)
        origin = Origin(Source(title, text))
        return parse(document, kind=Kind.IDENTITY, name=name, origin=origin, arn=arn, submitted=True)
    except Rejected:
        raise ServiceError("MalformedPolicyDocument", "Syntax errors in policy.") from None
    except ValueError:
        raise ServiceError("MalformedPolicyDocument", "This policy contains invalid Json") from None


def _create_policy(world: World, account: Account, parameters: Parameters) -> Output:
    name, path = str(parameters["PolicyName"]), str(parameters.get("Path", "/"))
    if any(each.name.casefold() == name.casefold() for each in account.policies.values()):
        text = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise ServiceError("EntityAlreadyExists", text, 409)
    arn = str(Arn(account.partition, "iam", "", account.id, f"policy{path}{name}"))
    policy = written_policy(str(parameters["PolicyDocument"]), name, f"{name} of {account.name}", arn)
    made = account.policies[arn] = ManagedPolicy(
        arn,
        name,
        account.id,
        {"v1": policy},
        "v1",
        policy.origin,
        description=str(parameters.get("Description", "")),
        tags=tags_of(parameters),
        dates={"v1": world.clock.now()},
    )
    return {"Policy": managed_shown(world, made)}


def managed_shown(world: World, managed: ManagedPolicy, account: Account | None = None) -> dict[str, Json]:
    """A managed policy without its tags; who has it is counted in an account, in its own unless told otherwise."""
    where = account or world.accounts.get(managed.account)
    dates = managed.dates or {"v1": 0.0}
    members: dict[str, Json] = {
        "PolicyName": managed.name,
        "PolicyId": unique_id("ANPA", managed.arn),
        "Arn": managed.arn,
        "Path": path_of(managed.arn, "policy", managed.name),
        "DefaultVersionId": managed.default,
        "AttachmentCount": len(list(_attached_to(where, managed.arn))),
        "PermissionsBoundaryUsageCount": sum(1 for _ in _bounded_by(where, managed.arn)),
        "IsAttachable": True,
        "CreateDate": date(min(dates.values())),
        "UpdateDate": date(max(dates.values())),
    }
    return members | ({"Description": managed.description} if managed.description else {})


def _attached_to(account: Account | None, arn: str) -> Iterator[Entity]:
    for kind in KINDS if account is not None else ():
        assert account is not None  # as asked above
        yield from (each for each in kept(account, kind).values() if arn in each.managed)


def _bounded_by(account: Account | None, arn: str) -> Iterator[Entity]:
    for kind in KINDS if account is not None else ():
        assert account is not None  # as asked above
        entities = (each for each in kept(account, kind).values() if not isinstance(each, Group))
        yield from (each for each in entities if each.boundary == arn)


def _own(account: Account, parameters: Parameters) -> ManagedPolicy:
    """A policy that the account may change: not one of AWS.

    Raises:
        ServiceError: NoSuchEntity, or AccessDenied for one of AWS.
    """
    arn = str(parameters["PolicyArn"])
    if ":iam::aws:policy/" in arn:
        raise ServiceError("AccessDenied", f"Policy {arn} is a policy of AWS, which only AWS changes", 403)
    if arn not in account.policies:
        raise ServiceError("NoSuchEntity", f"Policy {arn} was not found.", 404)
    return account.policies[arn]


def _create_version(world: World, account: Account, parameters: Parameters) -> Output:
    managed = _own(account, parameters)
    if len(managed.versions) >= _MOST_VERSIONS:
        text = f"A managed policy can have up to {_MOST_VERSIONS} versions. Before you create a new version, you must "
        raise ServiceError("LimitExceeded", f"{text}delete an existing version.", 409)
    number = managed.last + 1
    name, version = f"{managed.name} of {account.name}", f"v{number}"
    policy = written_policy(str(parameters["PolicyDocument"]), managed.name, name, managed.arn)
    default = version if parameters.get("SetAsDefault") else managed.default
    made = account.policies[managed.arn] = dataclasses.replace(
        managed,
        versions={**managed.versions, version: policy},
        default=default,
        last=number,
        dates={**managed.dates, version: world.clock.now()},
    )
    return {"PolicyVersion": _version_shown(made, version)}


def _version_shown(managed: ManagedPolicy, version: str) -> dict[str, Json]:
    made = date(managed.dates.get(version, 0.0))
    return {"VersionId": version, "IsDefaultVersion": version == managed.default, "CreateDate": made}


def _version(managed: ManagedPolicy, parameters: Parameters) -> str:
    version = str(parameters["VersionId"])
    if version not in managed.versions:
        text = f"Policy {managed.arn} version {version} does not exist or is not attachable."
        raise ServiceError("NoSuchEntity", text, 404)
    return version


def _set_default(_world: World, account: Account, parameters: Parameters) -> Output:
    managed = _own(account, parameters)
    account.policies[managed.arn] = dataclasses.replace(managed, default=_version(managed, parameters))
    return {}


def _delete_version(_world: World, account: Account, parameters: Parameters) -> Output:
    managed = _own(account, parameters)
    version = _version(managed, parameters)
    if version == managed.default:
        raise ServiceError("DeleteConflict", "Cannot delete the default version of a policy.", 409)
    versions = {name: policy for name, policy in managed.versions.items() if name != version}
    account.policies[managed.arn] = dataclasses.replace(managed, versions=versions)
    return {}


def _delete_managed(_world: World, account: Account, parameters: Parameters) -> Output:
    managed = _own(account, parameters)
    if any(_attached_to(account, managed.arn)):
        raise ServiceError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if any(_bounded_by(account, managed.arn)):
        text = "Cannot delete a policy that is the permissions boundary of entities."
        raise ServiceError("DeleteConflict", text, 409)
    if len(managed.versions) > 1:
        text = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."  # noqa: E501 - the text
        raise ServiceError("DeleteConflict", text, 409)
    del account.policies[managed.arn]
    return {}


def _get_managed(world: World, account: Account, parameters: Parameters) -> Output:
    found = attachable(world, str(parameters["PolicyArn"]), account)
    return {"Policy": {**managed_shown(world, found, account), "Tags": tag_list(found.tags)}}


def _get_version(world: World, account: Account, parameters: Parameters) -> Output:
    managed = attachable(world, str(parameters["PolicyArn"]), account)
    version = _version(managed, parameters)
    return {"PolicyVersion": {**_version_shown(managed, version), "Document": document(managed.versions[version])}}


def _list_versions(world: World, account: Account, parameters: Parameters) -> Output:
    managed = attachable(world, str(parameters["PolicyArn"]), account)
    return page(
        "Versions", (_version_shown(managed, version) for version in reversed(list(managed.versions))), parameters
    )


def _list_managed(world: World, account: Account, parameters: Parameters) -> Output:
    """Those of AWS as well, unless only the account's own are asked for."""
    scope = parameters.get("Scope", "All")
    found = list(account.policies.values()) if scope in ("All", "Local") else []
    if scope in ("All", "AWS"):
        from turnstile.backends.moto_policies import aws_policies  # noqa: PLC0415 - five megabytes

        found += aws_policies(account.partition)
    members = (managed_shown(world, each, account) for each in found if _is_listed(account, each, parameters))
    return page("Policies", members, parameters)


def _is_listed(account: Account, managed: ManagedPolicy, parameters: Parameters) -> bool:
    usage = parameters.get("PolicyUsageFilter")
    attached = usage != "PermissionsBoundary" and any(_attached_to(account, managed.arn))
    bounds = usage != "PermissionsPolicy" and any(_bounded_by(account, managed.arn))
    used = attached or bounds or not (usage or parameters.get("OnlyAttached"))
    return used and under(path_of(managed.arn, "policy", managed.name), parameters.get("PathPrefix"))


MANAGED: Mapping[str, Operation] = {
    "CreatePolicy": _create_policy,
    "CreatePolicyVersion": _create_version,
    "DeletePolicy": _delete_managed,
    "DeletePolicyVersion": _delete_version,
    "GetPolicy": _get_managed,
    "GetPolicyVersion": _get_version,
    "ListPolicies": _list_managed,
    "ListPolicyVersions": _list_versions,
    "SetDefaultPolicyVersion": _set_default,
}
"""By operation of `iam`."""
