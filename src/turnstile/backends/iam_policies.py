"""IAM: managed policies and their versions, kept in the world; those of AWS are looked up when they are named.

Operation shapes and error texts: IAM API Reference.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from turnstile.arn import Arn
from turnstile.document import Json, compact
from turnstile.faults import Rejected
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.quota import INLINE_TOTALS, inline_excess
from turnstile.source import Origin, Source
from turnstile.world.managed import ManagedPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from turnstile.gate.call import Output
    from turnstile.iam.policy import Policy
    from turnstile.world.world import Account, World

Parameters: TypeAlias = "Mapping[str, Json]"

_MOST_VERSIONS = 5


def attachable(world: World, arn: str) -> ManagedPolicy:
    """A managed policy of the world or of AWS, which is kept then.

    Raises:
        ServiceError: there is none.
    """
    found = world.managed(arn)
    if found is None and ":iam::aws:policy/" in arn:
        from turnstile.backends.moto_policies import aws_policy  # noqa: PLC0415 - five megabytes

        found = aws_policy(arn, arn.split(":")[1])
        if found is not None:
            world.aws_policies[found.arn] = found
    if found is None:
        raise ServiceError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
    return found


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


def _create_policy(_world: World, account: Account, parameters: Parameters) -> Output:
    name, path = str(parameters["PolicyName"]), str(parameters.get("Path", "/"))
    if any(each.name == name for each in account.policies.values()):
        text = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise ServiceError("EntityAlreadyExists", text, 409)
    arn = str(Arn(account.partition, "iam", "", account.id, f"policy{path}{name}"))
    policy = written_policy(str(parameters["PolicyDocument"]), name, f"{name} of {account.name}", arn)
    made = account.policies[arn] = ManagedPolicy(arn, name, account.id, {"v1": policy}, "v1", policy.origin)
    return {"Policy": _shown(made)}


def _shown(managed: ManagedPolicy) -> dict[str, Json]:
    return {"PolicyName": managed.name, "Arn": managed.arn, "DefaultVersionId": managed.default, "IsAttachable": True}


def _own(account: Account, parameters: Parameters) -> ManagedPolicy:
    arn = str(parameters["PolicyArn"])
    if arn not in account.policies:
        raise ServiceError("NoSuchEntity", f"Policy {arn} was not found.", 404)
    return account.policies[arn]


def _create_version(_world: World, account: Account, parameters: Parameters) -> Output:
    managed = _own(account, parameters)
    if len(managed.versions) >= _MOST_VERSIONS:
        text = f"A managed policy can have up to {_MOST_VERSIONS} versions. Before you create a new version, you must "
        raise ServiceError("LimitExceeded", f"{text}delete an existing version.", 409)
    number = managed.last + 1
    name = f"{managed.name} of {account.name}"
    policy = written_policy(str(parameters["PolicyDocument"]), managed.name, name, managed.arn)
    versions = {**managed.versions, f"v{number}": policy}
    default = f"v{number}" if parameters.get("SetAsDefault") else managed.default
    account.policies[managed.arn] = dataclasses.replace(managed, versions=versions, default=default, last=number)
    return {"PolicyVersion": {"VersionId": f"v{number}", "IsDefaultVersion": default == f"v{number}"}}


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
    kept = (account.roles, account.users, account.groups)
    if any(managed.arn in entity.managed for entities in kept for entity in entities.values()):
        raise ServiceError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    del account.policies[managed.arn]
    return {}


def _get_managed(world: World, _account: Account, parameters: Parameters) -> Output:
    return {"Policy": _shown(attachable(world, str(parameters["PolicyArn"])))}


def _get_version(world: World, _account: Account, parameters: Parameters) -> Output:
    managed = attachable(world, str(parameters["PolicyArn"]))
    version = _version(managed, parameters)
    document = quote(compact(managed.versions[version].document))
    default = version == managed.default
    return {"PolicyVersion": {"VersionId": version, "IsDefaultVersion": default, "Document": document}}


MANAGED: Mapping[str, Callable[[World, Account, Parameters], Output]] = {
    "CreatePolicy": _create_policy,
    "CreatePolicyVersion": _create_version,
    "SetDefaultPolicyVersion": _set_default,
    "DeletePolicyVersion": _delete_version,
    "DeletePolicy": _delete_managed,
    "GetPolicy": _get_managed,
    "GetPolicyVersion": _get_version,
}
"""By operation of `iam`."""
