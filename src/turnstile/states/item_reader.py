"""The ItemReader of a distributed Map: which objects are read, and what items they hold.

Documented: developer guide, "ItemReader (Map)". Recorded: scenarios.base_scenarios/test_map_item_reader_*. The items
of several objects stand in the order of the objects (*inferred*).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from turnstile.asl.dataset import Csv
from turnstile.states.inputs import Items
from turnstile.states.records import csv_items, failed, json_items, line_items, parquet_items

if TYPE_CHECKING:
    from turnstile.asl.dataset import ItemReader
    from turnstile.document import Json
    from turnstile.states.objects import Objects

_LARGEST = 10 * 1024**3
"""Bytes an object may have (reference/limits.md)."""


async def read(reader: ItemReader, arguments: dict[str, Json], most: int, objects: Objects, *, wide: bool) -> Items:
    """The items, `most` at the most (0 for all); `wide` says that JSON may be an object too.

    Raises:
        StatesError: the dataset cannot be read.
        Unsupported: it needs an extra that is not installed.
    """
    if most < 0:
        raise failed("field MaxItems must be positive")
    work = _Reading(reader, arguments, objects, wide)
    if reader.listing:
        return await (work.loaded(most) if reader.load else work.metadata(most))
    if reader.manifest == "S3_INVENTORY":
        return (await work.inventory(most)).first(most)
    if reader.manifest == "ATHENA_DATA":
        return (await work.unloaded(most)).first(most)
    return (await work.items(str(arguments.get("Bucket", "")), str(arguments.get("Key", "")))).first(most)


class _Reading:
    """One dataset being read."""

    def __init__(self, reader: ItemReader, arguments: dict[str, Json], objects: Objects, wide: bool) -> None:  # noqa: FBT001 - see `read`
        self._reader = reader
        self._arguments = arguments
        self._objects = objects
        self._wide = wide
        self._bucket = str(arguments.get("Bucket", ""))

    async def metadata(self, most: int) -> Items:
        """The objects of a bucket as S3 lists them; times are seconds since 1970."""
        listed = await self._objects.listed(self._arguments, most)
        return Items([_shown(each) for each in listed], (), f"s3://{self._bucket}")

    async def loaded(self, most: int) -> Items:
        """The items in the objects of a bucket; names that end in a slash are folders."""
        listed = await self._objects.listed(self._arguments, 0)
        keys = [str(each["Key"]) for each in listed if not str(each["Key"]).endswith("/")]
        return (await self._joined([(self._bucket, key) for key in keys], most)).first(most)

    async def unloaded(self, most: int) -> Items:
        """The items in the objects that a manifest of an Athena UNLOAD lists, one S3 URI in each line."""
        content = await self._objects.read(self._arguments)
        rows = csv_items(content, Csv(headers=("uri",)))
        places = [tuple(row["uri"].strip().removeprefix("s3://").partition("/")[::2]) for row in rows]
        return await self._joined([(bucket, key) for bucket, key in places], most)

    async def inventory(self, most: int) -> Items:
        """What an S3 inventory says of each object; keys in it are written as in URLs."""
        try:
            manifest = json.loads(await self._objects.read(self._arguments))
            schema = tuple(name.strip() for name in manifest["fileSchema"].split(","))
            files = [str(each["key"]) for each in manifest["files"]]
            bucket = str(manifest["destinationBucket"]).rpartition(":")[2]
        except (ValueError, LookupError, TypeError, AttributeError):
            raise failed("The object is not the manifest of an S3 inventory.") from None
        if manifest.get("fileFormat", "CSV") != "CSV":
            raise failed("The format of an S3 inventory must be CSV.")
        rows: list[Json] = []
        sources: list[str] = []
        for key in files:
            if most and len(rows) >= most:
                break
            found = csv_items(await self._objects.read({"Bucket": bucket, "Key": key}), Csv(headers=schema))
            rows += [{**row, "Key": unquote_plus(row["Key"])} if "Key" in row else row for row in found]
            sources += [f"s3://{bucket}/{key}"] * len(found)
        return Items(rows, (), sources)

    async def items(self, bucket: str, key: str) -> Items:
        """The items in one object."""
        found = self._parsed(await self._objects.read({**self._own(), "Bucket": bucket, "Key": key}))
        return Items(found.values, found.keys, f"s3://{bucket}/{key}")

    def _own(self) -> dict[str, Json]:
        """What is said of the object to be read besides its place; of a list it is said of the list."""
        plain = not (self._reader.listing or self._reader.manifest)
        return self._arguments if plain else {}

    async def _joined(self, places: list[tuple[str, str]], most: int) -> Items:
        values: list[Json] = []
        keys: list[str] = []
        sources: list[str] = []
        for bucket, key in places:
            if most and len(values) >= most:
                break
            found = await self.items(bucket, key)
            values += found.values
            keys += found.keys
            sources += [f"s3://{bucket}/{key}"] * len(found.values)
        return Items(values, keys if len(keys) == len(values) else (), sources)

    def _parsed(self, content: bytes) -> Items:
        if len(content) > _LARGEST:
            raise failed("The object is larger than 10 GB.")
        match self._reader.input_type:
            case "JSON":
                return json_items(content, self._reader.pointer, objects=self._wide)
            case "JSONL":
                return Items(line_items(content))
            case "PARQUET":
                return Items(parquet_items(content))
            case _:
                return Items(csv_items(content, self._reader.csv))


def _shown(listed: dict[str, Json]) -> dict[str, Json]:
    """An entry of ListObjectsV2 as the service shows it (recorded: test_map_item_reader_base_list_objects_v2)."""
    return {
        "Etag": listed["ETag"],
        "Key": listed["Key"],
        "LastModified": _seconds(listed["LastModified"]),
        "Size": listed["Size"],
        "StorageClass": listed.get("StorageClass", "STANDARD"),
    }


def _seconds(moment: Json) -> Json:
    return int(datetime.fromisoformat(str(moment)).timestamp())
