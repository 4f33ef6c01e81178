"""What the interpreter says where a machine cannot go on."""

from __future__ import annotations

import turnstile


def test_a_choice_that_matches_nothing_has_nowhere_to_go():
    """Without Default the execution fails at the Choice, and nothing catches it."""
    rules = [{"Variable": "$.x", "NumericEquals": 1, "Next": "End"}]
    states = {"Pick": {"Type": "Choice", "Choices": rules}, "End": {"Type": "Succeed"}}
    execution = turnstile.run({"StartAt": "Pick", "States": states}, {"x": 2})
    place = "An error occurred while executing the state 'Pick' (entered at the event id #2)."
    text = "Failed to transition out of the state. The state does not point to a next state."
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "States.Runtime", f"{place} {text}")
