"""What moto wants for a call that the service itself does without, given to it on the way.

Batch: moto looks for the service role and the instance profile of a compute environment in its own IAM, which knows
none of the world's; and it wants a service role where Batch takes its service-linked one. CodeBuild: moto wants a
location of a source that has none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.document import compact
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Backend, Call, Output

_LINKED = "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
_TRUST = compact({"Version": "2012-10-17", "Statement": []})


class Wants:
    """The backend behind, which gets what it wants."""

    def __init__(self, behind: Backend) -> None:
        self._behind = behind

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            ServiceError: the service's own refusal.
            Unsupported: the operation is not emulated.
        """
        prepared = _PREPARED.get((call.service, call.operation))
        if prepared is not None:
            call = replace(call, parameters=await prepared(self._behind, call, owner))
        return await self._behind.perform(call, owner)


async def _environment(behind: Backend, call: Call, owner: str) -> dict[str, Json]:
    parameters = dict(call.parameters)
    partition = arns.partition_of(call.region).name
    if not parameters.get("serviceRole"):
        parameters["serviceRole"] = f"arn:{partition}:iam::{owner}:role/{_LINKED}"
    role = _named(str(parameters["serviceRole"]), "role", "RoleName")
    await _made(behind, call, owner, "CreateRole", role | {"AssumeRolePolicyDocument": _TRUST})
    profile = (parameters.get("computeResources") or {}).get("instanceRole")
    if profile:
        named = _named(str(profile), "instance-profile", "InstanceProfileName")
        await _made(behind, call, owner, "CreateInstanceProfile", named)
    return parameters


def _named(text: str, kind: str, member: str) -> dict[str, Json]:
    """Name and path in an ARN, or the name alone."""
    path, _, name = text.partition(f":{kind}")[2].rpartition("/") if text.startswith("arn:") else ("", "", text)
    return {member: name, "Path": f"{path}/"}


async def _made(behind: Backend, call: Call, owner: str, operation: str, parameters: dict[str, Json]) -> None:
    try:
        await behind.perform(replace(call, service="iam", operation=operation, parameters=parameters, made={}), owner)
    except ServiceError as error:
        if error.code != "EntityAlreadyExists":
            raise


async def _project(_behind: Backend, call: Call, _owner: str) -> dict[str, Json]:
    source = call.parameters.get("source")
    if not isinstance(source, dict) or source.get("type") not in ("NO_SOURCE", "CODEPIPELINE"):
        return dict(call.parameters)
    return {**call.parameters, "source": {"location": source["type"], **source}}


_PREPARED: Mapping[tuple[str, str], Callable[[Backend, Call, str], Awaitable[dict[str, Json]]]] = {
    ("batch", "CreateComputeEnvironment"): _environment,
    ("codebuild", "CreateProject"): _project,
}
