"""Objects in S3, read and written by the service for a distributed Map: every call goes through the gate.

The session is the execution role's. An answer holds text or Base64 (see `backends.moto_codec`), so what is binary is
known by its first bytes. Text of a refusal: that of the AWS SDK integrations (*inferred* for reader and writer).
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.asl.errors import StatesError
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.integrations.failure import sdk_failure

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Site
    from turnstile.gate.gate import Gate
    from turnstile.world.caller import Session

_GZIP, _ZSTD, PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
_BINARY = (_GZIP, _ZSTD, PARQUET)


@dataclass(frozen=True, slots=True)
class Objects:
    """Access under one session; a refusal becomes the error `failing`."""

    gate: Gate
    session: Session
    region: str
    site: Site
    failing: str

    async def read(self, members: dict[str, Json]) -> bytes:
        """The content of an object, decompressed if its name says that it is compressed.

        Raises:
            StatesError: S3 refuses it, or it cannot be decompressed.
        """
        self._own(members)
        answer = await self._ask("GetObject", members)
        return self._plain(_content(answer["Body"]), str(members.get("Key", "")))

    async def listed(self, members: dict[str, Json], most: int) -> list[Json]:
        """The metadata of the objects of a bucket, as ListObjectsV2 shows them; `most` 0 for all.

        Raises:
            StatesError: S3 refuses it.
        """
        found: list[Json] = []
        more: dict[str, Json] = {}
        while not most or len(found) < most:
            answer = await self._ask("ListObjectsV2", {**members, **more})
            found += answer.get("Contents", ())
            if not answer.get("IsTruncated"):
                break
            more = {"ContinuationToken": answer["NextContinuationToken"]}
        return found[: most or None]

    async def write(self, bucket: str, key: str, text: str) -> None:
        """Put an object.

        Raises:
            StatesError: S3 refuses it.
        """
        await self._ask("PutObject", {"Bucket": bucket, "Key": key, "Body": text, "ContentType": "application/json"})

    async def _ask(self, operation: str, members: dict[str, Json]) -> Json:
        try:
            return (await self.gate.call(Call(self.session, "s3", operation, members, self.region, self.site))).output
        except ServiceError as error:
            raise StatesError(self.failing, sdk_failure("S3", error, None).cause) from None

    def owner(self, bucket: str) -> str:
        """The account that owns a bucket; the caller's where nobody has said so."""
        known = self.gate.world.known.buckets
        return known.get((partition_of(self.region).name, bucket), self.session.account)

    def _own(self, members: dict[str, Json]) -> None:
        """Refuse a bucket of another owner than the one that is expected, which the storage does not do."""
        owner = self.owner(str(members.get("Bucket")))
        if members.get("ExpectedBucketOwner", owner) != owner:
            raise StatesError(self.failing, "Access Denied (Service: S3, Status Code: 403)")

    def _plain(self, content: bytes, key: str) -> bytes:
        try:
            if key.endswith(".gz") and content.startswith(_GZIP):
                return gzip.decompress(content)
            if key.endswith((".zstd", ".zst")) and content.startswith(_ZSTD):
                return _from_zstd(content)
        except (OSError, EOFError, zlib.error):
            raise StatesError(self.failing, f"The object {key} cannot be decompressed.") from None
        return content


def _content(body: str) -> bytes:
    """The bytes of a body that is text, or Base64 of what is not."""
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return body.encode()
    return content if content.startswith(_BINARY) else body.encode()


def _from_zstd(content: bytes) -> bytes:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise Unsupported("reading a zstd object without `pyarrow` (install the extra `parquet`)") from None
    with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
        return bytes(stream.read())
