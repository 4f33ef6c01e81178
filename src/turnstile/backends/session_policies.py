"""Session policies: the policy and the managed policies that AssumeRole is given to limit a session.

Shapes and limits: STS API Reference, AssumeRole; reference/limits.md. The texts of refusals are *inferred*.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.document import size
from turnstile.faults import Rejected
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import Origin, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.iam.policy import Policy
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.world import World

_LARGEST = 2048
_MOST = 10


def session_policies(parameters: Mapping[str, Json], world: World) -> tuple[Policy, ...]:
    """The session policies in the parameters of AssumeRole.

    Raises:
        ServiceError: one is malformed, too long, or not there.
    """
    arns = [str(entry.get("arn", "")) for entry in parameters.get("PolicyArns") or ()]
    if len(arns) > _MOST:
        raise ServiceError("ValidationError", f"1 validation error detected: at most {_MOST} policy ARNs are allowed")
    inline = (_inline(str(parameters["Policy"])),) if "Policy" in parameters else ()
    return (*inline, *_managed(arns, world))


def _inline(text: str) -> Policy:
    if size(text) > _LARGEST:
        raise ServiceError("PackedPolicyTooLarge", f"The session policy is larger than {_LARGEST} characters.")
    try:
        name = "session policy"
        return parse(json.loads(text), kind=Kind.SESSION, name=name, origin=Origin(Source(name, text)))
    except (ValueError, Rejected):
        raise ServiceError("MalformedPolicyDocument", "This policy contains invalid Json") from None


def _managed(arns: list[str], world: World) -> Iterator[Policy]:
    for arn in arns:
        managed = world.managed(arn) or _of_aws(arn)
        if managed is None:
            raise ServiceError("InvalidInput", f"The policy {arn} does not exist or is not attachable.")
        yield replace(managed.policy, kind=Kind.SESSION)


def _of_aws(arn: str) -> ManagedPolicy | None:
    if ":iam::aws:policy/" not in arn:
        return None
    from turnstile.backends.moto_policies import aws_policy  # noqa: PLC0415 - five megabytes

    return aws_policy(arn, arn.split(":")[1])
