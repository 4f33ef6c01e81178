"""What S3 says of a key that is not there: 404 to who may list the bucket, 403 to everybody else.

Whether the caller may is judged like any call and written down apart (`Trail.veiled`): it is a question of S3's own, so
it is no refused call. That the listing is judged without a prefix is *inferred*. Spec: Amazon S3 API Reference,
GetObject and HeadObject, "Permissions".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.gate.errors import ServiceError
from turnstile.gate.trail import Entry, Veil

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.gate.trail import Ruling
    from turnstile.world.world import World

_NOT_FOUND, _FORBIDDEN = 404, 403


def listing(call: Call, error: ServiceError, world: World) -> Call | None:
    """The call whose permission decides what is said; None where the error is not about a key of a bucket."""
    if call.service != "s3" or not world.judged or not _is_of_a_key(call, error, world):
        return None
    return replace(call, operation="ListObjectsV2", parameters={"Bucket": call.parameters["Bucket"]})


def _is_of_a_key(call: Call, error: ServiceError, world: World) -> bool:
    """An answer to HeadObject has no body, so a bucket that is not there looks the same."""
    match call.operation:
        case "GetObject":
            return error.code == "NoSuchKey"
        case "HeadObject":
            place = partition_of(call.region).name, str(call.parameters.get("Bucket", "")).split(":::")[-1]
            return error.status == _NOT_FOUND and place in world.known.buckets
        case _:
            return False


def veiled(
    call: Call, asked: Call, ruling: Ruling, resource: str, world: World, after: int
) -> tuple[Veil, ServiceError]:
    """What to write down, and what the caller is told who may not list."""
    from turnstile.gate.judge import refusal  # noqa: PLC0415 - loads the policy language

    now = world.clock.now()
    told = refusal(Entry(after, now, asked, ruling, resource))
    return Veil(now, call, ruling, resource, after), ServiceError("AccessDenied", told.message, _FORBIDDEN)
