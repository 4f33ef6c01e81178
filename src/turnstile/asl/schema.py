"""The fields of every object of a definition, as tables: their kinds, which are needed, which exclude each other.

Which state type takes which field, and which query language, was measured by users for all types and fields
(https://github.com/badmintoncryer/cdk-preflight, 2026-09-05). This file holds data; `asl.check` walks it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.asl import fields as kinds
from turnstile.asl.choice import COMPARISONS, OPERATORS, TESTS

if TYPE_CHECKING:
    from turnstile.asl.fields import Kind

_LONGEST_SECONDS = 99_999_999
_LONGEST_DELAY = 31_622_400
_MOST_ITEMS = 100_000_000
_MOST_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of object: its fields, those it must have, groups of which one at most or exactly one may stand."""

    fields: dict[str, Kind]
    required: tuple[str, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    exactly_one: tuple[tuple[str, ...], ...] = field(default=())


_COMMON: dict[str, Kind] = {
    "Type": kinds.anything,
    "Comment": kinds.text,
    "QueryLanguage": kinds.one_of("JSONPath", "JSONata"),
}
_DATA: dict[str, Kind] = {
    "InputPath": kinds.optional_path,
    "OutputPath": kinds.optional_path,
    "Output": kinds.anything,
}
_ASSIGN: dict[str, Kind] = {"Assign": kinds.assign}
_FLOW: dict[str, Kind] = {"Next": kinds.text, "End": kinds.truth}
_RESULT: dict[str, Kind] = {"Parameters": kinds.template, "ResultPath": kinds.result_path}
_WORK: dict[str, Kind] = {**_RESULT, "ResultSelector": kinds.object_template}
_FAILING: dict[str, Kind] = {"Retry": kinds.anything, "Catch": kinds.anything}
_TOLERATED: dict[str, Kind] = {
    "ToleratedFailurePercentage": kinds.number(0.0, 100.0),
    "ToleratedFailurePercentagePath": kinds.path,
    "ToleratedFailureCount": kinds.integer(0),
    "ToleratedFailureCountPath": kinds.path,
}

_PASS = Shape({**_COMMON, **_DATA, **_ASSIGN, **_FLOW, **_RESULT, "Result": kinds.anything})
_TASK = Shape(
    {
        **_COMMON, **_DATA, **_ASSIGN, **_FLOW, **_WORK, **_FAILING,
        "Arguments": kinds.anything,
        "Resource": kinds.resource,
        "Credentials": kinds.credentials,
        "TimeoutSeconds": kinds.integer(1, _LONGEST_SECONDS),
        "TimeoutSecondsPath": kinds.path,
        "HeartbeatSeconds": kinds.integer(1, _LONGEST_SECONDS),
        "HeartbeatSecondsPath": kinds.path,
    },
    required=("Resource",),
    exclusive=(("TimeoutSeconds", "TimeoutSecondsPath"), ("HeartbeatSeconds", "HeartbeatSecondsPath")),
)  # fmt: skip
_CHOICE = Shape({**_COMMON, **_DATA, **_ASSIGN, "Choices": kinds.filled, "Default": kinds.text}, required=("Choices",))
_WAIT = Shape(
    {
        **_COMMON, **_DATA, **_ASSIGN, **_FLOW,
        "Seconds": kinds.integer(0, _LONGEST_SECONDS),
        "SecondsPath": kinds.path,
        "Timestamp": kinds.timestamp,
        "TimestampPath": kinds.path,
    },
    exactly_one=(("SecondsPath", "Seconds", "TimestampPath", "Timestamp"),),
)  # fmt: skip
_SUCCEED = Shape({**_COMMON, **_DATA})
_FAIL = Shape(
    {
        **_COMMON,
        "Error": kinds.text,
        "Cause": kinds.text,
        "ErrorPath": kinds.path_or_call,
        "CausePath": kinds.path_or_call,
    },
    exclusive=(("Error", "ErrorPath"), ("Cause", "CausePath")),
)
_PARALLEL = Shape(
    {
        **_COMMON, **_DATA, **_ASSIGN, **_FLOW, **_WORK, **_FAILING,
        "Arguments": kinds.anything,
        "Branches": kinds.filled,
    },
    required=("Branches",),
)  # fmt: skip
_MAP = Shape(
    {
        **_COMMON, **_DATA, **_ASSIGN, **_FLOW, **_WORK, **_FAILING, **_TOLERATED,
        "ItemProcessor": kinds.an_object,
        "Iterator": kinds.an_object,
        "Items": kinds.anything,
        "ItemsPath": kinds.path,
        "ItemSelector": kinds.template,
        "ItemReader": kinds.an_object,
        "ItemBatcher": kinds.an_object,
        "ResultWriter": kinds.an_object,
        "MaxConcurrency": kinds.integer(0),
        "MaxConcurrencyPath": kinds.path,
        "Label": kinds.text,
    },
    exclusive=(
        ("MaxConcurrency", "MaxConcurrencyPath"),
        ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
        ("ToleratedFailureCount", "ToleratedFailureCountPath"),
    ),
    exactly_one=(("ItemProcessor", "Iterator"),),
)  # fmt: skip

STATES: dict[str, Shape] = {
    "Task": _TASK,
    "Wait": _WAIT,
    "Pass": _PASS,
    "Succeed": _SUCCEED,
    "Fail": _FAIL,
    "Choice": _CHOICE,
    "Parallel": _PARALLEL,
    "Map": _MAP,
}
"""By state type, in the order in which AWS lists them (recorded: test_state_name_invalid_state_definition)."""

MACHINE = Shape(
    {
        "Comment": kinds.text,
        "StartAt": kinds.text,
        "States": kinds.an_object,
        "Version": kinds.one_of("1.0"),
        "TimeoutSeconds": kinds.integer(0, _LONGEST_SECONDS),
        "QueryLanguage": kinds.one_of("JSONPath", "JSONata"),
    },
    required=("StartAt", "States"),
)
BRANCH = Shape(
    {"Comment": kinds.text, "StartAt": kinds.text, "States": kinds.an_object}, required=("StartAt", "States")
)
PROCESSOR = Shape({**BRANCH.fields, "ProcessorConfig": kinds.an_object}, required=BRANCH.required)
RETRIER = Shape(
    {
        "ErrorEquals": kinds.filled,
        "IntervalSeconds": kinds.integer(1, _LONGEST_SECONDS),
        "MaxAttempts": kinds.integer(0, _LONGEST_SECONDS),
        "BackoffRate": kinds.number(1.0),
        "MaxDelaySeconds": kinds.integer(1, _LONGEST_DELAY),
        "JitterStrategy": kinds.one_of("NONE", "FULL"),
        "Comment": kinds.text,
    },
    required=("ErrorEquals",),
)
CATCHER = Shape(
    {
        "ErrorEquals": kinds.filled,
        "Next": kinds.text,
        "ResultPath": kinds.result_path,
        "Assign": kinds.assign,
        "Output": kinds.anything,
        "Comment": kinds.text,
    },
    required=("ErrorEquals", "Next"),
)

_S3 = {"Resource": kinds.text, "Parameters": kinds.object_template, "Arguments": kinds.an_object}
_READER = Shape({**_S3, "ReaderConfig": kinds.an_object}, required=("Resource",))
_READER_CONFIG = Shape(
    {
        "InputType": kinds.one_of("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"),
        "ManifestType": kinds.one_of("ATHENA_DATA", "S3_INVENTORY"),
        "Transformation": kinds.one_of("NONE", "LOAD_AND_FLATTEN"),
        "CSVHeaderLocation": kinds.one_of("FIRST_ROW", "GIVEN"),
        "CSVHeaders": kinds.filled,
        "CSVDelimiter": kinds.one_of("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"),
        "ItemsPointer": kinds.text,
        "MaxItems": kinds.integer(0, _MOST_ITEMS),
        "MaxItemsPath": kinds.path,
    },
    exclusive=(("MaxItems", "MaxItemsPath"),),
)
_BATCHER = Shape(
    {
        "BatchInput": kinds.object_template,
        "MaxItemsPerBatch": kinds.integer(1),
        "MaxItemsPerBatchPath": kinds.path,
        "MaxInputBytesPerBatch": kinds.integer(1, _MOST_BYTES),
        "MaxInputBytesPerBatchPath": kinds.path,
    },
    exclusive=(
        ("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
        ("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),
    ),
)
_WRITER = Shape({**_S3, "WriterConfig": kinds.an_object})
_WRITER_CONFIG = Shape(
    {
        "Transformation": kinds.one_of("NONE", "COMPACT", "FLATTEN"),
        "OutputType": kinds.one_of("JSON", "JSONL"),
    }
)
DATASET: dict[tuple[str, ...], Shape] = {
    ("ItemReader",): _READER,
    ("ItemReader", "ReaderConfig"): _READER_CONFIG,
    ("ItemBatcher",): _BATCHER,
    ("ResultWriter",): _WRITER,
    ("ResultWriter", "WriterConfig"): _WRITER_CONFIG,
}
"""The objects of a Map that concern its dataset, by the names that lead there (developer guide, "ItemReader (Map)",
"ItemBatcher (Map)", "ResultWriter (Map)"; bounds: reference/limits.md)."""

_OPERANDS: dict[str, Kind] = {
    "String": kinds.text,
    "Numeric": kinds.number(float("-inf")),
    "Boolean": kinds.truth,
    "Timestamp": kinds.timestamp,
}


def _operand(name: str) -> Kind:
    if name in TESTS:
        return kinds.truth
    if name not in COMPARISONS:
        return kinds.operand_path
    return next(kind for prefix, kind in _OPERANDS.items() if name.startswith(prefix))


SELECTORS = ("And", "Or", "Not", "Variable", "Condition")
"""A Choice rule has exactly one of these."""

RULE = Shape(
    {
        "And": kinds.filled,
        "Or": kinds.filled,
        "Not": kinds.an_object,
        "Variable": kinds.operand_path,
        "Condition": kinds.anything,
        "Comment": kinds.text,
        **{name: _operand(name) for name in sorted(OPERATORS)},
    }
)
"""A rule inside And, Or or Not."""

TOP_RULE = Shape(
    {**RULE.fields, "Next": kinds.text, "Assign": kinds.assign, "Output": kinds.anything}, required=("Next",)
)
"""An entry of Choices."""

JSONPATH_ONLY = frozenset(
    {
        "InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Result", "ItemsPath",
        "TimeoutSecondsPath", "HeartbeatSecondsPath", "SecondsPath", "TimestampPath", "MaxConcurrencyPath",
        "ToleratedFailurePercentagePath", "ToleratedFailureCountPath", "ErrorPath", "CausePath", "Variable",
        "MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath",
    }
)  # fmt: skip
"""Fields that a state with the query language JSONata may not have."""

JSONATA_KINDS: dict[str, Kind] = {
    "Assign": kinds.assign_plainly,
    "Credentials": kinds.credentials_plainly,
    "ItemSelector": kinds.an_object,
    "BatchInput": kinds.an_object,
    "Condition": kinds.truth,
}
"""What fields with another meaning in JSONata must be where no expression stands in them."""

COMPUTED = frozenset(
    {
        "Arguments", "Output", "Credentials", "TimeoutSeconds", "HeartbeatSeconds", "Seconds", "Timestamp", "Error",
        "Cause", "Items", "ItemSelector", "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage",
        "Condition", "BatchInput", "MaxItems", "MaxItemsPerBatch", "MaxInputBytesPerBatch",
    }
)  # fmt: skip
"""Fields whose whole value may be an expression in JSONata."""

JSONATA_ONLY = frozenset({"Arguments", "Output", "Items", "Condition"})
"""Fields that a state with the query language JSONPath may not have."""
