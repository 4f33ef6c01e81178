"""What CreateStateMachine refuses about datasets of a Map."""

from __future__ import annotations

import json

import pytest

from turnstile.asl import check
from turnstile.asl.parse import parse

GET, LIST, PUT = (f"arn:aws:states:::s3:{api}" for api in ("getObject", "listObjectsV2", "putObject"))
PLACE = {"Bucket": "b", "Key.$": "$.key"}
AT = "/States/M"
KINDS = "CSV, JSON, JSONL, PARQUET, MANIFEST"
LIMITS = "MaxItemsPerBatch, MaxItemsPerBatchPath, MaxInputBytesPerBatch, MaxInputBytesPerBatchPath"


def machine(mode="DISTRIBUTED", **fields):
    """A machine of one Map."""
    config = {"Mode": mode} | ({"ExecutionType": "STANDARD"} if mode == "DISTRIBUTED" else {})
    processor = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}, "ProcessorConfig": config}
    return {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}}}


def reader(resource=GET, **config):
    return {"Resource": resource, "Parameters": PLACE, **({"ReaderConfig": config} if config else {})}


@pytest.mark.parametrize(
    "fields",
    [
        {"ItemReader": reader(InputType="JSON", ItemsPointer="/a", MaxItemsPath="$.n")},
        {"ItemReader": reader(InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=["a"], CSVDelimiter="TAB")},
        {"ItemReader": reader(InputType="MANIFEST")},
        {"ItemReader": reader(ManifestType="S3_INVENTORY")},
        {"ItemReader": reader(ManifestType="ATHENA_DATA", InputType="PARQUET")},
        {"ItemReader": reader(LIST)},
        {"ItemReader": reader(LIST, Transformation="LOAD_AND_FLATTEN", InputType="JSONL")},
        {"ItemBatcher": {"MaxItemsPerBatch": 5, "MaxInputBytesPerBatchPath": "$.n", "BatchInput": {"a.$": "$.a"}}},
        {"ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}},
        {"ResultWriter": {"Resource": PUT, "Parameters": {"Bucket": "b", "Prefix": "p"}}},
    ],
    ids=json.dumps,
)
def test_a_sound_dataset_has_no_findings_and_is_read(fields):
    """Everything that AWS documents."""
    assert check.findings(machine(**fields)) == ()
    assert parse(machine(**fields)).states["M"].name == "M"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"ItemReader": {"Parameters": PLACE, "ReaderConfig": {"InputType": "CSV"}}},
         "These fields are required: [Resource] at {}/ItemReader"),
        ({"ItemReader": {"Resource": GET, "ReaderConfig": {"InputType": "CSV"}}},
         "These fields are required: [Parameters] at {}/ItemReader"),
        ({"ItemReader": reader(PUT, InputType="JSON")}, "Value is not a valid resource ARN at {}/ItemReader/Resource"),
        ({"ItemReader": reader()}, "These fields are required: [InputType] at {}/ItemReader/ReaderConfig"),
        ({"ItemReader": reader(InputType="XML")},
         f"Value should be one of the following: [{KINDS}] at {{}}/ItemReader/ReaderConfig/InputType"),
        ({"ItemReader": reader(InputType="JSON", MaxItems=1, MaxItemsPath="$")},
         "There should only be one of the following fields: [MaxItems, MaxItemsPath] at {}/ItemReader/ReaderConfig"),
        ({"ItemReader": reader(InputType="JSON", MaxItems=-1)},
         "Minimum value is 0 at {}/ItemReader/ReaderConfig/MaxItems"),
        ({"ItemReader": reader(InputType="JSON", Transformation="NONE")},
         "Field 'Transformation' is not supported at {}/ItemReader/ReaderConfig"),
        ({"ItemReader": reader(LIST, Transformation="LOAD_AND_FLATTEN")},
         "Value should be one of the following: [CSV, JSON, JSONL, PARQUET] at {}/ItemReader/ReaderConfig/InputType"),
        ({"ItemReader": reader(ManifestType="ATHENA_DATA", InputType="JSON")},
         "Value should be one of the following: [CSV, JSONL, PARQUET] at {}/ItemReader/ReaderConfig/InputType"),
        ({"ItemReader": reader(ManifestType="S3_INVENTORY", InputType="CSV")},
         "Field 'InputType' is not supported at {}/ItemReader/ReaderConfig"),
        ({"ItemReader": reader(InputType="CSV", CSVHeaderLocation="GIVEN")},
         "These fields are required: [CSVHeaders] at {}/ItemReader/ReaderConfig"),
        ({"ItemBatcher": {"BatchInput": {}}},
         f"This object should have at least one of the following fields: [{LIMITS}] at {{}}/ItemBatcher"),
        ({"ItemBatcher": {"MaxInputBytesPerBatch": 262_145}},
         "Maximum value is 262144 at {}/ItemBatcher/MaxInputBytesPerBatch"),
        ({"ResultWriter": {}}, "Value cannot be empty at {}/ResultWriter"),
        ({"ResultWriter": {"Parameters": {}}}, "These fields are required: [Resource] at {}/ResultWriter"),
        ({"ResultWriter": {"Resource": PUT}}, "These fields are required: [Parameters] at {}/ResultWriter"),
        ({"ResultWriter": {"WriterConfig": {"OutputType": "CSV"}}},
         "Value should be one of the following: [JSON, JSONL] at {}/ResultWriter/WriterConfig/OutputType"),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_is_refused(fields, text):
    """One finding each, at the object it concerns."""
    found = check.findings(machine(**fields))
    expected = f"SCHEMA_VALIDATION_FAILED: {text.format(AT)}"
    assert check.aws_text(found) == f"Invalid State Machine Definition: '{expected}'"


@pytest.mark.parametrize("field", ["ItemReader", "ItemBatcher", "ResultWriter"])
def test_an_inline_map_has_no_dataset(field):
    """The distributed mode is needed for all three."""
    bodies = {
        "ItemReader": reader(InputType="JSON"),
        "ItemBatcher": {"MaxItemsPerBatch": 1},
        "ResultWriter": {"WriterConfig": {}},
    }
    (found,) = check.findings(machine("INLINE", **{field: bodies[field]}))
    assert (found.message, found.location) == (f"Field '{field}' is not supported", AT)


def test_jsonata_has_arguments_and_no_paths():
    """Parameters and paths belong to JSONPath."""
    body = {"Resource": GET, "Arguments": {"Bucket": "b", "Key": "{% 'k' %}"}, "ReaderConfig": {"InputType": "JSON"}}
    definition = {**machine(ItemReader=body), "QueryLanguage": "JSONata"}
    assert check.findings(definition) == ()
    body["ReaderConfig"]["MaxItemsPath"] = "$.n"
    (found,) = check.findings(definition)
    assert "'MaxItemsPath' is only supported for the 'JSONPath'" in found.message
