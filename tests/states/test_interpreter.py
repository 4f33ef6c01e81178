"""What the interpreter says where a machine cannot go on."""

from __future__ import annotations

import pytest

import turnstile
from turnstile.gate.errors import ServiceError
from turnstile.world.settings import Settings


def test_a_choice_that_matches_nothing_has_nowhere_to_go():
    """Without Default the execution fails at the Choice, and nothing catches it."""
    rules = [{"Variable": "$.x", "NumericEquals": 1, "Next": "End"}]
    states = {"Pick": {"Type": "Choice", "Choices": rules}, "End": {"Type": "Succeed"}}
    execution = turnstile.run({"StartAt": "Pick", "States": states}, {"x": 2})
    place = "An error occurred while executing the state 'Pick' (entered at the event id #2)."
    text = "Failed to transition out of the state. The state does not point to a next state."
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "States.Runtime", f"{place} {text}")


def test_half_of_a_surrogate_pair_is_a_text_like_others():
    """It has a size, though it cannot be written in UTF-8."""
    execution = turnstile.run({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}, {"a": "\ud800"})
    assert execution.output == {"a": "\ud800"}


def test_an_express_execution_that_only_loops_ends():
    """It never waits, so virtual time stands; after a bounded number of events its five minutes count as over."""
    loop = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Next": "B"},
            "B": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "A"}], "Default": "End"},
            "End": {"Type": "Succeed"},
        },
    }
    world = turnstile.World(judged=False, settings=Settings(express_events=1_000))
    world.add_account("123456789012")
    execution = turnstile.run(loop, {"x": 1}, type="EXPRESS", world=world)
    assert (execution.status, execution.error) == ("TIMED_OUT", "States.Timeout")


@pytest.mark.parametrize("document", [float("nan"), float("inf")])
def test_a_number_that_json_lacks_is_refused_as_input(document):
    """By a run and by the test of a state alike, in the service's words."""
    state = {"Type": "Pass", "End": True}
    with pytest.raises(ServiceError) as caught:
        turnstile.run({"StartAt": "A", "States": {"A": state}}, document)
    assert caught.value.code == "InvalidExecutionInput"
    with pytest.raises(ServiceError) as caught:
        turnstile.test_state(state, document)
    assert "Non-standard token" in caught.value.message
