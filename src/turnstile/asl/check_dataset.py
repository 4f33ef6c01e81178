"""What must fit together in the ItemReader, ItemBatcher and ResultWriter of a Map.

The fields themselves are in the tables of `asl.schema`. Which combinations AWS refuses: developer guide, "ItemReader
(Map)" and "ResultWriter (Map)"; its wording is *inferred* from that of other objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import schema
from turnstile.asl.fields import broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.asl.finding import Finding, Place
    from turnstile.document import Json

_APIS = {"ItemReader": ("s3:getObject", "s3:listObjectsV2"), "ResultWriter": ("s3:putObject",)}
_LIMITS = ("MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")
_LOADED = ("CSV", "JSON", "JSONL", "PARQUET")
_UNLOADED = ("CSV", "JSONL", "PARQUET")


def parts(body: dict[str, Json]) -> Iterator[tuple[tuple[str, ...], dict[str, Json]]]:
    """The objects of a Map that concern its dataset, as far as they are objects, with the names that lead there."""
    for names in schema.DATASET:
        part: Json = body
        for name in names:
            part = part.get(name) if isinstance(part, dict) else None
        if isinstance(part, dict):
            yield names, part


def findings(body: dict[str, Json], language: Json, place: Place) -> Iterator[Finding]:
    """What does not fit together, with the mode of the Map and in each object."""
    found = dict(parts(body))
    if not _distributed(body):
        for names in found:
            if len(names) == 1:
                yield broken(
                    f"Field '{names[0]}' is not supported", place, "`ProcessorConfig` needs the distributed mode"
                )
        return
    arguments = "Arguments" if language == "JSONata" else "Parameters"
    if ("ItemReader",) in found:
        yield from _called(found["ItemReader",], "ItemReader", arguments, (*place, "ItemReader"))
        config = found.get(("ItemReader", "ReaderConfig"), {})
        yield from _config(config, found["ItemReader",], (*place, "ItemReader", "ReaderConfig"))
    batcher = found.get(("ItemBatcher",))
    if batcher is not None and not any(name in batcher for name in _LIMITS):
        yield _some_of(_LIMITS, (*place, "ItemBatcher"))
    if ("ResultWriter",) in found:
        yield from _writer(found["ResultWriter",], arguments, (*place, "ResultWriter"))


def _distributed(body: dict[str, Json]) -> bool:
    processor = body.get("ItemProcessor", body.get("Iterator"))
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"


def _called(part: dict[str, Json], field: str, arguments: str, place: Place) -> Iterator[Finding]:
    resource = part.get("Resource")
    if isinstance(resource, str) and resource.partition(":states:::")[2] not in _APIS[field]:
        yield broken("Value is not a valid resource ARN", (*place, "Resource"), f"use {' or '.join(_APIS[field])}")
    if isinstance(resource, str) and arguments not in part:
        yield broken(f"These fields are required: [{arguments}]", place)


def _config(config: dict[str, Json], reader: dict[str, Json], place: Place) -> Iterator[Finding]:
    """What a reader is told about what it reads."""
    listing = str(reader.get("Resource", "")).endswith("listObjectsV2")
    load = config.get("Transformation") == "LOAD_AND_FLATTEN"
    manifest, kind = config.get("ManifestType"), config.get("InputType")
    if "Transformation" in config and not listing:
        yield broken("Field 'Transformation' is not supported", place)
    if (load and kind not in _LOADED) or (manifest == "ATHENA_DATA" and kind not in _UNLOADED):
        known = ", ".join(_LOADED if load else _UNLOADED)
        yield broken(f"Value should be one of the following: [{known}]", (*place, "InputType"))
    elif not listing and kind is None and manifest is None:
        yield broken("These fields are required: [InputType]", place)
    if manifest == "S3_INVENTORY" and kind not in (None, "MANIFEST"):
        yield broken("Field 'InputType' is not supported", place, "an S3 inventory is always read as CSV")
    if config.get("CSVHeaderLocation") == "GIVEN" and "CSVHeaders" not in config:
        yield broken("These fields are required: [CSVHeaders]", place)


def _writer(writer: dict[str, Json], arguments: str, place: Place) -> Iterator[Finding]:
    if not writer:
        yield broken("Value cannot be empty", place)
    elif arguments in writer and "Resource" not in writer:
        yield broken("These fields are required: [Resource]", place)
    else:
        yield from _called(writer, "ResultWriter", arguments, place)


def _some_of(names: tuple[str, ...], place: Place) -> Finding:
    return broken(f"This object should have at least one of the following fields: [{', '.join(names)}]", place)
