"""Parallel and Map in the tree: branches and processors with the states inside them."""

from contextlib import nullcontext

import pytest

from turnstile.asl.check import findings
from turnstile.asl.dataset import Csv, Transformation
from turnstile.asl.definition import Map, Mode, Parallel, Pass
from turnstile.asl.parse import parse
from turnstile.asl.path import ROOT, ROOT_REFERENCE
from turnstile.faults import Rejected, Unsupported


def _one(name="P", **fields):
    return {"StartAt": name, "States": {name: {"Type": "Pass", "End": True, **fields}}}


def _state(body):
    return parse({"StartAt": "S", "States": {"S": {**body, "End": True}}}).states["S"]


def test_a_parallel_state_holds_its_branches_in_order():
    """Branches keep their order, their states and the pointers of these."""
    state = _state({"Type": "Parallel", "Branches": [_one("A"), _one("B")], "Parameters": {"k": 1}})
    assert isinstance(state, Parallel)
    assert [branch.start_at for branch in state.branches] == ["A", "B"]
    assert isinstance(state.branches[1].states["B"], Pass)
    assert state.branches[1].pointer == "/States/S/Branches/1"
    assert state.branches[1].states["B"].pointer == "/States/S/Branches/1/States/B"
    assert (state.parameters.source, state.result_path, state.retry, state.catch) == ({"k": 1}, ROOT_REFERENCE, (), ())


def test_a_map_has_defaults():
    """Without other fields it is inline, takes its whole input and leaves the concurrency to the service."""
    state = _state({"Type": "Map", "ItemProcessor": _one()})
    assert isinstance(state, Map)
    assert (state.mode, state.items_path, state.item_selector, state.max_concurrency) == (Mode.INLINE, ROOT, None, 0)
    assert (state.label, state.item_reader, state.tolerated_failure_count) == (None, None, None)


def test_a_map_takes_every_field():
    """Numbers may be given by paths; reader, batcher and writer are values of their own."""
    state = _state(
        {
            "Type": "Map",
            "ItemProcessor": {**_one(), "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}},
            "ItemsPath": "$.items",
            "ItemSelector": {"v.$": "$$.Map.Item.Value"},
            "MaxConcurrencyPath": "$.most",
            "ToleratedFailureCountPath": "$.count",
            "ToleratedFailurePercentage": 12.5,
            "Label": "L",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "Parameters": {"Bucket": "b", "Key": "k"},
                "ReaderConfig": {"InputType": "CSV", "CSVDelimiter": "TAB", "MaxItemsPath": "$.n"},
            },
            "ItemBatcher": {"MaxItemsPerBatch": 2},
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}},
            "Retry": [{"ErrorEquals": ["E"]}],
        }
    )
    assert (state.mode, state.execution_type, state.label) == (Mode.DISTRIBUTED, "EXPRESS", "L")
    assert (state.items_path.text, state.max_concurrency.text) == ("$.items", "$.most")
    assert (state.tolerated_failure_count.text, state.tolerated_failure_percentage) == ("$.count", 12.5)
    assert state.item_selector.source == {"v.$": "$$.Map.Item.Value"}
    assert (state.item_batcher.max_items, state.retry[0].error_equals) == (2, ("E",))
    assert (state.item_reader.csv, state.item_reader.max_items.text) == (Csv("\t"), "$.n")
    assert (state.result_writer.transformation, state.result_writer.lines) == (Transformation.NONE, False)


def test_the_older_names_of_a_map_mean_the_same():
    """Iterator is ItemProcessor, and Parameters is ItemSelector unless that stands beside it."""
    state = _state({"Type": "Map", "Iterator": _one(), "Parameters": {"old": 1}})
    assert (state.item_processor.pointer, state.item_selector.source) == ("/States/S/Iterator", {"old": 1})
    both = _state({"Type": "Map", "Iterator": _one(), "Parameters": {"old": 1}, "ItemSelector": {"new": 1}})
    assert both.item_selector.source == {"new": 1}


@pytest.mark.parametrize(
    ("inner", "feature"),
    [
        ({"InputPath": "$[?(@.a type 'b')]"}, "JSONPath filter operator `type`"),
        ({"Parameters": {"a.$": "$.a.concat()"}}, "JSONPath function `concat()`"),
    ],
)
def test_what_is_not_emulated_deep_inside_is_refused_where_it_stands(inner, feature):
    """The place is the innermost state, not the one around it."""
    with pytest.raises(Unsupported) as caught:
        _state({"Type": "Map", "ItemProcessor": _one(**inner)})
    assert caught.value.feature == feature
    assert caught.value.where.pointer.startswith("/States/S/ItemProcessor/States/P")


def _nested(parallels):
    body = _one("P0")
    for depth in range(1, parallels + 1):
        body = {
            "StartAt": f"P{depth}",
            "States": {f"P{depth}": {"Type": "Parallel", "Branches": [body], "End": True}},
        }
    return body


def test_states_that_are_nested_too_deeply_are_refused():
    """A definition deeper than can be walked is a fault, not a crash."""
    with pytest.raises(Rejected, match="too deeply nested"):
        parse(_nested(400))


@pytest.mark.parametrize(("parallels", "codes"), [(63, []), (64, ["TOO_DEEPLY_NESTED"]), (150, ["TOO_DEEPLY_NESTED"])])
def test_what_the_check_passes_is_compiled(parallels, codes):
    """One limit holds for checking and for compiling."""
    body = _nested(parallels)
    assert [each.code for each in findings(body)] == codes
    with nullcontext() if not codes else pytest.raises(Rejected, match="too deeply nested"):
        parse(body)
