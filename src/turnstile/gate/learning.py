"""What answers teach about resources whose names do not tell it: owners of buckets, keys behind aliases, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Call, Output
    from turnstile.world.world import World


def learn(call: Call, output: Output, owner: str, world: World) -> None:
    """Write down what an answered call has made or taken away."""
    lesson = _LESSONS.get((call.service, call.operation))
    if lesson is not None:
        lesson(call, output, owner, world)


def _bucket(call: Call) -> tuple[str, str]:
    return arns.partition_of(call.region).name, str(call.parameters.get("Bucket", ""))


def _create_bucket(call: Call, _output: Output, owner: str, world: World) -> None:
    """In the Region of the call, unless the call asks for another; `EU` is the old name of the first one there."""
    given = (call.parameters.get("CreateBucketConfiguration") or {}).get("LocationConstraint") or call.region
    world.known.buckets.setdefault(_bucket(call), owner)
    world.known.bucket_regions.setdefault(_bucket(call), "eu-west-1" if given == "EU" else given)


def _delete_bucket(call: Call, _output: Output, _owner: str, world: World) -> None:
    world.known.buckets.pop(_bucket(call), None)
    world.known.bucket_regions.pop(_bucket(call), None)


def _create_table(call: Call, output: Output, _owner: str, world: World) -> None:
    schema = call.parameters.get("KeySchema") or ()
    hash_key = next((key["AttributeName"] for key in schema if key.get("KeyType") == "HASH"), None)
    arn = (output.get("TableDescription") or {}).get("TableArn")
    if hash_key and arn:
        world.known.hash_keys[arn] = hash_key


def _create_alias(call: Call, _output: Output, owner: str, world: World) -> None:
    partition = arns.partition_of(call.region).name
    place = f"arn:{partition}:kms:{call.region}:{owner}:"
    key = str(call.parameters.get("TargetKeyId", ""))
    whole = key if key.startswith("arn:") else f"{place}key/{key}"
    world.known.keys[f"{place}{call.parameters.get('AliasName', '')}"] = whole


def _delete_alias(call: Call, _output: Output, owner: str, world: World) -> None:
    partition = arns.partition_of(call.region).name
    world.known.keys.pop(f"arn:{partition}:kms:{call.region}:{owner}:{call.parameters.get('AliasName', '')}", None)


def _create_secret(_call: Call, output: Output, _owner: str, world: World) -> None:
    arn = str(output.get("ARN", ""))
    world.known.secrets[arn.rpartition("-")[0]] = arn


def _start_query(call: Call, output: Output, owner: str, world: World) -> None:
    partition = arns.partition_of(call.region).name
    workgroup = call.parameters.get("WorkGroup") or "primary"
    arn = f"arn:{partition}:athena:{call.region}:{owner}:workgroup/{workgroup}"
    world.known.workgroups[str(output.get("QueryExecutionId", ""))] = arn


def _register_task(_call: Call, output: Output, _owner: str, world: World) -> None:
    """By the ARN with its revision, and by the one without, which means the last."""
    definition = output.get("taskDefinition") or {}
    arn = str(definition.get("taskDefinitionArn", ""))
    roles = tuple(definition[name] for name in ("taskRoleArn", "executionRoleArn") if definition.get(name))
    world.known.task_roles[arn] = world.known.task_roles[arn.rpartition(":")[0]] = roles


_LESSONS: Mapping[tuple[str, str], Callable[[Call, Output, str, World], None]] = {
    ("athena", "StartQueryExecution"): _start_query,
    ("dynamodb", "CreateTable"): _create_table,
    ("ecs", "RegisterTaskDefinition"): _register_task,
    ("kms", "CreateAlias"): _create_alias,
    ("kms", "DeleteAlias"): _delete_alias,
    ("kms", "UpdateAlias"): _create_alias,
    ("s3", "CreateBucket"): _create_bucket,
    ("s3", "DeleteBucket"): _delete_bucket,
    ("secretsmanager", "CreateSecret"): _create_secret,
}
