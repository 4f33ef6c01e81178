"""Data after each stage, kept of every visit, is what TestState shows of the same state, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import turnstile
from turnstile.source import unwritten
from turnstile.world.function import Function, FunctionError
from turnstile.world.stages import Stages
from turnstile.world.world import default_world

ROWS = json.loads((Path(__file__).parent.parent / "cases" / "states" / "stages.json").read_text("utf-8"))
EACH = pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f"},
    "End": True,
}
IN_STAGES_ONLY = {
    "Parallel": {"afterInputPath", "afterParameters", "afterArguments", "result"},
    "Map": {"afterItems", "result"},
}
"""What TestState does not show of a state type, though it was there."""


def machine(state):
    """A machine around a state."""
    others = {"Then": {"Type": "Succeed"}} if '"Then"' in json.dumps(state) else {}
    return {"StartAt": "It", "States": {"It": state, **others}}


def with_function(code):
    """The default world with a function `f`."""
    world = default_world()
    (account,) = world.accounts.values()
    arn = account.arn("lambda", "function:f")
    account.functions[arn] = Function(
        arn=arn, name="f", account=account.id, region=account.region, code=code, origin=unwritten("<f>")
    )
    return world


def watched(definition, document, world, most=100):
    """The execution, and the visits of its states."""
    world.stages = Stages(most)
    execution = turnstile.run(definition, document, world=world)
    return execution, world.stages.of(execution.arn)


def told(attempt):
    """The documents of a try by their stage."""
    return dict(attempt.stages)


@EACH
def test_stages_are_kept(row):
    """Each stage of each type of state, in both query languages, has its document; choices and errors are told."""
    _, recorded = watched(machine(row["state"]), row["input"], with_function(lambda event: event + 1))
    visit = recorded.visits[0]
    (attempt,) = visit.tries
    assert visit.raw == row["input"]
    assert {name: value for name, value in told(attempt).items() if name in row["stages"]} == row["stages"]
    assert (list(visit.turn) if visit.turn else None) == row.get("choice")
    assert [list(error) for error in attempt.errors] == row.get("errors", [])


@EACH
def test_stages_are_those_of_test_state(row):
    """TestState, given the result that the work had, shows the same documents, and no stage that was not kept."""
    _, recorded = watched(machine(row["state"]), row["input"], with_function(lambda event: event + 1))
    kept, kind = told(recorded.visits[0].tries[0]), row["state"]["Type"]
    mock = {"result": kept["result"], "fieldValidationMode": "NONE"} if kind in ("Task", "Parallel", "Map") else None
    tested = turnstile.test_state(
        machine(row["state"]),
        row["input"],
        state_name="It",
        mock=mock,
        inspection_level="TRACE",
    )
    shown = {name: value for name, value in tested.inspection.items() if name != "input"}
    extra = kept.keys() - shown.keys()
    if kind == "Pass" and "Result" in row["state"]:
        extra -= {"afterInputPath"}
    assert {name: kept[name] for name in shown} == shown
    assert extra <= IN_STAGES_ONLY.get(kind, set())
    if tested.status == "SUCCEEDED":
        assert recorded.visits[0].output == tested.output


@EACH
def test_watching_changes_nothing(row):
    """The history is the same, event by event, whether somebody watches or not."""
    plain = turnstile.run(machine(row["state"]), row["input"], world=with_function(lambda event: event + 1))
    execution, _ = watched(machine(row["state"]), row["input"], with_function(lambda event: event + 1))
    assert execution.history() == plain.history()


@EACH
def test_documents_are_shared(row):
    """What is kept of the input and the output are the documents of the history, not copies of them."""
    execution, recorded = watched(machine(row["state"]), row["input"], with_function(lambda event: event + 1))
    events = {event.id: event for event in execution.events}
    for visit in recorded.visits:
        assert visit.raw is events[visit.entered].details["input"]
    left = [event.details["output"] for event in execution.events if event.type.endswith("StateExited")]
    assert all(any(visit.output is one for one in left) for visit in recorded.visits if visit.left)


def test_every_try_is_kept():
    """A Task that is retried and then caught has a try for each attempt, with its error and what took it."""
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 1}]
    catch = [{"ErrorEquals": ["Other"], "Next": "Then"}, {"ErrorEquals": ["States.ALL"], "Next": "Then"}]
    state = {**INVOKE, "Retry": retry, "Catch": catch}

    def busy(_event):
        raise FunctionError({"errorType": "Busy", "errorMessage": "later"})

    execution, recorded = watched(machine(state), {"a": 1}, with_function(busy))
    first, second = recorded.visits[0].tries
    assert (first.turn.way, second.turn) == ("Retry/0", ("Catch/1", "Then"))
    assert first.errors[0][0] == second.errors[0][0] == "Busy"
    mock = {"errorOutput": {"error": "Busy", "cause": "later"}}
    for used, attempt in enumerate((first, second)):
        tested = turnstile.test_state(
            machine(state), {"a": 1}, state_name="It", mock=mock, inspection_level="DEBUG",
            state_configuration={"retrierRetryCount": used},
        )  # fmt: skip
        details = tested.inspection["errorDetails"]
        kind = "catch" if "catchIndex" in details else "retry"
        assert attempt.turn.way == f"{kind.title()}/{details[f'{kind}Index']}"
        assert told(attempt)["afterParameters"] == tested.inspection["afterParameters"]
    assert second.began - first.failed == 2
    scheduled = [event.id for event in execution.events if event.type == "TaskScheduled"]
    assert [first.after, second.after] == [scheduled[0] - 1, scheduled[1] - 1]


def test_what_failed_has_no_later_stage():
    """A field that cannot be evaluated leaves an error and nothing behind it."""
    state = {"Type": "Pass", "InputPath": "$.a", "Parameters": {"b.$": "$.none"}, "End": True}
    _, recorded = watched(machine(state), {"a": {}}, with_function(None))
    (attempt,) = recorded.visits[0].tries
    assert (told(attempt), recorded.visits[0].left) == ({"afterInputPath": {}}, False)
    assert attempt.errors[0][0] == "States.Runtime"


def test_variables_are_those_at_the_entry():
    """A visit knows the variables that it saw and those that it assigned."""
    definition = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Assign": {"x.$": "$.n"}, "Next": "B"},
            "B": {"Type": "Pass", "Assign": {"x": 2}, "Parameters": {"was.$": "$x"}, "End": True},
        },
    }
    _, recorded = watched(definition, {"n": 1}, with_function(None))
    first, second = recorded.visits
    assert (first.variables, first.assigned, second.variables, second.assigned) == ({}, {"x": 1}, {"x": 1}, {"x": 2})


def test_children_and_nested_executions_are_kept():
    """Iterations know their index; children of a distributed Map have visits of their own, known by their ARN."""
    world = with_function(None)
    row = next(row for row in ROWS if row["name"] == "distributed map")
    row["state"]["ItemProcessor"]["States"] = {
        "I": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "J", "States": {"J": {"Type": "Pass", "End": True}}}],
            "End": True,
        }
    }
    world.stages = Stages()
    execution = turnstile.run(machine(row["state"]), row["input"], world=world)
    assert execution.status == "SUCCEEDED"
    kept = [world.stages.of(arn) for arn in world.stages.executions if arn != execution.arn]
    assert [[visit.pointer.rpartition("/")[2] for visit in one.visits] for one in kept] == [["I", "J"], ["I", "J"]]


def test_iterations_know_their_index():
    """Visits inside of a Map carry the index of their iteration, those outside none."""
    row = next(row for row in ROWS if row["name"] == "map")
    _, recorded = watched(machine(row["state"]), row["input"], with_function(None))
    assert [visit.item for visit in recorded.visits] == [None, 0, 1]


def test_memory_is_bounded():
    """Visits that come after too many are counted, and not kept."""
    loop = {"Type": "Choice", "Choices": [{"Variable": "$", "NumericLessThan": 0, "Next": "Then"}], "Default": "Step"}
    steps = {"It": loop, "Step": {"Type": "Wait", "Seconds": 1, "Next": "It"}, "Then": {"Type": "Succeed"}}
    definition = {"StartAt": "It", "States": steps, "TimeoutSeconds": 10}
    _, recorded = watched(definition, 1, with_function(None), most=5)
    assert (len(recorded.visits), recorded.left_out) == (5, 15)


def test_nobody_watches_unless_asked():
    """A world keeps nothing by itself, and its walks are the plain ones."""
    world = with_function(None)
    turnstile.run(machine({"Type": "Pass", "End": True}), {}, world=world)
    assert world.stages is None
