"""States in JSONata as an execution runs them: variables, branches, and evaluations that fail and are caught."""

from __future__ import annotations

from turnstile.clock import DAWN
from turnstile.running import run


def machine(states, start=None):
    """A machine in JSONata."""
    return {"QueryLanguage": "JSONata", "StartAt": start or next(iter(states)), "States": states}


def told(execution):
    """Predecessors and types of all events."""
    return [f"{event.previous} {event.type}" for event in execution.events]


def test_variables_are_seen_by_later_states():
    """Assign and Output are computed from what was before them."""
    states = {
        "A": {"Type": "Pass", "Assign": {"n": 1}, "Next": "B"},
        "B": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Output": "{% $n %}", "Next": "C"},
        "C": {"Type": "Pass", "Output": ["{% $n %}", "{% $states.input %}"], "End": True},
    }
    assert run(machine(states)).output == [2, 1]


def test_a_map_selects_and_counts():
    """Items, ItemSelector and the states inside see input, context and variables."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Output": "{% $states.input.v * $by %}", "End": True}}}
    states = {
        "A": {"Type": "Pass", "Assign": {"by": 10}, "Next": "M"},
        "M": {
            "Type": "Map",
            "Items": "{% $states.input.list %}",
            "ItemSelector": {"v": "{% $states.context.Map.Item.Value + $states.input.plus %}"},
            "ItemProcessor": inner,
            "Output": {"all": "{% $sum($states.result) %}"},
            "End": True,
        },
    }
    assert run(machine(states), {"list": [1, 2], "plus": 1}).output == {"all": 50}


def test_a_failed_evaluation_is_recorded_before_its_state():
    """Its predecessor is what came before the entry, and what follows comes after it."""
    states = {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Pass", "Output": {"v": ["{% $missing %}"]}, "End": True},
    }
    execution = run(machine(states))
    assert told(execution)[3:] == ["3 PassStateEntered", "3 EvaluationFailed", "5 ExecutionFailed"]
    event = list(execution.events)[4]
    assert event.field == "evaluationFailedEventDetails"
    assert event.details == {
        "error": "States.QueryEvaluationError",
        "cause": execution.cause,
        "location": "Output/v[0]",
        "state": "B",
    }
    assert execution.cause == (
        "An error occurred while executing the state 'B' (entered at the event id #4). "
        "The JSONata expression '$missing' specified for the field 'Output/v[0]' returned nothing (undefined)."
    )


def test_a_failed_evaluation_is_tried_again_and_caught():
    """Every attempt leaves its event; the catcher sees the error with its place."""
    states = {
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "{% $missing %}"},
            "Retry": [{"ErrorEquals": ["States.QueryEvaluationError"], "MaxAttempts": 1}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput.Error %}", "Next": "Z"}],
            "End": True,
        },
        "Z": {"Type": "Succeed"},
    }
    execution = run(machine(states))
    assert execution.output == "States.QueryEvaluationError"
    assert told(execution)[1:5] == [
        "0 TaskStateEntered",
        "0 EvaluationFailed",
        "3 EvaluationFailed",
        "4 TaskStateExited",
    ]


def test_a_failed_evaluation_inside_a_branch_fails_the_state_around_it():
    """The Parallel catches it like any other error."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Output": "{% $missing %}", "End": True}}}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]
    states = {
        "P": {"Type": "Parallel", "Branches": [inner], "Catch": catch, "End": True},
        "Z": {"Type": "Pass", "Output": "{% $states.input.Error %}", "End": True},
    }
    assert run(machine(states)).output == "States.QueryEvaluationError"


def test_time_is_the_executions():
    """`$now` and `$millis` follow the execution's clock, and a Wait may be told by them."""
    states = {
        "W": {"Type": "Wait", "Timestamp": "{% $fromMillis($millis() + 90000) %}", "Next": "Z"},
        "Z": {"Type": "Pass", "Output": "{% $millis() %}", "End": True},
    }
    execution = run(machine(states))
    assert execution.output == (DAWN + 90) * 1000


def test_the_same_seed_gives_the_same_names():
    """`$uuid` and `$random` come from the world's seed."""
    states = {"A": {"Type": "Pass", "Output": ["{% $uuid() %}", "{% $random() %}"], "End": True}}
    first, again, other = (run(machine(states), seed=seed).output for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_states_of_both_languages_share_variables():
    """What one assigns the other sees."""
    states = {
        "A": {"Type": "Pass", "Assign": {"a.$": "$.x"}, "Next": "B"},
        "B": {"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {"b": "{% $a & '!' %}"}, "Next": "C"},
        "C": {"Type": "Pass", "Parameters": {"b.$": "$b"}, "End": True},
    }
    assert run({"StartAt": "A", "States": states}, {"x": "hi"}).output == {"b": "hi!"}
