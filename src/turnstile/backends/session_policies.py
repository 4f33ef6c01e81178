"""Session policies: the policy and the managed policies that AssumeRole is given to limit a session.

Shapes and limits: STS API Reference, AssumeRole; reference/limits.md. The texts of refusals are *inferred*.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.document import octets, size
from turnstile.faults import Rejected
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind, Policy
from turnstile.source import Origin, Source, unwritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.world import World

_LARGEST = 2048
_MOST = 10
_ROOM = 2048
"""Bytes of policies and tags once packed; AWS says neither the room nor the packing (*inferred*: zlib)."""


def session_policies(parameters: Mapping[str, Json], world: World) -> tuple[Policy, ...]:
    """The session policies in the parameters of AssumeRole.

    Raises:
        ServiceError: one is malformed, too long, or not there.
    """
    arns = _arns(parameters)
    if len(arns) > _MOST:
        raise ServiceError("ValidationError", f"1 validation error detected: at most {_MOST} policy ARNs are allowed")
    inline = (_inline(str(parameters["Policy"])),) if "Policy" in parameters else ()
    return (*inline, *_managed(arns, world))


def nothing_allowed() -> Policy:
    """The limit of a session that was given none though it needs one: it allows nothing."""
    return Policy(Kind.SESSION, "no session policy", (), unwritten("<no session policy>"))


def packed_percent(parameters: Mapping[str, Json], tags: Mapping[str, str]) -> int:
    """How much of the room for session policies and tags is taken, in percent.

    Raises:
        ServiceError: PackedPolicyTooLarge.
    """
    text = json.dumps([parameters.get("Policy", ""), _arns(parameters), dict(tags)], ensure_ascii=False)
    percent = -(-100 * len(zlib.compress(octets(text), 9)) // _ROOM)
    if percent > _WHOLE:
        words = f"Packed size of session policy consumes {percent}% of allotted space"
        raise ServiceError("PackedPolicyTooLarge", words)
    return percent


_WHOLE = 100


def _arns(parameters: Mapping[str, Json]) -> list[str]:
    return [str(entry.get("arn", "")) for entry in parameters.get("PolicyArns") or ()]


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
