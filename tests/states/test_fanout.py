"""Parallel and inline Map: outputs, order, scopes, time, and the events AWS was recorded giving."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.clock import DAWN
from turnstile.running import run
from turnstile.world.settings import Settings
from turnstile.world.world import default_world


def chain(*names, **bodies):
    """States one after another; Pass where nothing else is said."""
    states = {}
    for name, following in zip(names, [*names[1:], None], strict=True):
        ending = {"Next": following} if following else {"End": True}
        states[name] = {"Type": "Pass", **ending, **bodies.get(name, {})}
    return {"StartAt": names[0], "States": states}


def alone(body, name="S"):
    """A machine of one state."""
    return {"StartAt": name, "States": {name: {"End": True, **body}}}


def parallel(*branches, **fields):
    """A machine of one Parallel state."""
    return alone({"Type": "Parallel", "Branches": list(branches), **fields})


def mapped(processor, **fields):
    """A machine of one Map state."""
    return alone({"Type": "Map", "ItemProcessor": processor, **fields})


def wait(seconds, name="W"):
    """A branch that waits."""
    return chain(name, **{name: {"Type": "Wait", "Seconds": seconds}})


def told(execution):
    """Types and predecessors of all events."""
    return [f"{event.id} {event.previous} {event.type}" for event in execution.events]


def entered(execution):
    """The names of the states in the order in which they were entered."""
    return [event.details["name"] for event in execution.events if event.type.endswith("StateEntered")]


def test_branches_give_their_outputs_in_order():
    """The slower branch comes first in the result if it comes first in the definition."""
    slow, fast = chain("A", "B", A={"Type": "Wait", "Seconds": 9}, B={"Result": 1}), chain("C", C={"Result": 2})
    assert run(parallel(slow, fast), {}).output == [1, 2]


def test_a_parallel_state_leaves_the_events_of_its_branches():
    """Each branch is a chain of its own; success and exit follow the event that came last."""
    execution = run(parallel(chain("A"), chain("B")), {})
    assert told(execution) == [
        "1 0 ExecutionStarted",
        "2 0 ParallelStateEntered",
        "3 2 ParallelStateStarted",
        "4 3 PassStateEntered",
        "5 4 PassStateExited",
        "6 3 PassStateEntered",
        "7 6 PassStateExited",
        "8 7 ParallelStateSucceeded",
        "9 7 ParallelStateExited",
        "10 9 ExecutionSucceeded",
    ]


def test_a_map_runs_one_after_another_at_concurrency_one():
    """The next iteration follows the last event inside the one before, as recorded."""
    execution = run(mapped(chain("A"), MaxConcurrency=1), [1, 2])
    assert told(execution)[2:] == [
        "3 2 MapStateStarted",
        "4 3 MapIterationStarted",
        "5 4 PassStateEntered",
        "6 5 PassStateExited",
        "7 6 MapIterationSucceeded",
        "8 6 MapIterationStarted",
        "9 8 PassStateEntered",
        "10 9 PassStateExited",
        "11 10 MapIterationSucceeded",
        "12 11 MapStateSucceeded",
        "13 11 MapStateExited",
        "14 13 ExecutionSucceeded",
    ]


def test_iterations_that_run_at_once_all_follow_the_start_of_the_map():
    """Without a limit every iteration starts before the first state."""
    events = list(run(mapped(chain("A")), [1, 2, 3]).events)
    assert [event.type for event in events[3:6]] == ["MapIterationStarted"] * 3
    assert [event.previous for event in events[3:6]] == [3, 3, 3]
    assert [event.details["index"] for event in events[3:6]] == [0, 1, 2]


def test_a_map_over_nothing_succeeds_with_nothing():
    """Recorded: success and exit both follow the start."""
    execution = run(mapped(chain("A")), [])
    assert execution.output == []
    assert told(execution)[2:5] == ["3 2 MapStateStarted", "4 3 MapStateSucceeded", "5 3 MapStateExited"]


@given(st.lists(st.integers() | st.text(max_size=3), max_size=60), st.integers(0, 50))
@settings(deadline=None, max_examples=40)
def test_a_map_that_only_passes_is_a_list_comprehension(items, most):
    """Whatever the concurrency, the outputs are those of the items in order."""
    processor = chain("A", A={"Parameters": {"was.$": "$"}})
    execution = run(mapped(processor, MaxConcurrency=most), items)
    assert execution.output == [{"was": item} for item in items]


def test_branches_take_turns():
    """A long branch lets the others go on after 32 transitions, in the order of the definition."""
    names = [[f"{letter}{number}" for number in range(40)] for letter in "AB"]
    execution = run(parallel(*(chain(*each) for each in names)), {})
    assert entered(execution)[1:] == names[0][:32] + names[1][:32] + names[0][32:] + names[1][32:]


def test_a_looping_branch_starves_nobody():
    """A branch that never waits and never ends cannot keep another from failing the state."""
    loop = {"StartAt": "L", "States": {"L": {"Type": "Pass", "Next": "M"}, "M": {"Type": "Pass", "Next": "L"}}}
    failing = chain("W", "F", W={"Type": "Wait", "Seconds": 0}, F={"Type": "Fail", "Error": "Enough"})
    failing["States"]["F"].pop("End")
    world = default_world(settings=Settings(event_quota=2_000))
    execution = run(parallel(loop, failing), {}, world=world)
    assert execution.error == "Enough"


@pytest.mark.parametrize(("most", "seconds"), [(0, 10), (1, 60), (2, 30), (4, 20)])
def test_waits_side_by_side_take_the_longest_time_not_the_sum(most, seconds):
    """Six iterations of ten seconds each take what the concurrency makes of them."""
    execution = run(mapped(wait(10), MaxConcurrency=most), [0] * 6)
    assert execution.stopped - DAWN == seconds


def test_a_parallel_takes_as_long_as_its_slowest_branch():
    """Time passes once for all branches."""
    assert run(parallel(wait(5, "A"), wait(70, "B"), wait(3, "C")), {}).stopped - DAWN == 70


def test_not_more_than_forty_iterations_run_at_once():
    """The service's own limit holds where the definition sets none."""
    assert run(mapped(wait(10)), [0] * 41).stopped - DAWN == 20


def test_an_item_is_known_by_its_index_and_value():
    """`$$.Map.Item` is that of the iteration, and of the innermost Map."""
    inner = {
        "Type": "Map",
        "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "all.$": "$"},
        "ItemProcessor": chain("A", A={"Parameters": {"got.$": "$", "index.$": "$$.Map.Item.Index"}}),
        "End": True,
    }
    processor = {"StartAt": "M", "States": {"M": inner}}
    (first, second) = run(mapped(processor), [["a"], ["b", "c"]]).output
    assert first == [{"got": {"i": 0, "v": "a", "all": ["a"]}, "index": 0}]
    assert [each["got"]["v"] for each in second] == ["b", "c"]
    assert [each["index"] for each in second] == [0, 1]


def test_branches_inside_an_iteration_see_its_item():
    """A Parallel inside a Map keeps the item of the iteration around it."""
    show = {"Parameters": {"v.$": "$$.Map.Item.Value", "state.$": "$$.State.Name"}}
    body = {"Type": "Parallel", "Branches": [chain("A", A=show), chain("B", B=show)], "End": True}
    execution = run(mapped({"StartAt": "P", "States": {"P": body}}), [7])
    assert execution.output == [[{"v": 7, "state": "A"}, {"v": 7, "state": "B"}]]


def test_variables_are_seen_inside_and_vanish_outside():
    """An inner scope reads outer variables; its own are gone when it ends, also for its siblings."""
    branch = chain("A", "B", A={"Assign": {"mine.$": "States.MathAdd($x, 1)"}}, B={"Parameters": {"v.$": "$mine"}})
    definition = {
        "StartAt": "Set",
        "States": {
            "Set": {"Type": "Pass", "Assign": {"x": 1}, "Next": "P"},
            "P": {"Type": "Parallel", "Branches": [branch, chain("C", C={"Parameters": {"x.$": "$x"}})], "Next": "End"},
            "End": {"Type": "Pass", "Parameters": {"v.$": "$mine"}, "End": True},
        },
    }
    execution = run(definition, {})
    assert [event.details["output"] for event in execution.events if event.type == "ParallelStateExited"] == [
        [{"v": 2}, {"x": 1}]
    ]
    assert execution.error == "States.Runtime"
    assert "$mine" in execution.cause


def test_results_are_shaped_like_those_of_tasks():
    """Parameters, ResultSelector, ResultPath and Assign surround the branches."""
    execution = run(
        parallel(
            chain("A"),
            Parameters={"n.$": "$.n"},
            ResultSelector={"first.$": "$[0].n"},
            ResultPath="$.r",
            Assign={"v.$": "$.first"},
        ),
        {"n": 1},
    )
    assert execution.output == {"n": 1, "r": {"first": 1}}
    (left,) = (event for event in execution.events if event.type == "ParallelStateExited")
    assert left.details["assignedVariables"] == {"v": 1}


def test_a_result_that_cannot_be_shaped_fails_after_the_success():
    """The failure follows ParallelStateSucceeded, and names the Parallel."""
    execution = run(parallel(chain("A"), ResultSelector={"m.$": "$.nope"}), {})
    assert told(execution)[-2:] == ["6 5 ParallelStateSucceeded", "7 6 ExecutionFailed"]
    assert execution.cause.startswith("An error occurred while executing the state 'S' (entered at the event id #2). ")


@pytest.mark.parametrize(
    ("fields", "document", "cause"),
    [
        ({}, {"a": 1}, 'Reference path "$" must point to array.'),
        ({"ItemsPath": "$.a"}, {"a": "x"}, 'Reference path "$.a" must point to array.'),
        ({"ItemsPath": "$.b"}, {"a": 1}, "Invalid path '$.b' : No results for path: $['b']"),
        (
            {"ItemsPath": "$.a", "MaxConcurrencyPath": "$.m"},
            {"a": [1], "m": 1.5},
            'The MaxConcurrencyPath field refers to value "1.5" which is not a valid integer: $.m',
        ),
        (
            {"ItemsPath": "$.a", "ItemSelector": {"v.$": "$.nope"}},
            {"a": [1]},
            "The JSONPath '$.nope' specified for the field 'v.$' could not be found in the input '{\"a\":[1]}'",
        ),
    ],
)
def test_what_a_map_cannot_run_over_fails_the_execution(fields, document, cause):
    """The cause names the Map; such errors leave no MapStateFailed behind."""
    execution = run(mapped(chain("A"), **fields), document)
    assert execution.error == "States.Runtime"
    assert execution.cause == f"An error occurred while executing the state 'S' (entered at the event id #2). {cause}"
    assert [event.type for event in execution.events if "Failed" in event.type] == ["ExecutionFailed"]


@pytest.mark.parametrize("mode", [{"Mode": "INLINE"}, {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}])
def test_a_map_whose_concurrency_cannot_be_read_has_not_started(mode):
    """MaxConcurrencyPath is read before MapStateStarted; a negative number has a text of its own."""
    processor = {**chain("A"), "ProcessorConfig": mode}
    execution = run(mapped(processor, ItemsPath="$.a", MaxConcurrencyPath="$.m"), {"a": [1], "m": -1})
    assert told(execution)[-1] == "3 2 ExecutionFailed"
    assert execution.cause.endswith(" Expected non-negative integer for MaxConcurrency, got -1 instead.")


def test_a_limit_may_be_text_with_digits():
    """Recorded: a MaxConcurrencyPath that leads to "1" runs one at a time."""
    execution = run(mapped(wait(1), ItemsPath="$.a", MaxConcurrencyPath="$.m"), {"a": [0, 0], "m": "1"})
    assert execution.stopped - DAWN == 2


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_history(seed):
    """Chance inside iterations follows the seed, and the order of events is defined."""
    processor = chain(
        "A", "W", "B",
        A={"Parameters": {"id.$": "States.UUID()", "n.$": "States.MathRandom(1, 1000)"}},
        W={"Type": "Wait", "SecondsPath": "$.n"},
        B={},
    )  # fmt: skip
    first, second, other = (run(mapped(processor), [0] * 50, name="e", seed=each) for each in (seed, seed, seed + 1))
    assert first.history() == second.history()
    assert first.history() != other.history()
