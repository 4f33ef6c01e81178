"""`turnstile.validate`: every finding with AWS's words and our places."""

from __future__ import annotations

import pytest

import turnstile

FAULTY = """{
  "StartAt": "Nowhere",
  "States": {
    "A": {"Type": "Pass", "Nxt": "A", "End": true}
  }
}"""
WAITS = {
    "StartAt": "A",
    "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}},
}


def test_every_finding_has_code_place_and_line():
    """Schema and transitions at once, in AWS's words, each where it stands in the text."""
    found = turnstile.validate(FAULTY)
    assert [(each.code, each.location, each.where.pointer, each.where.line) for each in found] == [
        ("SCHEMA_VALIDATION_FAILED", "/States/A", "/States/A", 4),
        ("MISSING_TRANSITION_TARGET", "/StartAt", "/StartAt", 2),
        ("MISSING_TRANSITION_TARGET", "/States/A", "/States/A", 4),
    ]
    assert {each.severity for each in found} == {"ERROR"}
    assert (found[0].message, found[0].help) == ("Field 'Nxt' is not supported", "did you mean `Next`?")


def test_a_sound_definition_has_no_findings():
    """As a document, as text in either notation, and as a tree."""
    document = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    text = "StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n"
    for definition in (document, text, turnstile.parse(document)):
        assert turnstile.validate(definition) == ()


def test_the_kind_of_machine_matters():
    """Express machines may have less."""
    (found,) = turnstile.validate(WAITS, type="EXPRESS")
    assert found.message == "Express state machine does not support '.waitForTaskToken' service integration "
    assert turnstile.validate(WAITS) == ()


@pytest.mark.parametrize("text", ['{"StartAt": ', '{"StartAt": "A", "StartAt": "B"}', "StartAt: [\n"])
def test_text_that_holds_no_document_is_a_finding(text):
    """With AWS's code, and line and column of the fault."""
    (found,) = turnstile.validate(text)
    assert (found.code, found.location, found.where.line > 0) == ("INVALID_JSON_DESCRIPTION", None, True)


def test_a_file_that_is_not_there_is_no_finding(tmp_path):
    """It cannot be looked into, which is a fault of the caller."""
    with pytest.raises(turnstile.Rejected, match="no such file"):
        turnstile.validate(tmp_path / "absent.asl.json")


def test_a_finding_is_a_fault_of_the_file():
    """For whoever prints faults."""
    (found,) = turnstile.validate(WAITS, type="EXPRESS")
    assert (found.fault().code, found.fault().where) == (found.code, found.where)
