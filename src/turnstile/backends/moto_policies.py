"""The managed policies of AWS, from the copy that moto brings: read once per process, parsed one by one when named.

The copy is as old as moto's release. A policy that moto has under a name is taken as it is, in its default version.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import Origin, Source
from turnstile.world.managed import ManagedPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def aws_policy(name: str, partition: str = "aws") -> ManagedPolicy | None:
    """The policy of AWS with a name (`AWSLambda_FullAccess`) or ARN; None if there is none."""
    found = _policies().get(arns.parse(name).resource if name.startswith("arn:") else name)
    return None if found is None else _made(found["name"], partition)


def aws_policies(partition: str = "aws") -> Iterable[ManagedPolicy]:
    """All of them, by name."""
    return [_made(name, partition) for name in aws_policy_names()]


def aws_policy_names() -> Iterable[str]:
    """The names of all of them."""
    return sorted({policy["name"] for policy in _policies().values()})


@cache
def _policies() -> dict[str, dict[str, Any]]:
    """By name and by the resource of the ARN, `policy/path/name`."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - five megabytes

    found = {}
    for name, policy in json.loads(aws_managed_policies_data).items():
        entry = {**policy, "name": name}
        found[name] = found[f"policy{policy['Path']}{name}"] = entry
    return found


@cache
def _made(name: str, partition: str) -> ManagedPolicy:
    policy = _policies()[name]
    arn = f"arn:{partition}:iam::aws:policy{policy['Path']}{name}"
    text = json.dumps(policy["Document"], indent=2)
    origin = Origin(Source(arn, text))
    version = policy.get("DefaultVersionId", "v1")
    parsed = parse(policy["Document"], kind=Kind.IDENTITY, name=name, origin=origin, arn=arn)
    return ManagedPolicy(arn, name, "", {version: parsed}, version, origin, int(version.removeprefix("v")))
