"""ItemReader, ItemBatcher and ResultWriter from sound objects to values, in both query languages.

A language is two functions: one compiles a field of any value, one a number. Defaults: reference/limits.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from turnstile.asl.dataset import Csv, ItemBatcher, ItemReader, ResultWriter, Transformation

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from turnstile.asl.dataset import Number
    from turnstile.asl.template import Template
    from turnstile.document import Json

    Field: TypeAlias = Callable[[dict[str, Json], str, str], Template | None]
    """Compiles the field of an object: the object, the field, and how AWS calls the object."""
    Whole: TypeAlias = Callable[[dict[str, Json], str, str], Number | None]
    """The same for a number."""

DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


class Language(NamedTuple):
    """How fields are compiled; `arguments` is the field with what is sent to S3."""

    arguments: str
    field: Field
    number: Whole


def parts(body: dict[str, Json], language: Language) -> dict[str, Json]:
    """The members of a Map that concern its dataset, as keyword arguments."""
    return {
        "item_reader": _reader(body["ItemReader"], language) if "ItemReader" in body else None,
        "item_batcher": _batcher(body["ItemBatcher"], language) if "ItemBatcher" in body else None,
        "result_writer": _writer(body["ResultWriter"], language) if "ResultWriter" in body else None,
    }


def _reader(body: dict[str, Json], language: Language) -> ItemReader:
    config = body.get("ReaderConfig", {})
    arguments = language.field(body, language.arguments, "ItemReader")
    assert arguments is not None  # asl.check refuses a reader without them
    kind = config.get("InputType", "")
    return ItemReader(
        listing=body["Resource"].endswith(":listObjectsV2"),
        arguments=arguments,
        input_type="" if kind == "MANIFEST" else kind,
        manifest=config.get("ManifestType", "S3_INVENTORY" if kind == "MANIFEST" else ""),
        load=config.get("Transformation") == "LOAD_AND_FLATTEN",
        csv=_csv(config),
        pointer=config.get("ItemsPointer", ""),
        max_items=language.number(config, "MaxItems", "ItemReader/ReaderConfig") or 0,
    )


def _csv(config: dict[str, Json]) -> Csv:
    given = tuple(config.get("CSVHeaders", ()))
    in_file = config.get("CSVHeaderLocation", "GIVEN" if given else "FIRST_ROW") == "FIRST_ROW"
    return Csv(DELIMITERS[config.get("CSVDelimiter", "COMMA")], None if in_file else given)


def _batcher(body: dict[str, Json], language: Language) -> ItemBatcher:
    return ItemBatcher(
        max_items=language.number(body, "MaxItemsPerBatch", "ItemBatcher"),
        max_bytes=language.number(body, "MaxInputBytesPerBatch", "ItemBatcher"),
        batch_input=language.field(body, "BatchInput", "ItemBatcher"),
    )


def _writer(body: dict[str, Json], language: Language) -> ResultWriter:
    config = body.get("WriterConfig", {})
    exported = "Resource" in body
    plain = "NONE" if exported and "WriterConfig" not in body else "COMPACT"
    return ResultWriter(
        arguments=language.field(body, language.arguments, "ResultWriter") if exported else None,
        transformation=Transformation(config.get("Transformation", plain)),
        lines=config.get("OutputType") == "JSONL",
    )
