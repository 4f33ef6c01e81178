"""A definition can hold one state of another one: where it leads to is then not asked."""

from __future__ import annotations

import pytest

from turnstile.asl.check import findings
from turnstile.asl.parse import parse_document
from turnstile.faults import Rejected
from turnstile.source import unwritten

INSIDE = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}


def machine(state):
    """A definition of one state."""
    return {"StartAt": "S", "States": {"S": state}}


def test_transitions_of_a_lone_state_lead_anywhere():
    """Nor does it have to end the machine."""
    state = {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "B"}], "Default": "C"}
    assert {found.code for found in findings(machine(state))} >= {"MISSING_TRANSITION_TARGET"}
    assert findings(machine(state), lone=True) == ()
    assert parse_document(machine(state), unwritten("s"), lone=True).states["S"].default == "C"


def test_transitions_inside_a_lone_state_must_lead_somewhere():
    """They belong to it."""
    state = {"Type": "Parallel", "Branches": [INSIDE], "Next": "B"}
    (found,) = findings(machine(state), lone=True)
    assert found.location == "/States/S/Branches[0]/States/A/Next"


def test_a_faulty_lone_state_is_refused():
    """All but transitions is checked as ever."""
    with pytest.raises(Rejected):
        parse_document(machine({"Type": "Pass"}), unwritten("s"), lone=True)
